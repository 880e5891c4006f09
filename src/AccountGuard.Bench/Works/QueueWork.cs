using System.Net.Http.Json;
using AccountGuard.Identity;
using AccountGuard.Verification;
using Npgsql;

namespace AccountGuard.Bench.Works;

/// <summary>A page of the queue from any place of it.</summary>
public static class QueueWork
{
    private const int PageLength = 100;

    public static Work Page { get; } = new(
        "queue", "a page of 100 at 1M open cases over HTTP, 32 connections; baseline: the bare query, as many",
        async (ground, cancel) =>
        {
            var (incident, cases) = await FillAsync(ground, ground.Scaled(1_000_000), cancel);
            var (service, caller) = await ground.ServeAsync(Role.Auditor);
            var places = new List<string>();
            for (string? after = null, next = null; places.Count < 200; after = next)
            {
                var page = await caller.GetFromJsonAsync<CasePage>(
                    $"/api/cases?incident={incident}&limit=1000{after}", cancel);
                if (page?.Next is null || page.Cases.Count == 0)
                {
                    break;
                }

                places.Add(after ?? "");
                next = $"&after={page.Next}";
            }

            var (ours, baseline) = await Pressure.InTurnsAsync(
                async no =>
                {
                    var page = await caller.GetByteArrayAsync(
                        $"/api/cases?incident={incident}&limit={PageLength}{places[no % places.Count]}", cancel);
                    if (page.AsSpan().Count("\"requestId\":"u8) == 0)
                    {
                        throw new InvalidOperationException("A page is empty.");
                    }
                },
                no => QueryAsync(ground.Superuser, no, cases, cancel), cancel);
            await service.StopAsync(cancel);
            await service.DisposeAsync();
            caller.Dispose();
            return [new("queue", "p95 ms", ours.P95, baseline.P95, 4, AtLeast: false, InTurns.Runs)];
        });

    /// <summary>The bare query of a page, from any place of the queue.</summary>
    public static async Task QueryAsync(NpgsqlDataSource at, int no, int cases, CancellationToken cancel)
    {
        await using var query = at.CreateCommand(
            """
            select h.source, h.request_id, h.tier, h.list_version, h.filed_on, h.exposed_on, h.change_id
            from hit h
            where h.is_open and h.incident_no = 1
              and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
                > ('2015-06-15', false, -4, $1, 'bench', $2)
            order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id
            limit 100
            """);
        query.Parameters.Add(new() { Value = new DateOnly(2015, 5, 10 + no % 10) });
        query.Parameters.Add(new() { Value = $"R{no % cases}" });
        await using var reader = await query.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
        }
    }

    /// <summary>So many open cases, delivered as any are: a list, and changes to its numbers.</summary>
    public static async Task<(string Incident, int Cases)> FillAsync(Ground ground, int cases, CancellationToken cancel)
    {
        var incident = await ground.IncidentAsync(cancel);
        var path = ground.File("listed.csv", "number,name", Enumerable.Range(0, cases)
            .Select(i => $"{i * 7L:D10},A. B."));
        await ListWork.ImportAsync(ground, path, cases, 1, incident, cancel);
        await ChangesWork.ImportAsync(ground, "bench", cases, cancel);
        await OpenCases.RunAsync(ground.At, cancel);
        await Screening.Reconcile.RunAsync(ground.At, null, cancel);
        await ground.SqlAsync("vacuum analyze", cancel);
        return (incident, cases);
    }
}
