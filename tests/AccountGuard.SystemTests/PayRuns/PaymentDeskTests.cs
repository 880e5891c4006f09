using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Payments.Desk;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.SystemTests.Outcomes;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.SystemTests.PayRuns;

/// <summary>What the payment desk sees before a pay-day: what pays, what is held, and what was answered.</summary>
public sealed class PaymentDeskTests : IAsyncLifetime
{
    private static readonly Caller Saeki = new("saeki", "P1"), Utsumi = new("utsumi", "P2");
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DeadlineSettings NothingSet = new(null, null);
    private readonly Served _service = new();
    private Story _story = null!;

    private Installation At => _service.Database.At;

    public async Task InitializeAsync()
    {
        await _service.InitializeAsync();
        _story = await BeginAsync(_service.Database);
    }

    public Task DisposeAsync() => _service.DisposeAsync();

    private DateOnly InDays(int days) => PayDayCalendar.DayOf(At.Clock.GetUtcNow()).AddDays(days);

    private async Task<DateOnly> NextAsync() =>
        (await PayDayCalendar.FromAsync(At, NothingSet, InDays(0), 1, None)).Single().PayDay;

    private Task<PaymentDesk> DeskAsync() => PaymentDesk.LoadAsync(At, NothingSet, None);

    /// <summary>Cases of the story, opened; their numbers by request id.</summary>
    private async Task<string[]> CasesAsync(Story story, params string[] ids)
    {
        var numbers = FreshNumbers(ids.Length);
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        await story.ChangesTextAsync("source,request_id,number,filed_on,previous_account\n" + string.Concat(
            ids.Zip(numbers, (id, n) => $"{story.Incident},{id},{n},2015-05-20,{PaymentsTakenIn.Old}\n")));
        await Publication.FinishAsync(At, null, None);
        await OpenCases.RunAsync(At, None, waits: true);
        return numbers;
    }

    private async Task DoAsync(Story story, string id, Func<CaseAtHand, Decision> decide) =>
        (await CaseWork.DoAsync(At, FiledChange.IdOf(story.Incident, id), decide, None)).ShouldBeNull();

    private async Task<Guid> HoldAsync(Story story, string id, DateOnly through, PayTo payTo = PayTo.Keep)
    {
        var hold = Guid.NewGuid();
        await DoAsync(story, id, at => ProposeHold.Decide(at.Case,
            new ProposeHold(hold, HoldReason.FraudSuspected, payTo, through, null), Saeki, at.KeyedBy,
            at.MayPayPrevious, at.Now));
        await DoAsync(story, id, at => ApproveHold.Decide(
            at.Case, new ApproveHold(hold), Utsumi, at.KeyedBy, at.Now));
        return hold;
    }

    private async Task<string[]> UndecidedAsync() =>
        [.. (await DeskAsync()).Undecided.Where(u => u.Cases > 0).Select(u => $"{u.State} {u.Cases} {u.Held}")];

