using AccountGuard.Identity;
using AccountGuard.Verification;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>Who has a case, and until when; what is put aside, and what is taken back.</summary>
public class ClaimTests
{
    [Fact]
    public void a_case_is_one_auditors_until_the_instant_at_which_the_claim_expires()
    {
        var history = new CaseHistory().Claimed();
        var expires = history.Case.Claim!.ExpiresAt;
        history.Case.State.ShouldBe(CaseState.InContact);
        history.Echo(new ClaimCase(expires.AddHours(1)), AuditorElsewhere);
        history.Now = expires.AddTicks(-1);
        history.Refuse(new ClaimCase(expires.AddHours(1)), Colleague, Refusal.TakenByAnother);
        history.Now = expires;
        history.Accept(new ClaimCase(expires.AddHours(1)), Colleague);
        history.Case.Claim!.Auditor.ShouldBe(Colleague);
        history.Refuse(new LeaveCase(), Auditor, Refusal.NotYours);
        history.Accept(new LeaveCase(), Colleague);
        history.Case.State.ShouldBe(CaseState.Queued);
        history.Echo(new LeaveCase(), Colleague);
        history.Refuse(new ClaimCase(history.Now.AddHours(1)), Operator, Refusal.NoPerson);
    }

    [Fact]
    public void a_case_that_was_left_after_a_letter_is_in_contact_still()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Accept(new LeaveCase(), Auditor);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Fact]
    public void a_case_is_handed_over_and_reassigned()
    {
        var history = new CaseHistory().Claimed();
        var handover = new ReassignCase(Colleague, history.Now.AddHours(4));
        history.Accept(handover, Auditor);
        history.Case.Claim!.Auditor.ShouldBe(Colleague);
        history.Echo(handover, Auditor);
        history.Refuse(handover with { To = Auditor }, Approver, Refusal.NotYoursToGive);
        history.Accept(handover with { To = Auditor, ByApprover = true }, Approver);
        history.Refuse(handover with { To = Operator }, Auditor, Refusal.NoPerson);
        history.Meeting(Intent.Denied);
        history.Proposed(Verdict.Denied);
        history.Refuse(handover, Auditor, Refusal.AwaitsApproval);
    }

    [Fact]
    public void nobody_hands_a_case_to_themselves_that_a_colleague_has_until_the_claim_expires()
    {
        var history = new CaseHistory().Claimed();
        var toMyself = new ReassignCase(Colleague, history.Now.AddDays(1));
        history.Refuse(toMyself, Colleague, Refusal.TakenByAnother);
        history.Refuse(toMyself with { To = new("utsumi-desk", "P2") }, Colleague, Refusal.TakenByAnother);
        history.Echo(toMyself with { To = AuditorElsewhere }, Auditor);
        history.Now = history.Case.Claim!.ExpiresAt;
        history.Accept(toMyself, Colleague);
    }

    [Fact]
    public void rule_14_a_case_goes_to_another_through_whoever_has_it_or_through_an_approver()
    {
        var (history, third) = (new CaseHistory(), new Caller("ono", "P9"));
        var handover = new ReassignCase(third, history.Now.AddHours(4));
        history.Refuse(handover, Colleague, Refusal.NotYoursToGive);
        history.Refuse(handover, Clerk, Refusal.KeyedTheChange);
        history.Refuse(handover with { ByApprover = true }, Clerk, Refusal.KeyedTheChange);
        history.Claimed();
        history.Refuse(handover, Colleague, Refusal.NotYoursToGive);
        history.Refuse(handover with { To = Colleague, ByApprover = true }, Colleague, Refusal.TakenByAnother);
        history.Now = history.Case.Claim!.ExpiresAt;
        history.Refuse(handover, Auditor, Refusal.NotYoursToGive);
        history.Accept(handover with { ByApprover = true }, Approver);
        history.Case.Claim!.Auditor.ShouldBe(third);
    }

    [Fact]
    public void a_snoozed_case_is_back_on_its_day_and_before_the_pay_day()
    {
        var history = new CaseHistory().Claimed();
        var snooze = new SnoozeCase(Id(), history.NextPayDay.AddDays(-1));
        history.Refuse(snooze with { Until = history.NextPayDay }, Auditor, Refusal.NotBackInTime);
        history.Refuse(snooze, Colleague, Refusal.NotYours);
        history.Accept(snooze, Auditor);
        history.Echo(snooze, Auditor);
        history.Case.IsBackOn(snooze.Until.AddDays(-1)).ShouldBeFalse();
        history.Case.IsBackOn(snooze.Until).ShouldBeTrue();
        history.Letter();
        history.Case.IsBackOn(history.Today).ShouldBeFalse();
        history.Meeting(Intent.Denied);
        history.Proposed(Verdict.Denied);
        history.Refuse(snooze with { Entry = Id() }, Auditor, Refusal.AwaitsApproval);
    }

    [Fact]
    public void a_snoozed_case_is_back_as_soon_as_something_arrives()
    {
        Action<CaseHistory>[] arrivals =
        [
            history => history.Meeting(Intent.NotKnown),
            history => history.Accept(new RecordCall(Id(), Intent.NotKnown, history.Today, null), Colleague),
            history => history.Accept(
                new ReportSuspicion(Id(), Suspicion.MoneyLost, history.Today, null), Colleague),
            history => history.Accept(new ReportDeath(Death.AfterFiling), Colleague),
            history => history.Ground(Other, CaseGround.Required),
            history => history.Ground(Incident, CaseGround.Withdrawn),
        ];
        foreach (var arrives in arrivals)
        {
            var history = new CaseHistory().Claimed();
            history.Accept(new SnoozeCase(Id(), history.Today.AddDays(5)), Auditor);
            arrives(history);
            history.Case.IsBackOn(history.Today).ShouldBeTrue();
        }
    }

    [Fact]
    public void a_wrong_click_is_taken_back_by_whoever_made_it_and_stays_on_record()
    {
        var history = new CaseHistory().Claimed();
        var snooze = new SnoozeCase(Id(), history.Today.AddDays(5));
        history.Accept(snooze, Auditor);
        history.Accept(new TakeBackEntry(snooze.Entry), AuditorElsewhere);
        history.Case.IsBackOn(history.Today).ShouldBeTrue();

        var meeting = history.Meeting(Intent.Denied);
        history.Refuse(new TakeBackEntry(meeting), Auditor, Refusal.NotYours);
        var proposal = history.Proposed(Verdict.Denied);
        history.Refuse(new TakeBackEntry(meeting), Colleague, Refusal.RestedOn);
        history.Refuse(new TakeBackEntry(proposal), Approver, Refusal.NotYours);
        history.Accept(new TakeBackEntry(proposal), Auditor);
        history.Accept(new TakeBackEntry(meeting), Colleague);
        history.Echo(new TakeBackEntry(meeting), Colleague);
        history.Refuse(new TakeBackEntry(Id()), Colleague, Refusal.NoSuchEntry);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Denied, null), Auditor, Refusal.EvidenceMissing);
        history.Events.OfType<MeetingHeld>().ShouldHaveSingleItem();
    }

    [Fact]
    public void nobody_takes_back_what_two_people_decided_also_where_it_put_the_case_aside()
    {
        var history = new CaseHistory().Claimed();
        history.Accept(new RecordLetterReturned(Id(), history.Letter(), history.Today), Mailroom);
        var proposal = history.Proposed(Verdict.Unreachable);
        history.Accept(new ApproveVerdict(proposal), Approver);
        history.Case.Snooze!.By.ShouldBe(Auditor);
        TakeBackEntry.MakerOf(history.Case, proposal).ShouldBeNull();
        history.Refuse(new TakeBackEntry(proposal), Auditor, Refusal.ProposalGone);
    }

    [Fact]
    public void nothing_is_taken_back_on_which_something_rests()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        var meeting = history.Events.OfType<MeetingHeld>().Single().Entry;
        history.Refuse(new TakeBackEntry(meeting), Colleague, Refusal.RestedOn);
        var letter = history.Events.OfType<LetterOrdered>().Single().Letter;
        history.Refuse(new TakeBackEntry(letter), Auditor, Refusal.RestedOn);
        history.Accept(new ReopenCase(null), Auditor);
        history.Accept(new TakeBackEntry(meeting), Colleague);
        VerdictStory.Of(history.Events).Single().Evidence.OfType<MeetingHeld>().ShouldHaveSingleItem();
    }
}
