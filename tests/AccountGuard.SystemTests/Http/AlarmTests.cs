using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>What a person must look into is told to one place, once when it begins and once when it ends.</summary>
public sealed class AlarmTests : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();
    private readonly BlockingCollection<Alarm> _heard = [];
    private WebApplication _listener = null!;
    private bool _refuses;

    private IConfiguration Settings => new ConfigurationBuilder().AddInMemoryCollection(
        new Dictionary<string, string?>
        {
            ["Alarm:Webhook"] = _listener.Urls.First(),

            // Nobody is there; only who signs in needs it.
            ["Identity:Authority"] = "https://identity.invalid",
        }).Build();

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _listener = builder.Build();
        _listener.MapPost("/", async (HttpRequest request) =>
        {
            if (_refuses)
            {
                return Results.StatusCode(503);
            }

            _heard.Add((await request.ReadFromJsonAsync<Alarm>())!);
            return Results.Ok();
        });
        await _listener.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("alarm-host:8080/hook")]
    [InlineData("/hook")]
    public void a_webhook_that_cannot_be_called_is_refused_at_the_start(string address) =>
        Should.Throw<BadInput>(() => new Alarms(_database.At, new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Alarm:Webhook"] = address }).Build()));

    [Fact]
    public async Task a_kind_is_told_when_it_begins_and_when_it_ends_and_again_where_it_was_not_taken()
    {
        using var alarms = new Alarms(_database.At, Settings);
        await alarms.SetAsync("test", null, CancellationToken.None);
        _refuses = true;
        await alarms.SetAsync("test", "broken", CancellationToken.None);
        _refuses = false;
        for (var round = 0; round < 3; round++)
        {
            await alarms.SetAsync("test", "still broken", CancellationToken.None);
        }

        await alarms.SetAsync("test", null, CancellationToken.None);
        await alarms.SetAsync("test", null, CancellationToken.None);
        _heard.Select(a => (a.Kind, a.State, a.Detail)).ShouldBe(
            [("test", Alarms.Raised, "still broken"), ("test", Alarms.Ended, "All is well again.")]);
    }

    [Fact]
    public async Task a_certificate_that_ends_within_a_month_and_cases_that_nobody_opens_are_told()
    {
        var story = await BeginAsync(_database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await using var superuser = NpgsqlDataSource.Create(_database.Superuser + ";Search Path=accountguard");
        await using (var aged = superuser.CreateCommand(
            "set session_replication_role = replica; update hit set opened_at = opened_at - interval '1 hour'"))
        {
            await aged.ExecuteNonQueryAsync();
        }

        // Somebody else opens cases, and hangs.
        await using var hanging = await superuser.OpenConnectionAsync();
        await using var turn = new NpgsqlCommand("select pg_advisory_lock(4714)", hanging);
        await turn.ExecuteNonQueryAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var path = Path.Combine(_database.Home, "tls.pem");
        File.WriteAllText(path, new CertificateRequest("CN=ours", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now, now.AddDays(29)).ExportCertificatePem());
        var settings = new ConfigurationBuilder().AddConfiguration(Settings).AddInMemoryCollection(
            new Dictionary<string, string?> { ["Kestrel:Certificates:Default:Path"] = path }).Build();
        using var alarms = new Alarms(_database.At, settings);
        using var rounds = new Rounds(_database.At, alarms, new Machines(settings));
        await rounds.StartAsync(CancellationToken.None);
        var heard = new[] { Next(), Next() };
        heard.Select(a => (a.Kind, a.State)).Order().ShouldBe(
            [("cases", Alarms.Raised), ("certificates", Alarms.Raised)]);
        heard.Single(a => a.Kind == "cases").Detail.ShouldStartWith("1 cases have waited");
        await rounds.StopAsync(CancellationToken.None);

        Alarm Next() => _heard.TryTake(out var alarm, TimeSpan.FromSeconds(30)) ? alarm
            : throw new InvalidOperationException("No further alarm was told.");
    }

    [Fact]
    public async Task a_case_that_joins_is_told_also_when_it_was_there_before_and_one_that_leaves_is_not()
    {
        using var alarms = new Alarms(_database.At, Settings);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (Guid[] cases in (Guid[][])[[one], [one], [one, other], [one], [one, other], [other]])
        {
            await alarms.SetAsync("test", string.Join(' ', cases), CancellationToken.None, cases.ToHashSet());
        }

        await alarms.SetAsync("test", null, CancellationToken.None);
        _heard.Select(a => a.Detail).ShouldBe([$"{one}", $"{one} {other}", $"{one} {other}", "All is well again."]);
    }

    [Fact]
    public async Task S34_a_hold_that_ends_is_told_also_while_another_that_ended_stands()
    {
        var story = await BeginAsync(_database, d => d with
        {
            HoldPolicy = JsonSerializer.Deserialize<JsonElement>("""{"untilDays": 1, "payTo": "keep"}"""),
        });
        var numbers = FreshNumbers(2);
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        using var alarms = new Alarms(_database.At, Settings);
        var started = new List<Rounds>();
        await story.ChangesAsync(story.Filed("R1", numbers[0], "2015-05-20"));
        (await RoundAsync()).ShouldStartWith("1 open cases have a hold that ended or ends within two days");
        await story.ChangesAsync(story.Filed("R2", numbers[1], "2015-05-20"));
        (await RoundAsync()).ShouldStartWith("2 open cases");
        await story.ListAsync(2, [.. numbers.Select(Withdrawn)]);
        (await RoundAsync()).ShouldBe("All is well again.");
        await Task.WhenAll(started.Select(rounds => rounds.StopAsync(CancellationToken.None)));

        // Each reconciles at once and then not for minutes; none is stopped while it may still be telling.
        async Task<string> RoundAsync()
        {
            started.Add(new Rounds(_database.At, alarms, new Machines(Settings)));
            await started[^1].StartAsync(CancellationToken.None);
            _heard.TryTake(out var alarm, TimeSpan.FromSeconds(30)).ShouldBeTrue();
            return alarm!.Detail;
        }
    }

    /// <summary>After a failover its connections may hold: what it reconciled on another server counts no longer.
    /// </summary>
    [Fact(Timeout = 60_000)]
    public async Task a_service_reconciles_at_once_on_a_server_where_nobody_did()
    {
        await using var service = Host.Build(_database.At, Settings, null, port: 0);
        await service.StartAsync();
        await using var superuser = NpgsqlDataSource.Create(_database.Superuser + ";Search Path=accountguard");
        await OnceReconciledAsync();
        await using (var elsewhere = superuser.CreateCommand("update reconciliation set server = 'elsewhere'"))
        {
            await elsewhere.ExecuteNonQueryAsync();
        }

        await OnceReconciledAsync();
        await service.StopAsync();

        async Task OnceReconciledAsync()
        {
            object? found;
            do
            {
                await using var here = superuser.CreateCommand(
                    "select 1 from reconciliation where server = this_server() limit 1");
                found = await here.ExecuteScalarAsync();
            }
            while (found is null);
        }
    }

    [Fact]
    public async Task a_service_whose_hits_are_not_what_the_rule_says_raises_an_alarm_and_is_not_ready()
    {
        var story = await BeginAsync(_database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await using (var superuser = NpgsqlDataSource.Create(_database.Superuser + ";Search Path=accountguard"))
        await using (var broken = superuser.CreateCommand("delete from hit"))
        {
            await broken.ExecuteNonQueryAsync();
        }

        await using var service = Host.Build(_database.At, Settings, null, port: 0);
        await service.StartAsync();
        _heard.TryTake(out var alarm, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        (alarm!.Kind, alarm.State).ShouldBe(("reconciliation", Alarms.Raised));
        alarm.Detail.ShouldContain("missing 1");
        alarm.Detail.ShouldNotContain(number);
        using var anyone = new HttpClient();
        (await anyone.GetAsync($"{service.Urls.First()}/api/health/ready")).StatusCode
            .ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        (await anyone.GetAsync($"{service.Urls.First()}/api/health/live")).StatusCode
            .ShouldBe(System.Net.HttpStatusCode.OK);
        await service.StopAsync();
    }

    [Theory]
    [InlineData("insert into schema_version values (1000, 'newer', now())")]
    [InlineData("update key_check set key_id = reverse(key_id)")]
    public async Task a_service_on_the_schema_of_a_newer_program_or_of_another_key_is_not_ready(string trouble)
    {
        await using var service = Host.Build(_database.At, Settings, null, port: 0);
        await service.StartAsync();
        using var anyone = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        while (!(await anyone.GetAsync("/api/health/ready")).IsSuccessStatusCode)
        {
            // It is ready once it has reconciled.
        }

        await using (var superuser = NpgsqlDataSource.Create(_database.Superuser + ";Search Path=accountguard"))
        await using (var troubled = superuser.CreateCommand(trouble))
        {
            await troubled.ExecuteNonQueryAsync();
        }

        _heard.TryTake(out var alarm, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        (alarm!.Kind, alarm.State).ShouldBe(("rounds", Alarms.Raised));
        (await anyone.GetAsync("/api/health/ready")).StatusCode
            .ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        await service.StopAsync();
    }
}
