using System.Net;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.SystemTests.Outcomes;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using Npgsql;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Only a hold stops a payment: by two people, or by the incident's policy, until its day (Rule 18).</summary>
public sealed class HeldPayments(Served service) : IClassFixture<Served>
{
    private static readonly DateOnly June = new(2015, 6, 15), August = new(2015, 8, 14);
    private static readonly CancellationToken None = CancellationToken.None;

    private sealed record Held(Story Story, string Number)
    {
        public Guid Case => FiledChange.IdOf(Story.Incident, "R1");
    }

    private async Task<Held> WithCaseAsync(string? policy = null, string before = PaymentsTakenIn.Old)
    {
        var story = await BeginAsync(service.Database, d => d with
        {
            HoldPolicy = policy is null ? null : JsonSerializer.Deserialize<JsonElement>(policy),
        });
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesTextAsync("source,request_id,number,filed_on,entered_by,previous_account\n"
            + $"{story.Incident},R1,{number},2015-05-20,u1,{before}\n");
        return new Held(story, number);
    }

    private static Task<Refusal?> DoAsync(Held held, Func<CaseAtHand, Decision> decide) =>
        CaseWork.DoAsync(held.Story.At, held.Case, decide, None);

    private static Task<Refusal?> CallAsync(Held held) => DoAsync(held, at => RecordCall.Decide(
        at.Case, new RecordCall(Guid.NewGuid(), Intent.NotKnown, at.Today, null), Saeki, at.Now));

    /// <summary>Days are counted from today in Japan, which is long after 2015.</summary>
    private static DateOnly InDays(Held held, int days) =>
        PayDayCalendar.DayOf(held.Story.At.Clock.GetUtcNow()).AddDays(days);

    private static async Task<Guid> HoldAsync(
        Held held, DateOnly through, PayTo payTo = PayTo.Keep, Guid? id = null)
    {
        var hold = id ?? Guid.NewGuid();
        (await DoAsync(held, at => ProposeHold.Decide(at.Case,
            new ProposeHold(hold, HoldReason.FraudSuspected, payTo, through, null), Saeki, at.KeyedBy,
            at.MayPayPrevious, at.Now)))
            .ShouldBeNull();
        (await DoAsync(held, at => ApproveHold.Decide(
            at.Case, new ApproveHold(hold), Utsumi, at.KeyedBy, at.Now))).ShouldBeNull();
        return hold;
    }

    private static async Task<string> StandingAsync(Held held, DateOnly payDay)
    {
        await Publication.FinishAsync(held.Story.At, null, None);
        await Reconcile.RunAsync(held.Story.At, null, None);
        await using var standing = await Standing.OpenAsync(held.Story.At, payDay, "test", None);
        var answer = (await standing.AnswerAsync([held.Number], None)).Single();
        return string.Join(' ', new[] { answer.Standing, answer.PayTo }.Concat(answer.Reasons).OfType<string>());
    }

    private async Task<DateOnly> PayDayAsync(Held held, int which)
    {
        await using var find = service.Database.At.Database.CreateCommand(
            $"select pay_on from pay_day where pay_on > '{InDays(held, 0):O}' order by 1 limit 1 offset {which}");
        return (DateOnly)((await find.ExecuteScalarAsync(None)) switch
        {
            DateTime day => DateOnly.FromDateTime(day),
            var day => day,
        })!;
    }

