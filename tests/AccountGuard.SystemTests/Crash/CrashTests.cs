using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Screening;

namespace AccountGuard.SystemTests.Crash;

/// <summary>
/// A stopped import goes on where it stopped: whatever stopped it, in the end everything is there once.
/// </summary>
public sealed class CrashTests(Imports imports) : IClassFixture<Imports>
{
    private const string ListHeader = "number,name,kana,birth_date,address";
    private const string ChangesHeader = "source,request_id,kind,number,filed_on";
    private const string PaymentsHeader = "source,payment_id,number,outcome,pay_day,amount,account,on";

    [Fact]
    public async Task a_list_that_is_stopped_and_imported_again_is_there_once()
    {
        var numbers = Numbers(1, 20_000);
        await imports.DeclareAsync("list");
        var changes = imports.Write("before.csv", ChangesHeader,
            numbers.Take(300).Select((n, i) => $"list,{i},account,{n},2015-05-20"));
        await imports.PrepareAsync(at => Imports.BringChangesAsync(at, changes));
        var file = imports.Write("list.csv", ListHeader, numbers.Select(n => $"{n},A,B,1950-01-01,C"));
        string[] import = ["import-list", "list", file, "--version", "1", "--live-from", "2015-06-02", "--records",
            "20000", "--json"];
        await imports.StopAsync(End.Kill, new Moment("list_record", "new.row_no >= 12000"), import);
        await StopIfLongAsync(End.Interrupt, new Moment("list_record", "new.row_no >= 15000"), import);
        await StopIfLongAsync(End.DisconnectAll, new Moment("list_record", "new.row_no >= 18000"), import);
        await StopIfLongAsync(End.Kill, new Moment("affected_list", "true", AtCommit: true), import);
        await StopIfLongAsync(End.Kill, new Moment("list_publication", "true"), import);
        await StopIfLongAsync(End.Interrupt, new Moment("list_publication", "true", AtCommit: true), import);
        await StopIfLongAsync(End.Kill, new Moment("list_publication", "true", AtCommit: true), import);
        await StopIfLongAsync(End.Disconnect, new Moment("list_publication", "new.first_bucket <= 150"), import);
        await imports.StopAsync(End.KillServer, new Moment("list_publication", "new.first_bucket <= 100"), import);
        await StopIfLongAsync(End.Kill, new Moment("delivery_completion", "true"), import);
        await StopIfLongAsync(End.Kill, new Moment("case_step", "true"), import);
        await imports.StopAsync(End.KillServer, new Moment("case_step", "true", AtCommit: true), import);
        await imports.CompareAsync("list", await CommandRun.OfAsync(imports.Stopped, import), import);
    }

    [Fact]
    public async Task changes_that_are_stopped_and_imported_again_are_there_once()
    {
        var numbers = Numbers(2, 5_000);
        await imports.DeclareAsync("changes");
        var list = imports.Write("listed.csv", ListHeader, numbers.Take(500).Select(n => $"{n},A,,,"));
        await imports.PrepareAsync(at => Imports.BringListAsync(at, "changes", list, 500));

        // Among them duplicates, cancellations before and after their change, and numbers that are none.
        var file = imports.Write("changes.csv", ChangesHeader, Enumerable.Range(0, 20_000).Select(i => (i % 100) switch
        {
            7 => $"changes,{i - 1},account,{numbers[(i - 1) % 5_000]},2015-05-20",
            8 => $"changes,{i},account,12,2015-05-20",
            9 => $"changes,{i - 4},cancel,{numbers[i % 5_000]},",
            10 => $"changes,{(i + 1_102) % 20_000},cancel,{numbers[i % 5_000]},",
            11 => $"changes,{i},address,{numbers[i % 5_000]},2015-05-19",
            _ => $"changes,{i},account,{numbers[i % 5_000]},2015-05-20",
        }));
        string[] import = ["import-changes", file, "--json"];
        await StopIfLongAsync(End.Kill, new Moment("delivery", "true", AtCommit: true), import);
        await imports.StopAsync(End.Kill, new Moment("account_change", "new.row_no >= 2500"), import);
        await StopIfLongAsync(End.Kill, new Moment("delivery_batch", "new.rows_through >= 5000"), import);
        await imports.StopAsync(
            End.KillServer, new Moment("delivery_batch", "new.rows_through >= 8000", AtCommit: true), import);
        await imports.StopAsync(End.Interrupt, new Moment("delivery_batch", "new.rows_through >= 10000"), import);
        await StopIfLongAsync(End.Disconnect, new Moment("delivery_batch", "new.rows_through >= 12000"), import);
        await imports.StopAsync(End.DisconnectAll, new Moment("account_change", "new.row_no >= 15500"), import);
        await StopIfLongAsync(End.Kill, new Moment("delivery_completion", "true", AtCommit: true), import);
        await StopIfLongAsync(End.Kill, new Moment("case_step", "true", AtCommit: true), import);
        await imports.CompareAsync("changes", await CommandRun.OfAsync(imports.Stopped, import), import);
    }

