using AccountGuard.Http;

namespace AccountGuard.Verification;

/// <summary>
/// Counts the queue for pages that are opened at once: those that wait together share one count, begun after the last
/// of them was asked for, since counting takes longer than all the rest of a page.
/// </summary>
public sealed class QueueCounts : BackgroundService
{
    private readonly Together<Asked, QueueCounted> _together;

    public QueueCounts(Installation at) => _together = new(asked => asked, async (batch, cancel) =>
    {
        var counted = await QueueCounted.CountAsync(at, batch[0].IncidentNo, batch[0].NextPayDay, cancel);
        return [.. batch.Select(_ => counted)];
    });

    private sealed record Asked(int IncidentNo, DateOnly? NextPayDay);

    /// <exception cref="Unavailable">The service is stopping.</exception>
    public Task<QueueCounted> AskAsync(int incidentNo, DateOnly? nextPayDay, CancellationToken cancel) =>
        _together.AskAsync(new Asked(incidentNo, nextPayDay), cancel);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _together.RunAsync(stoppingToken);
}
