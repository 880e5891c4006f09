using AccountGuard.Screening;

namespace AccountGuard.Bench.Works;

/// <summary>The rule over all facts against the hits.</summary>
public static class ReconcileWork
{
    // pg_database_size after 110,000 changes: 0.7 KB each, with their indexes.
    private const long BytesOfFact = 800;

    public static Work AllFacts { get; } = new(
        "reconcile", "10M changes × 1.25M numbers; baseline: the bare anti-join in SQL",
        async (ground, cancel) =>
        {
            await ground.IncidentAsync(cancel);
            await FillAsync(ground, ground.Scaled(10_000_000), ground.Scaled(1_250_000), cancel);
            var (ours, baseline) = await InTurns.TimeAsync(
                async _ =>
                {
                    var found = await Reconcile.RunAsync(ground.At, null, cancel);
                    if (found.Missing + found.Unfounded + found.Misranked > 0)
                    {
                        throw new InvalidOperationException("The ground of the measurement is not as the rule says.");
                    }
                },
                _ => ground.SqlAsync("""
                    select count(*) from account_change c join listing l on l.number_key = c.number_key
                    left join hit h
                      on h.change_id = c.change_id and h.incident_no = l.incident_no and h.ended_at is null
                    where c.filed_on <= '2015-06-01' and h.change_id is null
                    """, cancel));
            return [new("reconcile", "s", ours, baseline, 1.5, AtLeast: false, InTurns.Runs)];
        });

    /// <summary>
    /// Changes and listings made by SQL, past the triggers, with hits as the rule makes them: one change in fifty is of
    /// a listed number. From: so many changes were made so before.
    /// </summary>
    public static async Task FillAsync(
        Ground ground, int changes, int numbers, CancellationToken cancel, int from = 0)
    {
        await ground.NeedsAsync(BytesOfFact * (changes - from + numbers), cancel);
        await ground.SqlAsync($"""
        set session_replication_role = replica;
        insert into account_change (change_id, number_key, kind, filed_on, received_on, entered_on, delivered_at,
            source, request_id, unreadable, content_key, delivery_no, row_no)
        select gen_random_uuid(), substr(sha256(int8send(n::bigint * 97)), 1, 16), 'account',
            date '2015-05-10' + n % 40, date '2015-05-10' + n % 40, date '2015-05-11' + n % 40, '2015-09-01', 'bench',
            'R' || n, array[]::text[], '\x00', 0, n
        from generate_series({from} + 1, {changes}) as n;
        insert into listing (number_key, incident_no, version, live_from, fields)
        select substr(sha256(int8send(case when n % 6 = 0 then (n / 6)::bigint * 50 * 97 else - n::bigint end)), 1, 16),
            1, 1, '2015-06-02', n % 8
        from generate_series(1, {numbers}) as n on conflict do nothing;
        analyze account_change, listing;
        insert into hit (change_id, incident_no, bucket, alert_gap, date_doubt, renumbered, chain, tier, list_version,
            filed_on, exposed_on, source, request_id)
        select c.change_id, d.incident_no, d.bucket, d.alert_gap, d.date_doubt, d.renumbered, d.chain, d.tier,
            d.list_version, d.filed_on, d.exposed_on, d.source, d.request_id
        from candidate c cross join lateral due_of(c.change_id) d
        on conflict do nothing;
        reset session_replication_role
        """, cancel);

        // As a database is that has stood for a while.
        await ground.SqlAsync("vacuum analyze", cancel);
    }
}
