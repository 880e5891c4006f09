using System.Security.Cryptography;
using System.Text;
using AccountGuard.Payments;
using AccountGuard.Vault;
using EvolveDb;
using EvolveDb.Configuration;
using Npgsql;

namespace AccountGuard.Schema;

/// <summary>
/// Lays the schema, and upgrades it with data in it: numbered migrations for the tables, repeatable ones for the rule
/// and the rights, Marten's own for the events, the calendar, and the proof of the key file. Nothing is done where
/// nothing changed.
/// </summary>
public static class Laying
{
    /// <summary>Counts up with every release that changes anything here; a database ahead of it is refused.</summary>
    public const int Number = 10;

    private const int FirstYear = 1970;
    private const int LastYear = 2050;
    private const int OldestServer = 150000;
    private const int ChangesOfRepair = 500;

    // A migration that writes a large table anew, or waits for a backup that reads it, takes what it takes.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Brings the database up to this program.</summary>
    /// <returns>The key file that belongs to it, made where the database is new.</returns>
    /// <exception cref="NotLayable">The server, the database or its roles do not allow it; the message says what to
    /// do.</exception>
    /// <exception cref="KeyTrouble">The key file is missing or is not the one the database was laid with.</exception>
    public static async Task<KeyFile> EnsureAsync(
        Database database, string? configuredKey, string keyPath, CancellationToken cancel)
    {
        await using var owner = database.OpenAsOwner();
        await using var connection = await owner.OpenConnectionAsync(cancel);
        await SafeServer.EnsureAsync(connection, cancel);
        var digest = Digest();
        var keys = KeyFile.Find(configuredKey, keyPath);
        if (await StandsAsync(connection, digest, cancel) && keys is not null)
        {
            await SafeServer.EnsureTriggersAsync(connection, cancel);
            await ProveKeyAsync(connection, keys, cancel);
            return keys;
        }

        // One at a time: two first starts would otherwise make two keys.
        await ExecuteAsync(connection, "select pg_advisory_lock(hashtext('accountguard schema'))", cancel);
        try
        {
            // The key comes first: whoever has another's changes nothing.
            keys = KeyFile.Find(configuredKey, keyPath);
            var isNew = await IsWithoutKeyAsync(connection, cancel);
            if (!isNew)
            {
                await ProveKeyAsync(connection, keys ?? throw NoKey(keyPath), cancel);
            }

            if (!await StandsAsync(connection, digest, cancel))
            {
                await LayAsync(owner, connection, digest, cancel);
            }

            if (isNew)
            {
                keys ??= KeyFile.Make(keyPath);
                await AddKeyAsync(connection, keys, cancel);
            }

            return keys!;
        }
        finally
        {
            await ExecuteAsync(
                connection, "select pg_advisory_unlock(hashtext('accountguard schema'))", CancellationToken.None);
        }
    }

    private static KeyTrouble NoKey(string keyPath) => new(
        $"There is no key file {keyPath}, but the database holds data sealed under one. Put back the key file from "
        + "your key backup, or give the key by AccountGuard__Key. Nothing was changed.");

    private static async Task<bool> StandsAsync(NpgsqlConnection connection, string digest, CancellationToken cancel)
    {
        if (connection.PostgreSqlVersion.Major * 10000 < OldestServer)
        {
            throw new NotLayable(
                $"The server is PostgreSQL {connection.PostgreSqlVersion}. AccountGuard needs 15 or later.");
        }

        if (!await IsThereAsync(connection, "schema_version", cancel))
        {
            return false;
        }

        await using var find = new NpgsqlCommand(
            "select number, digest from accountguard.schema_version order by number desc, laid_at desc limit 1",
            connection);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return false;
        }

