using Npgsql;
using Serilog;

namespace AccountGuard.Verification.Several;

/// <summary>
/// Goes on with what was started for several cases, a few cases of each in turn, so that a long one keeps no short one
/// waiting. Its work list is the database: what a killed process left is gone on with by any other.
/// </summary>
public sealed class JointWorks(Installation at) : BackgroundService
{
    private const int CasesInTurn = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                IEnumerable<Guid> left = await SeveralCases.UnfinishedAsync(at, stoppingToken);
                while (left.Any())
                {
                    left = await TurnAsync(left, stoppingToken);
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogTrouble(e);
            }
        }
    }

    /// <returns>What is still to be done; what failed is tried again in the next second.</returns>
    private async Task<IReadOnlyList<Guid>> TurnAsync(IEnumerable<Guid> works, CancellationToken cancel)
    {
        var left = new List<Guid>();
        foreach (var id in works)
        {
            try
            {
                if (await SeveralCases.RunAsync(at, id, CasesInTurn, cancel))
                {
                    left.Add(id);
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested)
            {
                LogTrouble(e);
            }
        }

        return left;
    }

    private static void LogTrouble(Exception e) => Log.Error(
        "Work on several cases stopped and goes on: {Kind} {State}", e.GetType().Name,
        (e as NpgsqlException)?.SqlState);
}
