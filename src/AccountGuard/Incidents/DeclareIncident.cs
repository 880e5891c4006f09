using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Incidents;

/// <summary>Declares an incident; the same declaration again is a no-op.</summary>
public static class DeclareIncident
{
    /// <returns>False where it stood already.</returns>
    /// <exception cref="BadInput">The incident is declared with other content.</exception>
    public static async Task<bool> RunAsync(
        Installation at, Declaration declaration, DateTimeOffset declaredAt, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var insert = new NpgsqlCommand(
            """
            with declared as (
                insert into incident
                    (id, time_zone, window_from, post_days, verifies_addresses, declaration, declared_at)
                values (@id, @zone, @from, @days, @addresses, @declaration, @at)
                on conflict (id) do nothing returning incident_no)
            insert into cutoff_decision (incident_no, decision, through_on, reason, decided_at)
            select incident_no, 0, @through, 'declared', @at from declared returning incident_no
            """, connection, transaction);
        insert.Parameters.AddWithValue("id", declaration.Id);
        insert.Parameters.AddWithValue("zone", declaration.TimeZone);
        insert.Parameters.AddWithValue("from", NpgsqlDbType.Date, (object?)declaration.Window?.From ?? DBNull.Value);
        insert.Parameters.AddWithValue("days", declaration.PostDays);
        insert.Parameters.AddWithValue("addresses", declaration.VerifiesAddresses);
        insert.Parameters.AddWithValue("declaration", NpgsqlDbType.Jsonb, declaration.Normalised());
        insert.Parameters.AddWithValue("through", declaration.CutoffThrough);
        insert.Parameters.AddWithValue("at", declaredAt.ToUniversalTime());
        if (await insert.ExecuteScalarAsync(cancel) is not int)
        {
            return await SameAgainAsync(connection, transaction, declaration, cancel);
        }

        await using var session = at.SessionIn(transaction);
        session.Events.StartStream(Incident.StreamOf(declaration.Id), new IncidentDeclared(
            declaration.Id, declaration.Name, declaration.TimeZone, declaration.Window?.From, declaration.CutoffThrough,
            declaration.PostDays, declaration.VerifiesAddresses, declaredAt.ToUniversalTime()));
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static async Task<bool> SameAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Declaration declaration, CancellationToken cancel)
    {
        await using var compare = new NpgsqlCommand(
            "select declaration = @declaration from incident where id = @id", connection, transaction);
        compare.Parameters.AddWithValue("id", declaration.Id);
        compare.Parameters.AddWithValue("declaration", NpgsqlDbType.Jsonb, declaration.Normalised());
        return await compare.ExecuteScalarAsync(cancel) is true
            ? false
            : throw new BadInput($"The incident {declaration.Id} is declared with other content. Nothing was changed. "
                + "Move its cutoff with move-cutoff, or declare another incident.", Fault.OtherContent);
    }
}
