using System.Net;
using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Paid;
using AccountGuard.Verification.Recalls;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Outcomes.PaymentsTakenIn;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Outcomes;

/// <summary>What payments make of cases, and what cases never make of payments (Rules 17, 18, 20, 23).</summary>
public sealed class PaymentScenarios(Served service) : IClassFixture<Served>
{
    private static readonly DateOnly June = new(2015, 6, 15), July = new(2015, 7, 15), August = new(2015, 8, 14);

    private sealed record Told(Story Story, string Number)
    {
        public Guid Case => FiledChange.IdOf(Story.Incident, "R1");
    }

    /// <summary>A listed number whose change to the new account was filed and entered on 20 May.</summary>
    private async Task<Told> WithCaseAsync(string listedAt = "2015-06-02T09:00:00+09:00", string holder = "")
    {
        var told = new Told(await BeginAsync(service.Database), Number());
        told.Story.ReceivedAt = "2015-05-21T09:00:00+09:00";
        await told.Story.ChangesTextAsync("source,request_id,number,filed_on,entered_on,entered_by,new_account,"
            + "previous_account,account_holder\n"
            + $"{told.Story.Incident},R1,{told.Number},2015-05-20,2015-05-21,u1,{New},{Old},{holder}\n");
        told.Story.ReceivedAt = listedAt;
        await told.Story.ListAsync(1, [Listed(told.Number)]);
        await OpenCases.RunAsync(told.Story.At, default);
        told.Story.ReceivedAt = "2015-09-30T09:00:00+09:00";
        return told;
    }

    private static string Sent(
        Told told, DateOnly on, long amount = 120_000, string account = New, string rest = ",,,",
        string outcome = "sent", string? id = null) =>
        $"{id ?? Id()},{told.Number},{outcome},{on:yyyy-MM-dd},{amount},{account},{rest}";

    private static Task<PaymentStory> StoryAsync(Told told) => StoryOfAsync(told.Story, told.Number);

    private async Task<string> PageAsync(Told told)
    {
        var desk = await Desk.OpenAsync(service, Role.Auditor, told.Case);
        return WebUtility.HtmlDecode(await desk.PageAsync());
    }

    private async Task<JsonElement> AskAsync(Told told, DateOnly? payDay = null)
    {
        using var compliance = service.As(Role.Compliance);
        return await compliance.PostAsync("/api/payments/story",
            Json(new { number = told.Number, purpose = "AnswerToHolder", payDay })).BodyAsync(HttpStatusCode.OK);
    }

    private static async Task DoAsync(Told told, Func<CaseAtHand, Decision> decide) =>
        (await CaseWork.DoAsync(told.Story.At, told.Case, decide, default)).ShouldBeNull();

    private static async Task<Guid> RecallAsync(Told told, DateOnly payDay, Guid? @case = null, Guid? id = null)
    {
        var followed = await FollowedPayment.OfAsync(told.Story.At, @case ?? told.Case, default);
        var recall = id ?? Guid.NewGuid();
        (await CaseWork.DoAsync(told.Story.At, @case ?? told.Case, at => RequestRecall.Decide(at.Case,
            new RequestRecall(recall, followed.Single(p => p.PayOn == payDay).Payment, at.Today, null), followed, Saeki,
            at.KeyedBy, at.Now), default)).ShouldBeNull();
        return recall;
    }

    private static Task AnswerAsync(Told told, Guid recall, RecallState outcome, long? consented = null) =>
        DoAsync(told, at => AnswerRecall.Decide(at.Case, new AnswerRecall(
            Guid.NewGuid(), recall, outcome, consented, at.Today, null), Saeki, at.KeyedBy, at.Now));

    [Fact]
    public async Task s33_a_queued_case_pays_and_is_marked_as_paid_while_pending()
    {
        var told = await WithCaseAsync();
        (await StandingAsync(told.Story, told.Number)).ShouldBe("pending");
        await told.Story.PaymentsAsync(Sent(told, June), Sent(told, new(2015, 4, 15), account: Old));
        var story = await StoryAsync(told);
        story.Payments.Select(p => (p.PayOn, p.Mark)).ShouldBe(
            [(new DateOnly(2015, 4, 15), PaymentMark.None), (June, PaymentMark.WhilePending)]);
        (story.Holds.Count, story.Owed).ShouldBe((0, 0L));
        var page = await PageAsync(told);
        page.ShouldContain("Already paid once to the new account: 2015-06-15.");
        page.ShouldContain("Paid while pending");
        (await AskAsync(told, June)).Of<string>("why", "en").ShouldBe(
            "The payment of 2015-06-15 was sent to the account •••222 while the change to it was being verified.");
        (await StandingAsync(told.Story, told.Number)).ShouldBe("pending");
    }

