using AccountGuard.Deliveries;
using Npgsql;

namespace AccountGuard.Incidents;

/// <summary>
/// Moves an incident's cutoff by a numbered decision; decisions apply in the order of their numbers (Rules 2, 6).
/// </summary>
public static class MoveCutoff
{
    /// <summary>
    /// What the decision opened and ended, whichever process published it; nothing where a higher one was in force.
    /// </summary>
    public static async Task<HitCount> HitsAsync(
        Installation at, string incident, int decision, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand(
            """
            select coalesce(sum(p.hits_opened), 0)::bigint, coalesce(sum(p.hits_ended), 0)::bigint
            from incident i join cutoff_publication p using (incident_no)
            where i.id = @incident and p.decision = @decision
            """);
        count.Parameters.AddWithValue("incident", incident);
        count.Parameters.AddWithValue("decision", decision);
        await using var reader = await count.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new HitCount(reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Records the decision; it takes force bucket by bucket when it is published.</summary>
    /// <returns>False where the same decision stood already.</returns>
    /// <exception cref="BadInput">The decision stands with other content, or the number is not 1 or more.</exception>
    public static async Task<bool> RunAsync(
        Installation at, string incident, int decision, DateOnly through, string reason, DateTimeOffset decidedAt,
        CancellationToken cancel)
    {
        if (decision < 1 || string.IsNullOrWhiteSpace(reason))
        {
            throw new BadInput("A cutoff decision has a number from 1 (0 is the declaration) and a reason.");
        }

        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        var incidentNo = await Incident.FindAsync(connection, incident, cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Incident.TakeTurnAsync(transaction, incidentNo, cancel);
        await using var insert = new NpgsqlCommand(
            """
            insert into cutoff_decision (incident_no, decision, through_on, reason, decided_at)
            values (@incident, @decision, @through, @reason, @at) on conflict do nothing
            """, connection, transaction);
        insert.Parameters.AddWithValue("incident", incidentNo);
        insert.Parameters.AddWithValue("decision", decision);
        insert.Parameters.AddWithValue("through", through);
        insert.Parameters.AddWithValue("reason", reason.Trim());
        insert.Parameters.AddWithValue("at", decidedAt.ToUniversalTime());
        if (await insert.ExecuteNonQueryAsync(cancel) == 0)
        {
            await using var compare = new NpgsqlCommand(
                """
                select through_on = @through and reason = @reason from cutoff_decision
                where incident_no = @incident and decision = @decision
                """, connection, transaction);
            compare.Parameters.AddWithValue("incident", incidentNo);
            compare.Parameters.AddWithValue("decision", decision);
            compare.Parameters.AddWithValue("through", through);
            compare.Parameters.AddWithValue("reason", reason.Trim());
            return await compare.ExecuteScalarAsync(cancel) is true
                ? false
                : throw new BadInput($"Decision {decision} of {incident} stands with other content. Nothing was "
                    + "changed. Give the new decision the next number.", Fault.OtherContent);
        }

        await using var session = at.SessionIn(transaction);
        session.Events.Append(Incident.StreamOf(incident), new CutoffMoved(
            incident, decision, through, reason.Trim(), decidedAt.ToUniversalTime()));
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
