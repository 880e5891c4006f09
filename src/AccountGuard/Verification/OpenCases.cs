using Marten;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>
/// Writes to the case streams what the hits say: that verification is required, or that the ground went. Its work list
/// is the hits themselves, so that nothing is lost when it is killed, and the queue never waits for it.
/// </summary>
public static class OpenCases
{
    private const int BatchLength = 500;
    private const int OneAtATime = 4714;

    private const string NextHits = """
        select h.hit_id from hit h
        where h.hit_id >= @after and (
            not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'required')
            or h.ended_at is not null
               and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'ended'))
        order by h.hit_id limit @limit
        """;

    private const string PassCases = """
        select pass_cases(array(select distinct h.change_id from hit h where h.hit_id = any (@hits)))
        """;

    private const string Steps = """
        with due as (
            select h.hit_id, 'required' as step from hit h
            where h.hit_id = any (@hits)
              and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'required')
            union all
            select h.hit_id, 'ended' from hit h
            where h.hit_id = any (@hits) and h.ended_at is not null
              and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'ended')),
        step as (insert into case_step (hit_id, step) select hit_id, step from due returning hit_id, step)
        select h.change_id, i.id, s.step, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.opened_at, h.ended_at, h.ended_as,
            exists (select from hit o join case_step p on p.hit_id = o.hit_id where o.change_id = h.change_id),
            v.change_id is not null, coalesce(v.stays_open, false)
        from step s join hit h on h.hit_id = s.hit_id join incident i on i.incident_no = h.incident_no
        left join verification v on v.change_id = h.change_id
        order by h.hit_id, s.step desc
        """;

    /// <returns>How many steps were written to case streams; zero also while another process is at it.</returns>
    public static async Task<long> RunAsync(Installation at, CancellationToken cancel)
    {
        long written = 0;
        var (count, after) = (1, 0L);
        while (count > 0)
        {
            (count, after) = await WriteBatchAsync(at, after, cancel);
            written += count;
        }

        return written;
    }

    private static async Task<(int Count, long After)> WriteBatchAsync(
        Installation at, long after, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var alone = new NpgsqlCommand(
            $"select pg_try_advisory_xact_lock({OneAtATime})", connection, transaction))
        {
            if (await alone.ExecuteScalarAsync(cancel) is not true)
            {
                return (0, after);
            }
        }

        var hits = await NextHitsAsync(connection, after, cancel);
        if (hits.Length == 0)
        {
            return (0, after);
        }

        await using (var pass = new NpgsqlCommand(PassCases, connection, transaction))
        {
            pass.Parameters.AddWithValue("hits", hits);
            await pass.ExecuteNonQueryAsync(cancel);
        }

        await using var session = at.SessionIn(transaction);
        var touched = new HashSet<Guid>();
        var count = 0;
        await using (var steps = new NpgsqlCommand(Steps, connection, transaction))
        {
            steps.Parameters.AddWithValue("hits", hits);
            await using var reader = await steps.ExecuteReaderAsync(cancel);
            var started = new HashSet<Guid>();
            while (await reader.ReadAsync(cancel))
            {
                count++;
                Append(session, reader, started);
                if (reader.GetBoolean(10))
                {
                    touched.Add(reader.GetGuid(0));
                }
            }
        }

        await session.SaveChangesAsync(cancel);
        foreach (var change in touched)
        {
            await CaseWork.KeepAsync(transaction, (await session.Events.AggregateStreamAsync<VerificationCase>(
                change, token: cancel))!, cancel);
        }

        await transaction.CommitAsync(cancel);
        return (count, hits[^1]);
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

        return [.. hits];
    }

    /// <summary>Facts end a case that nobody has worked; any other is marked ground gone (Rule 6).</summary>
    private static void Append(IDocumentSession session, NpgsqlDataReader step, HashSet<Guid> started)
    {
        var change = step.GetGuid(0);
        var incident = step.GetString(1);
        object happened = step.GetString(2) switch
        {
            "required" => new VerificationRequired(
                change, incident, step.GetString(3), step.GetInt16(4), step.GetInt32(5),
                step.GetFieldValue<DateTimeOffset>(6)),
            "ended" when step.GetBoolean(11) => new GroundGone(change, incident,
                Enum.Parse<CaseGround>(step.GetString(8)), step.GetFieldValue<DateTimeOffset>(7)),
            "ended" => new CaseEnded(change, incident,
                Enum.Parse<CaseGround>(step.GetString(8)), step.GetFieldValue<DateTimeOffset>(7)),
            var what => throw new InvalidOperationException($"A hit has no step {what}."),
        };
        if (started.Add(change) && !step.GetBoolean(9))
        {
            session.Events.StartStream<VerificationCase>(change, happened);
        }
        else
        {
            session.Events.Append(change, happened);
        }
    }
}
