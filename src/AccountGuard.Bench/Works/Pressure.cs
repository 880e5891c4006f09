using System.Collections.Concurrent;
using System.Diagnostics;

namespace AccountGuard.Bench.Works;

/// <summary>So many callers at once, each asking again as soon as it is answered, for a while.</summary>
public static class Pressure
{
    public const int Callers = 32;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(8);

    /// <returns>Answers a second, and the sorted times of all answers in milliseconds.</returns>
    public static async Task<(double Rate, IReadOnlyList<double> Times)> OfAsync(
        Func<int, Task> ask, CancellationToken cancel)
    {
        var (asked, times) = (0, new ConcurrentBag<double>());
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (watch.Elapsed < WarmUp + Lasts)
            {
                cancel.ThrowIfCancellationRequested();
                var began = watch.Elapsed;
                await ask(Interlocked.Increment(ref asked));
                if (began > WarmUp)
                {
                    times.Add((watch.Elapsed - began).TotalMilliseconds);
                }
            }
        }, cancel)));
        return (times.Count / (watch.Elapsed - WarmUp).TotalSeconds, [.. times.Order()]);
    }

    /// <summary>Both ways under pressure, in turns: the medians of rate, p95 and p99.</summary>
    public static async Task<(Figures Ours, Figures Baseline)> InTurnsAsync(
        Func<int, Task> ours, Func<int, Task> baseline, CancellationToken cancel)
    {
        var (our, other) = (new List<Figures>(), new List<Figures>());
        for (var run = 0; run < InTurns.Runs; run++)
        {
            other.Add(Figures.Of(await OfAsync(baseline, cancel)));
            our.Add(Figures.Of(await OfAsync(ours, cancel)));
        }

        return (Figures.Medians(our), Figures.Medians(other));
    }
}

/// <summary>Answers a second; milliseconds that 95 and 99 of a hundred stay under.</summary>
public sealed record Figures(double Rate, double P95, double P99)
{
    public static Figures Of((double Rate, IReadOnlyList<double> Times) seen) =>
        new(seen.Rate, seen.Times.At(0.95), seen.Times.At(0.99));

    public static Figures Medians(IReadOnlyList<Figures> runs) => new(
        InTurns.Median(runs.Select(r => r.Rate)), InTurns.Median(runs.Select(r => r.P95)),
        InTurns.Median(runs.Select(r => r.P99)));
}
