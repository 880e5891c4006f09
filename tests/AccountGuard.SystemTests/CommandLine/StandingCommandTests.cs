using AccountGuard.Identity;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>Rule 19 on the command line, and the tokens of the development provider.</summary>
public sealed class StandingCommandTests(CommandFixture commands) : IClassFixture<CommandFixture>
{
    [Fact]
    public async Task standing_answers_a_file_line_by_line_and_shows_no_number_in_its_text()
    {
        var changes = commands.Write("c.csv",
            $"source,request_id,number,filed_on\ns,S1,{commands.Canary},2015-05-20\n");
        (await commands.RunAsync("import-changes", changes)).Exit.ShouldBe(0);
        var asked = commands.Write("numbers.txt", $"{commands.Canary}\n0000000019\n");
        var run = await commands.RunAsync("standing", "--pay-day", "2015-06-15", asked);
        run.ShouldBe(new CommandRun(0, "line 1: pending\nline 2: clear\n", ""));
        var json = await commands.JsonAsync(0, "standing", "--pay-day", "2015-06-15", asked);
        json.GetProperty("answers").EnumerateArray().Select(a => a.GetProperty("standing").GetString())
            .ShouldBe(["pending", "clear"]);

        (await commands.RunAsync("standing", "--pay-day", "2015-06-15", commands.Write("bad.txt", "12\n")))
            .ShouldBe(new CommandRun(1, "line 1: unknown NotANumber\n", ""));
        (await commands.RunAsync("standing", "--pay-day", "2015-06-16", asked)).Exit.ShouldBe(2);
        (await commands.RunAsync("standing", "--pay-day", "soon", asked)).Exit.ShouldBe(2);
        (await commands.RunAsync("standing", "--pay-day", "2015-06-15", "/nowhere")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task token_is_given_for_a_role_by_the_development_provider_alone()
    {
        (await commands.RunAsync("token", Role.Auditor)).Output.Trim().Split('.').Length.ShouldBe(3);
        (await commands.RunAsync("token", "sorcerer")).Exit.ShouldBe(2);
        foreach (var setting in (string[])["DOTNET_ENVIRONMENT=Production", "Identity__Authority=https://id.example"])
        {
            var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);
            var refused = await CommandRun.OfAsync(commands.Database, [(name, value)], ["token", Role.Auditor]);
            (refused.Exit, refused.Output).ShouldBe((2, ""));
        }

        var run = await CommandRun.OfAsync(
            commands.Database, [("DOTNET_ENVIRONMENT", "Production")], ["run", "--port", "0"]);
        (run.Exit, run.Messages).ShouldSatisfyAllConditions(
            r => r.Exit.ShouldBe(2), r => r.Messages.ShouldContain("Identity__Authority"));
    }
}
