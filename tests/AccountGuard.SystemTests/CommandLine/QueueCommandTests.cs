using System.Text.Json;
using Npgsql;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>The commands that show, and what every command does with bad usage and without its database.</summary>
public sealed class QueueCommandTests(CommandFixture commands) : IClassFixture<CommandFixture>
{
    private Task<CommandRun> FileAsync(string id, params string[] more) => commands.RunAsync([
        "import-changes", commands.Write("c.csv", "source,request_id,number,filed_on,account_holder\n"
            + $"\"a, b\",{id},{commands.Canary},2015-05-20,{commands.CanaryName}\n"), .. more]);

    private async Task<long> RecordsAsync()
    {
        await using var connection = new NpgsqlConnection(commands.Database.Application);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand("select count(*) from accountguard.access_record", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private Task<CommandRun> WithAsync((string, string?)[] settings, params string[] args) =>
        CommandRun.OfAsync(commands.Database, settings, args);

    [Fact]
    public async Task queue_shows_the_contracts_columns_in_every_format()
    {
        (await FileAsync("Q1")).Exit.ShouldBe(0);
        var row = (await commands.JsonAsync(0, "queue", "--incident", "leak")).EnumerateArray()
            .Single(r => r.GetProperty("request_id").GetString() == "Q1");
        row.EnumerateObject().Select(p => p.Name).ShouldBe([
            "rank", "source", "request_id", "kind", "incident", "reasons", "state", "tier", "list_version", "filed_on",
            "exposed_on"]);
        row.GetProperty("rank").ValueKind.ShouldBe(JsonValueKind.Number);
        var csv = await commands.RunAsync("queue", "--format", "csv");
        csv.Output.ShouldStartWith(
            "rank,source,request_id,kind,incident,reasons,state,tier,list_version,filed_on,exposed_on\n");
        csv.Output.ShouldContain(",\"a, b\",Q1,account,leak,Listed,Queued,2,1,2015-05-20,2015-06-15\n");
        (await commands.RunAsync("queue")).Output.ShouldContain("Q1");
        (await commands.RunAsync("queue", "--state", "Queued")).Output.ShouldContain("Q1");
        (await commands.JsonAsync(0, "queue", "--state", "Confirmed")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task queue_shows_numbers_only_against_a_record_of_access()
    {
        await FileAsync("Q2");
        var before = await RecordsAsync();
        await commands.RunAsync("queue", "--format", "csv");
        (await RecordsAsync()).ShouldBe(before);
        var shown = await commands.RunAsync("queue", "--format", "csv", "--show-numbers");
        shown.Output.ShouldContain($",2015-06-15,{commands.Canary}\n");
        (await RecordsAsync()).ShouldBe(before + 1);
        var json = await commands.JsonAsync(0, "queue", "--show-numbers");
        json.EnumerateArray().First().GetProperty("number").GetString().ShouldBe(commands.Canary);
    }

    [Fact]
    public async Task deliveries_lists_what_arrived_and_what_was_refused()
    {
        await FileAsync("Q3", "--delivery", "third");
        var other = await FileAsync("Q4", "--delivery", "third");
        (other.Exit, other.Output).ShouldBe((2, ""));
        var listed = await commands.JsonAsync(0, "deliveries", "third");
        listed.EnumerateArray().Select(d => d.GetProperty("state").GetString()).ShouldBe(["Done", "Refused"]);
        (await commands.RunAsync("deliveries")).Output.ShouldContain("third");
        (await commands.RunAsync("deliveries", "nowhere")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task reconcile_exits_0_when_clean_and_1_when_not()
    {
        await FileAsync("Q5");
        (await commands.JsonAsync(0, "reconcile")).GetProperty("missing").GetInt64().ShouldBe(0);
        (await commands.RunAsync("reconcile", "--incident", "leak")).Exit.ShouldBe(0);
        await using var connection = new NpgsqlConnection(commands.Database.Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using (var breaking = new NpgsqlCommand("update hit set tier = 4 where request_id = 'Q5'", connection))
        {
            (await breaking.ExecuteNonQueryAsync()).ShouldBe(1);
        }

        (await commands.JsonAsync(1, "reconcile")).GetProperty("misranked").GetInt64().ShouldBe(1);
        await using var repair = new NpgsqlCommand(
            "select repair(array(select change_id from unsettled()))", connection);
        await repair.ExecuteNonQueryAsync();
        (await commands.RunAsync("reconcile")).Exit.ShouldBe(0);
    }

    [Theory]
    [InlineData("no-such-command")]
    [InlineData("queue --colour")]
    [InlineData("queue --format xml")]
    [InlineData("queue --state Sleeping")]
    [InlineData("queue --incident nowhere")]
    [InlineData("reconcile --incident nowhere")]
    [InlineData("import-list leak")]
    [InlineData("import-list leak f.csv --version one --live-from 2015-06-02 --records 1")]
    [InlineData("import-changes")]
    [InlineData("move-cutoff leak --decision 1 --through 2015-06-14")]
    [InlineData("set-closing 2015-06-15")]
    [InlineData("import-changes f.csv --received-at yesterday")]
    public async Task bad_usage_exits_2_and_says_so_on_stderr(string line)
    {
        var run = await commands.RunAsync(line.Split(' '));
        (run.Exit, run.Output.Trim()).ShouldBe((2, ""), run.Messages);
        run.Messages.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task help_exits_0() => (await commands.RunAsync("--help")).Exit.ShouldBe(0);

    [Fact]
    public async Task replaying_the_past_is_refused_in_production()
    {
        (string, string?)[] production = [("DOTNET_ENVIRONMENT", "Production")];
        var file = commands.Write("c.csv", $"source,request_id,number\ns,P1,{commands.Canary}\n");
        var refused = await WithAsync(production, "import-changes", file, "--received-at", "2015-06-01T00:00Z");
        (refused.Exit, refused.Output).ShouldBe((2, ""));
        refused.Messages.ShouldContain("refused in production");
        (await WithAsync(production, "import-changes", file)).Exit.ShouldBe(0);
    }

    [Theory]
    [InlineData("Host=/nowhere-at-all;Database=x;Username=x", 3)]
    [InlineData("Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2", 3)]
    [InlineData("not a connection string", 2)]
    public async Task a_database_that_does_not_answer_exits_3(string connection, int exit)
    {
        var run = await WithAsync(
            [("ConnectionStrings__AccountGuard", connection), ("ConnectionStrings__AccountGuardOwner", null)],
            "queue", "--json");
        (run.Exit, run.Output).ShouldBe((exit, ""), run.Messages);
        run.Messages.ShouldContain("ConnectionStrings__AccountGuard");
    }

    [Theory]
    [InlineData("nowhere", null)]
    [InlineData(null, "nobody")]
    public async Task a_database_that_refuses_us_exits_3_and_the_password_is_not_shown(string? name, string? login)
    {
        var refused = new NpgsqlConnectionStringBuilder(commands.Database.Owner) { Password = "hunter2" };
        refused.Database = name ?? refused.Database;
        refused.Username = login ?? refused.Username;
        var run = await WithAsync([("ConnectionStrings__AccountGuardOwner", refused.ConnectionString)], "queue");
        (run.Exit, run.Output).ShouldBe((3, ""), run.Messages);
        run.Messages.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task without_a_database_named_a_command_exits_2_and_says_how_to_name_one()
    {
        var run = await WithAsync([("ConnectionStrings__AccountGuard", null)], "queue");
        run.Exit.ShouldBe(2);
        run.Messages.ShouldContain("ConnectionStrings__AccountGuard");
    }
}
