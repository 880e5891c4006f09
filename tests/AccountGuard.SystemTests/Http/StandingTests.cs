using System.Net;
using System.Text;
using System.Text.Json;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Payments;
using AccountGuard.Screening;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>Rule 19: clear, pending or unknown, from facts that were committed before it was asked.</summary>
public sealed class StandingTests : IAsyncLifetime
{
    private const string PayDay = "2015-06-15";
    private readonly Served _service = new();
    private HttpClient _payments = null!;
    private Story _story = null!;

    public async Task InitializeAsync()
    {
        await _service.InitializeAsync();
        _payments = _service.As(Role.PaymentSystem);
        _story = await BeginAsync(_service.Database);
    }

    public Task DisposeAsync() => _service.DisposeAsync();

    private async Task<JsonElement> AskAsync(params string[] numbers)
    {
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        return await _payments.PostAsync("/api/payments/standing", Json(new { payDay = PayDay, numbers }))
            .BodyAsync(HttpStatusCode.OK);
    }

    private async Task<string> StandingAsync(string number)
    {
        var answer = (await AskAsync(number)).Of<JsonElement[]>("answers").Single();
        return string.Join(' ', answer.Of<string[]>("reasons").Prepend(answer.Of<string>("standing")));
    }

    [Fact]
    public async Task a_number_is_clear_without_an_open_case_and_pending_with_one_under_any_alias()
    {
        var (listed, other, alias) = (Number(), Number(), Number());
        await _story.ListAsync(1, [Listed(listed)]);
        await _story.RenumberAsync($"{listed},{alias},2015-08-24");
        await _story.ChangesAsync(_story.Filed("R1", listed, "2015-05-20"), _story.Filed("R2", other, "2015-05-20"));
        var filed = await LastEventAsync();
        var asked = await AskAsync(alias, other, listed);
        asked.Of<JsonElement[]>("answers").Select(a => (a.Of<string>("number"), a.Of<string>("standing")))
            .ShouldBe([(alias, "pending"), (other, "clear"), (listed, "pending")]);
        var found = asked.Of<JsonElement[]>("answers")[0].Of<JsonElement[]>("cases").Single();
        (found.Of<string>("source"), found.Of<string>("requestId"), found.Of<string>("incident"))
            .ShouldBe((_story.Incident, "R1", _story.Incident));
        asked.Of<JsonElement[]>("asOf", "lists").Single().Of<int>("version").ShouldBe(1);
        // The service opens the case on its own, before or after it is asked.
        asked.Of<long>("asOf", "event").ShouldBeInRange(filed, await LastEventAsync());

        await _story.ChangesAsync(_story.Cancelled("R1", listed));
        (await StandingAsync(listed)).ShouldBe("clear");
    }