    [Fact]
    public async Task s03_a_case_opened_late_says_that_its_account_was_paid_already()
    {
        var told = await WithCaseAsync(listedAt: "2015-06-18T09:00:00+09:00");
        await told.Story.PaymentsAsync(Sent(told, June));
        (await StoryAsync(told)).Payments.Single().Mark.ShouldBe(PaymentMark.BeforeCase);
        (await PageAsync(told)).ShouldContain("Already paid once to the new account: 2015-06-15.");
        await told.Story.PaymentsAsync(Sent(told, August));
        (await PageAsync(told)).ShouldContain("Already paid 2 times to the new account, last on 2015-08-14.");
    }

    [Fact]
    public async Task s39_a_credit_that_failed_is_outstanding_and_the_case_is_not_denied()
    {
        var told = await WithCaseAsync();
        var id = Id();
        await told.Story.PaymentsAsync(Sent(told, June, id: id),
            Sent(told, June, id: id, outcome: "credit-failed", rest: "name-differs,2015-06-16,,"));
        var page = await PageAsync(told);
        page.ShouldContain("Credit failed (name-differs)");
        page.ShouldContain("Outstanding: 120,000 yen");
        page.ShouldNotContain("Already paid");
        (await told.Story.RowAsync("R1"))!.State.ShouldBe("Queued");
        (await StandingAsync(told.Story, told.Number)).ShouldBe("pending");
        await AddCorrectionDay.RunAsync(told.Story.At, July, null, told.Story.At.Clock.GetUtcNow(), default);
        await told.Story.PaymentsAsync(Sent(told, July, account: Old, rest: $",,,{id}"));
        (await StoryAsync(told)).Owed.ShouldBe(0);
    }

