using System.Net.Http.Json;
using AccountGuard.Identity;
using AccountGuard.Screening;

namespace AccountGuard.Bench.Works;

/// <summary>
/// What the same work takes beside ten thousand changes, and beside ten times as many, again and again: each row is a
/// work at a size.
/// </summary>
public static class GrowthWork
{
    private const int Smallest = 10_000;
    private const int Largest = 10_000_000;
    private const int Delivered = 10_000;

    public static Work Facts { get; } = new(
        "growth", "works of one size beside 10,000 to 10M changes (made by SQL); figures only",
        async (ground, cancel) =>
        {
            var incident = await ground.IncidentAsync(cancel);
            var measured = new List<Measured>();
            var (filled, version) = (0, 1);
            for (var size = Smallest; size <= ground.Scaled(Largest); size *= 10)
            {
                await ReconcileWork.FillAsync(ground, size, size / 8, cancel, filled);
                filled = size;
                await MeasureAsync(ground, incident, size, ++version, measured, cancel);
            }

            return [.. measured];
        });

    private static async Task MeasureAsync(
        Ground ground, string incident, int size, int version, List<Measured> measured, CancellationToken cancel)
    {
        void Add(string what, string unit, double figure) => measured.Add(
            new Measured($"growth {size:N0}: {what}", unit, figure, null, null, AtLeast: true, 1));

        Add("changes from a file", "rows/s", Delivered / await InTurns.SecondsAsync(
            () => ChangesWork.ImportAsync(ground, $"growth-{size}", Delivered, cancel, apart: 11)));
        var path = ground.File($"v{version}.csv", "number,name", Enumerable.Range(0, Delivered)
            .Select(i => $"{i * 13L + version + 5_000_000_000L:D10},年金 花子"));
        Add("a version of 10,000", "s", await InTurns.SecondsAsync(
            () => ListWork.ImportAsync(ground, path, Delivered, version, incident, cancel)));
        Add("reconcile", "s", await InTurns.SecondsAsync(() => Reconcile.RunAsync(ground.At, null, cancel)));

        var (service, auditor) = await ground.ServeAsync(Role.Auditor);
        Add("page of the queue, alone", "ms", await MedianAsync(() => auditor.GetByteArrayAsync(
            $"/api/cases?incident={incident}&limit=100", cancel)));
        var payments = Ground.CallerOf(service.Urls.First(), ground.TokenOf(Role.PaymentSystem));
        var numbers = Enumerable.Range(0, Delivered).Select(i => $"{i * 11L:D10}").ToArray();
        Add("standing of 10,000", "ms", await MedianAsync(async () =>
        {
            using var answer = await payments.PostAsJsonAsync(
                "/api/payments/standing", new { payDay = "2015-06-15", numbers }, cancel);
            answer.EnsureSuccessStatusCode();
        }));
        await service.StopAsync(cancel);
        await service.DisposeAsync();
    }

    private static async Task<double> MedianAsync(Func<Task> act)
    {
        var times = new List<double>();
        for (var run = 0; run < 7; run++)
        {
            times.Add(await InTurns.SecondsAsync(act) * 1_000);
        }

        return InTurns.Median(times);
    }
}
