using Npgsql;

namespace AccountGuard.SystemTests.Gate;

/// <summary>A database with one incident, swept clean between schedules.</summary>
public class GateDatabase : IAsyncLifetime
{
    private const string Prepare = """
        insert into incident (id, time_zone, window_from, post_days, verifies_addresses, declaration, declared_at)
        values ('leak', 'Asia/Tokyo', '2015-05-08', 10, false, '{}', '2015-06-01T00:00:00Z');
        insert into cutoff_decision values (1, 0, '2015-05-31', 'declared', '2015-06-01T00:00:00Z');
        insert into delivery (kind, content_key, received_at, arguments)
        values ('list', '\x01', '2015-06-01T00:00:00Z', '{}');
        select publish_cutoff(1, 0, 255);
        """;

    // As replication would: no trigger stands in the way, and none screens.
    private const string Sweep = """
        begin;
        set local session_replication_role = replica;
        delete from hit; delete from holder; delete from account_change; delete from cancellation;
        delete from renumbering;
        delete from listing; delete from replacement; delete from list_publication; delete from list_record;
        delete from affected_list; delete from closing_decision; delete from cutoff_decision where decision > 0;
        update cutoff_in_force set decision = 0, through_on = '2015-05-31' where decision > 0;
        insert into cutoff_in_force select 1, bucket, 0, '2015-05-31' from generate_series(0, 255) as b (bucket)
            on conflict do nothing;
        select publish_closings(bucket, bucket) from closing_in_force where decisions > 0;
        commit;
        """;

    private readonly FreshDatabase _fresh = new();

    /// <summary>Where encounters are run; tests of a class come one after another.</summary>
    public Meeting Meeting { get; private set; } = null!;

    /// <summary>What a test database has beyond the laid one.</summary>
    protected virtual string Additions => "";

    public async Task InitializeAsync()
    {
        await _fresh.InitializeAsync();
        await using var connection = await OpenAsync();

        // Nothing here depends on the disk, and everything on many small commits.
        await ExecuteAsync(connection, $"alter database {_fresh.Name} set synchronous_commit = off");
        await ExecuteAsync(connection, Prepare + Additions);
        Meeting = await Meeting.OpenAsync(this);
    }

    public async Task DisposeAsync()
    {
        await Meeting.DisposeAsync();
        await _fresh.DisposeAsync();
    }

    /// <summary>The superuser's, to sessions of their own.</summary>
    public string Connection =>
        new NpgsqlConnectionStringBuilder(_fresh.Superuser) { SearchPath = "accountguard", Pooling = false }
            .ConnectionString;

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync();
        return connection;
    }

    public static Task SweepAsync(NpgsqlConnection connection) => ExecuteAsync(connection, Sweep);

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<string> TextAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = 0;
        return (string)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>
/// A database whose gates can be switched off, all or one (turnstile.off), with a turnstile before each gate and before
/// the rule: there a statement can be held in its middle, as a slow machine would.
/// </summary>
public sealed class TurnstileDatabase : GateDatabase
{
    protected override string Additions => $$"""
        create schema turnstile;
        grant usage on schema turnstile to public;
        create function turnstile.stop() returns void language plpgsql as $$
        declare
            lane int := nullif(current_setting('turnstile.lane', true), '');
            stop int := 1 + coalesce(nullif(current_setting('turnstile.passed', true), ''), '0')::int;
        begin
            if lane is null then return; end if;
            perform set_config('turnstile.passed', stop::text, false);
            perform pg_advisory_xact_lock_shared({{Stepper.TurnstileFamily}} + lane, stop);
        end $$;
        create function turnstile.stop_statement() returns trigger language plpgsql as $$
        begin perform turnstile.stop(); return null; end $$;

        alter function pass(int, int[], int[]) rename to pass_gates_alone;
        create function pass(family int, shared int[], exclusive int[]) returns void language plpgsql as $$
        declare off text := coalesce(current_setting('turnstile.off', true), ''); stack text;
        begin
            if cardinality(shared || exclusive) = 0 then return; end if;
            perform turnstile.stop();
            get diagnostics stack = pg_context;
            case
                when off = '' then null;
                when off = 'all' or off = 'requests' and family = 4711 then return;
                when off = 'read again' then
                    -- What is found when it is read again goes unlocked.
                    if stack like '%pass_holders%' then
                        if current_setting('turnstile.was_read', true) = 'yes' then return; end if;
                        perform set_config('turnstile.was_read', 'yes', true);
                    end if;
                when off like 'alone in %' then
                    if family = 4712 and stack like '%' || substr(off, 10) || '%' then
                        perform accountguard.pass_gates_alone(family, shared || exclusive, '{}');
                        return;
                    end if;
                when family = 4712 and stack like '%' || off || '%' then return;
                else null;
            end case;
            perform accountguard.pass_gates_alone(family, shared, exclusive);
        end $$;
        alter function settle(uuid[]) rename to settle_alone;
        create function settle(changes uuid[]) returns void language plpgsql as $$
        begin
            perform turnstile.stop();
            perform accountguard.settle_alone(changes);
        end $$;
        alter function pass(int, int[], int[]) owner to accountguard_owner;
        alter function settle(uuid[]) owner to accountguard_owner;
        create trigger stop after insert on exposure for each statement execute function turnstile.stop_statement();
        """;
}
