using System.Diagnostics;
using System.Globalization;

namespace AccountGuard.Bench;

/// <summary>Something that is measured, by its name on the command line.</summary>
public sealed record Work(string Name, string What, Func<Ground, CancellationToken, Task<Measured[]>> MeasureAsync);

/// <summary>
/// A figure of ours (the median of its runs) beside that of the baseline in the same minute. Unit is of both; a wanted
/// ratio is at most (times) or at least (rates); the figure itself is wanted without a baseline, or where it says so;
/// nothing may be wanted.
/// </summary>
public sealed record Measured(
    string Work, string Unit, double Ours, double? Baseline, double? Wanted, bool AtLeast, int Runs)
{
    public double? Ratio => Ours / Baseline;

    public bool WantsFigure { get; init; }

    public bool IsMet => Wanted is null || (AtLeast ? Judged >= Wanted : Judged <= Wanted);

    private double Judged => WantsFigure ? Ours : Ratio ?? Ours;

    public static string Table(IEnumerable<Measured> measured)
    {
        var lines = measured.Select(m => (string[])
        [
            m.Work, m.Unit, Text(m.Ours), m.Baseline is { } b ? Text(b) : "", m.Ratio is { } r ? Text(r) : "",
            m.Wanted is { } wanted ? (m.AtLeast ? "≥ " : "≤ ") + Text(wanted) : "",
            m.Wanted is null ? "" : m.IsMet ? "met" : "NOT MET", $"{m.Runs}",
        ]).Prepend(["work", "unit", "ours", "baseline", "ratio", "wanted", "", "runs"]).ToList();
        var widths = Enumerable.Range(0, 8).Select(i => lines.Max(l => l[i].Length)).ToList();
        return string.Join('\n', lines.Select(l => string.Join("  ", l.Select((c, i) => c.PadRight(widths[i])))
            .TrimEnd()));
    }

    private static string Text(double figure) => figure.ToString(
        figure >= 100 ? "N0" : figure >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);
}

/// <summary>Times of two ways to do the same, run in turns.</summary>
public static class InTurns
{
    public const int Runs = 3;

    /// <returns>The medians, in seconds.</returns>
    public static async Task<(double Ours, double Baseline)> TimeAsync(
        Func<int, Task> ours, Func<int, Task> baseline, int runs = Runs)
    {
        var (ourTimes, baseTimes) = (new List<double>(), new List<double>());
        for (var run = 0; run < runs; run++)
        {
            baseTimes.Add(await SecondsAsync(() => baseline(run)));
            ourTimes.Add(await SecondsAsync(() => ours(run)));
        }

        return (Median(ourTimes), Median(baseTimes));
    }

    public static async Task<double> SecondsAsync(Func<Task> act)
    {
        var watch = Stopwatch.StartNew();
        await act();
        return watch.Elapsed.TotalSeconds;
    }

    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    public static double At(this IReadOnlyList<double> sorted, double quantile) =>
        sorted[Math.Min((int)(sorted.Count * quantile), sorted.Count - 1)];
}