    [Fact]
    public async Task S33_what_is_undecided_is_counted_by_state_and_by_what_is_held_on_that_pay_day()
    {
        await CasesAsync(_story, "R1", "R2", "R3", "R4", "R5");
        (await UndecidedAsync()).ShouldBe(["Queued 5 0"]);
        await HoldAsync(_story, "R2", await NextAsync());
        await HoldAsync(_story, "R3", (await NextAsync()).AddDays(-1));
        await DoAsync(_story, "R4", at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), Saeki, at.KeyedBy, at.Now));
        await HoldAsync(_story, "R4", await NextAsync());
        await _story.ChangesAsync(_story.Cancelled("R5", Number()));
        (await UndecidedAsync()).ShouldBe(["Queued 3 1", "InContact 1 1"]);
    }

    [Fact]
    public async Task rule_22_what_is_exposed_later_is_not_due_and_a_change_of_two_incidents_is_one_case()
    {
        var number = (await CasesAsync(_story, "R1")).Single();
        var other = await BeginAsync(_service.Database, d => d with { Window = null, Cutoff = new(new(2049, 1, 1)) });
        await other.ListAsync(1, [Listed(number)]);
        await Publication.FinishAsync(At, null, None);
        (await UndecidedAsync()).ShouldBe(["Queued 1 0"]);
        _story.ReceivedAt = "2048-01-01T09:00:00+09:00";
        await _story.ChangesAsync(_story.Filed("R2", number, "2047-12-01"));
        await Publication.FinishAsync(At, null, None);
        (await UndecidedAsync()).ShouldBe(["Queued 1 0"], "it is paid in 2048");

        // Rule 19: a hold holds whatever the exposure, and the desk says what standing does.
        await HoldAsync(_story, "R2", await NextAsync());
        (await UndecidedAsync()).ShouldBe(["Queued 2 1"]);
        (await PaymentsTakenIn.StandingAsync(_story, number, await NextAsync())).ShouldBe("hold keep Hold");
    }

    [Fact]
    public async Task rule_18_a_hold_by_policy_counts_until_two_people_release_it()
    {
        var story = await BeginAsync(_service.Database, d => d with
        {
            HoldPolicy = JsonSerializer.Deserialize<JsonElement>("""{"untilDays": 124, "payTo": "previous"}"""),
        });
        await CasesAsync(story, "R1", "R2");
        (await UndecidedAsync()).ShouldBe(["Queued 2 2"]);
        (await DeskAsync()).Holds.Select(h => (h.RequestId, h.IsByPolicy, h.PayTo, h.Through))
            .ShouldBe([("R1", true, "previous", InDays(124)), ("R2", true, "previous", InDays(124))],
                ignoreOrder: true);
        var release = Guid.NewGuid();
        await DoAsync(story, "R1", at => ProposeRelease.Decide(at.Case,
            new ProposeRelease(release, at.Case.Holds.Single().Id, null), Saeki, at.KeyedBy, at.Now));
        await DoAsync(story, "R1", at => ApproveHold.Decide(
            at.Case, new ApproveHold(release), Utsumi, at.KeyedBy, at.Now));
        (await UndecidedAsync()).ShouldBe(["Queued 2 1"]);
        (await DeskAsync()).Holds.Select(h => h.RequestId).ShouldBe(["R2"]);
    }

    [Fact]
    public async Task S34_holds_that_end_before_the_next_pay_day_come_first_then_the_oldest()
    {
        await CasesAsync(_story, "R1", "R2", "R3", "R4");
        var next = await NextAsync();
        await HoldAsync(_story, "R1", next);
        await HoldAsync(_story, "R2", next, PayTo.Previous);
        await HoldAsync(_story, "R3", InDays(0));
        var desk = await DeskAsync();
        desk.Holds.Select(h => (h.RequestId, h.Through, h.PayTo)).ShouldBe(
            [("R3", InDays(0), "keep"), ("R1", next, "keep"), ("R2", next, "previous")]);
        desk.Holds.ShouldAllBe(h => h.Number.StartsWith("••••-•••") && !h.IsByPolicy);

        // Another in its place makes it no longer one that ends.
        await HoldAsync(_story, "R3", next);
        (await DeskAsync()).Holds.Select(h => h.RequestId).ShouldBe(["R1", "R2", "R3"]);

        // A day later it is told that it ended, as long as nobody decided.
        await using var ended = At.Database.CreateCommand(
            "select request_id from holds_by_age(@next, @today, 9) where through_on < @today");
        ended.Parameters.AddWithValue("next", next.AddMonths(2));
        ended.Parameters.AddWithValue("today", next.AddDays(1));
        (await ended.ExecuteScalarAsync()).ShouldBe("R1");
    }

    [Fact]
    public async Task S34_holds_by_policy_that_are_over_and_done_hide_none_that_stands()
    {
        var held = await BeginAsync(_service.Database, d => d with
        {
            HoldPolicy = JsonSerializer.Deserialize<JsonElement>("""{"untilDays": 30, "payTo": "keep"}"""),
        });
        await CasesAsync(held, "R1", "R2");
        await using var find = At.Database.CreateCommand("select request_id from hit order by hit_id");
        var first = (string)(await find.ExecuteScalarAsync())!;
        await DoAsync(held, first, at => ReportDeath.Decide(
            at.Case, new ReportDeath(Death.AfterFiling), Saeki, at.Now));
        await TwoPeople.EndAsync(At, FiledChange.IdOf(held.Incident, first), Verdict.Deceased);
        await using var shown = At.Database.CreateCommand("select request_id from holds_by_age(@today, @today, 1)");
        shown.Parameters.AddWithValue("today", InDays(31));
        (await shown.ExecuteScalarAsync()).ShouldBe(first == "R1" ? "R2" : "R1");
    }

    [Fact]
    public async Task a_figure_beyond_ten_thousand_says_more()
    {
        var number = Number();
        await _story.ListAsync(1, [Listed(number)]);
        await _story.ChangesAsync([.. Enumerable.Range(0, PaymentDesk.Exact + 2)
            .Select(i => _story.Filed($"R{i}", number, "2015-05-20"))]);
        (await UndecidedAsync()).ShouldBe([$"Queued {PaymentDesk.Exact + 1} 0"]);
        using var browser = await _service.BrowserOfAsync(Role.Approver);
        (await browser.GetStringAsync("/payments")).ShouldContain("more than 10,000");
    }

    [Fact]
    public async Task the_page_tells_deadlines_holds_and_runs_and_shows_no_number()
    {
        var numbers = await CasesAsync(_story, "R1", "R2");
        using var browser = await _service.BrowserOfAsync(Role.Compliance);
        var page = await PageAsync(browser, "/payments");
        page.ShouldContain("not set");
        page.ShouldContain("No hold stands");
        page.ShouldContain("No payment file was screened yet");
        await HoldAsync(_story, "R1", InDays(0));
        var next = await NextAsync();
        await SetDeadline.RunAsync(At, next, DeadlineKind.HandOff,
            new DateTimeOffset(next.ToDateTime(new TimeOnly(0, 0)), TimeSpan.FromHours(9)), At.Clock.GetUtcNow(), None);
        var run = await ScreenAsync(File(Group(next, (numbers[0], 65_000), (numbers[1], 70_001))), next);
        page = await PageAsync(browser, "/payments");
        page.ShouldContain($"{next:yyyy-MM-dd} 00:00");
        page.ShouldContain("ends before the next pay-day");
        page.ShouldContain("135,001 yen");
        page.ShouldContain(DeskRoutes.ChangesOf(run));

        await HoldAsync(_story, "R2", next);
        var changes = await PageAsync(browser, DeskRoutes.ChangesOf(run));
        changes.ShouldContain("<td>Pending</td>");
        changes.ShouldContain("<td>On hold: Keep it, pay later</td>");
        foreach (var shown in (string[])[page, changes])
        {
            numbers.ShouldAllBe(number => !shown.Contains(number));
        }

        // Rule 33: who compared, and whose payments were shown.
        await using var recorded = At.Database.CreateCommand(
            "select count(distinct number_key) from access_record "
                + "where who = 'compliance (person-compliance)' and purpose = @why");
        recorded.Parameters.AddWithValue("why", $"changes since pay-run {run}");
        (await recorded.ExecuteScalarAsync()).ShouldBe(1L);
    }

    private static async Task<string> PageAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, page);
        return page;
    }

    private async Task<long> ScreenAsync(byte[] file, DateOnly payDay)
    {
        await Publication.FinishAsync(At, null, None);
        await Reconcile.RunAsync(At, null, None);
        using var payments = _service.As(Role.PaymentSystem);
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return (await payments.PostAsync($"/api/payments/runs?payDay={payDay:yyyy-MM-dd}", content)
            .BodyAsync(HttpStatusCode.Created)).Of<long>("run");
    }
}