    /// <summary>The file had gone when the holder confirmed: what the hold kept is paid with the next run.</summary>
    [Fact]
    public async Task s34_what_a_hold_kept_is_in_arrears_until_a_payment_pays_for_it()
    {
        var told = await WithCaseAsync();
        var kept = Id();
        await told.Story.PaymentsAsync($"{kept},{told.Number},withheld,2015-06-15,120000,,,,,");
        var page = await PageAsync(told);
        page.ShouldContain("Outstanding: 120,000 yen");
        page.ShouldContain("Kept, on hold");
        page.ShouldNotContain("Already paid");
        var answer = await AskAsync(told, June);
        answer.Of<string>("why", "en").ShouldBe(
            "The payment of 2015-06-15 was kept by the payer because it was on hold, and is owed.");
        answer.Of<string>("why", "ja").ShouldContain("留保中のため");
        answer.GetProperty("arrears")[0].Of<string>("reason").ShouldBe("withheld");
        await DenyAsync(told.Story.At, told.Case);
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).ShouldBeEmpty("it went nowhere");
        await told.Story.PaymentsAsync(Sent(told, August, account: Old, rest: $",,,{kept}"));
        (await AskAsync(told, June)).Of<long>("owed").ShouldBe(0);
    }

    [Fact]
    public async Task s35_a_missing_life_status_report_is_named_its_arrears_come_back_and_the_case_stays_open()
    {
        var told = await WithCaseAsync();
        var stop = Id();
        await told.Story.PaymentsAsync(
            $"{stop},{told.Number},stopped,,60000,,,2015-06-01,life-status-report,",
            $"{Id()},{Number()},sent,2015-06-15,1,{Old},,,,");
        var answer = await AskAsync(told, June);
        answer.Of<string>("why", "en").ShouldContain("because the life-status report is missing");
        answer.Of<string>("why", "ja").ShouldContain("現況届");
        (answer.GetProperty("figures").Of<int>("fraudHolds"), answer.GetProperty("figures").Of<int>("statusStops"))
            .ShouldBe((0, 1));
        answer.Of<long>("owed").ShouldBe(60_000);
        (await PageAsync(told)).ShouldContain("because the life-status report is missing");
        await AddCorrectionDay.RunAsync(told.Story.At, July, null, told.Story.At.Clock.GetUtcNow(), default);
        await told.Story.PaymentsAsync(
            $"{stop},{told.Number},resumed,,,,,2015-06-20,life-status-report,",
            Sent(told, July, 60_000, Old, $",,,{stop}"));
        (await AskAsync(told, June)).Of<long>("owed").ShouldBe(0);
        (await told.Story.RowAsync("R1"))!.State.ShouldBe("Queued");
    }

    /// <summary>A pay_day of the year 2050 is a slip, and owes nobody the pay-days up to it.</summary>
    [Fact]
    public async Task rule_21_a_payment_is_of_a_pay_day_at_the_latest_the_one_after_the_next()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June, account: Old),
            $"{Id()},{told.Number},stopped,,60000,,,2015-08-01,life-status-report,");
        var before = (await StoryAsync(told)).Through;
        told.Story.ReceivedAt = "2015-08-14T09:00:00+09:00";
        var answer = await told.Story.PaymentsAsync(
            [.. new[] { "2015-08-14", "2015-10-15", "2015-12-15", "2050-12-15", "2015-10-14" }.Select(
                day => $"{Id()},{told.Number},sent,{day},1,{Old},,,,")]);
        (answer.Rows.Accepted, answer.Rows.Quarantined).ShouldBe((2, 3));
        (await told.Story.WaitingAsync(answer)).Distinct().ShouldBe([QuarantineCode.NotAPayDay]);
        before.ShouldNotBeNull();
        (await StoryAsync(told)).Through.ShouldBe(new DateOnly(2015, 10, 15));
        (await StoryAsync(told)).Owed.ShouldBe(120_000);

        // Nor does one that was let in, by a clock that was wrong.
        told.Story.ReceivedAt = "2049-11-01T09:00:00+09:00";
        (await told.Story.PaymentsAsync($"{Id()},{told.Number},sent,2049-12-15,1,{Old},,,,")).Rows.Accepted.ShouldBe(1);
        (await StoryAsync(told)).Owed.ShouldBe(120_000);
    }

    [Fact]
    public async Task s36_legal_reductions_have_their_own_reasons_and_are_in_no_incident()
    {
        var told = new Told(await BeginAsync(service.Database), Number());
        await told.Story.ListAsync(1, [Listed(Number())]);
        await told.Story.PaymentsAsync($"{Id()},{told.Number},stopped,,60000,,,2015-06-01,work,",
            $"{Id()},{told.Number},stopped,,10000,,,2015-08-01,child-over-18,");
        var answer = await AskAsync(told, June);
        answer.Of<string>("why", "en").ShouldContain("because of work");
        (answer.GetProperty("figures").Of<int>("legalStops"), answer.GetProperty("figures").Of<int>("fraudHolds"),
            answer.Of<long>("owed")).ShouldBe((1, 0, 0L));
        (await told.Story.IdsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task s48_recovery_of_a_payment_after_death_needs_it_terminated()
    {
        var told = await WithCaseAsync();
        await told.Story.HoldersAsync([$"{told.Number},2015-06-01"], "number,died_on");
        var stop = Id();
        await told.Story.PaymentsAsync(Sent(told, June), $"{stop},{told.Number},stopped,,,,,2015-06-20,death,");
        var page = await PageAsync(told);
        page.ShouldContain("Paid after the death of 2015-06-01: 120,000 yen.");
        page.ShouldContain("Recovery needs the payments terminated");
        await told.Story.PaymentsAsync($"{stop},{told.Number},terminated,,,,,2015-07-01,death,");
        (await PageAsync(told)).ShouldContain("recovery may begin");
    }

    [Fact]
    public async Task s49_a_name_that_the_bank_may_not_find_warns_before_hand_off()
    {
        var told = await WithCaseAsync(holder: "山田花子");
        await told.Story.HoldersAsync([$"{told.Number},佐藤花子"], "number,name");
        (await PageAsync(told)).ShouldContain("the bank may not credit the payment");
        await told.Story.HoldersAsync([$"{told.Number},山田花子"], "number,name");
        (await PageAsync(told)).ShouldNotContain("the bank may not credit the payment");
    }

    [Fact]
    public async Task s25_a_denial_lists_what_was_sent_there_and_follows_it_to_the_last_yen()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June), Sent(told, new(2015, 4, 15), account: Old));
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).ShouldBeEmpty();
        await DenyAsync(told.Story.At, told.Case);
        await told.Story.PaymentsAsync(Sent(told, August, 80_000));
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Select(p => (p.PayOn, p.Amount, p.Open))
            .ShouldBe([(June, 120_000L, 120_000L), (August, 80_000L, 80_000L)]);
        (await StoryAsync(told)).Owed.ShouldBe(200_000);
        await AnswerAsync(told, await RecallAsync(told, June), RecallState.ConsentGiven, 50_000);
        await AnswerAsync(told, await RecallAsync(told, August), RecallState.ReturnedBeforeCredit);
        var page = await PageAsync(told);
        page.ShouldContain("Sent 200,000 yen: recovered 130,000, lost 70,000, open 0.");
        page.ShouldContain("the new account is on hold until the payer reports the restored one");
        (await StandingAsync(told.Story, told.Number, August)).ShouldBe("hold keep Denied");
    }

    /// <summary>The holder meant it after all: what was recalled is followed, and what is paid since is the holder's.
    /// </summary>
    [Fact]
    public async Task s25_of_a_change_that_is_confirmed_after_all_only_what_was_recalled_is_followed()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June));
        await DenyAsync(told.Story.At, told.Case);
        await RecallAsync(told, June);
        await DoAsync(told, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await EndAsync(told.Story.At, told.Case, Verdict.Confirmed);
        await told.Story.PaymentsAsync(Sent(told, August));
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Select(p => p.PayOn).ShouldBe([June]);

        // One person opens it again: what two people confirmed is paid until two people say otherwise (Rule 18).
        await DoAsync(told, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Select(p => p.PayOn).ShouldBe([June]);
        (await StandingAsync(told.Story, told.Number, August)).ShouldBe("pending");
        await using var denied = told.Story.At.Database.CreateCommand(
            "select count(*) from denied_accounts() d join account_change c on c.number_key = d.number_key "
            + "where c.change_id = @case");
        denied.Parameters.AddWithValue("case", told.Case);
        (await denied.ExecuteScalarAsync()).ShouldBe(0L, "a pay-run would not pay it");
    }

    /// <summary>Two denied changes to one account: whatever went there is followed under one of them alone.</summary>
    [Fact]
    public async Task s25_a_payment_is_followed_under_the_change_denied_first_and_recalled_and_replaced_once()
    {
        var told = await WithCaseAsync();
        var (later, story) = (FiledChange.IdOf(told.Story.Incident, "R2"), told.Story);
        await story.ChangesTextAsync("source,request_id,number,filed_on,entered_by,new_account\n"
            + $"{story.Incident},R2,{told.Number},2015-05-21,u1,{New}\n");
        await OpenCases.RunAsync(story.At, default);
        await story.PaymentsAsync(Sent(told, June));
        var before = await SentAsync();
        await DenyAsync(story.At, told.Case);
        await DenyAsync(story.At, later);
        (await SentAsync() - before).ShouldBe(120_000);
        (await FollowedPayment.OfAsync(story.At, later, default)).ShouldBeEmpty();

        // Under the change that asked for it back it stays, also when the other is denied anew.
        await ReopenAsync(told.Case);
        await EndAsync(story.At, told.Case, Verdict.Confirmed);
        await RecallAsync(told, June, later);
        await ReopenAsync(told.Case);
        await DenyAsync(story.At, told.Case);
        (await FollowedPayment.OfAsync(story.At, told.Case, default)).ShouldBeEmpty();
        (await FollowedPayment.OfAsync(story.At, later, default)).Single().State.ShouldBe(RecallState.Requested);
        (await SentAsync() - before).ShouldBe(120_000);

        async Task<long> SentAsync() => (await RecallsView.TotalsAsync(story.At, default)).Sum(t => t.Sent);

        async Task ReopenAsync(Guid @case) => (await CaseWork.DoAsync(story.At, @case,
            at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now), default)).ShouldBeNull();
    }

    [Fact]
    public async Task s40_a_replacement_is_of_what_is_still_owed_when_it_is_proposed_and_when_it_is_approved()
    {
        var told = await WithCaseAsync();
        var id = Id();
        await told.Story.PaymentsAsync(Sent(told, June, id: id));
        await DenyAsync(told.Story.At, told.Case);
        await DoAsync(told, at => RestoreAccount.Decide(at.Case, new RestoreAccount(at.Now), Saeki, at.Now));
        var half = Id();
        await told.Story.PaymentsAsync(Sent(told, August, 50_000, Old, $",,,{id}", id: half),
            Sent(told, August, 20_000, New, $",,,{id}"));
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default))
            .Select(p => (p.Due, p.PaidAgain)).ShouldBe([(120_000, 50_000), (0, 0)], "stolen again is owed once");
        (await ProposeAsync(70_001)).ShouldBe((Refusal.MoreThanWasSent, null));
        var (_, proposal) = await ProposeAsync(70_000);

        // A part came back, and more was sent in its place: less is owed when it comes to be approved.
        await told.Story.PaymentsAsync(
            Sent(told, August, 50_000, Old, $"closed,2015-08-20,,{id}", "returned", half),
            Sent(told, new(2015, 10, 15), 100_000, Old, $",,,{half}"));
        (await ApproveAsync(proposal!.Value)).ShouldBe(Refusal.MoreThanWasSent);
        (await ProposeAsync(20_001)).ShouldBe((Refusal.MoreThanWasSent, null));
        (await ApproveAsync((await ProposeAsync(20_000)).Proposal!.Value)).ShouldBeNull();
        (await ProposeAsync(1)).ShouldBe((Refusal.MoreThanWasSent, null));

        async Task<(Refusal? Refusal, Guid? Proposal)> ProposeAsync(long amount)
        {
            var (made, followed) = (
                Guid.NewGuid(), await FollowedPayment.OfAsync(told.Story.At, told.Case, default));
            var refusal = await CaseWork.DoAsync(told.Story.At, told.Case, at => ProposeReplacement.Decide(
                at.Case, new ProposeReplacement(made, amount, null), followed, Saeki, at.KeyedBy, at.Now), default);
            return (refusal, refusal is null ? made : null);
        }

        async Task<Refusal?> ApproveAsync(Guid made)
        {
            var followed = await FollowedPayment.OfAsync(told.Story.At, told.Case, default);
            return await CaseWork.DoAsync(told.Story.At, told.Case, at => ApproveReplacement.Decide(
                at.Case, new ApproveReplacement(made), followed, Utsumi, at.KeyedBy, at.Now), default);
        }
    }

    [Fact]
    public async Task s40_a_refused_recall_is_a_loss_whatever_is_said_later()
    {
        var told = await WithCaseAsync();
        var id = Id();
        await told.Story.PaymentsAsync(Sent(told, June, id: id));
        await DenyAsync(told.Story.At, told.Case);
        var recall = await RecallAsync(told, June);
        await AnswerAsync(told, recall, RecallState.Refused);
        (await CaseWork.DoAsync(told.Story.At, told.Case, at => AnswerRecall.Decide(at.Case, new AnswerRecall(
            Guid.NewGuid(), recall, RecallState.ConsentGiven, 1, at.Today, null), Saeki, at.KeyedBy, at.Now), default))
            .ShouldBe(Refusal.RecallHasEnded);
        await told.Story.PaymentsAsync(Sent(told, June, id: id, outcome: "returned", rest: "closed,2015-06-30,,"));
        var payment = (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Single();
        (payment.Recovered, payment.Lost, payment.Open, payment.IsContradicted).ShouldBe((0L, 120_000L, 0L, true));
        (await StandingAsync(told.Story, told.Number, August)).ShouldBe("hold keep Denied", "no second payment to B");
    }

    /// <summary>As code that forgets to ask, or psql under the application's role, would write it.</summary>
    [Theory]
    [InlineData("saeki", "P9", true)]
    [InlineData("other", "P1", true)]
    [InlineData("u1", "P4", true)]
    [InlineData("operator", null, true)]
    [InlineData("utsumi", "P2", false)]
    public async Task s29_the_database_takes_no_replacement_by_the_wrong_person(
        string login, string? person, bool isProposed)
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June));
        await DenyAsync(told.Story.At, told.Case);
        await DoAsync(told, at => RestoreAccount.Decide(at.Case, new RestoreAccount(at.Now), Saeki, at.Now));
        var (proposal, now) = (Guid.NewGuid(), told.Story.At.Clock.GetUtcNow());
        if (isProposed)
        {
            var followed = await FollowedPayment.OfAsync(told.Story.At, told.Case, default);
            await DoAsync(told, at => ProposeReplacement.Decide(
                at.Case, new ProposeReplacement(proposal, 120_000, null), followed, Saeki, at.KeyedBy, at.Now));
        }

        await IsRefusedAsync(
            told.Story.At, told.Case, new ReplacementApproved(proposal, new Caller(login, person), now));
    }

    /// <summary>A browser chooses the id of a recall: it names one of that case, whatever it names elsewhere.</summary>
    [Fact]
    public async Task s40_a_loss_stays_one_where_the_id_of_its_recall_is_used_again_for_another_case()
    {
        var (told, other) = (await WithCaseAsync(), await WithCaseAsync());
        foreach (var one in (Told[])[told, other])
        {
            await one.Story.PaymentsAsync(Sent(one, June));
            await DenyAsync(one.Story.At, one.Case);
        }

        var recall = await RecallAsync(told, June);
        await AnswerAsync(told, recall, RecallState.Refused);
        await AnswerAsync(other, await RecallAsync(other, June, id: recall), RecallState.ReturnedBeforeCredit);
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Single().Lost.ShouldBe(120_000);
        (await FollowedPayment.OfAsync(other.Story.At, other.Case, default)).Single().Recovered.ShouldBe(120_000);
    }

    [Fact]
    public async Task s40_the_database_takes_no_second_end_of_a_recall()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June));
        await DenyAsync(told.Story.At, told.Case);
        var recall = await RecallAsync(told, June);
        await AnswerAsync(told, recall, RecallState.NoContact);
        await AnswerAsync(told, recall, RecallState.Refused);
        await IsRefusedAsync(
            told.Story.At, told.Case, new RecallAnswered(Guid.NewGuid(), recall, RecallState.ConsentGiven, 1, June,
                null, Saeki, told.Story.At.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task rule_33_a_story_is_told_masked_against_a_record_and_for_a_purpose()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June));
        var answer = await AskAsync(told);
        answer.GetRawText().ShouldNotContain("2222222");
        answer.GetProperty("payments")[0].Of<string>("account").ShouldBe("•••222");
        await using var find = service.Database.At.Database.CreateCommand(
            "select count(*) from access_record where number_key = @key and purpose = 'AnswerToHolder'");
        find.Parameters.AddWithValue("key", KeyOf(told.Story, told.Number).ToBytes());
        (await find.ExecuteScalarAsync()).ShouldBe(1L);
        using var auditor = service.As(Role.Auditor);
        foreach (var broken in new object[] { new { number = told.Number, purpose = " " },
            new { number = "12", purpose = "CaseWork" }, new { number = told.Number } })
        {
            await auditor.PostAsync("/api/payments/story", Json(broken)).ProblemAsync(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task rule_13_the_payments_of_a_protected_holder_are_told_to_those_alone_who_have_the_role()
    {
        var told = await WithCaseAsync();
        await told.Story.PaymentsAsync(Sent(told, June));
        var alias = Number();
        await told.Story.RenumberAsync($"{told.Number},{alias}");
        await told.Story.HoldersAsync([$"{alias},true"], header: "number,protected");
        var asked = new { number = told.Number, purpose = "AnswerToHolder" };
        foreach (var login in new[] { Role.Auditor, Role.Compliance })
        {
            using var caller = service.As(login);
            (await caller.PostAsync("/api/payments/story", Json(asked)).ProblemAsync(HttpStatusCode.Forbidden))
                .ShouldBe("forbidden");
        }

        using var entrusted = service.As("protected-auditor");
        await entrusted.PostAsync("/api/payments/story", Json(asked)).BodyAsync(HttpStatusCode.OK);
        await using var find = service.Database.At.Database.CreateCommand(
            """
            select array_agg(split_part(who, ' ', 1) || ': ' || fields || ' for ' || purpose order by at)
            from access_record where number_key = @key
            """);
        find.Parameters.AddWithValue("key", KeyOf(told.Story, told.Number).ToBytes());
        (await find.ExecuteScalarAsync()).ShouldBe(new[]
        {
            "auditor: payments, refused for AnswerToHolder", "compliance: payments, refused for AnswerToHolder",
            "protected-auditor: payments for AnswerToHolder",
        });
    }

    [Fact]
    public async Task rule_8_payments_under_any_number_of_the_holder_are_the_holders()
    {
        var told = await WithCaseAsync();
        var alias = Number();
        await told.Story.RenumberAsync($"{told.Number},{alias}");
        await told.Story.PaymentsAsync(
            Sent(told with { Number = alias }, June), Sent(told with { Number = Number() }, August));
        (await StoryAsync(told)).Payments.Select(p => (p.PayOn, p.Mark)).ShouldBe([(June, PaymentMark.WhilePending)]);
        await DenyAsync(told.Story.At, told.Case);
        (await FollowedPayment.OfAsync(told.Story.At, told.Case, default)).Single().PayOn.ShouldBe(June);
    }
}
