using AccountGuard.Verification;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>Grounds come and go by facts, and no fact ends what people have worked on (Rule 6).</summary>
public class GroundTests
{
    [Theory]
    [InlineData(CaseGround.ListedInError, CaseState.ListedInError)]
    [InlineData(CaseGround.Withdrawn, CaseState.Withdrawn)]
    public void s04_a_case_that_nobody_worked_ends_with_its_ground_and_returns_with_it(
        CaseGround goneAs, CaseState state)
    {
        var history = new CaseHistory().Claimed();
        history.Ground(Incident, goneAs);
        history.Events[^1].ShouldBeOfType<CaseEnded>();
        history.Ground(Incident, goneAs);
        history.Events.OfType<CaseEnded>().ShouldHaveSingleItem();
        (history.Case.State, history.Case.StateIn(Incident)).ShouldBe((state, state));
        history.Ground(Incident, CaseGround.Required);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Theory]
    [InlineData(CaseGround.ListedInError, CaseState.ListedInError)]
    [InlineData(CaseGround.Withdrawn, CaseState.Withdrawn)]
    public void a_worked_case_stays_open_without_ground_until_two_people_end_it(CaseGround goneAs, CaseState state)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Refuse(new ProposeVerdict(Id(), Verdict.GroundGone, null), Auditor, Refusal.EvidenceMissing);
        history.Ground(Incident, goneAs);
        history.Events[^1].ShouldBeOfType<GroundGone>();
        (history.Case.State, history.Case.IsGroundGone).ShouldBe((CaseState.InContact, true));
        var proposal = history.Proposed(Verdict.GroundGone);
        history.Refuse(new ApproveVerdict(proposal), AuditorElsewhere, Refusal.OwnProposal);
        history.Accept(new ApproveVerdict(proposal), Approver);
        (history.Case.State, history.Case.StateIn(Incident)).ShouldBe((state, state));
        VerdictStory.Of(history.Events).Single().Evidence.ShouldHaveSingleItem().ShouldBeOfType<GroundGone>();
    }

    [Fact]
    public void a_ground_that_returns_keeps_the_case_from_ending_and_opens_it_again()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Ground(Incident, CaseGround.ListedInError);
        var proposal = history.Proposed(Verdict.GroundGone);
        history.Ground(Incident, CaseGround.Required);
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.EvidenceMissing);
        history.Ground(Incident, CaseGround.ListedInError);
        history.Accept(new ApproveVerdict(proposal), Approver);
        history.Case.IsEnded.ShouldBeTrue();
        history.Ground(Incident, CaseGround.Required);
        history.Case.State.ShouldBe(CaseState.InContact);
        history.Ground(Incident, CaseGround.ListedInError);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Fact]
    public void what_keeps_a_case_open_without_ground()
    {
        Action<CaseHistory>[] works =
        [
            history => history.Meeting(Intent.NotKnown),
            history => history.Accept(new TakeBackEntry(history.Meeting(Intent.Denied)), Colleague),
            history => history.Accept(new OrderLetter(Id(), "K7Q-42M-9F", 17), Mailroom),
            history => history.Accept(new WriteNote(Id(), new Exhibit(Id(), "00")), Auditor),
            history => history.Ended(Verdict.Denied).Accept(new ReopenCase(null), Auditor),
        ];
        foreach (var work in works)
        {
            var history = new CaseHistory();
            work(history);
            history.Ground(Incident, CaseGround.Withdrawn);
            history.Case.IsEnded.ShouldBeFalse();
        }

        var held = new CaseHistory();
        held.Held();
        held.Ground(Incident, CaseGround.Withdrawn);
        held.Case.State.ShouldBe(CaseState.Queued);
    }

    [Fact]
    public void what_arrives_after_a_case_ended_without_ground_opens_it()
    {
        var history = new CaseHistory();
        history.Ground(Incident, CaseGround.ListedInError);
        history.Accept(new RecordCall(Id(), Intent.NotKnown, history.Today, null), Colleague);
        (history.Case.State, history.Case.IsGroundGone).ShouldBe((CaseState.InContact, true));
        history.Claimed();
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.GroundGone)), Approver);
        history.Accept(new RecordCall(Id(), Intent.Confirmed, history.Today, null), Colleague);
        history.Case.State.ShouldBe(CaseState.ListedInError);
        history.Accept(new RecordCall(Id(), Intent.Denied, history.Today, null), Colleague);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Theory]
    [InlineData(Verdict.Confirmed, CaseState.Confirmed)]
    [InlineData(Verdict.Denied, CaseState.Denied)]
    public void s14_one_verdict_covers_the_change_in_every_incident_whatever_becomes_of_grounds(
        Verdict verdict, CaseState state)
    {
        var history = new CaseHistory().Ended(verdict);
        history.Ground(Incident, CaseGround.Withdrawn);
        history.Ground(Other, CaseGround.Required);
        (history.Case.State, history.Case.StateIn(Incident), history.Case.StateIn(Other))
            .ShouldBe((state, state, state));
        history.Ground(Incident, CaseGround.Required);
        history.Case.State.ShouldBe(state);
    }

    [Fact]
    public void a_case_without_ground_in_one_incident_and_with_ground_in_another_is_open_there()
    {
        var history = new CaseHistory();
        history.Ground(Other, CaseGround.Required);
        history.Ground(Incident, CaseGround.ListedInError);
        (history.Case.StateIn(Incident), history.Case.StateIn(Other), history.Case.IsEnded)
            .ShouldBe((CaseState.ListedInError, CaseState.Queued, false));
        history.Letter();
        (history.Case.StateIn(Incident), history.Case.StateIn(Other), history.Case.IsGroundGone)
            .ShouldBe((CaseState.InContact, CaseState.InContact, false));
    }
}
