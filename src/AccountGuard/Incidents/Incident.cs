using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace AccountGuard.Incidents;

/// <summary>An incident by its number in the database.</summary>
public static class Incident
{
    /// <summary>The stream of an incident's events: made from its id, so that it needs no look-up.</summary>
    public static Guid StreamOf(string id) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"incident\0{id}")).AsSpan(0, 16), bigEndian: true);

    /// <exception cref="BadInput">No such incident is declared.</exception>
    public static async Task<int> FindAsync(NpgsqlConnection connection, string id, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand("select incident_no from incident where id = @id", connection);
        find.Parameters.AddWithValue("id", id);
        return await find.ExecuteScalarAsync(cancel) is int no
            ? no
            : throw BadInput.NoIncident;
    }

    /// <summary>
    /// Until the transaction ends nobody else appends to the incident's stream: two at once would have the same
    /// version.
    /// </summary>
    public static async Task TakeTurnAsync(NpgsqlTransaction transaction, int incident, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand(
            "select pg_advisory_xact_lock(4715, @incident)", transaction.Connection, transaction);
        take.CommandTimeout = 0;
        take.Parameters.AddWithValue("incident", incident);
        await take.ExecuteNonQueryAsync(cancel);
    }
}
