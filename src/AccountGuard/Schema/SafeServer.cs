using Npgsql;

namespace AccountGuard.Schema;

/// <summary>
/// Settings under which what is answered as done could be lost, or screened by nobody: none of them is worked on.
/// </summary>
public static class SafeServer
{
    /// <summary>The triggers that are there, as a query: each as the name of its table and its own.</summary>
    public const string Triggers = """
        select c.relname || ' ' || t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace in (to_regnamespace('accountguard'), to_regnamespace('accountguard_events'))
          and not t.tgisinternal
        """;

    private static readonly (string Condition, string Trouble)[] Troubles =
    [
        ("pg_is_in_recovery()",
            "It is a replica, which may be behind. Connect to the primary."),
        ("current_setting('fsync') <> 'on'",
            "fsync is off: what is answered as done can be lost. Set fsync = on in postgresql.conf and restart it."),
        ("current_setting('full_page_writes') <> 'on'",
            "full_page_writes is off: a crash can tear pages. Set full_page_writes = on in postgresql.conf, reload."),
        ("current_setting('synchronous_commit') = 'off'",
            "synchronous_commit is off: what is answered as done can be lost. Set it to on in postgresql.conf, and "
            + "reset it where it is set for the database or the login (alter database … reset synchronous_commit)."),
        ("current_setting('default_transaction_isolation') <> 'read committed'",
            "default_transaction_isolation is not read committed, which the gates need. Reset it in postgresql.conf, "
            + "for the database and the login (alter database … reset default_transaction_isolation)."),
        ("current_setting('session_replication_role') <> 'origin'",
            "session_replication_role switches triggers off: no change would be screened. Reset it for the database "
            + "and the login (alter role … reset session_replication_role)."),
        ($"exists ({Triggers} and t.tgenabled <> 'O')",
            "A trigger of AccountGuard is disabled: changes or approvals would go unchecked. Enable it as its owner "
            + "(alter table … enable trigger all) and run reconcile."),
    ];

    /// <exception cref="NotLayable">One of them is set; the message says which, and what to do.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var ask = new NpgsqlCommand(
            $"select array[{string.Join(", ", Troubles.Select(t => t.Condition))}]", connection);
        var found = (bool[])(await ask.ExecuteScalarAsync(cancel))!;
        if (Troubles.Zip(found, (trouble, isSo) => isSo ? trouble.Trouble : null).OfType<string>().ToList() is
            { Count: > 0 } troubles)
        {
            throw new NotLayable($"The database is not safe to work on. {string.Join(' ', troubles)} "
                + "Nothing was changed.");
        }
    }

    /// <summary>Asked of a schema that is laid: a trigger that is not there any more is not disabled either.</summary>
    /// <exception cref="NotLayable">One was dropped since; the message names it.</exception>
    public static async Task EnsureTriggersAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var ask = new NpgsqlCommand(
            $"""
            select string_agg(dropped, ', ') from (
                select unnest(triggers) as dropped from (
                    select * from accountguard.schema_version order by number desc, laid_at desc limit 1) laid
                except {Triggers}) d
            """, connection);
        if (await ask.ExecuteScalarAsync(cancel) is string dropped)
        {
            throw new NotLayable($"Triggers of AccountGuard were dropped ({dropped}): changes or approvals would go "
                + "unchecked. Find out who did it and since when; then, as the owner, delete from "
                + "accountguard.schema_version, run lay-schema, which lays them again, and reconcile. "
                + "Nothing was changed.");
        }
    }
}
