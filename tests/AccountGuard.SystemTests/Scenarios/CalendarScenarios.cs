using System.Net;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.SystemTests.Outcomes;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Paid;
using Npgsql;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.SystemTests.Scenarios;

/// <summary>
/// The calendar of pay-days, over HTTP and in the queue (Rules 21, 22). Each test has a year of its own.
/// </summary>
public sealed class CalendarScenarios(Served service) : IClassFixture<Served>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Installation At => service.Database.At;

    private DateTimeOffset Now => At.Clock.GetUtcNow();

    private static DateOnly Day(string text) => DateOnly.Parse(text);

    private Task<bool> CloseBanksAsync(string day) => AddBankHoliday.RunAsync(At, Day(day), "a typhoon", Now, None);

    private Task<bool> CorrectAsync(string day, string? closes = null) =>
        AddCorrectionDay.RunAsync(At, Day(day), closes is null ? null : Day(closes), Now, None);

    private Task<bool> SetAsync(string payDay, DeadlineKind kind, string at) =>
        SetDeadline.RunAsync(At, Day(payDay), kind, DateTimeOffset.Parse(at), Now, None);

    private async Task<JsonElement[]> PayDaysAsync(string from, int limit)
    {
        using var payments = service.As(Role.PaymentSystem);
        return (await payments.GetAsync($"/api/payments/pay-days?from={from}&limit={limit}")
            .BodyAsync(HttpStatusCode.OK)).Of<JsonElement[]>("payDays");
    }

    private async Task<string[]> DaysAsync(string from, int limit) =>
        [.. (await PayDaysAsync(from, limit)).Select(day => day.Of<string>("payDay"))];

    private async Task PublishAsync()
    {
        await Publication.FinishAsync(At, null, None);
        await Reconcile.RunAsync(At, null, None);
    }

    [Fact]
    public async Task S37_pay_days_are_the_15th_of_even_months_or_the_bank_day_before()
    {
        (await DaysAsync("2015-01-01", 4)).ShouldBe(["2015-02-13", "2015-04-15", "2015-06-15", "2015-08-14"]);
        (await DaysAsync("2016-09-01", 1)).ShouldBe(["2016-10-14"]);
    }

    [Fact]
    public async Task S37_a_holiday_by_exception_moves_a_pay_day_and_ranks_the_queue_anew()
    {
        var story = await BeginAsync(service.Database, d => d with
        {
            Window = new Declaration.WindowPart(Day("2020-06-01")),
            Cutoff = new Declaration.CutoffPart(Through: Day("2020-08-20")),
        });
        story.ReceivedAt = "2020-09-01T09:00:00+09:00";
        var number = Number();
        await story.ListAsync(1, [Listed(number)], live: "2020-09-01");
        await story.ChangesAsync(story.Filed("R1", number, "2020-07-20"));
        (await story.OnlyRowAsync()).Paid.ShouldBe("2020-08-14");
        (await CloseBanksAsync("2020-08-14")).ShouldBeTrue();
        (await CloseBanksAsync("2020-08-14")).ShouldBeFalse("it was told before");
        (await story.OnlyRowAsync()).Paid.ShouldBe("2020-08-13");
        var moved = (await PayDaysAsync("2020-08-01", 1)).Single();
        (moved.Of<string>("payDay"), moved.Of<string>("movedFrom")).ShouldBe(("2020-08-13", "2020-08-14"));

        // Its old day still names it; what is asked is answered, and held, for the day on which it is paid.
        foreach (var asked in (string[])["2020-08-13", "2020-08-14"])
        {
            await PublishAsync();
            await using var standing = await Standing.OpenAsync(At, Day(asked), "test", None);
            (await standing.AnswerAsync([number], None)).Single().Cases.Single().ExposedOn.ShouldBe(Day("2020-08-13"));
        }

        await Should.ThrowAsync<BadInput>(CloseBanksAsync("2020-08-15"), "it is a Saturday");
    }

    [Fact]
    public async Task S37_a_payment_of_a_pay_day_that_was_moved_is_one_by_either_of_its_days()
    {
        var story = await BeginAsync(service.Database);
        story.ReceivedAt = "2024-09-01T09:00:00+09:00";
        var (number, id) = (Number(), Id());
        await story.PaymentsAsync($"{id},{number},sent,2024-08-15,1000,{PaymentsTakenIn.New},,,,");
        await CloseBanksAsync("2024-08-15");
        (await story.PaymentsAsync($"{id},{number},returned,2024-08-14,1000,{PaymentsTakenIn.New},closed,2024-08-20,,"))
            .Rows.ShouldBe(new(1, 1, 0, 0));
        var told = await PaymentsTakenIn.StoryOfAsync(story, number);
        told.Payments.Single().PayOn.ShouldBe(Day("2024-08-14"));
        WhyNotPaid.Of(told, Day("2024-08-14")).Text.ShouldContain("came back from the bank");
    }

    /// <summary>A hold through the day in force holds too where the payment system asks by the day of before.</summary>
    [Fact]
    public async Task rule_18_a_hold_covers_a_pay_day_that_was_moved_onto_its_last_day()
    {
        var story = await BeginAsync(service.Database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        var laid = (await PayDayCalendar.FromAsync(
            At, new DeadlineSettings(null, null), PayDayCalendar.DayOf(Now).AddDays(9), 1, None)).Single().PayDay;
        await CloseBanksAsync($"{laid:yyyy-MM-dd}");
        var paidOn = Day((await DaysAsync($"{laid.AddDays(-8):yyyy-MM-dd}", 1)).Single());
        paidOn.ShouldBeLessThan(laid);
        await PublishAsync();
        await OpenCases.RunAsync(At, None, waits: true);
        var (change, hold) = (FiledChange.IdOf(story.Incident, "R1"), Guid.NewGuid());
        await CaseWork.DoAsync(At, change, at => ProposeHold.Decide(at.Case,
            new ProposeHold(hold, HoldReason.FraudSuspected, PayTo.Keep, paidOn, null), new Caller("saeki", "P1"),
            at.KeyedBy, at.MayPayPrevious, at.Now), None);
        await CaseWork.DoAsync(At, change, at => ApproveHold.Decide(
            at.Case, new ApproveHold(hold), new Caller("utsumi", "P2"), at.KeyedBy, at.Now), None);
        foreach (var asked in (DateOnly[])[paidOn, laid])
        {
            await using var standing = await Standing.OpenAsync(At, asked, "test", None);
            (await standing.AnswerAsync([number], None)).Single().Standing.ShouldBe("hold", $"{asked:O}");
        }
    }

    [Theory]
    [InlineData("2021-10-15", "2021-10-14")]
    [InlineData("2022-12-14", "2022-12-15")]
    public async Task S37_two_holidays_move_a_pay_day_in_whatever_order_they_are_told(string first, string second)
    {
        await CloseBanksAsync(first);
        await CloseBanksAsync(second);
        (await DaysAsync($"{first[..7]}-01", 1)).ShouldBe([$"{first[..7]}-13"]);
    }

    [Fact]
    public async Task S37_corrections_are_paid_in_odd_months_on_a_bank_day()
    {
        (await CorrectAsync("2019-11-15")).ShouldBeTrue();
        (await CorrectAsync("2019-11-15")).ShouldBeFalse("it was added before");
        var added = (await PayDaysAsync("2019-11-01", 2))[0];
        (added.Of<string>("payDay"), added.Of<bool>("isCorrection"), added.Of<string>("closesOn"))
            .ShouldBe(("2019-11-15", true, "2019-10-20"));
        await PublishAsync();
        await using (await Standing.OpenAsync(At, Day("2019-11-15"), "test", None))
        {
        }

        await Should.ThrowAsync<BadInput>(CorrectAsync("2019-10-10"), "an even month");
        await Should.ThrowAsync<BadInput>(CorrectAsync("2019-11-16"), "a Saturday");
        await Should.ThrowAsync<BadInput>(CorrectAsync("2019-09-13", "2019-09-14"), "it closes after itself");
        await CloseBanksAsync("2019-09-17");
        await Should.ThrowAsync<BadInput>(CorrectAsync("2019-09-17"), "banks are closed after all");

        // A correction moves with its banks as every pay-day does.
        await CloseBanksAsync("2019-11-15");
        (await DaysAsync("2019-11-01", 1)).ShouldBe(["2019-11-14"]);
    }

    [Fact]
    public async Task rule_21_deadlines_are_set_for_a_pay_day_and_are_not_known_before()
    {
        var before = (await PayDaysAsync("2023-02-01", 1)).Single();
        (before.GetProperty("handOff").ValueKind, before.GetProperty("decideBy").ValueKind)
            .ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        (await SetAsync("2023-02-15", DeadlineKind.HandOff, "2023-02-10T17:00:00+09:00")).ShouldBeTrue();
        (await SetAsync("2023-02-15", DeadlineKind.HandOff, "2023-02-10T08:00:00Z")).ShouldBeFalse("it is the same");
        await Should.ThrowAsync<BadInput>(
            SetAsync("2023-02-15", DeadlineKind.Decisions, "2023-02-10T17:00:01+09:00"), "no file is left by then");
        (await SetAsync("2023-02-15", DeadlineKind.Decisions, "2023-02-10T17:00:00+09:00")).ShouldBeTrue();
        (await SetAsync("2023-02-15", DeadlineKind.Decisions, "2023-02-09T12:00:00+09:00")).ShouldBeTrue();
        await Should.ThrowAsync<BadInput>(
            SetAsync("2023-02-15", DeadlineKind.HandOff, "2023-02-09T11:00:00+09:00"), "decisions end later");
        await Should.ThrowAsync<BadInput>(
            SetAsync("2023-02-15", DeadlineKind.HandOff, "2023-02-16T00:00:00+09:00"), "after the pay-day");
        await Should.ThrowAsync<BadInput>(
            SetAsync("2023-02-16", DeadlineKind.HandOff, "2023-02-10T17:00:00+09:00"), "no pay-day");
        var set = (await PayDaysAsync("2023-02-01", 1)).Single();
        (set.Of<DateTimeOffset>("handOff", "at"), set.Of<DateTimeOffset>("decideBy", "at"),
            set.Of<bool>("handOff", "isConfigured")).ShouldBe((
            DateTimeOffset.Parse("2023-02-10T17:00:00+09:00"), DateTimeOffset.Parse("2023-02-09T12:00:00+09:00"),
            false));
        await using var told = At.Database.CreateCommand(
            "select count(*) from accountguard_events.mt_events "
                + "where type in ('hand_off_set', 'decision_deadline_set')");
        (await told.ExecuteScalarAsync()).ShouldBe(3L, "what was refused or stood already is no event");
    }

    [Fact]
    public async Task rule_21_what_was_not_set_is_as_configured_and_decisions_end_with_the_hand_off()
    {
        var settings = new DeadlineSettings(
            new DeadlineRule(3, new TimeOnly(17, 0)), new DeadlineRule(4, new TimeOnly(12, 0)));
        var usual = (await PayDayCalendar.FromAsync(At, settings, Day("2024-06-01"), 1, None)).Single();
        (usual.HandOff, usual.DecideBy).ShouldBe((
            new Deadline(DateTimeOffset.Parse("2024-06-11T17:00:00+09:00"), true),
            new Deadline(DateTimeOffset.Parse("2024-06-10T12:00:00+09:00"), true)));
        await SetAsync("2024-06-14", DeadlineKind.HandOff, "2024-06-07T10:00:00+09:00");
        var earlier = (await PayDayCalendar.FromAsync(At, settings, Day("2024-06-01"), 1, None)).Single();
        earlier.DecideBy.ShouldBe(earlier.HandOff);
    }

    /// <summary>Its rank moves with the closing date, and its payment does not (Rule 18).</summary>
    [Fact]
    public async Task S38_a_changed_closing_ranks_anew_and_alters_no_payment()
    {
        var story = await BeginAsync(service.Database, d => d with
        {
            Window = new Declaration.WindowPart(Day("2018-05-08")),
            Cutoff = new Declaration.CutoffPart(Through: Day("2018-06-01")),
        });
        story.ReceivedAt = "2018-06-03T09:00:00+09:00";
        var (early, late, other) = (Number(), Number(), Number());
        await story.ListAsync(1, [Listed(early), Listed(late, 4)], live: "2018-06-02");
        await story.ChangesAsync(story.Filed("early", early, "2018-05-12"), story.Filed("late", late, "2018-05-28"));
        (await story.QueueAsync()).Select(r => (r.Id, r.Paid))
            .ShouldBe([("early", "2018-06-15"), ("late", "2018-08-15")]);
        var file = File(Group((early, 65_000), (other, 70_000), (late, 75_000)));
        var before = await SplitAsync(file, "before");

        await story.SetClosingAsync("2018-06-15", "2018-05-31");
        (await story.QueueAsync()).Select(r => (r.Id, r.Paid))
            .ShouldBe([("late", "2018-06-15"), ("early", "2018-06-15")]);
        (await SplitAsync(file, "after")).ShouldBe(before);
        before["pending"].ShouldBe(Convert.ToHexString(File(Group((early, 65_000), (late, 75_000)))));
        before["clear"].ShouldBe(Convert.ToHexString(File(Group((other, 70_000)))));
        await using var standing = await Standing.OpenAsync(At, Day("2018-06-15"), "test", None);
        (await standing.AnswerAsync([late], None)).Single().Cases.Single().ExposedOn.ShouldBe(Day("2018-06-15"));
    }

    private async Task<Dictionary<string, string>> SplitAsync(byte[] file, string key)
    {
        await PublishAsync();
        using var payments = service.As(Role.PaymentSystem);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/payments/runs?payDay=2018-06-15")
        {
            Content = new ByteArrayContent(file) { Headers = { ContentType = new("application/octet-stream") } },
            Headers = { { "Idempotency-Key", key } },
        };
        var run = await payments.SendAsync(request).BodyAsync(HttpStatusCode.Created);
        var parts = new Dictionary<string, string>();
        foreach (var standing in PayRunStandings.Names)
        {
            parts[standing] = Convert.ToHexString(
                await payments.GetByteArrayAsync(run.Of<string>("links", standing)));
        }

        return parts;
    }

    /// <summary>The database too: no day in force is written by hand, and no correction in an even month.</summary>
    [Fact]
    public async Task rule_21_the_application_moves_no_pay_day()
    {
        await using var wrong = At.Database.CreateCommand(
            "insert into pay_day (pay_on, closes_on, is_correction) values ('2025-10-10', '2025-09-20', true)");
        (await Should.ThrowAsync<PostgresException>(() => wrong.ExecuteNonQueryAsync())).SqlState
            .ShouldBe(PostgresErrorCodes.CheckViolation);
        await using var forged = At.Database.CreateCommand(
            "insert into pay_day (pay_on, closes_on, is_correction, paid_on) "
                + "values ('2025-11-14', '2025-10-20', true, '2025-11-03')");
        await forged.ExecuteNonQueryAsync();
        (await DaysAsync("2025-11-01", 1)).ShouldBe(["2025-11-14"]);
    }
}
