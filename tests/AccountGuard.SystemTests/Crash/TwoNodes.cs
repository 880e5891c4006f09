using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using AccountGuard.Identity;
using AccountGuard.SystemTests.Http;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Crash;

/// <summary>Two services on one database share all work; what one leaves behind the other finishes.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private static readonly TimeSpan TakenOver = TimeSpan.FromMinutes(1);
    private readonly FreshDatabase _database = new();
    private readonly List<Process> _services = [];

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var service in _services.Where(s => !s.HasExited))
        {
            service.Kill();
            await service.WaitForExitAsync();
        }

        await _database.DisposeAsync();
    }

    private async Task<(Process Service, HttpClient Intake)> StartAsync()
    {
        var (service, address) = await CommandRun.ServeAsync(_database);
        _services.Add(service);
        var intake = new HttpClient { BaseAddress = address };
        intake.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", DevelopmentProvider
            .Open(_database.Home).Issue(Role.Intake, TimeProvider.System.GetUtcNow()));
        return (service, intake);
    }

    [Fact]
    public async Task an_import_that_one_was_killed_in_is_finished_by_the_other_and_all_cases_are_opened()
    {
        var story = await BeginAsync(_database);
        var listed = FreshNumbers(200);
        await story.ListAsync(1, [.. listed.Select(n => Listed(n))]);
        var (first, toFirst) = await StartAsync();
        var (_, toSecond) = await StartAsync();
        Task<HttpResponseMessage> ImportAsync(HttpClient to)
        {
            var content = Served.Csv("source,request_id,number,filed_on\n" + string.Concat(
                Enumerable.Range(0, 3_000).Select(i => $"file,{i},{listed[i % 200]},2015-05-20\n")));
            content.Headers.Add("Idempotency-Key", "shared");
            return to.PostAsync("/api/account-changes", content);
        }

        await using (var halt = await Halt.SetAsync(
            _database, new Moment("delivery_batch", "new.rows_through > 1500", AtCommit: true)))
        {
            var broken = ImportAsync(toFirst);
            await halt.ReachedAsync(1, first);

            // Filings go on meanwhile, at both.
            foreach (var (to, id) in new[] { (toFirst, "one"), (toSecond, "two") })
            {
                using var filed = await to.PostAsync("/api/account-changes", Served.Json(
                    new { source = "api", request_id = id, number = listed[0], filed_on = "2015-05-21" }));
                filed.StatusCode.ShouldBe(HttpStatusCode.Created);
            }

            first.Kill();
            await first.WaitForExitAsync();
            await Should.ThrowAsync<HttpRequestException>(broken);
            await halt.ExecuteAsync("""
                select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where not l.granted and a.datname = current_database()
                """);
        }

        var watch = Stopwatch.StartNew();
        (await ImportAsync(toSecond).BodyAsync(HttpStatusCode.OK)).Of<long>("rows", "accepted").ShouldBe(3_000);
        while (await CasesToOpenAsync() > 0)
        {
            watch.Elapsed.ShouldBeLessThan(TakenOver);
        }

        (await story.QueueAsync()).Count.ShouldBe(3_002);
    }

    [Fact]
    public async Task services_are_restarted_one_after_the_other_and_the_other_answers_all_the_while()
    {
        var story = await BeginAsync(_database);
        var listed = Number();
        await story.ListAsync(1, [Listed(listed)]);
        var nodes = new[] { await StartAsync(), await StartAsync() };
        var (stopped, answered, sent) = (-1, new ConcurrentBag<string>(), 0);
        using var heard = new SemaphoreSlim(0);
        using var enough = new CancellationTokenSource();
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                // A sender tries the other node where one does not answer, as any would.
                var id = $"R{Interlocked.Increment(ref sent)}";
                foreach (var node in (int[])[sender % 2, 1 - sender % 2])
                {
                    var wasStopped = Volatile.Read(ref stopped) == node;
                    try
                    {
                        using var answer = await nodes[node].Intake.PostAsync("/api/account-changes", Served.Json(
                            new { source = "api", request_id = id, number = listed, filed_on = "2015-05-20" }));
                        if (answer.IsSuccessStatusCode)
                        {
                            answered.Add(id);
                            heard.Release();
                            break;
                        }

                        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                    }
                    catch (HttpRequestException)
                    {
                        // Told at once, below.
                    }

                    (wasStopped || Volatile.Read(ref stopped) == node).ShouldBeTrue("only the stopped one fails");
                }
            }
        })));
        for (var node = 0; node < 2; node++)
        {
            await AnswersAsync(heard, 50, sending);
            Volatile.Write(ref stopped, node);
            using (var stop = Process.Start("kill", ["-TERM", $"{nodes[node].Service.Id}"]))
            {
                await stop.WaitForExitAsync();
            }

            await nodes[node].Service.WaitForExitAsync();
            nodes[node].Service.ExitCode.ShouldBe(0);
            await AnswersAsync(heard, 50, sending);
            nodes[node] = await StartAsync();
            Volatile.Write(ref stopped, -1);
        }

        await AnswersAsync(heard, 50, sending);
        await enough.CancelAsync();
        await sending;
        answered.Count.ShouldBe(sent);
        (await story.IdsAsync()).Order().ShouldBe(answered.Order());
    }

    private static async Task AnswersAsync(SemaphoreSlim heard, int more, Task sending)
    {
        for (var left = more; left > 0; left--)
        {
            if (await Task.WhenAny(heard.WaitAsync(), sending) == sending)
            {
                await sending;
            }
        }
    }

    private async Task<long> CasesToOpenAsync()
    {
        await using var find = _database.At.Database.CreateCommand(
            """
            select count(*) from hit h where not exists (
                select from case_step s where s.hit_id = h.hit_id and s.step = 'required')
            """);
        return (long)(await find.ExecuteScalarAsync())!;
    }
}
