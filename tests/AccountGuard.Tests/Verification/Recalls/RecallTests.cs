using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification.Recalls;

/// <summary>The money of a denied change is followed to its last yen (Rules 17, 23).</summary>
public class RecallTests
{
    private static readonly FollowedPayment June = Sent(120_000), August = Sent(80_000);

    private static FollowedPayment Sent(long amount) =>
        new(Guid.NewGuid(), new DateOnly(2015, 6, 15), amount, false, null, null, null, 0, 0, amount, 0);

    private static CaseHistory Denied() => new CaseHistory { Followed = [June, August] }.Ended(Verdict.Denied);

    private static CaseHistory Restored()
    {
        var history = Denied();
        history.Accept(new RestoreAccount(history.Now), Auditor);
        return history;
    }

    private static RequestRecall Request(CaseHistory history, FollowedPayment? payment = null, Guid? id = null) =>
        new(id ?? Id(), (payment ?? June).Payment, history.Today.AddDays(14), null);

    private static Guid Requested(CaseHistory history)
    {
        var request = Request(history);
        history.Accept(request, Auditor);
        return request.Recall;
    }

    private static AnswerRecall Answer(CaseHistory history, Guid recall, RecallState outcome, long? consented = null) =>
        new(Id(), recall, outcome, consented, history.Today, null);

    [Fact]
    public void s25_a_payment_to_a_denied_account_is_recalled_whole_and_once()
    {
        var history = Denied();
        var request = Request(history);
        history.Accept(request, Auditor);
        history.Echo(request, Auditor);
        history.Refuse(Request(history), Auditor, Refusal.RecallIsRequested);
        history.Refuse(Request(history, Sent(1)), Auditor, Refusal.NoSuchEntry);
        history.Accept(Request(history, August), Colleague);
        history.Case.Recalls.Select(r => (r.Amount, r.State, r.Open)).ShouldBe(
            [(120_000L, RecallState.Requested, 120_000L), (80_000L, RecallState.Requested, 80_000L)]);
        history.Case.State.ShouldBe(CaseState.Denied);
    }

    [Fact]
    public void nothing_is_recalled_of_a_change_that_nobody_denied_nor_by_who_keyed_it()
    {
        var history = new CaseHistory { Followed = [June] };
        history.Refuse(Request(history), Auditor, Refusal.NotDenied);
        history.Ended(Verdict.Confirmed);
        history.Refuse(Request(history), Auditor, Refusal.NotDenied);
        history = Denied();
        history.Refuse(Request(history), Clerk, Refusal.KeyedTheChange);
        history.Refuse(Request(history), Operator, Refusal.NoPerson);
        history.Refuse(Request(history) with { DueOn = history.Today.AddDays(-1) }, Auditor, Refusal.DeadlinePassed);
        history.Accept(Request(history) with { DueOn = history.Today }, Auditor);
    }

    /// <summary>Its account is paid no more, and what was paid before is still followed.</summary>
    [Fact]
    public void the_money_is_followed_also_when_the_account_is_restored_or_the_case_open_again()
    {
        var history = Restored();
        history.Accept(new ReopenCase(null), Auditor);
        history.Accept(Request(history), Auditor);
    }

    [Theory]
    [InlineData(RecallState.ReturnedBeforeCredit, null, 120_000, 0)]
    [InlineData(RecallState.ConsentGiven, 120_000L, 120_000, 0)]
    [InlineData(RecallState.ConsentGiven, 50_000L, 50_000, 70_000)]
    [InlineData(RecallState.Refused, null, 0, 120_000)]
    [InlineData(RecallState.Refused, 120_000L, 0, 120_000)]
    public void rule_23_what_ends_a_recall_makes_each_yen_recovered_or_lost(
        RecallState outcome, long? consented, long recovered, long lost)
    {
        var history = Denied();
        history.Accept(Answer(history, Requested(history), outcome, consented), Auditor);
        var recall = history.Case.Recalls.Single();
        (recall.Recovered, recall.Lost, recall.Open).ShouldBe((recovered, lost, 0L));
    }

    [Fact]
    public void s40_a_refused_recall_is_a_loss_and_nobody_makes_it_anything_else()
    {
        var history = Denied();
        var recall = Requested(history);
        var refused = Answer(history, recall, RecallState.Refused);
        history.Accept(refused, Auditor);
        history.Echo(refused, Auditor);
        foreach (var outcome in Enum.GetValues<RecallState>().Except([RecallState.Requested]))
        {
            history.Refuse(Answer(history, recall, outcome, 1), Colleague, Refusal.RecallHasEnded);
        }

        history.Case.Recalls.Single().Lost.ShouldBe(120_000);
        history.Refuse(Request(history), Auditor, Refusal.RecallIsRequested);
    }

    [Fact]
    public void who_was_not_reached_may_be_yet_and_the_yen_stay_open()
    {
        var history = Denied();
        var recall = Requested(history);
        history.Accept(Answer(history, recall, RecallState.NoContact), Auditor);
        (history.Case.Recalls.Single().Open, history.Case.Recalls.Single().Lost).ShouldBe((120_000L, 0L));
        history.Accept(Answer(history, recall, RecallState.ConsentGiven, 1), Auditor);
        history.Case.Recalls.Single().Lost.ShouldBe(119_999);
    }

