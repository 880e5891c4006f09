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

    private const string NextSteps = """
        with due as (
            select h.hit_id, 'required' as step from hit h
            where h.hit_id >= @after
              and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'required')
            union all
            select h.hit_id, 'ended' from hit h
            where h.hit_id >= @after and h.ended_at is not null
              and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'ended')
            order by hit_id, step desc limit @limit),
        step as (insert into case_step (hit_id, step) select hit_id, step from due returning hit_id, step)
        select h.change_id, i.id, s.step, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.opened_at, h.ended_at, h.ended_as,
            exists (select from hit o join case_step p on p.hit_id = o.hit_id where o.change_id = h.change_id),
            h.hit_id
        from step s join hit h on h.hit_id = s.hit_id join incident i on i.incident_no = h.incident_no
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

        await using var session = at.SessionIn(transaction);
        var count = 0;
        await using (var next = new NpgsqlCommand(NextSteps, connection, transaction))
        {
            next.Parameters.AddWithValue("after", after);
            next.Parameters.AddWithValue("limit", BatchLength);
            await using var reader = await next.ExecuteReaderAsync(cancel);
            var started = new HashSet<Guid>();
            while (await reader.ReadAsync(cancel))
            {
                count++;
                after = reader.GetInt64(10);
                Append(session, reader, started);
            }
        }

        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (count, after);
    }

    private static void Append(IDocumentSession session, NpgsqlDataReader step, HashSet<Guid> started)
    {
        var change = step.GetGuid(0);
        var incident = step.GetString(1);
        object happened = step.GetString(2) switch
        {
            "required" => new VerificationRequired(
                change, incident, step.GetString(3), step.GetInt16(4), step.GetInt32(5),
                step.GetFieldValue<DateTimeOffset>(6)),
            "ended" => new CaseEnded(
                change, incident, Enum.Parse<CaseGround>(step.GetString(8)), step.GetFieldValue<DateTimeOffset>(7)),
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
