using System.Security.Cryptography;
using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Intake;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>Files in whatever state they come: every row is accounted for, and what can be read is screened.</summary>
[Collection(SharedDatabase.Name)]
public sealed class FilesAsTheyCome(FreshDatabase database)
{
    private static readonly Encoding ShiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;

    [Fact]
    public async Task a_shift_jis_file_is_read_as_such_and_refused_as_utf_8()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var content = ShiftJis.GetBytes(
            "source,request_id,number,filed_on,account_holder\r\n"
            + $"窓口ソ,{id},{number[..4]}ー{number[4..]},2015-05-20,ﾔﾏﾀﾞ ﾊﾅｺ\r\n");
        (await Should.ThrowAsync<BadInput>(story.ChangesFileAsync(content)))
            .Message.ShouldContain("--encoding shift_jis");
        (await story.ChangesFileAsync(content, "shift_jis")).Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        (await story.RowAsync(id))!.Source.ShouldBe("窓口ソ");
    }

    [Fact]
    public async Task a_shift_jis_list_is_read_as_such()
    {
        var story = await BeginAsync(database);
        var number = Number();
        var content = ShiftJis.GetBytes($"number,name,kana\n{number},髙橋①,ﾀｶﾊｼ\n");
        var answer = await story.ListFileAsync(1, content, new ControlTotals(1, 1, 0, 0, 0), encoding: "shift_jis");
        answer.Rows.ShouldBe(new RowCount(1, 1, 0, 0));
    }

    [Fact]
    public async Task quoted_fields_hold_commas_newlines_and_quotation_marks()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var (number, next) = (story.ListedNumber(), Id());
        var answer = await story.ChangesTextAsync(
            "\uFEFFsource,request_id,number,filed_on,account_holder,address_of_record\r\n"
            + $"\"bank, head office\",{id},{number},2015-05-20,\"山田 \"\"花子\"\"\",\"1-2-3,\r\n東京\"\r\n"
            + $"bank,{next},{number},2015-05-21,,\r\n");
        answer.Rows.ShouldBe(new RowCount(2, 2, 0, 0));
        (await story.RowAsync(id))!.Source.ShouldBe("bank, head office");
        (await story.RowAsync(next)).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_file_that_breaks_off_keeps_the_rows_before_and_quarantines_the_rest_as_one()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var answer = await story.ChangesTextAsync(
            $"source,request_id,number,filed_on\ns,{id},{number},2015-05-20\ns,{Id()},\"{number},2015-05-20\n"
            + $"s,{Id()},{number},2015-05-20\ns,{Id()},{number},2015-05-20\n");
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["Remainder"]);
        (await story.RowAsync(id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_file_that_breaks_off_within_a_character_quarantines_the_row_it_breaks_off_in()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var content = Encoding.UTF8.GetBytes(
            $"source,request_id,number,filed_on,account_holder\ns,{id},{number},2015-05-20,山田\ns,{Id()},{number},,山田");
        var answer = await story.ChangesFileAsync(content[..^1]);
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["Remainder"]);
        (await story.RowAsync(id)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("s,1,x\n", "BrokenRow")]
    [InlineData("s,1,x,2015-05-20,\n", "BrokenRow")]
    [InlineData(",1,1234567890,\n", "MissingField")]
    [InlineData("s,,1234567890,\n", "MissingField")]
    [InlineData("s,1,,\n", "MissingField")]
    [InlineData("s, \t,1234567890,\n", "MissingField")]
    [InlineData("s,\"a\nb\",1234567890,\n", "UnreadableId")]
    public async Task a_row_that_cannot_be_a_change_is_quarantined_with_a_code(string line, string code)
    {
        var story = await OfListedNumbersAsync(database);
        var answer = await story.ChangesTextAsync($"source,request_id,number,filed_on\n{line}t,{Id()},{Number()},\n");
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe([code]);
    }

    [Fact]
    public async Task an_unknown_kind_is_quarantined_and_every_other_unreadable_field_is_kept()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var answer = await story.ChangesTextAsync(
            "source,request_id,kind,number,filed_on,channel,proof,new_account,entered_by\n"
            + $"s,{Id()},transfer,{number},2015-05-20,,,,\ns,{id},,{number},2015-05-20,pigeon,seal,account nine,u1\n");
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["UnknownKind"]);
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed");
    }

    /// <summary>It stands in an index of the queue, which takes no row of more than 2,700 bytes.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_long_office_is_kept_as_unreadable_and_keeps_no_change_from_being_screened(bool listedFirst)
    {
        var (story, number, office) = (await BeginAsync(database), Number(), Noise(10_240));
        Task ListAsync() => story.ListAsync(1, [Listed(number)]);
        if (listedFirst)
        {
            await ListAsync();
        }

        var file = $"source,request_id,number,filed_on,office\n{story.Incident},R1,{number},2015-05-20,{office}\n";
        (await story.ChangesTextAsync(file)).Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        if (!listedFirst)
        {
            await ListAsync();
        }

        (await story.ReasonsAsync()).ShouldBe(["R1: Listed"]);
        (await database.ScalarAsync(
            "select office is null and unreadable = '{office}' from account_change where change_id = @case",
            FiledChange.IdOf(story.Incident, "R1"))).ShouldBe(true);
        var values = new string?[FiledChange.Columns.Length];
        (values[0], values[1], values[3], values[8]) = ("s", "1", number, office);
        var change = FiledChange.Read(new DeliveredRow(1, values, null, null), story.At.Keys, Sources.All);
        Encoding.UTF8.GetString(change.Details()).ShouldBe($$"""{"office":"{{office}}"}""");
    }

    [Fact]
    public async Task a_long_office_of_an_older_program_keeps_no_list_from_being_published()
    {
        var (story, number, office) = (await BeginAsync(database), Number(), Noise(10_240));
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await database.ScalarAsync(
            $"set session_replication_role = replica; update account_change set office = '{office}' "
                + "where change_id = @case", FiledChange.IdOf(story.Incident, "R1"));
        await story.ListAsync(1, [Listed(number)]);
        (await story.ReasonsAsync()).ShouldBe(["R1: Listed"]);
    }

    private static string Noise(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));

    [Theory]
    [InlineData("")]
    [InlineData("source,request_id,number,number\n")]
    [InlineData("source,request_id,number,iban\n")]
    [InlineData("source,request_id\n")]
    public async Task a_header_that_cannot_be_used_refuses_the_file_and_leaves_nothing_behind(string text)
    {
        var story = await OfListedNumbersAsync(database);
        var before = await ListDeliveries.RunAsync(story.At, null, CancellationToken.None);
        await Should.ThrowAsync<BadInput>(story.ChangesTextAsync(text));
        (await ListDeliveries.RunAsync(story.At, null, CancellationToken.None)).ShouldBe(before);
    }

    [Fact]
    public async Task a_header_without_rows_is_a_delivery_of_none()
    {
        var story = await OfListedNumbersAsync(database);
        (await story.ChangesTextAsync("source,request_id,number\r\n")).Rows.ShouldBe(new RowCount(0, 0, 0, 0));
        (await story.ChangesTextAsync("", isNdjson: true)).Rows.ShouldBe(new RowCount(0, 0, 0, 0));
    }

    [Fact]
    public async Task a_row_that_is_lost_on_the_way_is_an_error_and_leaves_its_delivery_open()
    {
        var story = await OfListedNumbersAsync(database);
        using var file = DeliveredFile.Open(story.Write("a\n1\n2\n3\n"u8.ToArray()), null);
        var id = $"lost {Id()}";
        var label = new DeliveryLabel("holders", id, file.ReadContentKey(story.At.Keys, "lost", default),
            DateTimeOffset.UnixEpoch, new Dictionary<string, string>());
        (await Should.ThrowAsync<InvalidOperationException>(BatchedDelivery.RunAsync(
            story.At, label, 2, file, null, DeliveredRows.OfCsv(file, ["a"], ["a"]),
            (_, rows) => Task.FromResult(rows),
            (_, _, _, _) => Task.FromResult(new BatchCount(1, 0, 0)), default)))
            .Message.ShouldStartWith("Of 3 rows 2 were accepted");
        (await ListDeliveries.RunAsync(story.At, id, default)).Single().State.ShouldBe("Open");
    }

    [Fact]
    public async Task ndjson_takes_an_object_a_line_and_quarantines_what_is_none()
    {
        var (story, id, second) = (await OfListedNumbersAsync(database), Id(), Id());
        var number = story.ListedNumber();
        var answer = await story.ChangesTextAsync($$"""
            {"source":"api","request_id":"{{id}}","number":"{{number}}","filed_on":"2015-05-20"}
            {"number":{{number}},"source":"api","request_id":"{{second}}","filed_on":"2015-05-20","office":null}

            {"source":"api","request_id":"{{Id()}}","number":"{{number}}","colour":"red"}
            {"source":"api","request_id":"{{Id()}}","number":"{{number}}","number":"{{number}}"}
            {"source":"api","request_id":"{{Id()}}"}
            {"source":"api","request_id":"{{Id()}}","number":[1]}
            {"source":"api","request_id":"\ud800","number":"{{number}}"}
            {"source":"api","request_id":"a\u0000b","number":"{{number}}"}
            [1]
            {"source":"api","request_id":
            """, isNdjson: true);
        answer.Rows.ShouldBe(new RowCount(10, 2, 0, 8));
        (await story.WaitingAsync(answer)).ShouldBe([
            "UnknownField", "BrokenRow", "MissingField", "NotANumber", "BrokenRow", "UnreadableId", "BrokenRow",
            "Remainder"]);
        (await story.IdsAsync()).Intersect([id, second]).ShouldBe([id, second], ignoreOrder: true);
    }

    [Fact]
    public async Task the_same_change_as_csv_and_as_ndjson_is_one()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        var again = await story.ChangesTextAsync(
            $$"""{"source":"{{story.Incident}}","request_id":"{{id}}","number":{{number}},"filed_on":"2015-05-20"}""",
            isNdjson: true);
        again.Rows.ShouldBe(new RowCount(1, 0, 1, 0));
    }

    [Fact]
    public async Task a_line_without_end_is_a_remainder_and_what_stands_before_it_is_taken_in()
    {
        var story = await OfListedNumbersAsync(database);
        var first = $$"""{"source":"s","request_id":"{{Id()}}","number":"{{story.ListedNumber()}}"}""";
        var answer = await story.ChangesTextAsync(first + "\n\"" + new string('x', 17 << 20), isNdjson: true);
        (answer.Rows.Accepted, answer.Rows.Quarantined).ShouldBe((1, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["Remainder"]);
    }
}
