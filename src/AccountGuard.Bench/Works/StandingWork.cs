using System.Net.Http.Json;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using NpgsqlTypes;

namespace AccountGuard.Bench.Works;

/// <summary>Where payments stand: of many numbers in one request, and of one by many callers.</summary>
public static class StandingWork
{
    private const string PayDay = "2015-06-15";

    private const string Join = """
        select count(*) from unnest(@keys) as n (key)
        left join account_change c on c.number_key = n.key
        left join hit h on h.change_id = c.change_id and h.ended_at is null
        """;

    public static Work Many { get; } = new(
        "standing", "standing of 100,000 numbers in one request; baseline: the bare join of as many",
        async (ground, cancel) =>
        {
            await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            var numbers = Numbers(ground, 100_000);
            var keys = numbers.Select(n => NumberKey.Of(n, ground.At.Keys).ToBytes()).ToArray();
            var body = Encoding.ASCII.GetBytes(string.Join('\n', numbers.Select(n =>
                $$"""{"number":"{{n.RevealDigits()}}"}""")));
            var (service, caller) = await ground.ServeAsync(Role.PaymentSystem);
            var (ours, baseline) = await InTurns.TimeAsync(
                async _ =>
                {
                    var content = new ByteArrayContent(body);
                    content.Headers.ContentType = new("application/x-ndjson");
                    using var answer = await caller.PostAsync(
                        $"/api/payments/standing?payDay={PayDay}", content, cancel);
                    answer.EnsureSuccessStatusCode();
                    await answer.Content.CopyToAsync(Stream.Null, cancel);
                },
                async _ => await JoinAsync(ground, keys, cancel));
            await service.DisposeAsync();
            caller.Dispose();
            return [new("standing", "s", ours, baseline, 3, AtLeast: false, InTurns.Runs)];
        });

    public static Work One { get; } = new(
        "standing-of-one", "standing of one number, 32 connections; baseline: the bare join, as many",
        async (ground, cancel) =>
        {
            await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            var numbers = Numbers(ground, 10_000);
            var keys = numbers.Select(n => NumberKey.Of(n, ground.At.Keys).ToBytes()).ToArray();
            var (service, caller) = await ground.ServeAsync(Role.PaymentSystem);
            var (ours, baseline) = await Pressure.InTurnsAsync(
                async no =>
                {
                    using var answer = await caller.PostAsJsonAsync("/api/payments/standing",
                        new { payDay = PayDay, numbers = new[] { numbers[no % numbers.Length].RevealDigits() } },
                        cancel);
                    answer.EnsureSuccessStatusCode();
                },
                async no => await JoinAsync(ground, [keys[no % keys.Length]], cancel), cancel);
            await service.StopAsync(cancel);
            await service.DisposeAsync();
            caller.Dispose();
            return [new("standing-of-one", "p99 ms", ours.P99, baseline.P99, 4, AtLeast: false, InTurns.Runs)];
        });

    /// <summary>Half of them have an open case.</summary>
    private static PensionNumber[] Numbers(Ground ground, int count)
    {
        var open = ground.Scaled(1_000_000);
        return [.. Enumerable.Range(0, count).Select(i => PensionNumber.TryParse(
            i % 2 == 0 ? $"{i % open * 7L:D10}" : $"{9_000_000_000L + i:D10}", out var number) ? number
                : throw new InvalidOperationException("No number."))];
    }

    private static async Task JoinAsync(Ground ground, byte[][] keys, CancellationToken cancel)
    {
        await using var join = ground.Superuser.CreateCommand(Join);
        join.Parameters.AddWithValue("keys", NpgsqlDbType.Array | NpgsqlDbType.Bytea, keys);
        await join.ExecuteScalarAsync(cancel);
    }
}
