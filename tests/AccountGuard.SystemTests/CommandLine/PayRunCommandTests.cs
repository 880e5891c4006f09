using AccountGuard.SystemTests.Http;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>screen-payrun: four files and a summary in a folder, or nothing.</summary>
public sealed class PayRunCommandTests(CommandFixture commands) : IClassFixture<CommandFixture>
{
    private string Folder => Path.Combine(commands.Database.Home, $"{Guid.NewGuid():N}");

    private Task<CommandRun> ScreenAsync(string folder, params string[] files) =>
        commands.RunAsync(["screen-payrun", .. files, "--pay-day", "2015-06-15", "--out", folder]);

    private static string[] FilesIn(string folder) => !Directory.Exists(folder) ? []
        : [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal)];

    private static readonly string[] Written =
        ["clear", "hold", "pending", "summary.json", "summary.json.jws", "unknown"];

    [Fact]
    public async Task a_file_is_split_into_the_folder_and_again_the_same()
    {
        var changes = commands.Write("c.csv",
            $"source,request_id,number,filed_on\ns,S1,{commands.Canary},2015-05-20\n");
        (await commands.RunAsync("import-changes", changes)).Exit.ShouldBe(0);
        var file = commands.Write("june", File(Group((commands.Canary, 65_000), ("0000000019", 70_000))));
        var folder = Folder;
        var run = await ScreenAsync(folder, file);
        run.Exit.ShouldBe(0, run.Messages);
        FilesIn(folder).ShouldBe(Written);
        System.IO.File.ReadAllBytes(Path.Combine(folder, "pending")).ShouldBe(File(Group((commands.Canary, 65_000))));
        System.IO.File.ReadAllBytes(Path.Combine(folder, "clear")).ShouldBe(File(Group(("0000000019", 70_000))));
        var summary = System.IO.File.ReadAllText(Path.Combine(folder, "summary.json"));

        var (elsewhere, before) = (Folder, FilesIn(folder).Select(f =>
            System.IO.File.ReadAllBytes(Path.Combine(folder, f))).ToList());
        (await commands.RunAsync("import-changes", commands.Write("d.csv",
            "source,request_id,kind,number\ns,S1,cancel,0000000019\n"))).Exit.ShouldBe(0);
        foreach (var again in (string[])[folder, elsewhere])
        {
            (await ScreenAsync(again, file)).Exit.ShouldBe(0);
            FilesIn(again).Select(f => System.IO.File.ReadAllBytes(Path.Combine(again, f))).ShouldBe(before);
        }

        var anew = await commands.RunAsync(
            "screen-payrun", file, "--pay-day", "2015-06-15", "--out", folder, "--delivery", "anew");
        anew.Exit.ShouldBe(2);
        anew.Messages.ShouldContain("holds another pay-run");
        System.IO.File.ReadAllText(Path.Combine(folder, "summary.json")).ShouldBe(summary);
        FilesIn(folder).ShouldBe(Written);
    }

    /// <summary>Two at once would write each other's files, and publish what neither answers for.</summary>
    [Fact]
    public async Task a_folder_that_another_run_is_written_into_is_refused_and_left_alone()
    {
        var (folder, file) = (Folder, commands.Write("alone", File(Group(("0000000051", 1)))));
        using (var other = new AccountGuard.Payments.PayRunFolder(folder))
        {
            other.Outputs[0].Write("begun"u8);
            var refused = await ScreenAsync(folder, file);
            refused.Exit.ShouldBe(2);
            refused.Messages.ShouldContain("Another pay-run is written into the folder");
            refused.Messages.ShouldNotContain("0000000051");
            other.Outputs[0].Length.ShouldBe(5);
        }

        FilesIn(folder).ShouldBeEmpty();
        (await ScreenAsync(folder, file)).Exit.ShouldBe(0);
    }

    [Fact]
    public async Task what_stands_otherwise_since_a_run_is_told_of_its_own_file_alone()
    {
        var filed = commands.Write("f.csv",
            "source,request_id,number,filed_on\ns,S9,0000000035,2015-05-20\n");
        (await commands.RunAsync("import-changes", filed)).Exit.ShouldBe(0);
        var file = commands.Write("since", File(Group(("0000000035", 65_000), ("0000000043", 70_000))));
        var screened = await commands.JsonAsync(
            0, "screen-payrun", file, "--pay-day", "2015-06-15", "--out", Folder);
        var run = $"{screened[0].Of<long>("run")}";
        (await commands.JsonAsync(0, "compare-payrun", file, "--run", run)).Of<int>("count").ShouldBe(0);

        var list = commands.Write("listed.csv", "number\n0000000035\n");
        (await commands.RunAsync("import-list", "leak", list, "--version", "2", "--live-from", "2015-06-02",
            "--records", "1", "--received-at", "2015-06-03T08:00+09:00")).Exit.ShouldBe(0);
        var changed = await commands.JsonAsync(1, "compare-payrun", file, "--run", run);
        (changed.Of<int>("count"), changed.Of<long>("amount")).ShouldBe((1, 65_000L));
        changed.GetProperty("changes")[0].Of<string>("now").ShouldBe("pending");

        var other = commands.Write("other", File(Group(("0000000035", 65_000))));
        var refused = await commands.RunAsync("compare-payrun", other, "--run", run);
        refused.Exit.ShouldBe(2);
        refused.Messages.ShouldContain("is not the file of pay-run");
        (await commands.RunAsync("compare-payrun", file, "--run", "999")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task several_files_have_a_folder_each_and_one_that_is_not_sound_stops_all()
    {
        var (sound, other) = (
            commands.Write("one", File(Group(("0000000027", 1)))),
            commands.Write("two", File(Group(("no number", 2)))));
        var broken = commands.Write("three", File(Group((commands.Canary, 3)).SkipLast(1)));
        var folder = Folder;
        var refused = await ScreenAsync(folder, sound, other, broken);
        refused.Exit.ShouldBe(2);
        refused.Messages.ShouldContain("three, record 3: ");
        FilesIn(folder).ShouldBeEmpty();

        var run = await ScreenAsync(folder, sound, other);
        run.Exit.ShouldBe(1, "some are unknown");
        FilesIn(folder).Length.ShouldBe(2 * Written.Length);
        (await ScreenAsync(Folder, sound, sound)).Exit.ShouldBe(2);
        (await ScreenAsync(Folder, "/nowhere")).Exit.ShouldBe(2);
        System.IO.File.Copy(other, other + "-copy");
        var twice = await ScreenAsync(folder = Folder, other, other + "-copy");
        twice.Exit.ShouldBe(2);
        twice.Messages.ShouldContain("would be paid twice");
        FilesIn(folder).ShouldBeEmpty();
        (await commands.RunAsync("screen-payrun", sound, "--pay-day", "2015-06-16", "--out", Folder)).Exit.ShouldBe(2);
    }
}