    [Fact]
    public async Task S34_a_hold_by_two_people_holds_through_its_day_and_pays_after_it()
    {
        var held = await WithCaseAsync();
        var (next, following) = (await PayDayAsync(held, 0), await PayDayAsync(held, 1));
        (await StandingAsync(held, next)).ShouldBe("pending");
        var proposal = Guid.NewGuid();
        await DoAsync(held, at => ProposeHold.Decide(at.Case,
            new ProposeHold(proposal, HoldReason.FraudSuspected, PayTo.Previous, next, null), Saeki, at.KeyedBy,
            at.MayPayPrevious, at.Now));
        (await StandingAsync(held, next)).ShouldBe("pending");
        (await DoAsync(held, at => ApproveHold.Decide(at.Case, new ApproveHold(proposal), Saeki, at.KeyedBy, at.Now)))
            .ShouldBe(Refusal.OwnProposal);
        (await StandingAsync(held, next)).ShouldBe("pending");
        await DoAsync(held, at => ApproveHold.Decide(at.Case, new ApproveHold(proposal), Utsumi, at.KeyedBy, at.Now));
        (await StandingAsync(held, next)).ShouldBe("hold previous Hold");
        (await StandingAsync(held, following)).ShouldBe("pending");

        // While another row of the number waits, so does the question which account was paid before.
        await held.Story.ChangesTextAsync(
            $"source,request_id,number,kind\n{held.Story.Incident},R1,{held.Number},unknown\n");
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold Quarantined");
    }

    /// <summary>A browser chooses the id of a hold: it names one of that case, whatever it names elsewhere.</summary>
    [Fact]
    public async Task rule_18_a_hold_whose_id_is_used_again_for_another_case_stands()
    {
        var (held, other) = (await WithCaseAsync(), await WithCaseAsync());
        var next = await PayDayAsync(held, 0);
        await HoldAsync(other, next, id: await HoldAsync(held, next));
        (await StandingAsync(other, next)).ShouldBe("hold keep Hold");
        await EndAsync(other.Story.At, other.Case, Verdict.Confirmed);
        (await StandingAsync(other, next)).ShouldBe("clear");
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
    }

    [Fact]
    public async Task rule_18_a_hold_by_policy_whose_id_is_used_again_stands()
    {
        var (held, other) = (
            await WithCaseAsync("""{"untilDays": 120, "payTo": "keep"}"""), await WithCaseAsync());
        var next = await PayDayAsync(held, 0);
        await OpenCases.RunAsync(held.Story.At, None);
        await using var find = service.Database.At.Database.CreateCommand(
            $"select policy_hold(hit_id) from hit where change_id = '{held.Case}'");
        var placed = (Guid)(await find.ExecuteScalarAsync(None))!;
        await HoldAsync(other, next, id: placed);
        await EndAsync(other.Story.At, other.Case, Verdict.Confirmed);
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");

        (await DoAsync(held, at => ProposeHold.Decide(at.Case, new ProposeHold(placed, HoldReason.FraudSuspected,
            PayTo.Keep, next, null), Saeki, at.KeyedBy, at.MayPayPrevious, at.Now))).ShouldBeNull();
        (await DoAsync(held, at => ApproveHold.Decide(at.Case, new ApproveHold(placed), Utsumi, at.KeyedBy, at.Now)))
            .ShouldBe(Refusal.ProposalGone, "the case has a hold of this id already");
    }

