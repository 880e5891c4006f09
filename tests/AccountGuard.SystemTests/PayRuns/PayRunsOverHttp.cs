using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Tests.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.SystemTests.TwoPeople;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.SystemTests.PayRuns;

/// <summary>
/// The payment system sends its files, fetches the four that each is split into, and asks what changed.
/// </summary>
public sealed class PayRunsOverHttp : IAsyncLifetime
{
    private const string Runs = "/api/payments/runs";
    private static readonly string[] Standings = ["clear", "pending", "hold", "unknown"];
    private readonly Served _service = new();
    private HttpClient _payments = null!;
    private Story _story = null!;
    private string _listed = "";

    public async Task InitializeAsync()
    {
        await _service.InitializeAsync();
        _payments = _service.As(Role.PaymentSystem);
        _story = await BeginAsync(_service.Database);
        _listed = Number();
        await _story.ListAsync(1, [Listed(_listed)]);
    }

    public Task DisposeAsync() => _service.DisposeAsync();

    private async Task<JsonElement> SendAsync(
        byte[] file, HttpStatusCode status = HttpStatusCode.Created, string? key = null, string payDay = "2015-06-15",
        string type = "application/octet-stream")
    {
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Runs}?payDay={payDay}")
        {
            Content = new ByteArrayContent(file),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _payments.SendAsync(request).BodyAsync(status);
    }

    private Task<byte[]> FileAsync(JsonElement run, string what) =>
        _payments.GetByteArrayAsync(run.Of<string>("links", what));

    private static (int, long)[] Counts(JsonElement run) =>
        [.. Standings.Select(s => (run.Of<int>(s, "count"), run.Of<long>(s, "amount")))];

