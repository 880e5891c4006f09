using System.Security.Claims;
using AccountGuard.Identity;
using AccountGuard.Verification;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>How holders are written to, met and heard (Rules 10 to 13).</summary>
public class ContactTests
{
    [Theory]
    [InlineData(ContactMeans.Phone)]
    [InlineData(ContactMeans.ElectronicMail)]
    public void s57_the_payer_plans_no_call_and_no_mail(ContactMeans means)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Refuse(new PlanContact(Id(), means, history.Today.AddDays(3)), Auditor, Refusal.PostOnly);
    }

    [Fact]
    public void s57_a_visit_needs_a_letter_that_was_sent_on_an_earlier_day()
    {
        var history = new CaseHistory().Claimed();
        var visit = new PlanContact(Id(), ContactMeans.Visit, history.Today);
        history.Refuse(visit, Auditor, Refusal.NoLetterBefore);
        var letter = Id();
        history.Accept(new OrderLetter(letter, "K7Q-42M-9F", 17), Auditor);
        history.Refuse(visit, Auditor, Refusal.NoLetterBefore);
        history.Refuse(new OrderLetter(Id(), "K7Q-42M-9F", 17), Auditor, Refusal.LetterIsOrdered);
        history.Accept(
            new RecordLetterSent(Id(), letter, history.Today, history.Today.AddDays(10)), Mailroom);
        history.Refuse(visit, Auditor, Refusal.NoLetterBefore);
        history.Accept(visit with { On = history.Today.AddDays(1) }, Auditor);
        history.Echo(visit with { On = history.Today.AddDays(1) }, Auditor);
    }

    /// <summary>A letter that no batch had is one person's word (Rule 14).</summary>
    [Fact]
    public void whoever_keyed_the_change_does_not_record_by_hand_that_a_letter_was_sent()
    {
        var history = new CaseHistory().Claimed();
        var letter = Id();
        history.Accept(new OrderLetter(letter, "K7Q-42M-9F", 17), Auditor);
        var sent = new RecordLetterSent(Id(), letter, history.Today, history.Today.AddDays(10));
        Decision ByHand(Caller by) =>
            RecordLetterSent.DecideByHand(history.Case, sent, by, history.KeyedBy, history.Now);
        ByHand(Clerk).Refusal.ShouldBe(Refusal.KeyedTheChange);
        ByHand(Operator).Refusal.ShouldBe(Refusal.NoPerson);
        ByHand(Colleague).Events.ShouldHaveSingleItem().ShouldBeOfType<LetterSent>().IsByHand.ShouldBeTrue();
        history.Accept(sent, Mailroom);
        history.Events.OfType<LetterSent>().Single().IsByHand.ShouldBeFalse("a batch had it");
    }

    /// <summary>A provider that sends an empty claim for one of a person's logins makes no other of it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void rule_14_an_empty_person_is_nobody(string person) => Caller.Of(new ClaimsPrincipal(
        new ClaimsIdentity([new("sub", "desk-2"), new("person", person)]))).Person.ShouldBeNull();

    /// <summary>It would bar the verdict that the holder never meant the change.</summary>
    [Fact]
    public void whoever_keyed_the_change_does_not_record_an_answer_to_its_letter()
    {
        var history = new CaseHistory().Claimed();
        var letter = history.Letter();
        history.Accept(new RecordLetterAnswered(Id(), letter, true, Intent.Denied, history.Today, null), Colleague);
        history.Refuse(new RecordLetterAnswered(Id(), letter, true, Intent.Confirmed, history.Today, null), Clerk,
            Refusal.KeyedTheChange);
        Checklist.IsEvident(history.Case, Verdict.Denied, history.Today).ShouldBeTrue();
    }

    [Fact]
    public void s57_nobody_is_met_on_a_visit_without_a_letter()
    {
        var history = new CaseHistory().Claimed();
        var met = new RecordMeeting(
            Id(), MeetingPlace.Visit, PersonMet.Holder, [Licence], Intent.Confirmed, history.Today, null);
        history.Refuse(met, Colleague, Refusal.NoLetterBefore);
        history.Letter();
        history.Now = history.Now.AddDays(1);
        history.Accept(met with { HeldOn = history.Today }, Colleague);
    }

    [Fact]
    public void s57_a_call_that_comes_in_is_recorded()
    {
        var history = new CaseHistory();
        history.Accept(new RecordCall(Id(), Intent.Confirmed, history.Today, null), Colleague);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Fact]
    public void s27_a_caller_who_knows_what_leaked_closes_nothing()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Accept(
            new ReportSuspicion(Id(), Suspicion.AsksToCloseByPhone, history.Today, null), Colleague);
        history.Accept(new RecordCall(Id(), Intent.Confirmed, history.Today, null), Colleague);
        history.Missing(Verdict.Confirmed).ShouldBe(
            [Requirement.Identity, Requirement.Answer, Requirement.Proposal, Requirement.Approval]);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.LeakedFieldsOnly);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Denied, null), Auditor, Refusal.EvidenceMissing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void s20_a_reply_that_comes_only_from_the_new_address_closes_nothing(bool fromItsAddress)
    {
        var history = new CaseHistory().Claimed();
        var letter = history.Letter();
        history.Accept(new RecordLetterAnswered(
            Id(), letter, fromItsAddress, Intent.Denied, history.Today, new Exhibit(Id(), "00")), Mailroom);
        Checklist.IsEvident(history.Case, Verdict.Denied, history.Today).ShouldBe(fromItsAddress);
    }

    [Fact]
    public void s28_a_signed_reply_alone_confirms_nothing()
    {
        var history = new CaseHistory().Claimed();
        history.Accept(new RecordLetterAnswered(
            Id(), history.Letter(), true, Intent.Confirmed, history.Today, null), Mailroom);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
    }

    [Fact]
    public void a_letter_without_a_reference_is_none() => Should.Throw<ArgumentException>(() =>
        new CaseHistory().Ask(new OrderLetter(Id(), " ", 17), Auditor));

    [Fact]
    public void what_is_recorded_twice_is_recorded_once()
    {
        var history = new CaseHistory().Claimed();
        var letter = history.Letter();
        object[] requests =
        [
            new RecordLetterReturned(Id(), letter, history.Today),
            new RecordLetterAnswered(Id(), letter, true, Intent.NotKnown, history.Today, null),
            new RecordMeeting(Id(), MeetingPlace.Counter, PersonMet.Holder, [], Intent.NotKnown, history.Today, null),
            new RecordCall(Id(), Intent.NotKnown, history.Today, null),
            new ReportSuspicion(Id(), Suspicion.MoneyLost, history.Today, null),
            new WriteNote(Id(), new Exhibit(Id(), "00")),
            new OrderLetter(Id(), "K7Q-42M-9G", null, letter),
        ];
        foreach (var request in requests)
        {
            history.Accept(request, Colleague);
            history.Echo(request, Colleague);
        }
    }

    [Fact]
    public void an_entry_belongs_to_a_letter_or_visit_of_the_case()
    {
        var history = new CaseHistory().Claimed();
        var visit = Id();
        history.Refuse(new RecordLetterSent(Id(), Id(), history.Today, history.Today), Mailroom, Refusal.NoSuchEntry);
        history.Refuse(new RecordLetterReturned(Id(), Id(), history.Today), Mailroom, Refusal.NoSuchEntry);
        history.Refuse(new RecordLetterAnswered(Id(), Id(), true, Intent.Denied, history.Today, null), Mailroom,
            Refusal.NoSuchEntry);
        history.Letter();
        history.Accept(new PlanContact(visit, ContactMeans.Visit, history.Today.AddDays(1)), Auditor);
        history.Refuse(new RecordVisitFailed(Id(), Id(), history.Today), Auditor, Refusal.NoSuchEntry);
        history.Refuse(new RecordVisitFailed(Id(), visit, history.Today.AddDays(1)), Auditor, Refusal.DayAhead);
        history.Now = history.Now.AddDays(1);
        history.Accept(new RecordVisitFailed(Id(), visit, history.Today), Auditor);
    }
}
