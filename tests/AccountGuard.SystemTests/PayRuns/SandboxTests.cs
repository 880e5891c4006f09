using System.Diagnostics;
using System.Net;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using Microsoft.Extensions.DependencyInjection;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.PayRuns;

/// <summary>Numbers for integrators, and the program that shows how to use them.</summary>
public sealed class SandboxTests(Served service) : IClassFixture<Served>
{
    private static readonly string[] Numbers =
        [.. Enumerable.Range(1, 5).Select(i => $"999900000{i}")];

    private async Task<string[]> StandingsAsync(Installation at)
    {
        await Publication.FinishAsync(at, null, CancellationToken.None);
        await Reconcile.RunAsync(at, null, CancellationToken.None);
        await using var standing = await Standing.OpenAsync(
            at, new DateOnly(2015, 6, 15), "test", CancellationToken.None);
        return [.. (await standing.AnswerAsync(Numbers, CancellationToken.None))
            .Select(a => string.Join(' ', new[] { a.Standing, a.PayTo }.Concat(a.Reasons).OfType<string>()))];
    }

    [Fact]
    public async Task each_number_has_its_standing_and_leaves_nothing_behind()
    {
        var at = service.Database.At;
        using var payments = service.As(Role.PaymentSystem);
        await StandingsAsync(at);
        var answer = await payments.PostAsync(
            "/api/payments/standing", Json(new { payDay = "2015-06-15", numbers = Numbers }))
            .BodyAsync(HttpStatusCode.OK);
        answer.Of<JsonElement[]>("answers").Select(a => a.Of<string>("standing"))
            .ShouldBe(["clear", "pending", "hold", "hold", "unknown"]);
        await using var left = at.Database.CreateCommand(
            "select (select count(*) from access_record) + "
                + "(select count(*) from personal_key where sealed_number is not null)");
        (await left.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task with_a_provider_of_your_own_they_are_numbers_as_all_others()
    {
        (await StandingsAsync(service.Database.At)).ShouldAllBe(standing => standing == "clear");
        await using var real = AccountGuard.Service.Host.Build(service.Database.At,
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Identity:Authority"] = "https://provider.example",
            }).Build(), development: null, port: 0);
        real.Services.GetRequiredService<Installation>().HasSandbox.ShouldBeFalse();
        service.App.Services.GetRequiredService<Installation>().HasSandbox.ShouldBeTrue();
    }

    /// <summary>What they answer is added to what is known: no doubt and no fact is hidden by it (Rule 19).</summary>
    [Fact]
    public async Task nothing_is_clear_by_the_sandbox()
    {
        await using var own = new OwnDatabase();
        await own.Database.InitializeAsync();
        var at = own.Database.At with { HasSandbox = true };
        (await StandingsAsync(at)).ShouldBe(
            ["clear", "pending", "hold keep Hold", "hold previous Hold", "unknown Quarantined"]);
        var story = await BeginAsync(own.Database);
        await story.ListAsync(1, [.. Numbers.Select(n => Listed(n))]);
        await story.ChangesAsync([.. Numbers.Select(n => story.Filed(n[^1..], n, "2015-05-20"))]);
        (await StandingsAsync(at))[0].ShouldBe("pending");
        await story.ListAsync(3, [Listed(Number())]);
        (await StandingsAsync(at)).ShouldBe([
            "unknown ListNotCurrent", "unknown ListNotCurrent", "hold keep ListNotCurrent Hold",
            "hold keep ListNotCurrent Hold", "unknown ListNotCurrent Quarantined"]);
    }

    private sealed class OwnDatabase : IAsyncDisposable
    {
        public FreshDatabase Database { get; } = new();

        public async ValueTask DisposeAsync() => await Database.DisposeAsync();
    }

    [Fact]
    public async Task the_sample_screens_a_pay_run_end_to_end()
    {
        await StandingsAsync(service.Database.At);
        var start = new ProcessStartInfo("dotnet",
            ["run", Path.Combine(Repository.Root, "ops/samples/screen-payrun.cs"), "--", service.App.Urls.First()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ACCOUNTGUARD_TOKEN"] = service.Provider.Issue(
                    Role.PaymentSystem, TimeProvider.System.GetUtcNow()),
            },
        };
        using var sample = Process.Start(start)!;
        var messages = sample.StandardError.ReadToEndAsync();
        var said = await sample.StandardOutput.ReadToEndAsync();
        await sample.WaitForExitAsync();
        sample.ExitCode.ShouldBe(0, said + await messages);
        said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ShouldBe([
            "clear", "pending", "hold keep", "hold previous", "unknown",
            "yes: clear is as said", "clear: 1 payments, 65000 yen",
            "yes: pending is as said", "pending: 1 payments, 65000 yen",
            "yes: hold is as said", "hold: 2 payments, 130000 yen",
            "yes: unknown is as said", "unknown: 1 payments, 65000 yen",
            "yes: the amounts add up", "yes: the payments add up", "yes: the summary is signed",
        ]);
    }
}
