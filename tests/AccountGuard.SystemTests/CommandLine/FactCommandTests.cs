using System.Text;
using System.Text.Json;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>The commands that bring facts, run as an operator runs them.</summary>
public sealed class FactCommandTests(CommandFixture commands) : IClassFixture<CommandFixture>
{
    private const string Header = "source,request_id,number,filed_on,account_holder\n";

    private static (long, long, long, long) Rows(JsonElement answer)
    {
        var rows = answer.GetProperty("rows");
        return (rows.GetProperty("received").GetInt64(), rows.GetProperty("accepted").GetInt64(),
            rows.GetProperty("duplicates").GetInt64(), rows.GetProperty("quarantined").GetInt64());
    }

    [Fact]
    public async Task declare_incident_declares_once_and_refuses_other_content()
    {
        var file = commands.Incident("again");
        (await commands.JsonAsync(0, "declare-incident", file)).GetProperty("declared").GetBoolean().ShouldBeTrue();
        (await commands.JsonAsync(0, "declare-incident", file)).GetProperty("declared").GetBoolean().ShouldBeFalse();
        var changed = commands.Incident("again", "\"through\":\"2015-06-02\"");
        var other = await commands.RunAsync("declare-incident", changed);
        (other.Exit, other.Output).ShouldBe((2, ""));
        other.Messages.ShouldContain("other content");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"id\":\"x\"}")]
    [InlineData("{\"id\":\"x y\",\"name\":\"n\",\"timeZone\":\"Asia/Tokyo\",\"cutoff\":{\"through\":\"2015-06-01\"}}")]
    [InlineData("{\"id\":\"x\",\"name\":\"n\",\"timeZone\":\"Tokyo\",\"cutoff\":{\"through\":\"2015-06-01\"}}")]
    [InlineData("{\"id\":\"x\",\"name\":\"n\",\"timeZone\":\"Asia/Tokyo\",\"cutoff\":{}}")]
    [InlineData("{\"id\":\"x\",\"name\":\"n\",\"timeZone\":\"UTC\",\"cutoff\":{\"before\":\"2015-06-01\"},\"a\":1}")]
    [InlineData("{\"id\":\"x\",\"name\":\"n\",\"timeZone\":\"Asia/Tokyo\",\"cutoff\":{\"through\":\"1 June\"}}")]
    public async Task a_declaration_that_is_none_is_refused(string json)
    {
        var run = await commands.RunAsync("declare-incident", commands.Write("incident.json", json));
        (run.Exit, run.Output).ShouldBe((2, ""), run.Messages);
        run.Messages.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task move_cutoff_takes_through_or_before_and_answers_with_the_hits()
    {
        await commands.RunAsync("declare-incident", commands.Incident("moved"));
        string[] move = ["move-cutoff", "moved", "--decision", "1", "--reason", "told so"];
        var moved = await commands.JsonAsync(0, [.. move, "--before", "2015-06-15"]);
        moved.GetProperty("through").GetString().ShouldBe("2015-06-14");
        moved = await commands.JsonAsync(0, [.. move, "--through", "2015-06-14"]);
        moved.GetProperty("moved").GetBoolean().ShouldBeFalse();
        (await commands.RunAsync([.. move, "--through", "2015-06-15"])).Exit.ShouldBe(2);
        (await commands.RunAsync([.. move, "--through", "2015-06-14", "--before", "2015-06-15"])).Exit.ShouldBe(2);
        (await commands.RunAsync(move)).Exit.ShouldBe(2);
        move[1] = "nowhere";
        (await commands.RunAsync([.. move, "--through", "2015-06-14"])).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task import_list_answers_with_rows_numbers_and_hits_and_refuses_wrong_totals()
    {
        await commands.RunAsync("declare-incident", commands.Incident("lists"));
        var file = commands.Write("list.csv",
            $"number,name,action\n{commands.Canary},{commands.CanaryName},\n2222222222,,withdraw\n");
        string[] import = ["import-list", "lists", file, "--version", "1", "--live-from", "2015-06-02"];
        var refused = await commands.RunAsync([.. import, "--records", "3"]);
        (refused.Exit, refused.Output).ShouldBe((2, ""));
        refused.Messages.ShouldContain("records: 3 declared, 2 in the file");
        var answer = await commands.JsonAsync(0, [.. import, "--records", "2"]);
        Rows(answer).ShouldBe((2, 2, 0, 0));
        answer.GetProperty("numbers").GetProperty("listed").GetInt64().ShouldBe(1);
        answer.GetProperty("numbers").GetProperty("notListed").GetInt64().ShouldBe(1);
        var again = await commands.JsonAsync(0, [.. import, "--records", "2"]);
        again.GetRawText().ShouldBe(answer.GetRawText());
    }

    [Fact]
    public async Task import_changes_exits_1_where_rows_wait_and_0_where_they_are_duplicates()
    {
        var good = $"s,R1,{commands.Canary},2015-05-20,{commands.CanaryName}\n";
        var (once, twice) = (commands.Write("a.csv", Header + good), commands.Write("b.csv", Header + good + good));
        Rows(await commands.JsonAsync(0, "import-changes", once)).ShouldBe((1, 1, 0, 0));
        Rows(await commands.JsonAsync(0, "import-changes", twice)).ShouldBe((2, 0, 2, 0));
        var broken = commands.Write("c.csv", Header + good
            + $"s,R2,{commands.Canary}12,2015-05-20,{commands.CanaryName}\n"
            + $"s,R3,\"{commands.Canary},,{commands.CanaryName}\n");
        var answer = await commands.JsonAsync(1, "import-changes", broken, "--delivery", "broken one");
        Rows(answer).ShouldBe((3, 0, 1, 2));
        var waiting = await commands.JsonAsync(0, "quarantine", "--delivery", "broken one");
        waiting.EnumerateArray().Select(r => r.GetProperty("code").GetString()).ShouldBe(["NotANumber", "Remainder"]);
        (await commands.JsonAsync(1, "import-changes", broken, "--delivery", "broken one")).GetRawText()
            .ShouldBe(answer.GetRawText());
        (await commands.RunAsync("quarantine", "--delivery", "broken one")).Output.ShouldContain("Remainder");
        var delivery = $"{answer.GetProperty("delivery").GetInt64()}";
        (await commands.RunAsync("settle", delivery, "2", "--reason", "called")).Exit.ShouldBe(0);
        (await commands.JsonAsync(0, "quarantine", "--delivery", "broken one")).GetArrayLength().ShouldBe(1);
        (await commands.RunAsync("settle", "1", "99", "--reason", "none")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task import_changes_reads_ndjson_by_the_files_name_and_shift_jis_when_told()
    {
        var ndjson = commands.Write("a.ndjson",
            $$"""{"source":"n","request_id":"N1","number":"{{commands.Canary}}","filed_on":"2015-05-20"}""" + "\n");
        Rows(await commands.JsonAsync(0, "import-changes", ndjson)).ShouldBe((1, 1, 0, 0));
        var shiftJis = commands.Write("a.csv", CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(
            $"{Header}窓口,J1,{commands.Canary},2015-05-20,金糸雀\n"));
        var refused = await commands.RunAsync("import-changes", shiftJis);
        (refused.Exit, refused.Output).ShouldBe((2, ""));
        refused.Messages.ShouldContain("--encoding shift_jis");
        Rows(await commands.JsonAsync(0, "import-changes", shiftJis, "--encoding", "shift_jis")).ShouldBe((1, 1, 0, 0));
        (await commands.RunAsync("import-changes", shiftJis, "--encoding", "latin-1")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task a_file_without_its_header_is_refused_and_its_first_row_is_not_shown()
    {
        var run = await commands.RunAsync("import-changes",
            commands.Write("a.csv", $"s,R1,{commands.Canary},2015-05-20,{commands.CanaryName}\n"));
        (run.Exit, run.Output).ShouldBe((2, ""));
        run.Messages.ShouldContain("header");
        (await commands.RunAsync("import-changes", commands.Write("empty.csv", ""))).Exit.ShouldBe(2);
        (await commands.RunAsync("import-changes", commands.Write("header.csv", Header))).Exit.ShouldBe(0);
        (await commands.RunAsync("import-changes", "no-such-file.csv")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task import_renumbering_exits_1_where_mappings_clash()
    {
        var file = commands.Write("r.csv", "old_number,new_number\n3333333333,4444444444\n3333333334,4444444445\n");
        Rows(await commands.JsonAsync(0, "import-renumbering", file)).ShouldBe((2, 2, 0, 0));
        Rows(await commands.JsonAsync(0, "import-renumbering", file)).ShouldBe((2, 2, 0, 0));
        var clash = commands.Write("r.csv", "old_number,new_number\n3333333335,4444444444\n");
        Rows(await commands.JsonAsync(1, "import-renumbering", clash)).ShouldBe((1, 0, 0, 1));
    }

    [Fact]
    public async Task import_holders_answers_with_rows_and_exits_1_where_some_wait()
    {
        var rows = "number,name,address,protected\n"
            + $"{commands.Canary},{commands.CanaryName},{commands.CanaryName},true\n";
        var (good, broken) = (commands.Write("h.csv", rows),
            commands.Write("i.csv", $"{rows}{commands.Canary},{commands.CanaryName},,maybe\n"));
        var answer = await commands.JsonAsync(0, "import-holders", good);
        Rows(answer).ShouldBe((1, 1, 0, 0));
        answer.GetProperty("hits").GetProperty("opened").GetInt64().ShouldBe(0);
        (await commands.JsonAsync(0, "import-holders", good)).GetRawText().ShouldBe(answer.GetRawText());
        Rows(await commands.JsonAsync(1, "import-holders", broken, "--delivery", "holders")).ShouldBe((2, 0, 1, 1));
        var waiting = (await commands.JsonAsync(0, "quarantine", "--delivery", "holders")).EnumerateArray().Single();
        (waiting.GetProperty("code").GetString(), waiting.GetProperty("field").GetString(),
            waiting.GetProperty("row").GetInt64()).ShouldBe(("UnreadableField", "protected", 2));
        var other = await commands.RunAsync("import-holders", good, "--delivery", "holders");
        (other.Exit, other.Output).ShouldBe((2, ""));
        other.Messages.ShouldContain("other content");
        (await commands.RunAsync("deliveries", "holders")).Output.ShouldContain("Refused");
        var shiftJis = commands.Write("j.csv", CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(rows));
        (await commands.RunAsync("import-holders", shiftJis)).Exit.ShouldBe(2);
        Rows(await commands.JsonAsync(0, "import-holders", shiftJis, "--encoding", "shift_jis",
            "--received-at", "2015-06-02T08:00+09:00")).ShouldBe((1, 1, 0, 0));
    }

    [Fact]
    public async Task import_payments_answers_with_rows_and_exits_1_where_some_wait()
    {
        var rows = "source,payment_id,number,outcome,pay_day,amount,account\n"
            + $"payer,P1,{commands.Canary},sent,2015-06-15,120000,zengin:0001-001-1-1234567\n";
        Rows(await commands.JsonAsync(0, "import-payments", commands.Write("p.csv", rows))).ShouldBe((1, 1, 0, 0));
        var more = commands.Write(
            "q.csv", rows + $"payer,P1,{commands.Canary},sent,2015-06-15,1,{commands.CanaryName}\n");
        Rows(await commands.JsonAsync(1, "import-payments", more, "--delivery", "pay")).ShouldBe((2, 0, 1, 1));
        var waiting = (await commands.JsonAsync(0, "quarantine", "--delivery", "pay")).EnumerateArray().Single();
        (waiting.GetProperty("code").GetString(), waiting.GetProperty("field").GetString())
            .ShouldBe(("UnreadableField", "account"));
        var lines = commands.Write("r.ndjson", $$"""
            {"source":"payer","payment_id":"S1","number":"{{commands.Canary}}","outcome":"stopped",
            """.Trim() + "\"on\":\"2015-08-01\",\"reason\":\"work\"}\n");
        Rows(await commands.JsonAsync(0, "import-payments", lines)).ShouldBe((1, 1, 0, 0));
        (await commands.RunAsync("import-payments", commands.Write("s.csv", "number\n"))).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task set_closing_sets_the_closing_date_of_a_pay_day()
    {
        string[] set = ["set-closing", "2016-06-15", "2016-05-25"];
        (await commands.JsonAsync(0, set)).GetProperty("set").GetBoolean().ShouldBeTrue();
        (await commands.JsonAsync(0, set)).GetProperty("set").GetBoolean().ShouldBeFalse();
        (await commands.RunAsync("set-closing", "2016-06-14", "2016-05-25")).Exit.ShouldBe(2);
        (await commands.RunAsync("set-closing", "2016-06-15", "25 May")).Exit.ShouldBe(2);
    }
}