    [Fact]
    public async Task a_renumbering_that_is_stopped_and_imported_again_is_there_once()
    {
        var (olds, news) = (Numbers(3, 12_000), Numbers(4, 12_000));
        await imports.DeclareAsync("renumbering");
        var list = imports.Write("old.csv", ListHeader, olds.Take(500).Select(n => $"{n},A,,,"));
        var changes = imports.Write("new.csv", ChangesHeader,
            news.Take(500).Select((n, i) => $"renumbering,{i},account,{n},2015-05-20"));
        await imports.PrepareAsync(async at =>
        {
            await Imports.BringListAsync(at, "renumbering", list, 500);
            await Imports.BringChangesAsync(at, changes);
        });
        var file = imports.Write("renumbering.csv", "old_number,new_number,effective_on",
            olds.Zip(news, (old, @new) => $"{old},{@new},2015-08-24").Append($"{olds[0]},{news[1]},2015-08-24"));
        string[] import = ["import-renumbering", file, "--json"];
        await StopIfLongAsync(End.Kill, new Moment("renumbering", "new.row_no >= 1500"), import);
        await imports.StopAsync(
            End.KillServer, new Moment("delivery_batch", "new.rows_through >= 10000", AtCommit: true), import);
        await StopIfLongAsync(End.Interrupt, new Moment("holder", "true"), import);
        await StopIfLongAsync(End.Disconnect, new Moment("delivery_batch", "new.rows_through > 10000"), import);
        await imports.StopAsync(End.Kill, new Moment("delivery_completion", "true"), import);
        await imports.CompareAsync("renumbering", await CommandRun.OfAsync(imports.Stopped, import), import);
    }

    [Fact]
    public async Task what_is_said_of_holders_and_payments_and_is_stopped_and_imported_again_is_there_once()
    {
        var numbers = Numbers(9, 5_000);
        await imports.DeclareAsync("said");
        var list = imports.Write("said-list.csv", ListHeader, numbers.Take(100).Select(n => $"{n},A,,,"));
        var changes = imports.Write("said-changes.csv", ChangesHeader,
            numbers.Take(100).Select((n, i) => $"said,{i},account,{n},2015-05-20"));
        await imports.PrepareAsync(async at =>
        {
            await Imports.BringListAsync(at, "said", list, 100);
            await Imports.BringChangesAsync(at, changes);
        });

        // Among them deaths, rows that say the same again, and numbers that are none.
        string[] holders = ["import-holders", imports.Write("holders.csv", "number,name,died_on",
            numbers.Select((n, i) => $"{(i % 100 == 7 ? "12" : n)},A,{(i % 50 == 0 ? "2015-06-10" : "")}")
                .Concat(numbers.Take(1_000).Select(n => $"{n},B,"))), "--json"];
        await imports.StopAsync(End.KillServer, new Moment("holder_record", "new.row_no >= 3000"), holders);
        await StopIfLongAsync(
            End.Kill, new Moment("delivery_batch", "new.rows_through >= 4000", AtCommit: true), holders);
        await StopIfLongAsync(End.Kill, new Moment("delivery_completion", "true", AtCommit: true), holders);
        await imports.CompareAsync("said", await CommandRun.OfAsync(imports.Stopped, holders), holders);

        string[] payments = ["import-payments", imports.Write("payments.csv", PaymentsHeader,
            numbers.Select((n, i) => (i % 100) switch
            {
                7 => Payment(i - 1, numbers[i - 1], "sent"),
                8 => Payment(i, "12", "sent"),
                9 => Payment(i - 4, numbers[i - 4], "credited"),
                _ => Payment(i, n, "sent"),
            })), "--json"];
        await imports.StopAsync(
            End.KillServer, new Moment("delivery_batch", "new.rows_through >= 4000", AtCommit: true), payments);
        await StopIfLongAsync(End.Kill, new Moment("payment_report", "new.row_no >= 4500"), payments);
        await StopIfLongAsync(End.Kill, new Moment("delivery_completion", "true"), payments);
        await imports.CompareAsync("said", await CommandRun.OfAsync(imports.Stopped, payments), payments);

        static string Payment(int id, string number, string outcome) =>
            $"said,{id},{number},{outcome},2015-06-15,{1_000 + id},zengin:0001-001-1-1234567,2015-06-15";
    }

