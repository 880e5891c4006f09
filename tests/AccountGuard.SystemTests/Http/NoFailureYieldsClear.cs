using System.Collections.Concurrent;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Screening;
using AccountGuard.Service;
using AccountGuard.Verification;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>
/// Rule 19: whatever fails, a number with an open case is never answered clear, nor one whose account is held as less
/// than that; an error, and unknown, are neither.
/// </summary>
public sealed class NoFailureYieldsClear
{
    private static readonly int Asks = LongRun.IsAsked ? 5_000 : 128;
    private static readonly int MostAsks = 10 * Asks;

    [Fact]
    public async Task while_the_database_fails()
    {
        await using var asked = await Asked.BeginAsync(new FreshDatabase());
        var name = asked.Database.Name;
        var end = $"select pg_terminate_backend(pid) from pg_stat_activity "
            + $"where datname = '{name}' and usename = 'accountguard_app'";
        await using var server = NpgsqlDataSource.Create(asked.Database.Server);
        await using var inside = NpgsqlDataSource.Create(
            asked.Database.Superuser + ";Search Path=accountguard;Pooling=false");
        await asked.BreakAsync(
            (() => RunAsync(server, end), () => Task.CompletedTask),
            (() => RunAsync(server, $"alter database {name} allow_connections false; {end}"),
                () => RunAsync(server, $"alter database {name} allow_connections true")),
            (() => RunAsync(inside, $"update key_check set key_id = reverse(key_id); {end}"),
                () => RunAsync(inside, "update key_check set key_id = reverse(key_id)")),
            (() => RunAsync(inside, "revoke select on hit from accountguard_app"),
                () => RunAsync(inside, "grant select on hit to accountguard_app")),
            (() => RunAsync(inside, "revoke select on delivery from accountguard_app"),
                () => RunAsync(inside, "grant select on delivery to accountguard_app")),
            (() => RunAsync(inside, "alter view standing_hold rename to hold_gone"),
                () => RunAsync(inside, "alter view hold_gone rename to standing_hold")),
            (() => RunAsync(inside, "alter table hit rename to hit_gone"),
                () => RunAsync(inside, "alter table hit_gone rename to hit")));
    }

    [Fact]
    public async Task while_the_network_to_the_database_fails()
    {
        var database = new FreshDatabase();
        await using var network = new Network(database.Server);
        await using var asked = await Asked.BeginAsync(database, network.Through);
        await asked.BreakAsync(
            (() => Done(network.Cut), () => Task.CompletedTask),
            (() => Done(network.Stall), () => Done(network.Flow)));
    }

    [RootFact]
    public async Task while_the_disk_of_the_database_is_full()
    {
        await using var disk = new SmallDisk();
        await disk.StartAsync();
        await using var asked = await Asked.BeginAsync(new FreshDatabase { Server = disk.Server });
        await asked.BreakAsync((disk.FillAsync, disk.EmptyAsync));
    }