    [Fact]
    public void an_answer_is_of_its_day_and_of_no_more_than_was_sent()
    {
        var history = Denied();
        var recall = Requested(history);
        history.Refuse(Answer(history, recall, RecallState.Refused) with { On = history.Today.AddDays(1) }, Auditor,
            Refusal.DayAhead);
        history.Refuse(Answer(history, recall, RecallState.ConsentGiven, 120_001), Auditor, Refusal.MoreThanWasSent);
        history.Refuse(Answer(history, recall, RecallState.ConsentGiven, 0), Auditor, Refusal.MoreThanWasSent);
        history.Refuse(Answer(history, Id(), RecallState.Refused), Auditor, Refusal.NoSuchEntry);
        history.Refuse(Answer(history, recall, RecallState.Refused), Clerk, Refusal.KeyedTheChange);
    }

    [Fact]
    public void s40_a_replacement_is_decided_by_two_people_and_never_to_the_denied_account()
    {
        var history = Denied();
        history.Accept(Answer(history, Requested(history), RecallState.Refused), Auditor);
        var replacement = new ProposeReplacement(Id(), 200_000, null);
        history.Refuse(replacement, Auditor, Refusal.NotRestored);
        history.Accept(new RestoreAccount(history.Now), Auditor);
        history.Refuse(replacement with { Amount = 200_001 }, Auditor, Refusal.MoreThanWasSent);
        history.Refuse(replacement with { Amount = 0 }, Auditor, Refusal.MoreThanWasSent);
        history.Refuse(replacement, Clerk, Refusal.KeyedTheChange);
        history.Accept(replacement, Auditor);
        history.Refuse(new ApproveReplacement(replacement.Replacement), Auditor, Refusal.OwnProposal);
        history.Refuse(new ApproveReplacement(replacement.Replacement), AuditorElsewhere, Refusal.OwnProposal);
        history.Refuse(new ApproveReplacement(replacement.Replacement), Clerk, Refusal.KeyedTheChange);
        history.Refuse(new ApproveReplacement(Id()), Approver, Refusal.ProposalGone);
        history.Accept(new ApproveReplacement(replacement.Replacement), Approver);
        history.Echo(new ApproveReplacement(replacement.Replacement), Approver);
        history.Refuse(new ProposeReplacement(Id(), 1, null), Auditor, Refusal.MoreThanWasSent);
        history.Case.Recalls.Single().Lost.ShouldBe(120_000, "paid anew is not recovered");
    }

    [Fact]
    public void s40_what_was_paid_again_is_not_replaced_and_what_pays_a_replacement_is_not_counted_twice()
    {
        var history = Restored();
        history.Followed = [June with { PaidAgain = 20_000 }, August];
        Replace(history, 180_001, Refusal.MoreThanWasSent);
        Replace(history, 100_000);
        Replace(history, 80_001, Refusal.MoreThanWasSent);
        history.Followed = [June with { PaidAgain = 120_000 }, August];
        Replace(history, 80_001, Refusal.MoreThanWasSent);
        var last = Replace(history, 80_000, approves: false);
        history.Followed = [June with { PaidAgain = 120_000 }, August with { PaidAgain = 1 }];
        history.Refuse(new ApproveReplacement(last), Approver, Refusal.MoreThanWasSent);
        Replace(history, 79_999);
        Replace(history, 1, Refusal.MoreThanWasSent);
    }

    private static Guid Replace(CaseHistory history, long yen, Refusal? refusal = null, bool approves = true)
    {
        var replacement = new ProposeReplacement(Id(), yen, null);
        if (refusal is { } why)
        {
            history.Refuse(replacement, Auditor, why);
            return replacement.Replacement;
        }

        history.Accept(replacement, Auditor);
        if (approves)
        {
            history.Accept(new ApproveReplacement(replacement.Replacement), Approver);
        }

        return replacement.Replacement;
    }

    [Fact]
    public void a_later_proposal_takes_the_place_of_one_that_waits()
    {
        var history = Restored();
        var (first, second) = (new ProposeReplacement(Id(), 1, null), new ProposeReplacement(Id(), 2, null));
        history.Accept(first, Auditor);
        history.Accept(second, Colleague);
        history.Refuse(new ApproveReplacement(first.Replacement), Approver, Refusal.ProposalGone);
        history.Accept(new ApproveReplacement(second.Replacement), Approver);
        history.Case.Replacements.Single().Amount.ShouldBe(2);
    }

    /// <summary>Nothing that anybody asks for makes a yen vanish or come twice.</summary>
    [Fact]
    public void rule_23_recovered_lost_and_open_are_what_was_sent_whatever_is_asked_in_whatever_order()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var history = Denied();
            long lost = 0;
            for (var step = 0; step < 12; step++)
            {
                var recall = history.Case.Recalls.ElementAtOrDefault(random.Next(2))?.Id ?? Id();
                object request = random.Next(3) == 0 ? Request(history, random.Next(2) == 0 ? June : August)
                    : Answer(history, recall, (RecallState)random.Next(5), random.Next(3) switch
                    {
                        0 => null,
                        1 => random.Next(-1, 130_000),
                        _ => 40_000,
                    });
                history.Ask(request, random.Next(2) == 0 ? Auditor : Colleague);
                history.Case.Recalls.ShouldAllBe(r => r.Recovered + r.Lost + r.Open == r.Amount
                    && r.Recovered >= 0 && r.Lost >= 0 && r.Open >= 0, $"seed {seed}");
                history.Case.Recalls.ShouldAllBe(
                    r => r.State != RecallState.Refused || r.Lost == r.Amount, $"seed {seed}");
                var now = history.Case.Recalls.Sum(r => r.Lost);
                now.ShouldBeGreaterThanOrEqualTo(lost, $"a loss vanished: seed {seed}");
                lost = now;
            }
        }
    }
}