    [Fact]
    public async Task S33_a_queued_change_holds_nothing_and_its_payment_goes_out_marked_and_unaltered()
    {
        var other = Number();
        await _story.ChangesAsync(_story.Filed("R1", _listed, "2015-05-20"));
        var file = File([.. Group((_listed, 65_000), (other, 70_000)), .. Group(("no number", 1))]);
        var run = await SendAsync(file);
        Counts(run).ShouldBe([(1, 70_000), (1, 65_000), (0, 0), (1, 1)]);
        (run.Of<int>("input", "count"), run.Of<long>("input", "amount"), run.Of<int>("input", "groups"))
            .ShouldBe((3, 135_001, 2));
        run.Of<Dictionary<string, int>>("reasons").ShouldBe(new Dictionary<string, int> { ["NotANumber"] = 1 });
        run.Of<JsonElement[]>("asOf", "lists").Single().Of<int>("version").ShouldBe(1);
        (await FileAsync(run, "pending")).ShouldBe(File([.. Group((_listed, 65_000)), .. Group()]));
        (await FileAsync(run, "clear")).ShouldBe(File([.. Group((other, 70_000)), .. Group()]));
        (await FileAsync(run, "hold")).ShouldBe(File([.. Group(), .. Group()]));
        (await FileAsync(run, "unknown")).ShouldBe(File([.. Group(), .. Group(("no number", 1))]));
        foreach (var standing in Standings)
        {
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await FileAsync(run, standing)))
                .ShouldBe(run.Of<string>(standing, "sha256"));
        }
    }

    [Fact]
    public async Task a_file_of_pain_001_is_split_as_one_of_Zengin_is()
    {
        var other = Number();
        await _story.ChangesAsync(_story.Filed("R1", _listed, "2015-05-20"));
        var run = await SendAsync(CreditTransferSample.File(CreditTransferSample.Document(3, 135_001,
            CreditTransferSample.Information((_listed, 65_000), (other, 70_000)),
            CreditTransferSample.Information((null, 1)))), type: "application/xml");
        Counts(run).ShouldBe([(1, 70_000), (1, 65_000), (0, 0), (1, 1)]);
        run.Of<int>("input", "groups").ShouldBe(2);
        (await FileAsync(run, "pending")).ShouldBe(CreditTransferSample.File(CreditTransferSample.Document(
            1, 65_000, CreditTransferSample.Information((_listed, 65_000)))));
        (await FileAsync(run, "clear")).ShouldBe(CreditTransferSample.File(CreditTransferSample.Document(
            1, 70_000, CreditTransferSample.Information((other, 70_000)))));
        (await FileAsync(run, "unknown")).ShouldBe(CreditTransferSample.File(CreditTransferSample.Document(
            1, 1, CreditTransferSample.Information((null, 1)))));
        (await FileAsync(run, "hold")).ShouldBe(CreditTransferSample.File(CreditTransferSample.Document(0, 0)));
        await _story.ChangesAsync(_story.Filed("R2", other, "2015-05-20"));
        await _story.ListAsync(2, [Listed(other)]);
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        var after = await _payments.GetAsync(run.Of<string>("links", "changes")).BodyAsync(HttpStatusCode.OK);
        after.Of<JsonElement[]>("changes").Select(c => (c.Of<int>("record"), c.Of<string>("now")))
            .ShouldBe([(2, "pending")]);
    }

    [Fact]
    public async Task the_summary_is_signed_and_says_what_was_answered()
    {
        var run = await SendAsync(File(Group((Number(), 65_000))));
        var summary = await FileAsync(run, "summary");
        var key = (await _payments.GetAsync($"{Runs}/key").BodyAsync(HttpStatusCode.OK)).Of<JsonElement[]>("keys")[0];
        var signed = Encoding.ASCII.GetString(await FileAsync(run, "signature"));
        var checkedBy = new TokenValidationParameters
        {
            IssuerSigningKey = new JsonWebKey(key.GetRawText()),
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        };
        (await new JsonWebTokenHandler().ValidateTokenAsync(
            signed.Replace("..", $".{Base64UrlEncoder.Encode(summary)}."), checkedBy)).IsValid.ShouldBeTrue();
        Counts(JsonDocument.Parse(summary).RootElement).ShouldBe(Counts(run));
    }

    [Fact]
    public async Task the_same_file_again_is_answered_as_before_and_another_under_its_id_refused()
    {
        var (file, other) = (File(Group((_listed, 65_000))), File(Group((_listed, 65_001))));
        var (first, named) = (await SendAsync(file), await SendAsync(file, key: "june"));
        named.Of<long>("run").ShouldNotBe(first.Of<long>("run"));
        await _story.ChangesAsync(_story.Filed("R1", _listed, "2015-05-20"));
        (await SendAsync(file, HttpStatusCode.OK)).GetRawText().ShouldBe(first.GetRawText());
        (await SendAsync(file, HttpStatusCode.OK, "june")).GetRawText().ShouldBe(named.GetRawText());
        (await SendAsync(other, HttpStatusCode.Conflict, "june")).Of<string>("type").ShouldEndWith("other-content");
        (await SendAsync(file, HttpStatusCode.Conflict, "june", "2016-06-15")).Of<string>("type")
            .ShouldEndWith("other-content");
        (await ValueAsync("select count(*) from refused_delivery where kind = 'pay-run'")).ShouldBe(2L);
        Counts(await SendAsync(file, key: "june, again")).ShouldBe([(0, 0), (1, 65_000), (0, 0), (0, 0)]);
        (await ValueAsync("select count(*) from pay_run")).ShouldBe(3L);
    }

    [Fact]
    public async Task rule_21_a_file_of_another_day_is_refused_and_one_that_was_taken_stays_so_when_its_pay_day_moves()
    {
        var refused = await SendAsync(
            File([.. Group(), .. Group((_listed, 1))]), HttpStatusCode.BadRequest, payDay: "2015-08-14");
        refused.Of<string>("detail").ShouldContain("record 1: its day (bytes 55 to 58) is not");
        refused.Of<string>("detail").ShouldContain("2015-08-14");
        (await SendAsync(CreditTransferSample.File(CreditTransferSample.Document(
            1, 1, CreditTransferSample.Information((_listed, 1)))), HttpStatusCode.BadRequest, payDay: "2015-08-14"))
            .Of<string>("detail").ShouldContain("ReqdExctnDt");
        (await ValueAsync("select count(*) from pay_run")).ShouldBe(0L);
        var (asPaid, asNamed, asMoved) = (
            File(Group(Day("2015-08-14"), (_listed, 1))), File(Group(Day("2015-08-15"), (_listed, 2))),
            File(Group(Day("2015-08-13"), (_listed, 3))));
        await SendAsync(asPaid, payDay: "2015-08-14");
        await SendAsync(asNamed, payDay: "2015-08-14");
        await SendAsync(asMoved, HttpStatusCode.BadRequest, payDay: "2015-08-14");
        await AddBankHoliday.RunAsync(
            _story.At, Day("2015-08-14"), "a storm", _story.At.Clock.GetUtcNow(), CancellationToken.None);
        await SendAsync(asPaid, HttpStatusCode.OK, payDay: "2015-08-14");
        await SendAsync(asNamed, HttpStatusCode.OK, payDay: "2015-08-14");
        await SendAsync(asMoved, payDay: "2015-08-14");

        // Asked for by the day of then, which is moved as well: what is to be recalled can be told all the same.
        var run = (await SendAsync(File(Group(Day("2015-08-13"), (_listed, 4))), payDay: "2015-08-13")).Of<long>("run");
        await AddBankHoliday.RunAsync(
            _story.At, Day("2015-08-13"), "a storm", _story.At.Clock.GetUtcNow(), CancellationToken.None);
        using var payments = _service.As(Role.PaymentSystem);
        await payments.GetAsync($"/api/payments/runs/{run}/changes").BodyAsync(HttpStatusCode.OK);
    }

    private static DateOnly Day(string day) => DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The hold file has both, and what may be paid to the account before must be told from what may not.
    /// </summary>
    [Fact]
    public async Task what_is_held_says_where_it_goes_meanwhile_and_so_does_what_changed()
    {
        var next = (await PayDayCalendar.FromAsync(_story.At, new DeadlineSettings(null, null),
            PayDayCalendar.DayOf(_story.At.Clock.GetUtcNow()), 1, CancellationToken.None)).Single().PayDay;
        var held = await BeginAsync(_service.Database, d => d with
        {
            HoldPolicy = JsonSerializer.Deserialize<JsonElement>("""{"untilDays": 124, "payTo": "previous"}"""),
        });
        await held.ListAsync(1, [Listed(_listed)]);
        await held.ChangesAsync(held.Filed("R1", _listed, "2015-05-20"));
        var run = await SendAsync(File(Group(
            next, ("9999000004", 1), ("9999000003", 2), (Number(), 4), (_listed, 8))), payDay: $"{next:O}");
        Counts(run).ShouldBe([(1, 4), (0, 0), (3, 11), (0, 0)]);
        (run.Of<int>("payTo", "keep", "count"), run.Of<long>("payTo", "keep", "amount")).ShouldBe((1, 2));
        run.Of<int[]>("payTo", "keep", "records").ShouldBe([3]);
        (run.Of<int>("payTo", "previous", "count"), run.Of<long>("payTo", "previous", "amount")).ShouldBe((2, 9));
        run.Of<int[]>("payTo", "previous", "records").ShouldBe([2, 5]);
        (await _payments.GetAsync(run.Of<string>("links", "summary"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ValueAsync("select count(*) from access_record where purpose like 'summary of pay-run %'"))
            .ShouldBe(1L);

        await OpenCases.RunAsync(held.At, CancellationToken.None);
        await HoldAsync(held.At, FiledChange.IdOf(held.Incident, "R1"), next);
        var changes = await _payments.GetAsync(run.Of<string>("links", "changes")).BodyAsync(HttpStatusCode.OK);
        (changes.Of<int>("count"), changes.Of<long>("amount")).ShouldBe((1, 8));
        var change = changes.Of<JsonElement[]>("changes").Single();
        (change.Of<int>("record"), change.Of<long>("amount")).ShouldBe((5, 8));
        (change.Of<string>("then"), change.Of<string>("now")).ShouldBe(("hold", "hold"));
        (change.Of<string>("payToThen"), change.Of<string>("payToNow")).ShouldBe(("previous", "keep"));
    }

    [Fact]
    public async Task what_changed_since_is_told_by_record()
    {
        var (others, run) = (FreshNumbers(3), await SendAsync(File([
            .. Group((Number(), 1), (_listed, 1)), .. Group((Number(), 1), (_listed, 4))])));
        var before = await _payments.GetAsync(run.Of<string>("links", "changes")).BodyAsync(HttpStatusCode.OK);
        before.Of<int>("count").ShouldBe(0);
        await _story.RenumberAsync($"{_listed},{others[0]},2015-08-24");
        await _story.ChangesAsync(_story.Filed("R1", others[0], "2015-05-20"));
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await Reconcile.RunAsync(_story.At, null, CancellationToken.None);
        var after = await _payments.GetAsync(run.Of<string>("links", "changes")).BodyAsync(HttpStatusCode.OK);
        after.Of<JsonElement[]>("changes")
            .Select(c => (c.Of<int>("record"), c.Of<string>("then"), c.Of<string>("now")))
            .ShouldBe([(3, "clear", "pending"), (7, "clear", "pending")]);
        after.Of<JsonElement[]>("changes").Select(c => c.Of<long>("amount")).ShouldBe([1, 4]);
        after.Of<long>("amount").ShouldBe(5);
        after.Of<long>("now", "event").ShouldBeGreaterThan(after.Of<long>("then", "event"));
        after.GetRawText().ShouldNotContain(_listed);
    }

    [Fact]
    public async Task an_account_that_is_new_or_changed_by_no_change_that_we_know_of_is_reported()
    {
        var (known, alias, cancelled, address, none) = (Number(), Number(), Number(), Number(), Number());
        await _story.RenumberAsync($"{known},{alias},2015-08-24");
        await _story.ChangesAsync(
            _story.Filed("R1", known, "2014-01-20"), _story.Filed("R2", cancelled, "2014-01-20"),
            _story.Cancelled("R2", cancelled), _story.Filed("R3", address, "2014-01-20", kind: "address"));
        var payments = ((string[])[known, alias, cancelled, address, none, "no number"])
            .SelectMany(n => (char[])['0', '1', '2', ' '], (number, code) => Payment(number, 10, code)).ToList();
        var run = await SendAsync(File([Header(), .. payments, Trailer(payments.Count, payments.Count * 10)]));
        run.Of<int>("unknownChanges", "count").ShouldBe(8);
        run.Of<int[]>("unknownChanges", "records").ShouldBe([11, 12, 15, 16, 19, 20, 23, 24]);
    }

    [Fact]
    public async Task a_change_to_another_account_than_is_paid_is_none_that_we_know_of()
    {
        var (named, unreadable) = (Number(), Number());
        await _story.ChangesTextAsync("source,request_id,number,filed_on,new_account\n"
            + $"{_story.Incident},R1,{named},2014-01-20,yucho:10530-12345671\n"
            + $"{_story.Incident},R2,{unreadable},2014-01-20,zengin:not an account\n");
        var run = await SendAsync(File([
            Header(), Payment(named, 1, '2', account: "9900-058-1-1234567"), Payment(named, 1, '2'),
            Payment(named, 1, '1', account: "9900-058-1-1234568"), Payment(named, 1), Payment(unreadable, 1, '1'),
            Trailer(5, 5)]));
        run.Of<int[]>("unknownChanges", "records").ShouldBe([3, 4]);
        Counts(run)[0].ShouldBe((5, 5), "it is told, and stops nothing");
    }

    /// <summary>Restoring the account before ends the hold; a file made from what stood before must not pay again.
    /// </summary>
    [Fact]
    public async Task S40_nothing_is_paid_to_a_denied_account_again_when_another_was_restored()
    {
        var (other, alias) = (Number(), Number());
        await _story.ChangesTextAsync("source,request_id,number,filed_on,new_account\n"
            + $"{_story.Incident},R1,{_listed},2015-05-20,zengin:0001-001-1-0000001\n");
        await Publication.FinishAsync(_story.At, null, CancellationToken.None);
        await OpenCases.RunAsync(_story.At, CancellationToken.None);
        var change = FiledChange.IdOf(_story.Incident, "R1");
        await DenyAsync(_story.At, change);
        var file = File([
            Header(), Payment(_listed, 1), Payment(_listed, 2, account: "0001-001-1-0000002"), Payment(other, 4),
            Payment(alias, 8), Trailer(4, 15)]);
        var held = await SendAsync(file);
        Counts(held).ShouldBe([(2, 12), (0, 0), (2, 3), (0, 0)]);
        (await CaseWork.DoAsync(_story.At, change, at => RestoreAccount.Decide(
            at.Case, new RestoreAccount(at.Now), Saeki, at.Now), CancellationToken.None)).ShouldBeNull();
        await _story.RenumberAsync($"{_listed},{alias},2015-08-24");
        var run = await SendAsync(file, key: "restored");
        Counts(run).ShouldBe([(2, 6), (0, 0), (0, 0), (2, 9)]);
        run.Of<Dictionary<string, int>>("reasons").ShouldBe(new Dictionary<string, int> { ["DeniedAccount"] = 2 });
        run.Of<int[]>("deniedAccounts", "records").ShouldBe([2, 5]);
        run.Of<long>("deniedAccounts", "amount").ShouldBe(9);
        var changes = await _payments.GetAsync(held.Of<string>("links", "changes")).BodyAsync(HttpStatusCode.OK);
        changes.Of<JsonElement[]>("changes").Select(c => (c.Of<int>("record"), c.Of<string>("now"))).ShouldBe(
            [(2, "unknown"), (3, "clear"), (5, "unknown")]);
        (await FileAsync(run, "unknown")).ShouldBe(
            File([Header(), Payment(_listed, 1), Payment(alias, 8), Trailer(2, 9)]));
        (await ValueAsync("select count(*) from access_record "
            + $"where purpose = 'unknown of pay-run {run.Of<long>("run")}'")).ShouldBe(2L);
        var pain = await SendAsync(CreditTransferSample.File(CreditTransferSample.Document(
            1, 7, CreditTransferSample.Information((alias, 7)))), type: "application/xml");
        pain.Of<int[]>("deniedAccounts", "records").ShouldBe([1]);

        // Nor to an account that cannot be compared with it: named by a bank's BIC, without an IBAN.
        var byBic = CreditTransferSample.Transfer(alias, 7).Replace(CreditTransferSample.Japan,
            "<CdtrAgt><FinInstnId><BICFI>MHCBJPJT</BICFI></FinInstnId></CdtrAgt>");
        var abroad = await SendAsync(CreditTransferSample.File(CreditTransferSample.Document(
            2, 14, CreditTransferSample.Information(2, 14, byBic, byBic.Replace(alias, other)))),
            type: "application/xml");
        abroad.Of<int[]>("deniedAccounts", "records").ShouldBe([1]);
    }

    [Fact]
    public async Task rule_33_what_is_shown_of_a_person_is_recorded_and_no_event_or_row_tells_it()
    {
        await _story.ChangesAsync(_story.Filed("R1", _listed, "2015-05-20"));
        var file = File(Group((_listed, 65_000), (Number(), 1)));
        var run = await SendAsync(file);
        await FileAsync(run, "clear");
        await FileAsync(run, "pending");
        (await ValueAsync("select string_agg(fields || ', ' || purpose, '; ' order by access_no) from access_record"))
            .ShouldBe($"cases, standing for pay-day 2015-06-15; cases, pending of pay-run {run.Of<long>("run")}");

        // Whoever sends the file again is shown the same.
        await SendAsync(file, HttpStatusCode.OK);
        (await ValueAsync("select fields || ', ' || purpose from access_record order by access_no desc limit 1"))
            .ShouldBe($"cases, files of pay-run {run.Of<long>("run")}");
        var screened = (string)(await ValueAsync(
            "select data::text from accountguard_events.mt_events where type = 'pay_run_screened'"))!;
        screened.ShouldContain(run.Of<string>("input", "sha256"));
        screened.ShouldNotContain(_listed);

        await ValueAsync("delete from personal_key where sealed_number is null");
        using var erased = await _payments.GetAsync(run.Of<string>("links", "clear"));
        erased.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task a_file_that_is_not_sound_leaves_nothing()
    {
        var number = Number();
        var broken = await SendAsync(
            File([.. Group((number, 1)).SkipLast(1), Trailer(1, 2)]), HttpStatusCode.UnprocessableEntity);
        broken.Of<string>("type").ShouldEndWith("totals-differ");
        broken.Of<string>("detail").ShouldContain("record 3");
        (await SendAsync(File(Group((number, 1)))[..100], HttpStatusCode.BadRequest)).Of<string>("detail")
            .ShouldContain("record 1");
        await SendAsync(File(Group((number, 1))), HttpStatusCode.BadRequest, payDay: "2015-06-16");
        await SendAsync(File(Group((number, 1))), HttpStatusCode.BadRequest, payDay: "");
        (await ValueAsync("select count(*) from pay_run")).ShouldBe(0L);
        (await ValueAsync("select count(*) from access_record")).ShouldBe(0L);
        await _payments.GetAsync($"{Runs}/1/clear").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task in_general_doubt_every_payment_is_unknown()
    {
        await _story.ListAsync(3, [Listed(Number())]);
        var run = await SendAsync(File(Group((_listed, 5), (Number(), 6))));
        Counts(run).ShouldBe([(0, 0), (0, 0), (0, 0), (2, 11)]);
        run.Of<int>("reasons", "ListNotCurrent").ShouldBe(2);
    }

    private async Task<object?> ValueAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_service.Database.Superuser + ";Search Path=accountguard");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