    [Fact]
    public async Task two_processes_with_one_file_answer_alike_and_it_is_there_once()
    {
        await imports.DeclareAsync("twice");
        var numbers = Numbers(5, 3_000);
        var list = imports.Write("twice-list.csv", ListHeader, numbers.Take(100).Select(n => $"{n},A,,,"));
        await imports.PrepareAsync(at => Imports.BringListAsync(at, "twice", list, 100));
        var file = imports.Write("twice.csv", ChangesHeader,
            numbers.Select((n, i) => $"twice,{i},account,{n},2015-05-20"));
        string[] import = ["import-changes", file, "--json"];
        var moment = new Moment("delivery_batch", "new.rows_through >= 2000");
        CommandRun[] runs;
        await using (var halt = await Halt.SetAsync(imports.Stopped, moment))
        {
            using var first = CommandRun.Start(imports.Stopped, import);
            await halt.ReachedAsync(1, first);
            using var second = CommandRun.Start(imports.Stopped, import);
            await halt.HeldUpAsync(1, first, second);
            await halt.OpenAsync();
            runs = await Task.WhenAll(CommandRun.EndOfAsync(first), CommandRun.EndOfAsync(second));
        }

        runs.Select(r => r.Exit).ShouldBe([0, 0], $"{runs[0].Messages}{runs[1].Messages}");
        runs[0].Output.ShouldBe(runs[1].Output);
        await imports.CompareAsync("twice", runs[0], import);
    }

    /// <summary>The database does not notice at once that a process is gone, and may commit what it sent.</summary>
    [Fact]
    public async Task a_batch_that_is_committed_after_its_process_was_killed_is_there_once()
    {
        await imports.DeclareAsync("late");
        var numbers = Numbers(6, 3_000);
        var list = imports.Write("late-list.csv", ListHeader, numbers.Take(100).Select(n => $"{n},A,,,"));
        await imports.PrepareAsync(at => Imports.BringListAsync(at, "late", list, 100));
        var file = imports.Write("late.csv", ChangesHeader,
            numbers.Select((n, i) => $"late,{i},account,{n},2015-05-20"));
        string[] import = ["import-changes", file, "--json"];
        var moment = new Moment("delivery_batch", "new.rows_through >= 2000", AtCommit: true);
        CommandRun last;
        await using (var halt = await Halt.SetAsync(imports.Stopped, moment))
        {
            using var first = CommandRun.Start(imports.Stopped, import);
            await halt.ReachedAsync(1, first);
            first.Kill();
            await CommandRun.EndOfAsync(first);
            using var second = CommandRun.Start(imports.Stopped, import);
            await halt.HeldUpAsync(1, second);
            await halt.OpenAsync();
            last = await CommandRun.EndOfAsync(second);
        }

        await imports.CompareAsync("late", last, import);
    }

    [Fact]
    public async Task one_version_under_two_delivery_ids_at_once_is_there_once()
    {
        await imports.DeclareAsync("ids");
        var numbers = Numbers(7, 100);
        var changes = imports.Write("ids.csv", ChangesHeader,
            numbers.Select((n, i) => $"ids,{i},account,{n},2015-05-20"));
        await imports.PrepareAsync(at => Imports.BringChangesAsync(at, changes));
        var file = imports.Write("ids-list.csv", ListHeader, numbers.Select(n => $"{n},A,,,"));
        string[] import = ["import-list", "ids", file, "--version", "1", "--live-from", "2015-06-02", "--records",
            "100", "--json", "--delivery"];
        CommandRun[] runs;
        await using (var halt = await Halt.SetAsync(imports.Stopped, new Moment("list_record", "true")))
        {
            using var first = CommandRun.Start(imports.Stopped, [.. import, "first"]);
            using var second = CommandRun.Start(imports.Stopped, [.. import, "second"]);
            await halt.ReachedAsync(2, first, second);
            await halt.OpenAsync();
            runs = await Task.WhenAll(CommandRun.EndOfAsync(first), CommandRun.EndOfAsync(second));
        }

        runs.Select(r => r.Exit).ShouldBe([0, 0], $"{runs[0].Messages}{runs[1].Messages}");
        runs[0].Output.ShouldBe(runs[1].Output);
        await imports.CompareAsync("ids", runs[0], [.. import, "first"]);
    }

