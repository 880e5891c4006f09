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
    private readonly (Process Service, HttpClient Intake)[] _nodes = new (Process, HttpClient)[2];
    private readonly ConcurrentBag<string> _answered = [];
    private readonly SemaphoreSlim _heard = new(0);
    private readonly CancellationTokenSource _enough = new();
    private int _sent;
    private int _stopped = -1;

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var service in _services.Where(s => !s.HasExited))
        {
            service.Kill();
            await service.WaitForExitAsync();
        }

        _heard.Dispose();
        _enough.Dispose();
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
    public async Task what_one_was_killed_in_is_finished_by_the_other()
    {
        var story = await BeginAsync(_database);
        var listed = FreshNumbers(200);
        await story.ListAsync(1, [.. listed.Select(n => Listed(n))]);
        Task<HttpResponseMessage> ImportAsync(HttpClient to)
        {
            var content = Served.Csv("source,request_id,number,filed_on\n" + string.Concat(
                Enumerable.Range(0, 3_000).Select(i => $"file,{i},{listed[i % 200]},2015-05-20\n")));
            content.Headers.Add("Idempotency-Key", "shared");
            return to.PostAsync("/api/account-changes", content);
        }

        var first = _nodes[0] = await StartAsync();
        Task sending;
        await using (var halt = await Halt.SetAsync(_database,
            new Moment("delivery_batch", "new.rows_through > 1500", AtCommit: true),
            new Moment("case_step", "true", AtCommit: true)))
        {
            // It takes in the file, opens cases of what it took in, and lets people file, all at once.
            var broken = ImportAsync(first.Intake);
            await halt.ReachedAsync(2, first.Service);
            _nodes[1] = await StartAsync();
            sending = SendAsync(listed[0]);
            await AnswersAsync(50, sending);
            Volatile.Write(ref _stopped, 0);
            first.Service.Kill();
            await first.Service.WaitForExitAsync();
            await Should.ThrowAsync<HttpRequestException>(broken);
            await halt.ExecuteAsync("""
                select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where not l.granted and a.datname = current_database()
                """);
        }

        var watch = Stopwatch.StartNew();
        (await ImportAsync(_nodes[1].Intake).BodyAsync(HttpStatusCode.OK)).Of<long>("rows", "accepted")
            .ShouldBe(3_000);
        await AnswersAsync(50, sending);
        await _enough.CancelAsync();
        await sending;
        while (await CasesToOpenAsync() > 0)
        {
            watch.Elapsed.ShouldBeLessThan(TakenOver);
        }

        _answered.Count.ShouldBe(_sent);
        (await story.IdsAsync()).Order().ShouldBe(
            Enumerable.Range(0, 3_000).Select(i => $"{i}").Concat(_answered).Order());
        await using var doubles = _database.At.Database.CreateCommand(Imports.Doubles);
        (await doubles.ExecuteScalarAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task services_are_restarted_one_after_the_other_and_the_other_answers_all_the_while()
    {
        var story = await BeginAsync(_database);
        var listed = Number();
        await story.ListAsync(1, [Listed(listed)]);
        (_nodes[0], _nodes[1]) = (await StartAsync(), await StartAsync());
        var sending = SendAsync(listed);
        for (var node = 0; node < 2; node++)
        {
            await AnswersAsync(50, sending);
            Volatile.Write(ref _stopped, node);
            using (var stop = Process.Start("kill", ["-TERM", $"{_nodes[node].Service.Id}"]))
            {
                await stop.WaitForExitAsync();
            }

            await _nodes[node].Service.WaitForExitAsync();
            _nodes[node].Service.ExitCode.ShouldBe(0);
            await AnswersAsync(50, sending);
            _nodes[node] = await StartAsync();
            Volatile.Write(ref _stopped, -1);
        }

        await AnswersAsync(50, sending);
        await _enough.CancelAsync();
        await sending;
        _answered.Count.ShouldBe(_sent);
        (await story.IdsAsync()).Order().ShouldBe(_answered.Order());
    }

    /// <summary>
    /// Four senders that file changes of a number at both, until it is enough. Each tries the other node where one does
    /// not answer, as any would, in turns: one that is slow to try may meet both as they are stopped.
    /// </summary>
    private Task SendAsync(string number) => Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
    {
        while (!_enough.IsCancellationRequested)
        {
            var id = $"R{Interlocked.Increment(ref _sent)}";
            for (var node = sender % 2; !await IsAnsweredAsync(node, id, number); node = 1 - node)
            {
            }

            _answered.Add(id);
            _heard.Release();
        }
    })));

    private async Task<bool> IsAnsweredAsync(int node, string id, string number)
    {
        var wasStopped = Volatile.Read(ref _stopped) == node;
        try
        {
            using var answer = await _nodes[node].Intake.PostAsync("/api/account-changes", Served.Json(
                new { source = "api", request_id = id, number, filed_on = "2015-05-20" }));
            if (answer.IsSuccessStatusCode)
            {
                return true;
            }

            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        }
        catch (HttpRequestException)
        {
            // Told at once, below.
        }

        (wasStopped || Volatile.Read(ref _stopped) == node).ShouldBeTrue("only the stopped one fails");
        return false;
    }

    private async Task AnswersAsync(int more, Task sending)
    {
        for (var left = more; left > 0; left--)
        {
            if (await Task.WhenAny(_heard.WaitAsync(), sending) == sending)
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