    [Fact]
    public async Task of_two_holds_the_one_that_keeps_the_money_decides()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await HoldAsync(held, next, PayTo.Previous);
        (await StandingAsync(held, next)).ShouldBe("hold previous Hold");
        await HoldAsync(held, next);
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
    }

    [Theory]
    [InlineData(null, PaymentsTakenIn.Old, null)]
    [InlineData("""{"untilDays": 1, "payTo": "previous"}""", PaymentsTakenIn.Old, null)]
    [InlineData("""{"untilDays": 1, "payTo": "keep"}""", PaymentsTakenIn.Old, Refusal.NoPreviousAccount)]
    [InlineData(null, "", Refusal.NoPreviousAccount)]
    public async Task rule_19_the_account_before_is_paid_where_it_is_named_and_the_policy_allows_it(
        string? policy, string before, Refusal? refusal)
    {
        var held = await WithCaseAsync(policy, before);
        (await DoAsync(held, at => ProposeHold.Decide(at.Case, new ProposeHold(
            Guid.NewGuid(), HoldReason.FraudSuspected, PayTo.Previous, at.Today, null), Saeki, at.KeyedBy,
            at.MayPayPrevious, at.Now))).ShouldBe(refusal);
        var seen = await CaseWork.LookAsync(held.Story.At, [held.Case], None);
        seen[held.Case].MayPayPrevious.ShouldBe(refusal is null, "a preview says the same");
    }

    [Fact]
    public async Task a_release_by_two_people_pays_at_once()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        var hold = await HoldAsync(held, next);
        var release = Guid.NewGuid();
        await DoAsync(held, at => ProposeRelease.Decide(
            at.Case, new ProposeRelease(release, hold, null), Utsumi, at.KeyedBy, at.Now));
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
        (await DoAsync(held, at => ApproveHold.Decide(
            at.Case, new ApproveHold(release), Utsumi, at.KeyedBy, at.Now))).ShouldBe(Refusal.OwnProposal);
        await DoAsync(held, at => ApproveHold.Decide(at.Case, new ApproveHold(release), Saeki, at.KeyedBy, at.Now));
        (await StandingAsync(held, next)).ShouldBe("pending");
    }

    /// <summary>It stands at the commit that makes the hit, before anybody opens the case.</summary>
    [Fact]
    public async Task S04_a_hold_by_policy_stands_with_its_hit_and_goes_with_the_ground_of_a_case_nobody_worked()
    {
        var held = await WithCaseAsync("""{"untilDays": 124, "payTo": "previous"}""");
        var next = await PayDayAsync(held, 0);
        (await StandingAsync(held, next)).ShouldBe("hold previous Hold");
        await OpenCases.RunAsync(held.Story.At, None);
        (await StandingAsync(held, next)).ShouldBe("hold previous Hold");
        await using var session = held.Story.At.Events.LightweightSession();
        var placed = (await session.Events.AggregateStreamAsync<VerificationCase>(held.Case))!.Holds.Single();
        (placed.PolicyOf, placed.Through, placed.PayTo).ShouldBe(
            (held.Story.Incident, InDays(held, 124), PayTo.Previous));
        (await HeldOnAsync(held, next)).ShouldBeTrue();
        await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
        (await StandingAsync(held, next)).ShouldBe("clear");
        await OpenCases.RunAsync(held.Story.At, None);
        (await HeldOnAsync(held, next)).ShouldBeFalse("the story says what the case does");

        // What is recorded afterwards opens the case, and places nothing.
        await CallAsync(held);
        (await StandingAsync(held, next)).ShouldBe("pending");
    }

    /// <summary>The case worker comes within seconds; whoever is faster finds the case as its hits are.</summary>
    [Fact]
    public async Task S04_what_is_recorded_before_the_case_worker_came_keeps_no_hold_whose_ground_went()
    {
        var held = await WithCaseAsync("""{"untilDays": 124, "payTo": "previous"}""");
        var next = await PayDayAsync(held, 0);
        await OpenCases.RunAsync(held.Story.At, None);
        await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
        await CallAsync(held);
        (await StandingAsync(held, next)).ShouldBe("pending");
    }

    [Fact]
    public async Task a_case_whose_ground_is_back_is_not_ended_for_want_of_it_before_the_case_worker_came()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await HoldAsync(held, next);
        await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
        await DoAsync(held, at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now.AddHours(1)), Saeki, at.KeyedBy, at.Now));
        var proposal = Guid.NewGuid();
        (await DoAsync(held, at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(proposal, Verdict.GroundGone, null), Saeki, at.KeyedBy, at.Now)))
            .ShouldBeNull();
        await held.Story.ListAsync(3, [Listed(held.Number)]);
        (await DoAsync(held, at => ApproveVerdict.Decide(
            at.Case, new ApproveVerdict(proposal), Utsumi, at.KeyedBy, at.NextPayDay, at.Now))).ShouldNotBeNull();
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
    }

    /// <summary>It would keep the holder's own account from being paid, without a word.</summary>
    [Fact]
    public async Task rule_17_a_hold_of_before_ends_with_the_restored_account_of_a_denied_case_and_no_other()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await HoldAsync(held, next);
        await DenyAsync(held.Story.At, held.Case);
        (await StandingAsync(held, next)).ShouldBe("hold keep Denied Hold");
        await RestoreAsync(held);
        (await StandingAsync(held, next)).ShouldBe("clear");
        (await HeldOnAsync(held, next)).ShouldBeFalse();

        // A hold that two people place on a case that was opened again stays, whatever is reported then.
        await DoAsync(held, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await DenyAsync(held.Story.At, held.Case);
        await DoAsync(held, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await HoldAsync(held, next);
        await RestoreAsync(held);
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
        (await HeldOnAsync(held, next)).ShouldBeTrue();
    }

    private static async Task RestoreAsync(Held held) => (await DoAsync(held, at => RestoreAccount.Decide(
        at.Case, new RestoreAccount(at.Now), Utsumi, at.Now))).ShouldBeNull();

    /// <summary>The account before one change is the new one of another, which nobody verified either.</summary>
    [Theory]
    [InlineData("""{"untilDays": 124, "payTo": "previous"}""", "hold keep Hold")]
    [InlineData(null, "hold previous Hold")]
    public async Task rule_19_an_account_that_is_in_doubt_itself_is_not_paid_in_place_of_another(
        string? policy, string expected)
    {
        var held = await WithCaseAsync(policy);
        var next = await PayDayAsync(held, 0);
        await held.Story.ChangesTextAsync("source,request_id,number,filed_on,previous_account,new_account\n"
            + $"{held.Story.Incident},R2,{held.Number},2015-05-18,{PaymentsTakenIn.Old},{PaymentsTakenIn.New}\n"
            + $"{held.Story.Incident},R3,{held.Number},2015-05-25,{PaymentsTakenIn.New},yucho:14000-1234567\n");
        var third = FiledChange.IdOf(held.Story.Incident, "R3");
        if (policy is null)
        {
            await TwoPeople.HoldAsync(held.Story.At, third, next, PayTo.Previous);
        }

        (await StandingAsync(held, next)).ShouldBe(expected);
        await DenyAsync(held.Story.At, FiledChange.IdOf(held.Story.Incident, "R2"));
        (await StandingAsync(held, next)).ShouldStartWith("hold keep");
        (await CaseWork.LookAsync(held.Story.At, [third], None))[third].MayPayPrevious.ShouldBeFalse();

        // The payment desk says the same.
        await using var shown = held.Story.At.Database.CreateCommand(
            "select pay_to from holds_by_age(@next, @next, 1000000) where change_id = @third");
        shown.Parameters.AddWithValue("next", next);
        shown.Parameters.AddWithValue("third", third);
        (await shown.ExecuteScalarAsync()).ShouldBe("keep");
    }

    /// <summary>The account before the second is the new one of the first, for all that anybody knows.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("to")]
    [InlineData("from")]
    public async Task rule_19_a_change_that_names_no_account_before_it_may_come_after_one_that_is_in_doubt(
        string? renumbered)
    {
        var held = await WithCaseAsync("""{"untilDays": 124, "payTo": "previous"}""", before: "");
        var next = await PayDayAsync(held, 0);
        (await StandingAsync(held, next)).ShouldBe("hold previous Hold");
        var number = renumbered is null ? held.Number : Number();
        if (renumbered is not null)
        {
            await held.Story.RenumberAsync(
                renumbered == "to" ? $"{held.Number},{number}" : $"{number},{held.Number}");
        }

        await held.Story.ChangesTextAsync("source,request_id,number,filed_on,new_account\n"
            + $"{held.Story.Incident},R2,{number},2015-05-18,{PaymentsTakenIn.New}\n");
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
    }

    /// <summary>Whether the story of the holder's payments says that one was held.</summary>
    private static async Task<bool> HeldOnAsync(Held held, DateOnly payDay) =>
        (await PaymentsTakenIn.StoryOfAsync(held.Story, held.Number)).Holds.Any(hold => hold.Covers(payDay));

    [Theory]
    [InlineData(Verdict.Confirmed)]
    [InlineData(Verdict.GroundGone)]
    public async Task S34_a_hold_by_two_people_ends_with_confirmed_and_when_two_people_end_the_case(Verdict verdict)
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await HoldAsync(held, next);
        if (verdict == Verdict.GroundGone)
        {
            await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
            await OpenCases.RunAsync(held.Story.At, None);
        }

        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
        await EndAsync(held.Story.At, held.Case, verdict);
        (await StandingAsync(held, next)).ShouldBe("clear");
        (await HeldOnAsync(held, next)).ShouldBeFalse();
    }

    [Fact]
    public async Task rule_17_a_denied_change_whose_ground_is_gone_is_held_and_its_story_says_so()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await DenyAsync(held.Story.At, held.Case);
        await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
        await OpenCases.RunAsync(held.Story.At, None);
        await DoAsync(held, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await EndAsync(held.Story.At, held.Case, Verdict.GroundGone);
        (await StandingAsync(held, next)).ShouldBe("hold keep Denied");
        (await HeldOnAsync(held, next)).ShouldBeTrue();
    }

    [Fact]
    public async Task a_hold_by_policy_of_a_worked_case_outlives_its_ground_and_two_people_release_it()
    {
        var held = await WithCaseAsync("""{"untilDays": 124, "payTo": "keep"}""");
        var next = await PayDayAsync(held, 0);
        await CallAsync(held);
        await held.Story.ListAsync(2, [Withdrawn(held.Number)]);
        await OpenCases.RunAsync(held.Story.At, None);
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
        var release = Guid.NewGuid();
        (await DoAsync(held, at => ProposeRelease.Decide(at.Case,
            new ProposeRelease(release, at.Case.Holds.Single().Id, null), Saeki, at.KeyedBy, at.Now))).ShouldBeNull();
        await DoAsync(held, at => ApproveHold.Decide(at.Case, new ApproveHold(release), Utsumi, at.KeyedBy, at.Now));
        (await StandingAsync(held, next)).ShouldBe("pending");
    }

    [Fact]
    public async Task S25_a_denied_change_is_held_until_the_payer_reports_the_restored_account()
    {
        var held = await WithCaseAsync();
        using var payments = service.As(Role.PaymentSystem);
        var report = new
        {
            source = held.Story.Incident,
            requestId = "R1",
            restoredAt = $"{InDays(held, 0):yyyy-MM-dd}T00:00:00+09:00",
        };
        var early = await payments.PostAsync("/api/payments/restorations", Json(report))
            .BodyAsync(HttpStatusCode.Conflict);
        early.Of<string>("type").ShouldEndWith(":refused");
        await DenyAsync(held.Story.At, held.Case);
        (await StandingAsync(held, August)).ShouldBe("hold keep Denied");
        for (var i = 0; i < 2; i++)
        {
            (await payments.PostAsync("/api/payments/restorations", Json(report))).StatusCode
                .ShouldBe(HttpStatusCode.OK);
            (await StandingAsync(held, August)).ShouldBe("clear");
        }

        (await payments.PostAsync("/api/payments/restorations", Json(report with { requestId = "R9" }))).StatusCode
            .ShouldBe(HttpStatusCode.NotFound);

        // Denied again: neither the report of before, sent once more, nor an older one ends it.
        await DoAsync(held, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await DenyAsync(held.Story.At, held.Case);
        foreach (var stale in new[] { report, report with { restoredAt = "2015-06-20T10:00:00+09:00" } })
        {
            (await payments.PostAsync("/api/payments/restorations", Json(stale)).BodyAsync(HttpStatusCode.Conflict))
                .Of<string>("detail").ShouldBe(Refusal.RestoredBefore.Sentence());
            (await StandingAsync(held, August)).ShouldBe("hold keep Denied");
        }
    }

    /// <summary>Its case is open no longer, and nothing but the hold speaks for its number.</summary>
    [Fact]
    public async Task S48_a_hold_outlives_the_verdict_of_a_death_and_pay_runs_ask_for_its_number()
    {
        var held = await WithCaseAsync();
        var next = await PayDayAsync(held, 0);
        await HoldAsync(held, next);
        await DoAsync(held, at => ReportDeath.Decide(
            at.Case, new ReportDeath(Death.AfterFiling), Saeki, at.Now));
        await DoAsync(held, at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now.AddHours(1)), Saeki, at.KeyedBy, at.Now));
        var proposal = Guid.NewGuid();
        await DoAsync(held, at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(proposal, Verdict.Deceased, null), Saeki, at.KeyedBy, at.Now));
        (await DoAsync(held, at => ApproveVerdict.Decide(
            at.Case, new ApproveVerdict(proposal), Utsumi, at.KeyedBy, at.NextPayDay, at.Now))).ShouldBeNull();
        (await StandingAsync(held, next)).ShouldBe("hold keep Hold");
        await using var standing = await Standing.OpenAsync(held.Story.At, next, "test", None);
        var doubtful = await DoubtfulNumbers.ReadAsync(held.Story.At, standing, None);
        doubtful.Among([long.Parse(held.Number)]).ShouldNotBeEmpty("its payment would go out as clear");
    }

    /// <summary>As code that forgets to ask, or psql under the application's role, would write it.</summary>
    [Theory]
    [InlineData("saeki", "P9", true)]
    [InlineData("other", "P1", true)]
    [InlineData("u1", "P4", true)]
    [InlineData("operator", null, true)]
    [InlineData("utsumi", "P2", false)]
    public async Task S29_the_database_takes_no_hold_or_release_by_the_wrong_person(
        string login, string? person, bool isProposed)
    {
        var held = await WithCaseAsync();
        var (proposal, by) = (Guid.NewGuid(), new Caller(login, person));
        if (isProposed)
        {
            await DoAsync(held, at => ProposeHold.Decide(at.Case, new ProposeHold(proposal, HoldReason.FraudSuspected,
                PayTo.Keep, at.Today, null), Saeki, at.KeyedBy, at.MayPayPrevious, at.Now));
        }

        await IsRefusedAsync(held.Story.At, held.Case, new HoldApproved(proposal, by, held.Story.At.Clock.GetUtcNow()));
        var (hold, release) = (await HoldAsync(held, InDays(held, 9)), Guid.NewGuid());
        if (isProposed)
        {
            await DoAsync(held, at => ProposeRelease.Decide(
                at.Case, new ProposeRelease(release, hold, null), Saeki, at.KeyedBy, at.Now));
        }

        await IsRefusedAsync(
            held.Story.At, held.Case, new HoldReleased(release, hold, by, held.Story.At.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task the_application_writes_holds_by_events_alone()
    {
        var held = await WithCaseAsync();
        await HoldAsync(held, InDays(held, 9));
        foreach (var statement in new[] { "update hold set is_ended = true", "delete from hold",
            "insert into hold default values" })
        {
            await using var write = held.Story.At.Database.CreateCommand(statement);
            (await Should.ThrowAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState
                .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task S34_a_hold_that_ends_within_two_days_or_ended_is_told_until_another_stands()
    {
        var held = await WithCaseAsync();
        var now = held.Story.At.Clock.GetUtcNow();
        long[] others = [await ExpiringAsync(now), await ExpiringAsync(now.AddDays(8)),
            await ExpiringAsync(now.AddDays(30))];
        await HoldAsync(held, InDays(held, 9));
        (await ExpiringAsync(now) - others[0]).ShouldBe(0);
        (await ExpiringAsync(now.AddDays(8)) - others[1]).ShouldBe(1);
        (await ExpiringAsync(now.AddDays(30)) - others[2]).ShouldBe(1);
        await HoldAsync(held, InDays(held, 60));
        (await ExpiringAsync(now.AddDays(30)) - others[2]).ShouldBe(0);
    }

    private async Task<long> ExpiringAsync(DateTimeOffset at)
    {
        await using var count = service.Database.At.Database.CreateCommand("select count(*) from expiring_holds(@at)");
        count.Parameters.AddWithValue("at", at);
        return (long)(await count.ExecuteScalarAsync(None))!;
    }
}