    /// <summary>Else every standing would be unknown until the first sender comes back.</summary>
    [Theory]
    [InlineData("list", "list_publication", "true")]
    [InlineData("changes", "delivery_batch", "new.rows_through >= 2000")]
    public async Task what_was_broken_off_is_done_once_the_same_content_is_in_under_another_id(
        string kind, string table, string when)
    {
        var incident = $"broken-off-{kind}";
        await imports.DeclareAsync(incident);
        var numbers = Numbers(0, 9_000)[(kind == "list" ? ..3_000 : 3_000..6_000)];
        var file = imports.Write($"{incident}.csv", kind == "list" ? ListHeader : ChangesHeader, kind == "list"
            ? numbers.Select(n => $"{n},A,,,")
            : numbers.Select((n, i) => $"{incident},{i},account,{(i == 500 ? "12" : n)},2015-05-20"));
        string[] import = kind == "list"
            ? ["import-list", incident, file, "--version", "1", "--live-from", "2015-06-02", "--records", "3000"]
            : ["import-changes", file];
        await imports.StopAsync(End.Kill, new Moment(table, when), [.. import, "--delivery", $"{incident} 1"]);
        (await OpenAsync()).ShouldBe(1);

        var again = await CommandRun.OfAsync(imports.Stopped, [.. import, "--delivery", $"{incident} 2"]);
        again.Exit.ShouldBe(kind == "list" ? 0 : 1, again.Messages);
        (await OpenAsync()).ShouldBe(0);
        var first = await CommandRun.OfAsync(
            imports.Stopped, [.. import, "--delivery", $"{incident} 1", "--json"]);
        using var json = JsonDocument.Parse(first.Output);
        json.RootElement.GetProperty("rows").Deserialize<RowCount>(JsonSerializerOptions.Web).ShouldBe(
            kind == "list" ? new RowCount(3_000, 3_000, 0, 0) : new RowCount(3_000, 999, 2_000, 1));
        (await Reconcile.RunAsync(imports.Stopped.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
    }

    [Fact(Timeout = 60_000)]
    public async Task what_is_still_being_taken_in_is_finished_by_nobody_else()
    {
        await imports.DeclareAsync("busy");
        var file = imports.Write("busy.csv", ChangesHeader,
            Numbers(0, 9_000)[6_000..].Select((n, i) => $"busy,{i},account,{n},2015-05-20"));
        string[] import = ["import-changes", file, "--json", "--delivery"];
        CommandRun first;
        await using (var halt = await Halt.SetAsync(
            imports.Stopped, new Moment("delivery_completion", "new.answer -> 'Rows' ->> 'Accepted' = '3000'")))
        {
            using var busy = CommandRun.Start(imports.Stopped, [.. import, "busy 1"]);
            await halt.ReachedAsync(1, busy);
            (await CommandRun.OfAsync(imports.Stopped, [.. import, "busy 2"])).Exit.ShouldBe(0);
            (await OpenAsync()).ShouldBe(1);
            await halt.OpenAsync();
            first = await CommandRun.EndOfAsync(busy);
        }

        first.Exit.ShouldBe(0, first.Messages);
        (await OpenAsync()).ShouldBe(0);
    }

    private async Task<long> OpenAsync()
    {
        await using var count = imports.Stopped.At.Database.CreateCommand("select count(*) from open_delivery");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task two_versions_at_once_are_both_there()
    {
        await imports.DeclareAsync("versions");
        var numbers = Numbers(8, 100);
        var changes = imports.Write("versions.csv", ChangesHeader,
            numbers.Select((n, i) => $"versions,{i},account,{n},2015-05-20"));
        await imports.PrepareAsync(at => Imports.BringChangesAsync(at, changes));
        var file = imports.Write("versions-list.csv", ListHeader, numbers.Select(n => $"{n},A,,,"));
        string[] Import(int version) => ["import-list", "versions", file, "--version", $"{version}", "--live-from",
            "2015-06-02", "--records", "100", "--json"];
        await using var halt = await Halt.SetAsync(
            imports.Stopped, new Moment("affected_list", "new.version = 1", AtCommit: true));
        using var first = CommandRun.Start(imports.Stopped, Import(1));
        await halt.ReachedAsync(1, first);
        using var second = CommandRun.Start(imports.Stopped, Import(2));
        await halt.HeldUpAsync(1, second);
        await halt.OpenAsync();
        var runs = await Task.WhenAll(CommandRun.EndOfAsync(first), CommandRun.EndOfAsync(second));
        runs.Select(r => r.Exit).ShouldBe([0, 0], $"{runs[0].Messages}{runs[1].Messages}");
    }

    /// <summary>Moments that resemble another one: stopped at in the long run only.</summary>
    private Task StopIfLongAsync(End end, Moment moment, string[] import) =>
        LongRun.IsAsked ? imports.StopAsync(end, moment, import) : Task.CompletedTask;

    private static string[] Numbers(int series, int count) =>
        [.. Enumerable.Range(0, count).Select(i => $"{series}{i * 7_919 % 1_000_000_000:000000000}")];
}
