using AccountGuard.Holders;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>
/// Tells cases that their holder died, or lives after all, when a file of holders said so (Rule 17). Its work list is
/// the reports that a case was not told of, so that nothing is lost when it is killed.
/// </summary>
public static class TellDeaths
{
    private const int OneAtATime = 4716;

    private static readonly Caller Files = new("files of holders", null);

    private const string OfAll = """
        holder_record r
        cross join lateral numbers_of_holder(r.number_key) n
        join account_change c on c.number_key = n.number_key
        """;

    private const string OfOne = """
        (select * from account_change a where a.change_id = @change offset 0) c
        cross join lateral numbers_of_holder(c.number_key) n
        cross join lateral (select * from holder_record o where o.number_key = n.number_key offset 0) r
        """;

    private sealed record Report(Guid Change, NumberKey Number, long[] Deliveries, long[] Rows, string Zone,
        DateOnly? LastPossibleDay);

    /// <returns>
    /// How many cases were told; none while another process is at it: of two at once the older word might come last.
    /// </returns>
    public static async Task<int> RunAsync(Installation at, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var alone = new NpgsqlCommand(
            $"select pg_try_advisory_xact_lock({OneAtATime})", connection, transaction);
        return await alone.ExecuteScalarAsync(cancel) is true
            ? await TellAsync(at, await UntoldAsync(at, null, cancel), cancel) : 0;
    }

    /// <summary>
    /// Tells one case at once, before its verdict: nobody is Confirmed whose death is in a file already (Rule 17).
    /// </summary>
    public static async Task RunAsync(Installation at, Guid change, CancellationToken cancel)
    {
        if ((await UntoldAsync(at, change, cancel)).Count == 0)
        {
            return;
        }

        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var alone = new NpgsqlCommand(
            $"select pg_advisory_xact_lock({OneAtATime})", connection, transaction);
        alone.CommandTimeout = 0;
        await alone.ExecuteNonQueryAsync(cancel);
        await TellAsync(at, await UntoldAsync(at, change, cancel), cancel);
    }

    private static async Task<int> TellAsync(Installation at, List<Report> reports, CancellationToken cancel)
    {
        foreach (var report in reports)
        {
            var facts = await HolderRecords.FactsOfAsync(at, report.Number, cancel);
            var died = facts.Died.DayIn(TimeZoneInfo.FindSystemTimeZoneById(report.Zone));
            await CaseWork.DoAsync(at, report.Change, hand => ReportDeath.Decide(
                hand.Case, new ReportDeath(ReportDeath.Of(died, report.LastPossibleDay)), Files, hand.Now), cancel);
            await using var told = at.Database.CreateCommand(
                """
                insert into death_told (change_id, delivery_no, row_no)
                select @change, d, r from unnest(@deliveries, @rows) as t (d, r) on conflict do nothing
                """);
            told.Parameters.AddWithValue("change", report.Change);
            told.Parameters.AddWithValue("deliveries", report.Deliveries);
            told.Parameters.AddWithValue("rows", report.Rows);
            await told.ExecuteNonQueryAsync(cancel);
        }

        return reports.Count;
    }

    /// <param name="change">Null: of all cases.</param>
    private static async Task<List<Report>> UntoldAsync(Installation at, Guid? change, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand($"""
            select c.change_id, c.number_key, array_agg(r.delivery_no), array_agg(r.row_no), min(i.time_zone),
                max(greatest(d.to_on, d.received))
            from {(change is null ? OfAll : OfOne)}
            join hit h on h.change_id = c.change_id
            join incident i on i.incident_no = h.incident_no
            cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
                c.entered_on, c.entered_at, c.delivered_at, i.time_zone, i.post_days) d
            where (r.died_on is not null or r.died_at is not null or r.lives) and not exists (
                select from death_told t
                where t.change_id = c.change_id and t.delivery_no = r.delivery_no and t.row_no = r.row_no)
            group by c.change_id, c.number_key
            """);
        if (change is { } one)
        {
            find.Parameters.AddWithValue("change", one);
        }

        var reports = new List<Report>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            reports.Add(new Report(reader.GetGuid(0), NumberKey.FromBytes(reader.GetFieldValue<byte[]>(1)),
                reader.GetFieldValue<long[]>(2), reader.GetFieldValue<long[]>(3), reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateOnly>(5)));
        }

        return reports;
    }
}
