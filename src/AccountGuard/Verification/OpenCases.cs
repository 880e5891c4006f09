using AccountGuard.Screening;
using AccountGuard.Verification.Holds;
using Marten;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>
/// Writes to the case streams what the hits say: that verification is required, or that the ground went. Its work list
/// is written and struck off with the hits and steps themselves, so that nothing is lost when it is killed, and the
/// queue never waits for it.
/// </summary>
public static class OpenCases
{
    private const int BatchLength = 500;
    private const int OneAtATime = 4714;

    private const string NextHits = """
        select d.hit_id from due_step d where d.hit_id >= @after order by d.hit_id, d.step limit @limit
        """;

    private const string PassCases = """
        select pass_cases(array(select distinct h.change_id from hit h where h.hit_id = any (@hits)))
        """;

    // Cases that somebody began to work on since the gates were passed are left for the next time.
    private const string Steps = """
        with step as (
            insert into case_step (hit_id, step)
            select d.hit_id, d.step from due_step d join hit h on h.hit_id = d.hit_id
            where d.hit_id = any (@hits) and not exists (
                select from verification v where v.change_id = h.change_id and v.change_id <> all (@worked))
            on conflict do nothing returning hit_id, step)
        select h.change_id, i.id, s.step, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.opened_at, h.ended_at, h.ended_as,
            exists (select from hit o join case_step p on p.hit_id = o.hit_id where o.change_id = h.change_id),
            policy_hold(h.hit_id), i.hold_pay_to,
            (h.opened_at at time zone i.time_zone)::date + i.hold_days
        from step s join hit h on h.hit_id = s.hit_id join incident i on i.incident_no = h.incident_no
        order by h.hit_id, s.step desc
        """;

    private sealed record Step(
        Guid Change, bool HasStream, VerificationRequired Required, HoldPlaced? Hold, CaseEnded? Ended);

    /// <param name="waits">
    /// For whoever needs a case now: another process that is at it may have passed that one by.
    /// </param>
    /// <returns>
    /// How many steps were written to case streams; zero also while another process is at it, unless it waits.
    /// </returns>
    public static async Task<long> RunAsync(Installation at, CancellationToken cancel, bool waits = false)
    {
        long written = 0;
        var (count, after) = (1, 0L);
        while (count > 0)
        {
            var from = after;
            (count, after) = await Retry.OnConflictAsync(() => WriteBatchAsync(at, from, waits, cancel), cancel);
            written += count;
        }

        return written;
    }

    private static async Task<(int Count, long After)> WriteBatchAsync(
        Installation at, long after, bool waits, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var alone = new NpgsqlCommand(
            $"select pg_{(waits ? "" : "try_")}advisory_xact_lock({OneAtATime})", connection, transaction))
        {
            if (await alone.ExecuteScalarAsync(cancel) is false)
            {
                return (0, after);
            }
        }

        var hits = await NextHitsAsync(connection, after, cancel);
        if (hits.Length == 0)
        {
            return (0, after);
        }

        await using var pass = new NpgsqlCommand(PassCases, connection, transaction);
        pass.Parameters.AddWithValue("hits", hits);
        var worked = (Guid[])(await pass.ExecuteScalarAsync(cancel))!;
        var steps = await StepsAsync(transaction, hits, worked, cancel);
        await using var session = at.SessionIn(transaction);
        var cases = new Dictionary<Guid, VerificationCase>();
        foreach (var change in worked)
        {
            cases[change] = (await session.Events.AggregateStreamAsync<VerificationCase>(change, token: cancel))!;
        }

        var started = new HashSet<Guid>();
        foreach (var step in steps)
        {
            Append(session, step, cases, started);
        }

        await session.SaveChangesAsync(cancel);
        foreach (var @case in cases.Values)
        {
            await CaseWork.KeepAsync(transaction, @case, cancel);
        }

        await using var tie = new NpgsqlCommand("select keep_ties(@changes)", connection, transaction);
        tie.Parameters.AddWithValue("changes", started.ToArray());
        await tie.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (steps.Count, hits[^1]);
    }

    private static async Task<long[]> NextHitsAsync(
        NpgsqlConnection connection, long after, CancellationToken cancel)
    {
        await using var next = new NpgsqlCommand(NextHits, connection);
        next.Parameters.AddWithValue("after", after);
        next.Parameters.AddWithValue("limit", BatchLength);
        var hits = new List<long>();
        await using var reader = await next.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            hits.Add(reader.GetInt64(0));
        }

        return [.. hits.Distinct()];
    }

    private static async Task<List<Step>> StepsAsync(
        NpgsqlTransaction transaction, long[] hits, Guid[] worked, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(Steps, transaction.Connection, transaction);
        find.Parameters.AddWithValue("hits", hits);
        find.Parameters.AddWithValue("worked", worked);
        var steps = new List<Step>();
        await using var step = await find.ExecuteReaderAsync(cancel);
        while (await step.ReadAsync(cancel))
        {
            var (change, incident) = (step.GetGuid(0), step.GetString(1));
            steps.Add(new Step(change, step.GetBoolean(9), new VerificationRequired(change, incident,
                step.GetString(3), step.GetInt16(4), step.GetInt32(5), step.GetFieldValue<DateTimeOffset>(6)),
                step.IsDBNull(11) ? null : new HoldPlaced(step.GetGuid(10), incident,
                    Enum.Parse<PayTo>(step.GetString(11), ignoreCase: true), step.GetFieldValue<DateOnly>(12),
                    step.GetFieldValue<DateTimeOffset>(6)),
                step.GetString(2) == "required" ? null : new CaseEnded(change, incident,
                    Enum.Parse<CaseGround>(step.GetString(8)), step.GetFieldValue<DateTimeOffset>(7))));
        }

        return steps;
    }

    /// <summary>What facts do to a case that somebody took up is decided on what its stream says.</summary>
    private static void Append(
        IDocumentSession session, Step step, Dictionary<Guid, VerificationCase> cases, HashSet<Guid> started)
    {
        foreach (var happened in EventsOf(step, cases.GetValueOrDefault(step.Change)))
        {
            if (cases.TryGetValue(step.Change, out var known))
            {
                cases[step.Change] = happened switch
                {
                    VerificationRequired e => known.Apply(e),
                    HoldPlaced e => known.Apply(e),
                    CaseEnded e => known.Apply(e),
                    GroundGone e => known.Apply(e),
                    _ => throw new InvalidOperationException($"No fact makes {happened.GetType().Name}."),
                };
            }

            if (started.Add(step.Change) && !step.HasStream)
            {
                session.Events.StartStream<VerificationCase>(step.Change, happened);
            }
            else
            {
                session.Events.Append(step.Change, happened);
            }
        }
    }

    private static object[] EventsOf(Step step, VerificationCase? @case) => step switch
    {
        { Ended: null, Hold: null } => [step.Required],
        { Ended: null, Hold: { } hold } => [step.Required, hold],
        { Ended: { } ended } when @case is null => [ended],
        { Ended: { } ended } => LoseGround.Decide(@case, ended.Incident, ended.EndedAs, ended.EndedAt) is { } gone
            ? [gone] : [],
    };
}
