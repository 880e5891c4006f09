using AccountGuard.Http;

namespace AccountGuard.Verification.Queues;

/// <summary>
/// Counts and ranks the queue for pages that are opened at once: those that wait together share one count, begun after
/// the last of them was asked for, since counting takes longer than all the rest of a page.
/// </summary>
public sealed class QueueCounts : BackgroundService
{
    private readonly Together<Asked, QueueCounted> _counting;
    private readonly Together<Ranking, IReadOnlyDictionary<Guid, long>> _ranking;

    public QueueCounts(Installation at)
    {
        _counting = new(asked => asked, async (batch, cancel) =>
        {
            var counted = await QueueCounted.CountAsync(at, batch[0].IncidentNo, batch[0].NextPayDay, cancel);
            return [.. batch.Select(_ => counted)];
        }, rests: true);
        _ranking = new(asked => asked.IncidentNo, async (batch, cancel) =>
        {
            var ranks = await QueueSlice.RanksAsync(
                at, batch[0].IncidentNo, batch.SelectMany(asked => asked.Changes).Distinct(), cancel);
            return [.. batch.Select(_ => ranks)];
        }, rests: true);
    }

    private sealed record Asked(int IncidentNo, DateOnly? NextPayDay);

    private sealed record Ranking(int IncidentNo, IReadOnlyList<Guid> Changes);

    /// <exception cref="Unavailable">The service is stopping.</exception>
    public Task<QueueCounted> AskAsync(int incidentNo, DateOnly? nextPayDay, CancellationToken cancel) =>
        _counting.AskAsync(new Asked(incidentNo, nextPayDay), cancel);

    /// <summary>The ranks of these cases, and maybe of others; one beyond 10,000 is left out.</summary>
    /// <exception cref="Unavailable">The service is stopping.</exception>
    public Task<IReadOnlyDictionary<Guid, long>> RanksAsync(
        int incidentNo, IReadOnlyList<Guid> changes, CancellationToken cancel) =>
        _ranking.AskAsync(new Ranking(incidentNo, changes), cancel);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_counting.RunAsync(stoppingToken), _ranking.RunAsync(stoppingToken));
}
