using AccountGuard.Identity;
using Npgsql;

namespace AccountGuard.Verification.Queues;

/// <summary>
/// Takes the first case of the queue that waits for somebody: two auditors at once get two cases, and none is skipped.
/// </summary>
public static class TakeNext
{
    /// <param name="mayTakeProtected">The auditor has the role for cases of holders who are protected.</param>
    /// <returns>The case, which is the auditor's now; null where none waits.</returns>
    public static async Task<Guid?> RunAsync(
        Installation at, int incidentNo, Caller auditor, CancellationToken cancel, bool mayTakeProtected = false)
    {
        var (passed, opened) = (new List<Guid>(), Guid.Empty);
        while (true)
        {
            await using var connection = await at.Database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            if (await NextAsync(at, transaction, incidentNo, auditor, mayTakeProtected, passed, cancel)
                is not { } change)
            {
                return null;
            }

            var (isThere, refusal) = await CaseWork.DoAsync(at, transaction, change, hand => ClaimCase.Decide(
                hand.Case, new ClaimCase(hand.Now + ClaimCase.Lasts), auditor, hand.KeyedBy, hand.Now), cancel);
            await transaction.CommitAsync(cancel);
            if (isThere && refusal is null)
            {
                return change;
            }

            if (isThere || opened == change)
            {
                passed.Add(change);
                continue;
            }

            opened = change;
            await OpenCases.RunAsync(at, cancel, waits: true);
        }
    }

    private static async Task<Guid?> NextAsync(
        Installation at, NpgsqlTransaction transaction, int incidentNo, Caller auditor, bool mayTakeProtected,
        List<Guid> passed, CancellationToken cancel)
    {
        await using var next = new NpgsqlCommand(
            """
            select next_case(
                i.incident_no, @login, @person, @now, (@now at time zone i.time_zone)::date, @passed, @protected)
            from incident i where i.incident_no = @incident
            """, transaction.Connection, transaction);
        next.Parameters.AddWithValue("incident", incidentNo);
        next.Parameters.AddWithValue("login", auditor.Login);
        next.Parameters.AddWithValue("person", auditor.Person ?? "");
        next.Parameters.AddWithValue("now", at.Clock.GetUtcNow());
        next.Parameters.AddWithValue("passed", passed.ToArray());
        next.Parameters.AddWithValue("protected", mayTakeProtected);
        return await next.ExecuteScalarAsync(cancel) as Guid?;
    }
}
