using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.Verification.Queues;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Crash;

/// <summary>The commands of the runbook, and servers that are ended as by a power failure.</summary>
public sealed class RestoreTests : IDisposable
{
    private const int Rows = 5_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("accountguard-own-").FullName;

    public RestoreTests() => File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Folder(string name)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_111_111);
        return path;
    }

    private static string[] Commands() => [.. File.ReadAllText(
            Path.Combine(Repository.Root, "ops", "runbooks", "restore.md"))
        .Split("```bash\n").Skip(1).Select(block => block.Split("```")[0])];

    [Fact]
    public async Task what_is_restored_to_the_middle_of_an_import_is_not_ready_before_it_was_reconciled()
    {
        var archive = Folder("archive");
        await using var primary = await OwnServer.MakeAsync(
            Folder("primary"), "archive_mode = on", $"archive_command = 'cp \"%p\" \"{archive}/%f\"'");
        var database = new FreshDatabase { Server = primary.Connection };
        await database.InitializeAsync();
        var story = await BeginAsync(database);
        var listed = FreshNumbers(200);
        await story.ListAsync(1, [.. listed.Select(n => Listed(n))]);
        await story.ChangesAsync(story.Filed("before", listed[0], "2015-05-20"));
        var (backup, data) = (Path.Combine(Folder("copies"), "backup"), Path.Combine(Folder("restored"), "data"));
        await primary.RunAsync(Commands()[0], ("DATABASE", primary.Conninfo), ("BACKUP", backup));

        var file = story.Write(System.Text.Encoding.UTF8.GetBytes("source,request_id,number,filed_on\n"
            + string.Concat(Enumerable.Range(0, Rows).Select(i => $"s,{i},{listed[i % 200]},2015-05-20\n"))));
        string[] import = ["import-changes", file, "--json"];
        string moment;
        CommandRun all;
        await using (var halt = await Halt.SetAsync(
            database, new Moment("delivery_batch", $"new.rows_through > {Rows / 2}", AtCommit: true)))
        {
            using var process = CommandRun.Start(database, import);
            var output = process.StandardOutput.ReadToEndAsync();
            await halt.ReachedAsync(1, process);
            (await Reconcile.RunAsync(database.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
            moment = await ScalarAsync(database.Superuser, "select clock_timestamp()::text");
            await halt.OpenAsync();
            await process.WaitForExitAsync();
            all = new CommandRun(process.ExitCode, await output, "");
        }

        all.Exit.ShouldBe(0);
        var queue = await story.QueueAsync();
        queue.Count.ShouldBe(Rows + 1);
        await ScalarAsync(database.Superuser, "select pg_switch_wal()::text");
        await database.At.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await primary.StopAsync();

        await using var restored = await OwnServer.InAsync(Path.GetDirectoryName(data)!);
        await restored.RunAsync(Commands()[1],
            ("DATABASE", primary.Conninfo), ("BACKUP", backup), ("DATA", data), ("ARCHIVE", archive),
            ("MOMENT", moment));

        // In the place of the other, and so by the same connection.
        await using var at = await database.OpenAsync();

        (await Reconcile.LastAsync(at, CancellationToken.None)).ShouldBeNull("it was of another server");
        (await ReasonsAsync(at, listed[0])).ShouldBe(["NotReconciled", "DeliveryOpen"]);
        (await Reconcile.RunAsync(at, null, CancellationToken.None)).IsClean.ShouldBeTrue();
        (await ReasonsAsync(at, listed[0])).ShouldBe(["DeliveryOpen"], "the import broke off");

        var again = JsonSerializer.Deserialize<DeliveryAnswer>(all.Output, JsonSerializerOptions.Web)!;
        using (var same = DeliveredFile.Open(file, null))
        {
            (await AccountGuard.Intake.ImportChanges.RunAsync(
                at, same, false, null, at.Clock.GetUtcNow(), null, CancellationToken.None)).Rows.ShouldBe(again.Rows);
        }

        (await Reconcile.RunAsync(at, null, CancellationToken.None)).IsClean.ShouldBeTrue();
        (await ReasonsAsync(at, listed[0])).ShouldBeEmpty();
        var ids = new List<string>();
        await foreach (var row in Queue.ReadAsync(at, story.Incident, null, CancellationToken.None))
        {
            ids.Add(row.RequestId);
        }

        ids.ShouldBe(queue.Select(r => r.Id));
    }

    private static async Task<IReadOnlyList<string>> ReasonsAsync(Installation at, string number)
    {
        await using var standing = await Standing.OpenAsync(
            at, new DateOnly(2015, 6, 15), "test", CancellationToken.None);
        return (await standing.AnswerAsync([number], CancellationToken.None)).Single().Reasons;
    }

    [Fact]
    public async Task a_server_whose_processes_are_killed_has_all_that_was_answered()
    {
        await using var server = await OwnServer.MakeAsync(Folder("killed"));
        var database = new FreshDatabase { Server = server.Connection };
        await database.InitializeAsync();
        var story = await BeginAsync(database);
        var listed = FreshNumbers(100);
        await story.ListAsync(1, [.. listed.Select(n => Listed(n))]);
        var random = new Random(1);
        var answered = 0;
        for (var kills = LongRun.IsAsked ? 40 : 2; kills > 0; kills--)
        {
            var wanted = answered + random.Next(1, 60);
            var filing = Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        await story.ChangesAsync(story.Filed($"{answered}", listed[answered % 100], "2015-05-20"));
                        Interlocked.Increment(ref answered);
                    }
                }
                catch (NpgsqlException)
                {
                    // Killed. It is filed again.
                }
            });
            while (Volatile.Read(ref answered) < wanted && !filing.IsCompleted)
            {
                await Task.Yield();
            }

            await server.KillAsync();
            await filing;
            NpgsqlConnection.ClearAllPools();
            await server.StartAsync();
            var ids = await story.IdsAsync();
            ids.ShouldBeUnique();
            ids.Count(id => int.Parse(id) < answered).ShouldBe(answered);
        }
    }

    [Theory]
    [InlineData("-c fsync=off", "Set fsync = on")]
    [InlineData("-c full_page_writes=off", "Set full_page_writes = on")]
    [InlineData("replica", "Connect to the primary")]
    public async Task a_server_that_can_lose_what_was_answered_is_refused(string options, string remedy)
    {
        await using var server = await OwnServer.MakeAsync(Folder("unsafe"));
        var database = new FreshDatabase { Server = server.Connection };
        await database.InitializeAsync();
        await database.At.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await server.StopAsync();
        if (options == "replica")
        {
            await File.WriteAllTextAsync($"{server.Data}/standby.signal", "");
            File.SetUnixFileMode($"{server.Data}/standby.signal", (UnixFileMode)0b110_110_110);
            options = "";
        }

        await server.StartAsync(options);
        (await Should.ThrowAsync<AccountGuard.Schema.NotLayable>(database.OpenAsync())).Message.ShouldContain(remedy);
    }

    private static async Task<string> ScalarAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
