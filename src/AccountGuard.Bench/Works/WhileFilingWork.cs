using System.Diagnostics;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Intake;

namespace AccountGuard.Bench.Works;

/// <summary>
/// Large facts are taken in while changes are filed one by one, so many a second whether or not those before are
/// answered; the baseline is the same filings alone.
/// </summary>
public static class WhileFilingWork
{
    private const int FiledPerSecond = 1_000;
    private const int MostUnanswered = 1_000;
    private static readonly TimeSpan Alone = TimeSpan.FromSeconds(10);

    public static Work List { get; } = new(
        "list-while-filing", "list of 1.25M published while 1,000 filings/s arrive; baseline: the same filings alone",
        async (ground, cancel) =>
        {
            var records = ground.Scaled(1_250_000);
            var path = ground.File("list.csv", "number,name,birth_date",
                Enumerable.Range(0, records).Select(i => $"{i * 7L:D10},年金 花子,1948-02-03"));
            var incident = await ground.IncidentAsync(cancel);
            return await MeasureAsync(ground, "list-while-filing",
                () => ListWork.ImportAsync(ground, path, records, 1, incident, cancel), 1_000, 0.8, cancel);
        });

    public static Work NewVersion { get; } = new(
        "version-while-filing", "a version of 10,000 numbers against 10M changes while 1,000 filings/s arrive",
        async (ground, cancel) =>
        {
            await ReconcileWork.FillAsync(ground, ground.Scaled(10_000_000), 0, cancel);
            var incident = await ground.IncidentAsync(cancel);
            var path = ground.File("version.csv", "number,name",
                Enumerable.Range(0, 10_000).Select(i => $"{i * 13L + 5_000_000_000L:D10},年金 花子"));
            return await MeasureAsync(ground, "version-while-filing",
                () => ListWork.ImportAsync(ground, path, 10_000, 1, incident, cancel), 250, null, cancel);
        });

    public static Work Renumbering { get; } = new(
        "renumbering-while-filing", "960,000 renumberings while 1,000 filings/s arrive",
        async (ground, cancel) =>
        {
            await ground.IncidentAsync(cancel);
            var path = ground.File("renumbering.csv", "old_number,new_number,effective_on",
                Enumerable.Range(0, ground.Scaled(960_000)).Select(
                    i => $"{i * 7L:D10},{5_000_000_000L + i * 7L:D10},2015-08-24"));
            return await MeasureAsync(ground, "renumbering-while-filing", async () =>
            {
                using var file = DeliveredFile.Open(path, null);
                await ImportRenumbering.RunAsync(
                    ground.At, file, null, ground.At.Clock.GetUtcNow(), null, cancel);
            }, 1_000, null, cancel);
        });

    /// <param name="ground">Where it is measured.</param>
    /// <param name="name">The work's.</param>
    /// <param name="act">What is done while changes are filed.</param>
    /// <param name="longest">No filing may take longer, in milliseconds.</param>
    /// <param name="ofRate">How much of the rate alone is wanted; null: that is not asked.</param>
    /// <param name="cancel">Gives up.</param>
    private static async Task<Measured[]> MeasureAsync(
        Ground ground, string name, Func<Task> act, double longest, double? ofRate, CancellationToken cancel)
    {
        var (service, caller) = await ground.ServeAsync(Role.Intake);
        var filed = 0;
        Task FileAsync() => FilingWork.FileOneAsync(caller, Interlocked.Increment(ref filed), cancel);

        // The first seconds compile and plan; they are not counted.
        await DuringAsync(FileAsync, () => Task.Delay(Alone / 2, cancel), cancel);
        var alone = await DuringAsync(FileAsync, () => Task.Delay(Alone, cancel), cancel);
        var beside = await DuringAsync(FileAsync, act, cancel);
        await service.StopAsync(cancel);
        await service.DisposeAsync();
        caller.Dispose();
        var measured = new Measured(name, "longest ms", beside.Longest, alone.Longest, longest, AtLeast: false, 1)
        {
            WantsFigure = true,
        };
        return ofRate is { } wanted
            ? [measured, new Measured(name, "answers/s", beside.Rate, alone.Rate, wanted, AtLeast: true, 1)]
            : [measured];
    }

    private static async Task<(double Rate, double Longest)> DuringAsync(
        Func<Task> fileAsync, Func<Task> act, CancellationToken cancel)
    {
        var (sent, answered, unanswered, longest) = (0, 0, 0, 0L);
        var watch = Stopwatch.StartNew();
        async Task TimeAsync()
        {
            var began = watch.ElapsedMilliseconds;
            await fileAsync();
            Interlocked.Increment(ref answered);
            Interlocked.Decrement(ref unanswered);
            var took = watch.ElapsedMilliseconds - began;
            for (var seen = longest; took > seen; seen = longest)
            {
                Interlocked.CompareExchange(ref longest, took, seen);
            }
        }

        var asked = new List<Task>();
        var acting = Task.Run(act, cancel);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!acting.IsCompleted)
        {
            await timer.WaitForNextTickAsync(cancel);
            for (var due = watch.Elapsed.TotalSeconds * FiledPerSecond;
                sent < due && unanswered < MostUnanswered; sent++)
            {
                Interlocked.Increment(ref unanswered);
                asked.Add(Task.Run(TimeAsync, cancel));
            }
        }

        var rate = answered / watch.Elapsed.TotalSeconds;
        await acting;
        await Task.WhenAll(asked);
        return (rate, longest);
    }
}