    [Fact]
    public async Task what_is_shown_of_a_person_is_recorded_before_it_is_shown()
    {
        var (listed, other) = (Number(), Number());
        await _story.ListAsync(1, [Listed(listed)]);
        await _story.ChangesAsync(_story.Filed("R1", listed, "2015-05-20"));
        await AskAsync(listed, other);
        (await ValueAsync("select string_agg(who || ': ' || fields || ', ' || purpose, ';') from access_record"))
            .ShouldBe("payment-system (person-payment-system): cases, standing for pay-day 2015-06-15");

        await ExecuteAsync("revoke insert on access_record from accountguard_app");
        using var refused = await _payments.PostAsync(
            "/api/payments/standing", Json(new { payDay = PayDay, numbers = new[] { listed } }));
        refused.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await refused.Content.ReadAsStringAsync()).ShouldNotContain(listed);
    }

    [Fact]
    public async Task rule_8_a_clashing_mapping_makes_its_numbers_unknown()
    {
        var (old, one, two) = (Number(), Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        await _story.RenumberAsync($"{old},{one}", $"{old},{two}");
        foreach (var number in (string[])[old, one, two])
        {
            (await StandingAsync(number)).ShouldBe("unknown MappingClash");
        }
    }

    [Fact]
    public async Task rule_6_other_content_under_one_id_makes_its_number_unknown_until_it_is_settled()
    {
        var number = Number();
        await _story.ListAsync(1, [Listed(Number())]);
        await _story.ChangesAsync(_story.Filed("R1", number, "2015-05-20"));
        var delivery = await _story.ChangesAsync(_story.Filed("R1", number, "2015-05-21"));
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        await SettleAsync(delivery);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    [Fact]
    public async Task a_file_of_holders_brings_no_change_and_leaves_every_standing_as_it_is()
    {
        var number = Number();
        await _story.ListAsync(1, [Listed(Number())]);
        var waiting = await _story.HoldersAsync(
            [$"{number},yes", $"\"{number},,"], header: "number,protected");
        (await _story.WaitingAsync(waiting)).ShouldBe(["UnreadableField", "Remainder"]);
        await using (var begin = _story.At.Database.CreateCommand("""
            insert into delivery (kind, content_key, received_at, arguments) values ('holders', '\x01', now(), '{}')
            """))
        {
            await begin.ExecuteNonQueryAsync();
        }

        (await StandingAsync(number)).ShouldBe("clear");
    }

    [Fact]
    public async Task a_row_without_an_id_makes_its_number_unknown_and_a_file_that_breaks_off_every_number()
    {
        var (number, other) = (Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        await _story.ChangesAsync(_story.Filed("", number, "2015-05-20"));
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        (await StandingAsync(other)).ShouldBe("clear");
        var rest = await _story.ChangesTextAsync($"source,request_id,number\ns,\"R1,{Number()}\ns,R2,{Number()}\n");
        rest.Rows.Quarantined.ShouldBe(1);
        (await StandingAsync(other)).ShouldBe("unknown RemainderWaits");
        await SettleAsync(rest);
        (await StandingAsync(other)).ShouldBe("clear");
    }

    [Theory]
    [InlineData("{\"source\":\"s\",\"request_id\":\"R1\",\"colour\":\"red\",\"number\":\"#\"}", true)]
    [InlineData("{\"source\":\"s\",\"source\":\"t\",\"number\":\"#\"}", true)]
    [InlineData("source,request_id,number\ns,R1,#,too much", false)]
    public async Task a_broken_row_makes_the_number_unknown_that_can_be_read_of_it(string text, bool isNdjson)
    {
        var (number, other) = (Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        (await _story.ChangesTextAsync(text.Replace("#", number), isNdjson)).Rows.Quarantined.ShouldBe(1);
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        (await StandingAsync(other)).ShouldBe("clear");
    }

    /// <summary>The rows that were lost behind it may be of any number.</summary>
    [Theory]
    [InlineData("source,request_id,number,filed_on\ns,R1,#,2015-05-20\ns,R2,", false)]
    [InlineData("source,request_id,number,filed_on\r\ns,R1,#,2015-05-20\r\ns", false)]
    [InlineData("{\"source\":\"s\",\"request_id\":\"R1\",\"number\":\"#\"}\n{\"source\":\"s\",\"reques", true)]
    public async Task a_file_that_breaks_off_within_a_row_makes_every_number_unknown(string text, bool isNdjson)
    {
        await _story.ListAsync(1, [Listed(Number())]);
        var brokenOff = await _story.ChangesTextAsync(text.Replace("#", Number()), isNdjson);
        brokenOff.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await _story.WaitingAsync(brokenOff)).ShouldBe(["Remainder"]);
        (await StandingAsync(Number())).ShouldBe("unknown RemainderWaits");
    }

    [Theory]
    [InlineData("number,action\n#,Add\n", "UnknownAction")]
    public async Task a_row_of_a_list_that_waits_makes_its_number_unknown_until_it_is_settled(string list, string code)
    {
        var (number, other) = (Number(), Number());
        var waiting = await _story.ListFileAsync(
            1, Encoding.UTF8.GetBytes(list.Replace("#", number)), new ControlTotals(1, null, null, null, 0));
        (await _story.WaitingAsync(waiting)).ShouldBe([code]);
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        (await StandingAsync(other)).ShouldBe("clear");
        waiting.Numbers!.Listed.ShouldBe(0);
        await SettleAsync(waiting);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    /// <summary>Rule 5 says it of whole lists: the row that cannot be read may be the very number.</summary>
    [Fact]
    public async Task a_row_of_a_list_without_a_readable_number_makes_every_number_unknown_until_it_is_settled()
    {
        var waiting = await _story.ListAsync(1, [Listed(Number()), Listed("123456789")]);
        (await StandingAsync(Number())).ShouldBe("unknown ListRowWaits");
        await SettleAsync(waiting, row: 2);
        (await StandingAsync(Number())).ShouldBe("clear");
    }

    /// <summary>A comma too many: another column's figures stand where the number should.</summary>
    [Fact]
    public async Task a_row_of_a_list_with_too_many_fields_makes_every_number_unknown_until_it_is_settled()
    {
        var waiting = await _story.ListFileAsync(1,
            Encoding.UTF8.GetBytes($"name,ref,number\nYamada, Taro,2015000017,{Number()}\n"),
            new ControlTotals(1, null, null, null, 0));
        (await _story.WaitingAsync(waiting)).ShouldBe(["BrokenRow"]);
        (await StandingAsync(Number())).ShouldBe("unknown ListRowWaits");
        await SettleAsync(waiting);
        (await StandingAsync(Number())).ShouldBe("clear");
    }

    /// <summary>Two rows that lost the line between them, and a name that nobody quoted.</summary>
    [Theory]
    [InlineData("Tokyo, East,R1,account,#,2015-05-20")]
    [InlineData("s,R1,account,#,2015-05-20s,R2,account,$,2015-05-20")]
    [InlineData("s,R1,2015-05-20,#")]
    public async Task a_change_with_too_many_or_too_few_fields_makes_each_number_unknown_that_is_in_it(string row)
    {
        var (number, second) = (Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        var waiting = await _story.ChangesTextAsync("source,request_id,kind,number,filed_on\n"
            + row.Replace("#", number).Replace("$", second) + "\n");
        (await _story.WaitingAsync(waiting)).ShouldBe(["BrokenRow"]);
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        (await StandingAsync(second)).ShouldBe(row.Contains('$') ? "unknown Quarantined" : "clear");
        (await StandingAsync(Number())).ShouldBe("clear");
        await SettleAsync(waiting);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    /// <summary>Its request ids look like numbers, or a bracket is missing: of whom it is cannot be told.</summary>
    [Theory]
    [InlineData("s,2015-000017,account,#,2015-05-20s,2015-000018,account,$,2015-05-20", false)]
    [InlineData("{\"source\":\"s\",\"request_id\":\"R1\",\"number\":\"none\"", true)]
    public async Task a_broken_change_of_no_number_or_of_many_makes_every_number_unknown(string row, bool isJson)
    {
        await _story.ListAsync(1, [Listed(Number())]);
        row = row.Replace("#", Number()).Replace("$", Number()) + "\n";
        var waiting = await _story.ChangesTextAsync(
            isJson ? row : "source,request_id,kind,number,filed_on\n" + row, isJson);
        (await _story.WaitingAsync(waiting)).ShouldBe(["BrokenRow"]);
        (await StandingAsync(Number())).ShouldBe("unknown BrokenRowWaits");
        await SettleAsync(waiting);
        (await StandingAsync(Number())).ShouldBe("clear");
    }

    [Fact]
    public async Task a_line_of_json_that_misses_a_bracket_makes_the_number_unknown_that_is_in_it()
    {
        var number = Number();
        await _story.ListAsync(1, [Listed(Number())]);
        var waiting = await _story.ChangesTextAsync(
            $"{{\"source\":\"s\",\"number\":\"{number}\"\n", isNdjson: true);
        (await _story.WaitingAsync(waiting)).ShouldBe(["BrokenRow"]);
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        (await StandingAsync(Number())).ShouldBe("clear");
        await SettleAsync(waiting);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    /// <summary>A day with a comma in it shifts both numbers.</summary>
    [Fact]
    public async Task a_broken_mapping_makes_each_number_unknown_that_is_in_it()
    {
        var (old, @new) = (Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        var waiting = await _story.RenumberAsync(Encoding.UTF8.GetBytes(
            $"effective_on,old_number,new_number\n24 August, 2015,{old},{@new}\n"));
        (await _story.WaitingAsync(waiting)).ShouldBe(["BrokenRow"]);
        (await StandingAsync(old)).ShouldBe("unknown Quarantined");
        (await StandingAsync(@new)).ShouldBe("unknown Quarantined");
        await SettleAsync(waiting);
        (await StandingAsync(@new)).ShouldBe("clear");
    }

    /// <summary>Rule 6: which of the two contents is true nobody knows, though the later one names no number.</summary>
    [Fact]
    public async Task another_content_under_a_known_id_makes_the_number_of_the_known_one_unknown()
    {
        var number = Number();
        await _story.ListAsync(1, [Listed(number)]);
        await _story.ChangesTextAsync(
            $"source,request_id,number,filed_on\n{_story.Incident},R1,{number},2015-07-01\n");
        (await StandingAsync(number)).ShouldBe("clear");
        var again = await _story.ChangesTextAsync(
            $"source,request_id,number,filed_on\n{_story.Incident},R1,{number[..^1]},2015-05-20\n");
        (await _story.WaitingAsync(again)).ShouldBe(["NotANumber"]);
        (await StandingAsync(number)).ShouldBe("unknown Quarantined");
        await SettleAsync(again);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    [Theory]
    [InlineData("#,$,,Renumbered", "UnknownRelation", "unknown Quarantined", "unknown Quarantined")]
    [InlineData("#,12345", "NotANumber", "unknown Quarantined", "clear")]
    [InlineData(",$", "MissingField", "clear", "unknown Quarantined")]
    public async Task a_mapping_that_waits_makes_each_number_unknown_that_can_be_read_of_it(
        string mapping, string code, string ofOld, string ofNew)
    {
        var (old, @new) = (Number(), Number());
        await _story.ListAsync(1, [Listed(Number())]);
        var waiting = await _story.RenumberAsync(mapping.Replace("#", old).Replace("$", @new));
        (await _story.WaitingAsync(waiting)).ShouldBe([code]);
        (await StandingAsync(old)).ShouldBe(ofOld);
        (await StandingAsync(@new)).ShouldBe(ofNew);
        await SettleAsync(waiting);
        (await StandingAsync(old)).ShouldBe("clear");
        (await StandingAsync(@new)).ShouldBe("clear");
    }

    private Task SettleAsync(DeliveryAnswer delivery, long row = 1) =>
        ListDeliveries.SettleAsync(_story.At, delivery.Delivery, row, "seen", CancellationToken.None);

    [Fact]
    public async Task rule_6_a_list_that_is_not_current_makes_every_number_unknown()
    {
        var number = Number();
        (await StandingAsync(number)).ShouldBe("unknown ListNotCurrent");
        await _story.ListAsync(2, [Listed(Number())]);
        (await StandingAsync(number)).ShouldBe("unknown ListNotCurrent");
        await _story.ListAsync(1, [Listed(Number())]);
        (await StandingAsync(number)).ShouldBe("clear");
    }

    [Theory]
    [InlineData("123456789012", "unknown NotANumber")]
    [InlineData("12", "unknown NotANumber")]
    public async Task what_is_no_number_is_unknown_and_not_repeated(string text, string expected)
    {
        await _story.ListAsync(1, [Listed(Number())]);
        (await StandingAsync(text)).ShouldBe(expected);
        (await AskAsync(text)).GetRawText().ShouldNotContain($"\"{text}\"");
    }

    [Theory]
    [InlineData("update hit set tier = 4", "NotReconciled")]
    [InlineData("update hit set state = 'Confirmed'", "NotReconciled")]
    [InlineData("delete from hit", "NotReconciled")]
    [InlineData("delete from reconciliation", "NotReconciled")]
    [InlineData("update reconciliation set ran_at = ran_at - interval '1 hour'", "NotReconciled")]
    [InlineData("update reconciliation set missing = 1; insert into reconciliation (ran_at, missing, unfounded, "
        + "misranked, pending) select max(ran_at) - interval '1 minute', 0, 0, 0, 0 from reconciliation",
        "NotReconciled")]
    [InlineData("update reconciliation set ran_at = ran_at + interval '1 hour'; insert into reconciliation (ran_at, "
        + "missing, unfounded, misranked, pending) values (now(), 1, 0, 0, 0) /* beside a clock ahead */",
        "NotReconciled")]
    [InlineData("delete from closing_in_force where bucket = 7", "NotPublished")]
    [InlineData("insert into schema_version values (1000, 'newer', now())", "SchemaNewer")]
    [InlineData("update key_check set key_id = 'another'", "WrongKey")]
    [InlineData("set session_replication_role = origin; insert into delivery (kind, content_key, received_at, "
        + "arguments) values ('changes', '\\x00', now(), '{}')", "DeliveryOpen")]
    [InlineData("insert into delivery (kind, content_key, received_at, arguments) "
        + "values ('changes', '\\x00', now(), '{}') /* past its trigger, so by no hit */", "NotReconciled")]
    public async Task what_is_in_doubt_makes_every_number_unknown(string trouble, string reason)
    {
        // The rounds would mend it.
        await _service.App.StopAsync();
        var (listed, other) = (Number(), Number());
        await _story.ListAsync(1, [Listed(listed)]);
        await _story.ChangesAsync(_story.Filed("R1", listed, "2015-05-20"));
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        await ExecuteAsync(trouble);
        if (trouble.Contains(" hit"))
        {
            await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        }

        await using var standing = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None);
        foreach (var answer in await standing.AnswerAsync([listed, other], CancellationToken.None))
        {
            answer.Standing.ShouldBe("unknown");
            answer.Reasons.ShouldContain(reason);
        }
    }

    [Fact]
    public async Task a_question_of_many_numbers_is_answered_in_their_order()
    {
        var numbers = FreshNumbers(12_000);
        await _story.ListAsync(1, [Listed(numbers[11_000])]);
        await _story.ChangesAsync(_story.Filed("R1", numbers[11_000], "2015-05-20"));
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        var lines = string.Join('\n', numbers.Select(n => $$"""{"number":"{{n}}"}"""));
        var answers = (await _payments.PostAsync($"/api/payments/standing?payDay={PayDay}",
            Text(lines, "application/x-ndjson")).BodyAsync(HttpStatusCode.OK)).Of<JsonElement[]>("answers");
        answers.Select(a => a.Of<string>("number")).ShouldBe(numbers);
        answers.Select((a, i) => (a, i)).Where(x => x.a.Of<string>("standing") != "clear").Single().i.ShouldBe(11_000);
    }

    [Theory]
    [InlineData("""{"payDay":"2015-06-16","numbers":[]}""")]
    [InlineData("""{"payDay":"2015-06-15"}""")]
    [InlineData("""{"payDay":"2015-06-15","numbers":[],"surprise":"0123456789"}""")]
    [InlineData("""{"payDay":"2015-06-15","numbers":["0123456789"]""")]
    [InlineData("null")]
    public async Task a_question_that_cannot_be_read_is_refused_and_not_quoted(string body)
    {
        using var answer = await _payments.PostAsync("/api/payments/standing", Text(body, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("0123456789");
    }

    /// <summary>The other one is never picked: it looks for a circle after an hour.</summary>
    [Fact]
    public async Task standing_is_asked_again_where_the_database_breaks_it_out_of_a_circle_of_waits()
    {
        await using var standing = await _service.Database.HaltAsync(
            "set local deadlock_timeout = '1h'; select pg_advisory_xact_lock(4712, 255)", "classid = 4712",
            "select pg_advisory_xact_lock(4712, 0)",
            () => Standing.OpenAsync(_story.At, new DateOnly(2015, 6, 15), "test", CancellationToken.None));
        standing.AsOf.Event.ShouldBePositive();
    }

    [Fact]
    public async Task standing_waits_for_a_listing_that_is_being_committed_and_sees_it()
    {
        await _service.App.StopAsync();
        var listed = Number();
        await _story.ListAsync(1, [Listed(Number())]);
        await _story.ChangesAsync(_story.Filed("R1", listed, "2015-05-20"));
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        await using var connection = await _story.At.Database.OpenConnectionAsync();
        await using (var list = new Npgsql.NpgsqlCommand(
            """
            begin;
            insert into listing (number_key, incident_no, version, live_from, fields)
            select c.number_key, i.incident_no, 1, '2015-06-02', 0 from account_change c cross join incident i
            """, connection))
        {
            await list.ExecuteNonQueryAsync();
        }

        var asking = AskAloneAsync(listed);
        while ((long)(await ValueAsync("""
            select count(*) from pg_stat_activity
            where wait_event = 'advisory' and query like '%pass_all_gates%' and datname = current_database()
            """))! == 0)
        {
            asking.IsCompleted.ShouldBeFalse("it answered past a listing that is being committed");
        }

        await using (var commit = new Npgsql.NpgsqlCommand("commit", connection))
        {
            await commit.ExecuteNonQueryAsync();
        }

        (await asking).Standing.ShouldBe("pending");
    }

    private async Task<Payments.StandingAnswer> AskAloneAsync(string number)
    {
        await using var standing = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None);
        return (await standing.AnswerAsync([number], CancellationToken.None)).Single();
    }

    [Fact]
    public async Task the_position_of_an_answer_is_below_every_open_transaction()
    {
        await _service.App.StopAsync();
        await _story.ListAsync(1, [Listed(Number())]);
        await using var connection = await _story.At.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var pending = await AppendAsync(transaction);

        // Somebody else's event, with a higher number, is there first.
        await _story.ListAsync(2, [Listed(Number())]);
        await using (var standing = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None))
        {
            standing.AsOf.Event.ShouldBe(pending - 1);
        }

        await transaction.CommitAsync();
        await using var after = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None);
        after.AsOf.Event.ShouldBeGreaterThan(pending);
    }

    /// <summary>A snapshot that is taken then names no open transaction.</summary>
    [Fact]
    public async Task the_position_of_an_answer_is_below_an_open_transaction_that_began_last()
    {
        await _service.App.StopAsync();
        await _story.ListAsync(1, [Listed(Number())]);
        await using var first = await _story.At.Database.OpenConnectionAsync();
        await using var second = await _story.At.Database.OpenConnectionAsync();
        await using var older = await first.BeginTransactionAsync();
        await using (var begin = new Npgsql.NpgsqlCommand("select pg_current_xact_id()", first, older))
        {
            await begin.ExecuteNonQueryAsync();
        }

        await using var newer = await second.BeginTransactionAsync();
        var pending = await AppendAsync(newer);
        (await AppendAsync(older)).ShouldBe(pending + 1);
        await older.CommitAsync();
        await using (var standing = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None))
        {
            standing.AsOf.Event.ShouldBe(pending - 1);
        }

        await newer.CommitAsync();
        await using var after = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None);
        after.AsOf.Event.ShouldBe(pending + 1);
    }

    [Fact]
    public async Task the_position_of_an_answer_passes_a_number_that_nobody_has_whatever_goes_on_in_other_databases()
    {
        await _service.App.StopAsync();
        await _story.ListAsync(1, [Listed(Number())]);
        await using var elsewhere = new Npgsql.NpgsqlConnection(_service.Database.Server);
        await elsewhere.OpenAsync();
        await using var open = await elsewhere.BeginTransactionAsync();
        await using (var begin = new Npgsql.NpgsqlCommand("select pg_current_xact_id()", elsewhere, open))
        {
            await begin.ExecuteNonQueryAsync();
        }

        long lost;
        await using (var connection = await _story.At.Database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            lost = await AppendAsync(transaction);
        }

        await _story.ListAsync(2, [Listed(Number())]);
        await using var standing = await Payments.Standing.OpenAsync(
            _story.At, DateOnly.Parse(PayDay), "test", CancellationToken.None);
        standing.AsOf.Event.ShouldBeGreaterThan(lost);
    }

    /// <returns>The number of the event.</returns>
    private async Task<long> AppendAsync(Npgsql.NpgsqlTransaction transaction)
    {
        await using var session = _story.At.SessionIn(transaction);
        session.Events.Append(Guid.NewGuid(), new VerificationRequired(Guid.NewGuid(), "i", "Listed", 1, 1, default));
        await session.SaveChangesAsync();
        await using var own = new Npgsql.NpgsqlCommand(
            "select max(seq_id) from accountguard_events.mt_events", transaction.Connection, transaction);
        return (long)(await own.ExecuteScalarAsync())!;
    }

    private async Task<long> LastEventAsync() =>
        (long)(await ValueAsync("select max(seq_id) from accountguard_events.mt_events"))!;

    private async Task<object?> ValueAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(
            _service.Database.Superuser + ";Search Path=accountguard");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>As the superuser, past the triggers that would forbid it.</summary>
    private Task ExecuteAsync(string sql) =>
        ValueAsync("set session_replication_role = replica; " + sql);
}