    [Fact]
    public async Task while_nobody_reconciles_or_opens_cases()
    {
        var clock = new Ahead();
        await using var asked = await Asked.BeginAsync(new FreshDatabase(), clock: clock);

        // The rounds of the service stand still, and another has answered all the while.
        await asked.Service.Services.GetServices<IHostedService>().OfType<Rounds>().Single()
            .StopAsync(CancellationToken.None);
        var late = Number();
        await asked.Story.ListAsync(2, [Listed(late)]);
        await asked.Story.ChangesAsync(asked.Story.Filed("R2", late, "2015-05-20"));
        await Reconcile.RunAsync(asked.Database.At, null, CancellationToken.None);
        (await asked.AskAsync(late)).ShouldBe("pending");
        clock.By = TimeSpan.FromMinutes(16);
        (await asked.AskAsync(late)).ShouldBe("unknown");
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// A service that is asked again and again, by four at once, about a number with an open case and one whose change
    /// was denied, which holds its account (Rule 18).
    /// </summary>
    private sealed class Asked(FreshDatabase database, Installation at, WebApplication service, HttpClient payments)
        : IAsyncDisposable
    {
        private readonly ConcurrentBag<string> _heard = [];
        private readonly ConcurrentBag<string> _heardOfHeld = [];
        private readonly SemaphoreSlim _answered = new(0);
        private string _listed = "";
        private string _held = "";

        public FreshDatabase Database => database;

        public WebApplication Service => service;

        public Story Story { get; private set; } = null!;

        public static async Task<Asked> BeginAsync(
            FreshDatabase database, Func<string, string>? way = null, TimeProvider? clock = null)
        {
            await database.InitializeAsync();
            var at = await database.OpenAsync((way ?? (c => c))(database.Application));
            var provider = DevelopmentProvider.Open(database.Home);
            var service = AccountGuard.Service.Host.Build(
                at with { Clock = clock ?? at.Clock }, new ConfigurationBuilder().Build(), provider, port: 0);
            await service.StartAsync();
            var payments = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
            payments.DefaultRequestHeaders.Authorization = new(
                "Bearer", provider.Issue("payments", null, [Role.PaymentSystem], TimeProvider.System.GetUtcNow(),
                    TimeSpan.FromHours(1)));
            var asked = new Asked(database, at, service, payments)
            {
                Story = await Story.BeginAsync(database),
                _listed = Number(),
                _held = Number(),
            };
            var story = asked.Story;
            await story.ListAsync(1, [Listed(asked._listed), Listed(asked._held)]);
            await story.ChangesAsync(
                story.Filed("R1", asked._listed, "2015-05-20"), story.Filed("DENIED", asked._held, "2015-05-20"));
            await OpenCases.RunAsync(database.At, CancellationToken.None);
            await TwoPeople.DenyAsync(database.At, FiledChange.IdOf(story.Incident, "DENIED"));
            await Publication.FinishAsync(database.At, null, CancellationToken.None);
            await Reconcile.RunAsync(database.At, null, CancellationToken.None);
            (await asked.AskAsync(asked._listed)).ShouldBe("pending");
            (await asked.AskAsync(asked._held)).ShouldBe("hold");
            return asked;
        }

        /// <summary>What is heard of a number: its standing, or that there was an error.</summary>
        public async Task<string> AskAsync(string number, TimeSpan? patience = null)
        {
            using var patient = new CancellationTokenSource(patience ?? TimeSpan.FromMinutes(1));
            try
            {
                using var answer = await payments.PostAsync(
                    "/api/payments/standing", Json(new { payDay = "2015-06-15", numbers = new[] { number } }),
                    patient.Token);
                return !answer.IsSuccessStatusCode ? "error"
                    : JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement
                        .Of<JsonElement[]>("answers").Single().Of<string>("standing");
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
            {
                return "error";
            }
        }

        /// <summary>
        /// Breaks and mends, in turn, for as long as it is asked, and that is until an error was heard: a full disk is
        /// felt only once what is written needs a page more.
        /// </summary>
        public async Task BreakAsync(params (Func<Task> Break, Func<Task> Mend)[] troubles)
        {
            var asking = Parallel.ForAsync(0, MostAsks, new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (i, _) =>
                {
                    if (i >= Asks && _heard.Contains("error"))
                    {
                        return;
                    }

                    var (number, heard) = i % 2 == 0 ? (_listed, _heard) : (_held, _heardOfHeld);
                    heard.Add(await AskAsync(number, TimeSpan.FromSeconds(1)));
                    _answered.Release();
                });
            for (var round = 0; !asking.IsCompleted; round++)
            {
                var (broken, mended) = troubles[round % troubles.Length];
                await broken();
                await AnswersAsync(8, asking);
                await mended();
                await AnswersAsync(8, asking);
            }

            await asking;
            _heard.Distinct().Order().ShouldBeSubsetOf(["error", "pending", "unknown"]);
            _heardOfHeld.Distinct().Order().ShouldBeSubsetOf(["error", "hold", "unknown"]);
            _heard.ShouldContain("error", "or nothing was broken");
            _heard.ShouldContain("pending", "or nothing was mended");
            _heardOfHeld.ShouldContain("hold", "or nothing was mended");
        }

        public async ValueTask DisposeAsync()
        {
            await service.StopAsync(new CancellationToken(canceled: true));
            await service.DisposeAsync();
            await at.DisposeAsync();
            await database.DisposeAsync();
            payments.Dispose();
        }

        private async Task AnswersAsync(int more, Task asking)
        {
            for (var left = more; left > 0 && !asking.IsCompleted; left--)
            {
                await Task.WhenAny(_answered.WaitAsync(), asking);
            }
        }
    }
}
