using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Screening;

/// <summary>
/// What the reconciliation found; all zero, or the promise is broken. Pending: parts not published yet, and deliveries
/// that nobody would know to be open. It ran at the moment before its snapshot: nothing later is in it.
/// </summary>
public sealed record Reconciliation(long Missing, long Unfounded, long Misranked, long Pending, DateTimeOffset RanAt)
{
    // Payments/Standing.sql says the same.
    private static readonly TimeSpan ReliedOn = TimeSpan.FromMinutes(15);

    /// <summary>Younger than standing and readiness rely on.</summary>
    public bool IsFresh(DateTimeOffset now) => now - RanAt < ReliedOn;

    public bool IsClean => Missing == 0 && Unfounded == 0 && Misranked == 0 && Pending == 0;
}

/// <summary>
/// The second wall: the rule over all facts against the hits, in one snapshot. It reports and repairs nothing: whoever
/// breaks the promise has to be found first.
/// </summary>
public static class Reconcile
{
    /// <summary>
    /// The last one over all incidents, whichever service or command ran it; null before the first on this server, also
    /// where the database was restored or has failed over since.
    /// </summary>
    public static async Task<Reconciliation?> LastAsync(Installation at, CancellationToken cancel)
    {
        await using var reader = await at.LookUpAsync(
            """
            select missing, unfounded, misranked, pending, ran_at from last_reconciliation
            """, cancel);
        return await reader.ReadAsync(cancel)
            ? new Reconciliation(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                reader.GetFieldValue<DateTimeOffset>(4))
            : null;
    }

    /// <exception cref="BadInput">No such incident is declared.</exception>
    public static async Task<Reconciliation> RunAsync(Installation at, string? incident, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var compare = new NpgsqlCommand(
            """
            select count(*) filter (where what = 'missing'), count(*) filter (where what = 'unfounded'),
                count(*) filter (where what = 'misranked'),
                (select count(*) from unpublished) + (
                    select count(*) from delivery d
                    where not exists (select from delivery_completion c where c.delivery_no = d.delivery_no)
                      and not exists (select from open_delivery o where o.delivery_no = d.delivery_no))
            from unsettled(@incident)
            """, connection);
        compare.CommandTimeout = 0;
        compare.Parameters.AddWithValue("incident", NpgsqlDbType.Integer,
            incident is null ? DBNull.Value : await FindAsync(connection, incident, cancel));
        var ranAt = at.Clock.GetUtcNow();
        Reconciliation found;
        await using (var reader = await compare.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            found = new Reconciliation(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), ranAt);
        }

        if (incident is null)
        {
            await RecordAsync(connection, found, cancel);
        }

        return found;
    }

    private static async Task<int> FindAsync(NpgsqlConnection connection, string incident, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select incident_no from incident where id = @id", connection);
        find.Parameters.AddWithValue("id", incident);
        return await find.ExecuteScalarAsync(cancel) is int no ? no : throw BadInput.NoIncident;
    }

    private static async Task RecordAsync(NpgsqlConnection connection, Reconciliation found, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into reconciliation (ran_at, missing, unfounded, misranked, pending)
            values (@at, @missing, @unfounded, @misranked, @pending)
            """, connection);
        insert.Parameters.AddWithValue("at", found.RanAt);
        insert.Parameters.AddWithValue("missing", found.Missing);
        insert.Parameters.AddWithValue("unfounded", found.Unfounded);
        insert.Parameters.AddWithValue("misranked", found.Misranked);
        insert.Parameters.AddWithValue("pending", found.Pending);
        await insert.ExecuteNonQueryAsync(cancel);
    }
}
