using System.Diagnostics;
using System.Text;
using System.Text.Json;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Screening;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;

namespace AccountGuard.SystemTests.Crash;

/// <summary>How the process is ended where it waits, or PostgreSQL under it.</summary>
public enum End
{
    Kill,
    KillServer,
    Interrupt,
    Disconnect,
    DisconnectAll,
}

/// <summary>
/// Two databases that take in the same: in one, on a server of its own, the imports are stopped and run again, in the
/// other they are not.
/// </summary>
public sealed class Imports : IAsyncLifetime
{
    private const int Killed = 137;
    private const int Interrupted = 130;
    private const int Disconnected = 3;
    private static readonly DateTimeOffset ReceivedAt = new(2015, 7, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// What must hold in any database between events and what they tell of; a row for each that does not.
    /// </summary>
    public const string Doubles = """
        select what from (
            select 'account_change_filed', count(*) from account_change union all
            select 'account_change_cancelled', count(*) from cancellation union all
            select 'delivery_received', count(*) from delivery union all
            select 'rows_accounted', count(*) from delivery_completion union all
            select 'affected_list_delivered', count(*) from affected_list union all
            select 'verification_required', count(*) from hit union all
            select 'case_ended', count(*) from hit where ended_at is not null) as f (what, facts)
        where facts <> (select count(*) from accountguard_events.mt_events e where e.type = what)
        union all
        select 'detail' where (select count(*) from account_change_detail) <> (select count(*) from account_change)
        """;

    /// <summary>How many there are of what no event tells of, row by row.</summary>
    private const string Kept = """
        select (select count(*) from holder_record) || ' of holders, '
            || (select count(*) from payment_report) || ' of payments'
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("accountguard-own-").FullName;
    private OwnServer _server = null!;

    public FreshDatabase Stopped { get; private set; } = null!;

    public FreshDatabase Spared { get; } = new();

    public async Task InitializeAsync()
    {
        _server = await OwnServer.MakeAsync(_folder);
        Stopped = new FreshDatabase { Server = _server.Connection };
        await Stopped.InitializeAsync();
        await Spared.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await Stopped.DisposeAsync();
        await Spared.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public string Write(string name, string header, IEnumerable<string> rows)
    {
        var path = Path.Combine(Spared.Home, name);
        File.WriteAllText(path, new StringBuilder().AppendLine(header).AppendJoin('\n', rows).ToString());
        return path;
    }

    public async Task DeclareAsync(string incident)
    {
        foreach (var database in (FreshDatabase[])[Stopped, Spared])
        {
            await DeclareIncident.RunAsync(database.At, new Declaration(
                incident, incident, "Asia/Tokyo", new Declaration.CutoffPart(Through: new DateOnly(2015, 6, 1))),
                ReceivedAt, CancellationToken.None);
            await Publication.FinishAsync(database.At, null, CancellationToken.None);
        }
    }

    /// <summary>Facts that stand in both before the import, brought without a halt.</summary>
    public async Task PrepareAsync(Func<Installation, Task> bring)
    {
        foreach (var database in (FreshDatabase[])[Stopped, Spared])
        {
            await bring(database.At);
            await OpenCases.RunAsync(database.At, CancellationToken.None);
        }
    }

    public static async Task BringChangesAsync(Installation at, string path)
    {
        using var file = DeliveredFile.Open(path, null);
        await ImportChanges.RunAsync(at, file, false, null, ReceivedAt, null, CancellationToken.None);
    }

    public static async Task BringListAsync(Installation at, string incident, string path, int records)
    {
        using var file = DeliveredFile.Open(path, null);
        await ImportList.RunAsync(at, file, new ListOrder(incident, 1, new DateOnly(2015, 6, 2),
            new ControlTotals(records, null, null, null, 0), false, null, ReceivedAt), null, CancellationToken.None);
    }

    /// <summary>
    /// Imports without a halt into the other database, and compares: answer, queue, events, reconciliation.
    /// </summary>
    public async Task CompareAsync(string incident, CommandRun last, params string[] args)
    {
        var spared = await CommandRun.OfAsync(Spared, args);
        last.Exit.ShouldBe(spared.Exit, last.Messages);
        Answer(last).ShouldBe(Answer(spared));
        var queue = await QueueAsync(Stopped, incident);
        queue.ShouldNotBeEmpty();
        queue.ShouldBe(await QueueAsync(Spared, incident));
        (await CommandRun.OfAsync(Stopped, args)).Output.ShouldBe(last.Output, "again is answered as before");
        (await TextAsync(Stopped, Doubles)).ShouldBeNull();
        (await TextAsync(Stopped, Kept)).ShouldBe(await TextAsync(Spared, Kept));
        var found = await Reconcile.RunAsync(Stopped.At, null, CancellationToken.None);
        found.IsClean.ShouldBeTrue(found.ToString());
    }

    /// <summary>Runs a command until it comes to this moment, and ends it there.</summary>
    public async Task StopAsync(End end, Moment moment, string[] args)
    {
        await using var halt = await Halt.SetAsync(Stopped, moment);
        using var process = CommandRun.Start(Stopped, args);
        var run = CommandRun.EndOfAsync(process);
        var backend = (await halt.ReachedAsync(1, process))[0];
        switch (end)
        {
            case End.Kill:
                process.Kill();
                break;
            case End.KillServer:
                await _server.KillAsync();
                break;
            case End.Interrupt:
                using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
                {
                    await kill.WaitForExitAsync();
                }

                // Rows of a COPY are sent until the database takes them; a stop is seen between them.
                if (moment.Table == "list_record")
                {
                    await halt.OpenAsync();
                }

                break;
            case End.Disconnect:
                await halt.ExecuteAsync($"select pg_terminate_backend({backend})");
                break;
            case End.DisconnectAll:
                await halt.ExecuteAsync("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and usename = 'accountguard_app'
                      and backend_start > (select backend_start from pg_stat_activity where pid = pg_backend_pid())
                    """);
                break;
        }

        var (exit, _, messages) = await run;
        if (end == End.KillServer)
        {
            await _server.StartAsync();
            Stopped.At.Database.Clear();
        }

        exit.ShouldBe(end switch
        {
            End.Kill => Killed,
            End.Interrupt => Interrupted,
            End.KillServer or End.Disconnect or End.DisconnectAll => Disconnected,
        }, $"{end} at {moment}: {messages}");
    }

    private static async Task<List<string>> QueueAsync(FreshDatabase database, string incident)
    {
        var rows = new List<string>();
        await foreach (var row in Queue.ReadAsync(database.At, incident, null, CancellationToken.None))
        {
            rows.Add((row with { Number = default }).ToString());
        }

        return rows;
    }

    private static async Task<string?> TextAsync(FreshDatabase database, string sql)
    {
        await using var find = database.At.Database.CreateCommand(sql);
        return (string?)await find.ExecuteScalarAsync();
    }

    /// <summary>The answer but for the delivery's number, which a rolled-back transaction uses up.</summary>
    private static string Answer(CommandRun run)
    {
        using var json = JsonDocument.Parse(run.Output);
        return string.Join('\n', json.RootElement.EnumerateObject().Where(m => m.Name != "delivery"));
    }
}
