using System.Net;
using AccountGuard.Identity;
using Npgsql;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>What one caller can take of the service has bounds, and whoever meets them is told.</summary>
[Collection(SharedService.Name)]
public sealed class Limits(Served service)
{
    [Fact]
    public async Task who_asks_too_often_waits_and_others_do_not()
    {
        await using var limited = AccountGuard.Service.Host.Build(service.Database.At, new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Limits:RequestsPerSecond"] = "20" }).Build(),
            service.Provider, port: 0);
        await limited.StartAsync();
        var address = new Uri(limited.Urls.First());
        using var hasty = service.As(Role.Counter);
        hasty.BaseAddress = address;
        HttpResponseMessage? refused = null;
        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            if (refused is null && await hasty.GetAsync("/api/cases") is { StatusCode: (HttpStatusCode)429 } answer)
            {
                Interlocked.CompareExchange(ref refused, answer, null);
            }
        });
        refused.ShouldNotBeNull();
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await refused.Content.ReadAsStringAsync()).ShouldContain("too-many-requests");
        using var other = service.As(Role.Auditor);
        other.BaseAddress = address;
        (await other.GetAsync("/api/cases")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact(Timeout = 60_000)]
    public async Task files_of_one_sender_are_taken_in_few_at_once()
    {
        using var sender = service.AsIntake("many-files", "*");
        await using var held = await service.HeldFilingAsync();
        var sending = Enumerable.Range(0, 12).Select(i => sender.PostAsync("/api/account-changes",
            Csv($"source,request_id,number\nmany,{Id()},{Number()}\n"))).ToList();
        async Task<long> BegunAsync()
        {
            await using var count = service.Database.At.Database.CreateCommand("select count(*) from open_delivery");
            return (long)(await count.ExecuteScalarAsync())!;
        }

        while (await BegunAsync() < 8)
        {
            sending.ShouldAllBe(s => !s.IsCompleted);
        }

        // Another sender is not kept waiting for its turn by them.
        using var other = service.AsIntake("one-file", "*");
        var one = other.PostAsync("/api/account-changes", Csv($"source,request_id,number\none,{Id()},{Number()}\n"));
        while (await BegunAsync() < 9)
        {
            one.IsCompleted.ShouldBeFalse();
        }

        (await BegunAsync()).ShouldBe(9, "eight of the first, and one of the other");
        await held.CloseAsync();
        foreach (var sent in sending.Append(one))
        {
            await sent.BodyAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public void connections_to_the_database_are_bounded_whatever_the_setting_says() =>
        new NpgsqlConnectionStringBuilder(service.Database.At.Database.ConnectionString).MaxPoolSize
            .ShouldBeLessThanOrEqualTo(40);
}
