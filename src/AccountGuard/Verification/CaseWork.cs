using AccountGuard.Screening;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>What a decision on a case may ask for beside the case itself.</summary>
/// <param name="Case">As its stream says.</param>
/// <param name="KeyedBy">Who keyed or decided the change (Rule 14), as the payer named them.</param>
/// <param name="Now">In the incident's time zone.</param>
/// <param name="NextPayDay">The first pay-day after today.</param>
public sealed record CaseAtHand(
    VerificationCase Case, IReadOnlyCollection<string> KeyedBy, DateTimeOffset Now, DateOnly NextPayDay)
{
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);
}

/// <summary>
/// Does one thing to one case: behind its holder's gate its stream is read, the decision taken, and what follows is
/// committed together: the events, the case's row beside them, and the state of its hits.
/// </summary>
public static class CaseWork
{
    /// <returns>Why it was refused, if it was; a refusal that a rule demands is on record then.</returns>
    /// <exception cref="BadInput">There is no such case.</exception>
    public static async Task<Refusal?> DoAsync(
        Installation at, Guid change, Func<CaseAtHand, Decision> decide, CancellationToken cancel)
    {
        for (var isOpened = false; ; isOpened = true)
        {
            var (isThere, refusal) = await Retry.OnConflictAsync(
                () => InTransactionAsync(at, change, decide, cancel), cancel);
            if (isThere)
            {
                return refusal;
            }

            if (isOpened)
            {
                throw new BadInput("There is no such case.", Fault.NotFound);
            }

            // The case worker comes every few seconds; whoever is faster calls it.
            await OpenCases.RunAsync(at, cancel, waits: true);
        }
    }

    private static async Task<(bool IsThere, Refusal? Refusal)> InTransactionAsync(
        Installation at, Guid change, Func<CaseAtHand, Decision> decide, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var done = await DoAsync(at, transaction, change, decide, cancel);
        await transaction.CommitAsync(cancel);
        return done;
    }

    /// <summary>The same in a transaction of the caller, who commits it.</summary>
    public static async Task<(bool IsThere, Refusal? Refusal)> DoAsync(
        Installation at, NpgsqlTransaction transaction, Guid change, Func<CaseAtHand, Decision> decide,
        CancellationToken cancel)
    {
        await using (var pass = new NpgsqlCommand("select pass_case(@change)", transaction.Connection, transaction))
        {
            pass.Parameters.AddWithValue("change", change);
            await pass.ExecuteNonQueryAsync(cancel);
        }

        await using var session = at.SessionIn(transaction);
        if (await session.Events.AggregateStreamAsync<VerificationCase>(change, token: cancel) is not { } @case)
        {
            return (false, null);
        }

        var (events, refusal) = decide(await AtHandAsync(at, transaction, @case, cancel));
        if (events.Count > 0)
        {
            session.Events.Append(change, events);
            await session.SaveChangesAsync(cancel);
            await KeepAsync(transaction, (await session.Events.AggregateStreamAsync<VerificationCase>(
                change, token: cancel))!, cancel);
        }

        return (true, refusal);
    }

    private static async Task<CaseAtHand> AtHandAsync(
        Installation at, NpgsqlTransaction transaction, VerificationCase @case, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select c.entered_by, c.decided_by, i.time_zone,
                (select min(p.pay_on) from pay_day p where p.pay_on > (@now at time zone i.time_zone)::date)
            from account_change c, incident i where c.change_id = @change and i.id = @incident
            """, transaction.Connection, transaction);
        find.Parameters.AddWithValue("now", at.Clock.GetUtcNow());
        find.Parameters.AddWithValue("change", @case.Id);
        find.Parameters.AddWithValue("incident", @case.Grounds.Keys.Order(StringComparer.Ordinal).First());
        await using var reader = await find.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(2));
        string?[] keyedBy =
            [reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)];
        return new CaseAtHand(@case, [.. keyedBy.OfType<string>()],
            TimeZoneInfo.ConvertTime(at.Clock.GetUtcNow(), zone), reader.GetFieldValue<DateOnly>(3));
    }

    /// <summary>What the queue and the payments ask for stands beside the stream, written with it.</summary>
    public static async Task KeepAsync(
        NpgsqlTransaction transaction, VerificationCase @case, CancellationToken cancel)
    {
        await using var keep = new NpgsqlCommand(
            "select keep_case(@change, @state, @stays, @auditor, @until, @back)", transaction.Connection, transaction);
        keep.Parameters.AddWithValue("change", @case.Id);
        keep.Parameters.AddWithValue("state", @case.State.ToString());
        keep.Parameters.AddWithValue("stays", @case.StaysOpen);
        keep.Parameters.AddWithValue("auditor", NpgsqlDbType.Text, (object?)@case.Claim?.Auditor.Login ?? DBNull.Value);
        keep.Parameters.AddWithValue("until", NpgsqlDbType.TimestampTz,
            (object?)@case.Claim?.ExpiresAt.ToUniversalTime() ?? DBNull.Value);
        keep.Parameters.AddWithValue("back", NpgsqlDbType.Date, (object?)@case.Snooze?.Until ?? DBNull.Value);
        await keep.ExecuteNonQueryAsync(cancel);
    }
}
