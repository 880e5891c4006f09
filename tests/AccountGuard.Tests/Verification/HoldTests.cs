using System.Globalization;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>Being queued never stops a payment; a hold does, by two people, until its day (Rules 17, 18).</summary>
public class HoldTests
{
    private static readonly DateOnly PayDay = new(2015, 6, 15);

    private static bool Holds(CaseHistory history, DateOnly? payDay = null) =>
        history.Case.HoldsOn(payDay ?? PayDay).Any();

    private static ProposeHold Proposal(DateOnly through) =>
        new(Id(), HoldReason.FraudSuspected, PayTo.Keep, through, null);

    [Fact]
    public void s33_a_queued_case_holds_nothing_and_neither_does_a_proposal()
    {
        var history = new CaseHistory().Claimed();
        Holds(history).ShouldBeFalse();
        history.Accept(Proposal(PayDay), Auditor);
        Holds(history).ShouldBeFalse();
    }

    [Fact]
    public void a_hold_covers_its_last_day_and_none_after_it()
    {
        var history = new CaseHistory();
        history.Held(PayDay);
        Holds(history).ShouldBeTrue();
        Holds(history, PayDay.AddDays(1)).ShouldBeFalse();
    }

    [Fact]
    public void s34_a_hold_ends_at_once_with_confirmed()
    {
        var history = new CaseHistory();
        history.Held();
        history.Ended(Verdict.Confirmed);
        Holds(history).ShouldBeFalse();
        history.Accept(new ReopenCase(null), Auditor);
        Holds(history).ShouldBeFalse();
    }

    [Fact]
    public void s29_who_proposed_a_hold_or_its_release_does_not_approve_it_under_any_login()
    {
        var history = new CaseHistory();
        history.Refuse(Proposal(PayDay), Clerk, Refusal.KeyedTheChange);
        history.Refuse(Proposal(PayDay), Operator, Refusal.NoPerson);
        var proposal = Proposal(PayDay);
        history.Accept(proposal, Auditor);
        history.Echo(proposal, Auditor);
        history.Refuse(new ApproveHold(proposal.Hold), Auditor, Refusal.OwnProposal);
        history.Refuse(new ApproveHold(proposal.Hold), AuditorElsewhere, Refusal.OwnProposal);
        history.Refuse(new ApproveHold(proposal.Hold), Clerk, Refusal.KeyedTheChange);
        history.Refuse(new ApproveHold(proposal.Hold), Operator, Refusal.NoPerson);
        history.Accept(new ApproveHold(proposal.Hold), Approver);
        history.Echo(new ApproveHold(proposal.Hold), Approver);

        var release = new ProposeRelease(Id(), proposal.Hold, null);
        history.Refuse(release, Clerk, Refusal.KeyedTheChange);
        history.Accept(release, Colleague);
        Holds(history).ShouldBeTrue();
        history.Refuse(new ProposeRelease(Id(), proposal.Hold, null), Auditor, Refusal.AwaitsApproval);
        history.Refuse(new ApproveHold(release.Release), Colleague, Refusal.OwnProposal);
        history.Accept(new ApproveHold(release.Release), Auditor);
        Holds(history).ShouldBeFalse();
    }

    [Fact]
    public void a_release_that_is_sent_back_or_taken_back_leaves_the_hold()
    {
        var history = new CaseHistory();
        var hold = history.Held();
        var release = new ProposeRelease(Id(), hold, null);
        history.Accept(release, Auditor);
        history.Refuse(new SendBackHold(release.Release, new Exhibit(Id(), "00")), Auditor, Refusal.OwnProposal);
        history.Accept(new SendBackHold(release.Release, new Exhibit(Id(), "00")), Approver);
        history.Refuse(new ApproveHold(release.Release), Approver, Refusal.ProposalGone);
        var again = new ProposeRelease(Id(), hold, null);
        history.Accept(again, Auditor);
        history.Refuse(new TakeBackEntry(again.Release), Approver, Refusal.NotYours);
        history.Accept(new TakeBackEntry(again.Release), Auditor);
        Holds(history).ShouldBeTrue();
    }

    [Fact]
    public void a_proposal_that_is_sent_back_or_taken_back_holds_nothing_for_good()
    {
        var history = new CaseHistory();
        var (first, second) = (Proposal(PayDay), Proposal(PayDay));
        history.Accept(first, Auditor);
        history.Accept(second, Auditor);
        history.Accept(new SendBackHold(first.Hold, new Exhibit(Id(), "00")), Approver);
        history.Accept(new TakeBackEntry(second.Hold), Auditor);
        history.Refuse(new ApproveHold(first.Hold), Approver, Refusal.ProposalGone);
        history.Refuse(new ApproveHold(second.Hold), Approver, Refusal.ProposalGone);
        Holds(history).ShouldBeFalse();
    }