        return reader.GetInt32(0) > Number
            ? throw new NotLayable($"The database was laid by a newer program (schema {reader.GetInt32(0)}, "
                + $"this one has {Number}). Run the newer program.")
            : reader.GetInt32(0) == Number && reader.GetString(1) == digest;
    }

    private static async Task LayAsync(
        NpgsqlDataSource owner, NpgsqlConnection connection, string digest, CancellationToken cancel)
    {
        await EnsureRoleAsync(connection, cancel);
        await BeginAsync(connection, cancel);
        new Evolve(connection)
        {
            CommandTimeout = (int)Longest.TotalSeconds,
            EmbeddedResourceAssemblies = [typeof(Laying).Assembly],
            EmbeddedResourceFilters = ["AccountGuard.Schema.Migrations"],
            Schemas = ["accountguard"],
            MetadataTableName = "migration",
            IsEraseDisabled = true,
            TransactionMode = TransactionKind.CommitAll,
            EnableClusterMode = false,
        }.Migrate();
        using (var events = EventStore.Open(owner, lays: true))
        {
            await events.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
        }

        await ExecuteAsync(connection, EventRights, cancel);
        await ExecuteAsync(connection, Script("AccountGuard.Verification.Separation.sql"), cancel);
        await ExecuteAsync(connection, Script("AccountGuard.Verification.LetterEvents.sql"), cancel);
        await ExecuteAsync(connection, Script("AccountGuard.Verification.OnEvent.sql"), cancel);
        await SettleAnewAsync(connection, cancel);
        await LayCalendarAsync(connection, cancel);
        await using var record = new NpgsqlCommand(
            $"""
            with begun as (delete from accountguard.schema_version where digest = '')
            insert into accountguard.schema_version (number, digest, laid_at, triggers)
            values (@number, @digest, clock_timestamp(), array({SafeServer.Triggers}))
            """, connection);
        record.Parameters.AddWithValue("number", Number);
        record.Parameters.AddWithValue("digest", digest);
        await record.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>
    /// Said before anything else, with no digest: an older program refuses from here on, and a newer one that was
    /// stopped half-way goes on.
    /// </summary>
    private static async Task BeginAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (!await IsThereAsync(connection, "schema_version", cancel))
        {
            return;
        }

        await using var record = new NpgsqlCommand(
            """
            insert into accountguard.schema_version (number, digest, laid_at) values (@number, '', clock_timestamp())
            """, connection);
        record.Parameters.AddWithValue("number", Number);
        await record.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<bool> IsThereAsync(
        NpgsqlConnection connection, string table, CancellationToken cancel) =>
        await ScalarAsync(connection, $"select to_regclass('accountguard.{table}')::text", cancel) is not null;

    /// <summary>What an older rule made of the facts becomes what the rule just laid says.</summary>
    private static async Task SettleAnewAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select array(select change_id from accountguard.unsettled())", connection);
        find.CommandTimeout = 0;
        var changes = (Guid[])(await find.ExecuteScalarAsync(cancel))!;
        foreach (var some in changes.Chunk(ChangesOfRepair))
        {
            await using var repair = new NpgsqlCommand("select accountguard.repair(@changes)", connection);
            repair.CommandTimeout = 0;
            repair.Parameters.AddWithValue("changes", some);
            await repair.ExecuteNonQueryAsync(cancel);
        }
    }

    // Events are appended, never altered; a stream's row carries its version, which goes on with every append.
    private const string EventRights = $"""
        grant usage on schema {EventStore.SchemaName} to {Database.ApplicationRole};
        revoke all on all tables in schema {EventStore.SchemaName} from {Database.ApplicationRole};
        grant select, insert on all tables in schema {EventStore.SchemaName} to {Database.ApplicationRole};
        grant update on {EventStore.SchemaName}.mt_streams to {Database.ApplicationRole};
        grant usage on all sequences in schema {EventStore.SchemaName} to {Database.ApplicationRole};
        grant execute on all functions in schema {EventStore.SchemaName} to {Database.ApplicationRole};
        """;

    private static async Task EnsureRoleAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (await ScalarAsync(
            connection, $"select 1 from pg_roles where rolname = '{Database.ApplicationRole}'", cancel) is not null)
        {
            return;
        }

        try
        {
            await ExecuteAsync(connection, $"create role {Database.ApplicationRole} nologin", cancel);
            await ExecuteAsync(connection, $"grant {Database.ApplicationRole} to current_user", cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new NotLayable($"The role {Database.ApplicationRole} is missing and this login may not create it. "
                + $"Let an administrator run: create role {Database.ApplicationRole} nologin; "
                + $"grant {Database.ApplicationRole} to "
                + $"{new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username};");
        }
    }

    private static async Task LayCalendarAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var payDays = PayDays.Between(FirstYear, LastYear).ToArray();
        await using var insert = new NpgsqlCommand(
            """
            insert into accountguard.pay_day (pay_on, closes_on)
            select * from unnest(@pay, @closes) on conflict (pay_on) do nothing
            """, connection);
        insert.Parameters.AddWithValue("pay", payDays.Select(p => p.PaidOn).ToArray());
        insert.Parameters.AddWithValue("closes", payDays.Select(p => p.ClosesOn).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
        await ExecuteAsync(connection,
            "select accountguard.publish_closings(0, 255)", cancel);
    }

    private static async Task<bool> IsWithoutKeyAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        !await IsThereAsync(connection, "key_check", cancel)
        || await ScalarAsync(connection, "select 1 from accountguard.key_check limit 1", cancel) is null;

    private static async Task AddKeyAsync(NpgsqlConnection connection, KeyFile keys, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            "insert into accountguard.key_check (key_id, proof) values (@id, @proof)", connection);
        insert.Parameters.AddWithValue("id", keys.Id);
        insert.Parameters.AddWithValue("proof", keys.Proof);
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <exception cref="KeyTrouble">The database was laid with another key.</exception>
    public static async Task ProveKeyAsync(NpgsqlConnection connection, KeyFile keys, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select 1 from accountguard.key_check where key_id = @id and proof = @proof", connection);
        find.Parameters.AddWithValue("id", keys.Id);
        find.Parameters.AddWithValue("proof", keys.Proof);
        if (await find.ExecuteScalarAsync(cancel) is null)
        {
            var expected = await ScalarAsync(connection, "select key_id from accountguard.key_check limit 1", cancel);
            throw new KeyTrouble($"The key (id {keys.Id}) is not the one this database was laid with (id {expected}). "
                + "Put back that key file from your key backup, or connect to the database that belongs to this one. "
                + "Nothing was changed.");
        }
    }

    private static string Script(string name)
    {
        using var script = new StreamReader(typeof(Laying).Assembly.GetManifestResourceStream(name)!);
        return script.ReadToEnd();
    }

    private static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(Laying).Assembly;
        foreach (var name in assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sql")).Order(StringComparer.Ordinal))
        {
            using var script = assembly.GetManifestResourceStream(name)!;
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            var content = new byte[script.Length];
            script.ReadExactly(content);
            hash.AppendData(content);
        }

        hash.AppendData(Encoding.UTF8.GetBytes(typeof(Marten.DocumentStore).Assembly.FullName!));
        hash.AppendData(Encoding.UTF8.GetBytes(EventRights));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel) is { } value and not DBNull ? value : null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>The server, database or roles do not allow the schema to be laid; the message says what to do.</summary>
public sealed class NotLayable(string message) : Exception(message);