    [Fact]
    public void a_hold_has_an_end_from_today_to_four_months_ahead_also_when_it_is_approved()
    {
        var history = new CaseHistory();
        history.Refuse(Proposal(history.Today.AddDays(-1)), Auditor, Refusal.HoldWithoutEnd);
        history.Refuse(Proposal(history.Today.AddDays(ProposeHold.Longest + 1)), Auditor, Refusal.HoldWithoutEnd);
        history.Accept(Proposal(history.Today.AddDays(ProposeHold.Longest)), Auditor);
        var late = Proposal(history.Today);
        history.Accept(late, Auditor);
        history.Now = history.Now.AddDays(1);
        history.Refuse(new ApproveHold(late.Hold), Approver, Refusal.HoldWithoutEnd);
    }

    [Fact]
    public void rule_19_a_hold_pays_no_account_before_that_nobody_named_or_against_the_policy()
    {
        var history = new CaseHistory { MayPayPrevious = false };
        history.Refuse(Proposal(PayDay) with { PayTo = PayTo.Previous }, Auditor, Refusal.NoPreviousAccount);
        history.Accept(Proposal(PayDay), Auditor);
        new CaseHistory().Accept(Proposal(PayDay) with { PayTo = PayTo.Previous }, Auditor);
    }

    [Fact]
    public void s04_the_ground_that_goes_lifts_what_policy_placed_and_nothing_that_people_placed()
    {
        var policy = new HoldPlaced(Id(), Incident, PayTo.Previous, PayDay, default);
        var idle = new CaseHistory();
        idle.Tell(policy);
        idle.Ground(Other, CaseGround.Required);
        idle.Ground(Other, CaseGround.ListedInError);
        Holds(idle).ShouldBeTrue();
        idle.Ground(Incident, CaseGround.ListedInError);
        Holds(idle).ShouldBeFalse();

        var worked = new CaseHistory();
        worked.Tell(policy);
        var hold = worked.Held();
        worked.Ground(Incident, CaseGround.ListedInError);
        worked.Case.HoldsOn(PayDay).Count().ShouldBe(2);
        worked.Claimed();
        worked.Accept(new ApproveVerdict(worked.Proposed(Verdict.GroundGone)), Approver);
        Holds(worked).ShouldBeFalse();
        worked.Refuse(new ProposeRelease(Id(), hold, null), Auditor, Refusal.NoSuchEntry);
    }

    [Fact]
    public void s25_denied_holds_until_the_payer_reports_the_restored_account()
    {
        var history = new CaseHistory();
        history.Refuse(new RestoreAccount(history.Now), Mailroom, Refusal.NotDenied);
        history.Ended(Verdict.Denied);
        history.Case.IsDenied.ShouldBeTrue();
        history.Refuse(new RestoreAccount(history.Now.AddMinutes(1)), Mailroom, Refusal.DayAhead);
        history.Accept(new RestoreAccount(history.Now), Mailroom);
        history.Echo(new RestoreAccount(history.Now), Mailroom);
        (history.Case.IsDenied, history.Case.State).ShouldBe((false, CaseState.Denied));
    }

    [Fact]
    public void denied_again_holds_again_and_no_report_of_before_ends_it()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        var first = new RestoreAccount(history.Now);
        history.Accept(first, Mailroom);
        DeniedAgain(history);
        history.Refuse(first, Mailroom, Refusal.RestoredBefore);
        history.Now = history.Now.AddMinutes(1);
        history.Accept(new RestoreAccount(history.Now), Mailroom);
        history.Now = history.Now.AddDays(1);
        DeniedAgain(history);
        history.Refuse(first, Mailroom, Refusal.RestoredBefore);
        history.Case.IsDenied.ShouldBeTrue();
    }

    private static void DeniedAgain(CaseHistory history)
    {
        history.Accept(new ReopenCase(null), Auditor);
        history.Claimed();
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.Denied)), Approver);
        history.Case.IsDenied.ShouldBeTrue();
    }

    /// <summary>A report may give a day alone; whose day it is, is a matter of the payer's time zone.</summary>
    [Theory]
    [InlineData("2015-06-03T00:00:00+09:00", null)]
    [InlineData("2015-06-02T15:00:00Z", null)]
    [InlineData("2015-06-02T14:59:59Z", Refusal.RestoredBefore)]
    [InlineData("2015-06-02T23:59:59+09:00", Refusal.RestoredBefore)]
    public void rule_17_an_account_restored_on_a_day_before_the_denial_ends_nothing(string at, Refusal? refusal)
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        var report = new RestoreAccount(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
        history.Ask(report, Mailroom).Refusal.ShouldBe(refusal);
        history.Case.IsDenied.ShouldBe(refusal is not null);
    }

    [Fact]
    public void a_case_that_ended_takes_no_hold()
    {
        var history = new CaseHistory().Ended(Verdict.Confirmed);
        history.Refuse(Proposal(PayDay), Auditor, Refusal.HasEnded);
    }

    /// <summary>It would keep the holder's own account from being paid, once that is restored.</summary>
    [Fact]
    public void a_hold_that_waits_when_its_case_ends_is_not_approved_any_more()
    {
        var history = new CaseHistory();
        var proposal = Proposal(PayDay);
        history.Accept(proposal, Auditor);
        history.Ended(Verdict.Denied);
        history.Refuse(new ApproveHold(proposal.Hold), Approver, Refusal.HasEnded);
    }
}
