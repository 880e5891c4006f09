using AccountGuard.Identity;
using AccountGuard.Verification;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>Verdicts are made by two people, on evidence (Rules 14, 15 and 17).</summary>
public class VerdictTests
{
    [Fact]
    public void s29_whoever_keyed_or_decided_the_change_takes_proposes_and_approves_nothing()
    {
        var history = new CaseHistory();
        history.Refuse(new ClaimCase(history.Now.AddHours(4)), Clerk, Refusal.KeyedTheChange);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Clerk, Refusal.KeyedTheChange);
        history.Claimed();
        history.Letter();
        history.Refuse(new ReassignCase(Clerk, history.Now.AddHours(4)), Auditor, Refusal.KeyedTheChange);
        history.Refuse(new RecordMeeting(Id(), MeetingPlace.Counter, PersonMet.Holder, [Licence], Intent.Confirmed,
            history.Today, null), Clerk, Refusal.KeyedTheChange);
        history.Meeting(Intent.Confirmed);
        var proposal = history.Proposed(Verdict.Confirmed);
        foreach (var keyedIt in (Caller[])[Clerk, new("Ｕ７ ", "P8"), new("u9", "u7")])
        {
            history.Refuse(new ApproveVerdict(proposal), keyedIt, Refusal.KeyedTheChange);
            history.Refuse(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), keyedIt, Refusal.KeyedTheChange);
        }

        history.Case.State.ShouldBe(CaseState.Proposed);
    }

    [Theory]
    [InlineData("ｻｴｷ", "サエキ")]
    [InlineData("か\u3099もう", "がもう")]
    [InlineData("さえき ― ㈱", "さえき―(株)")]
    public void s29_a_clerk_is_the_same_however_the_name_is_typed(string keyed, string login)
    {
        var history = new CaseHistory();
        history.KeyedBy[0] = keyed;
        history.Refuse(new ClaimCase(history.Now.AddHours(4)), new(login, "P9"), Refusal.KeyedTheChange);
    }

    /// <summary>Rule 14: no denial since, by whomever; a day that is written later does not go before it.</summary>
    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(3, 3, true)]
    [InlineData(1, 3, true)]
    public void rule_14_a_meeting_confirms_nothing_that_was_denied_on_a_later_day(int denied, int met, bool isEnough)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Accept(new RecordCall(Id(), Intent.Denied, new(2015, 6, denied), null), Colleague);
        history.Accept(new RecordMeeting(Id(), MeetingPlace.Counter, PersonMet.Holder, [Licence], Intent.Confirmed,
            new(2015, 6, met), null), Colleague);
        history.Missing(Verdict.Confirmed).Contains(Requirement.Answer).ShouldBe(!isEnough);
    }

    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(3, 3, true)]
    public void rule_14_a_denial_of_a_day_before_the_last_meeting_denies_nothing(int denied, int met, bool isEnough)
    {
        var history = new CaseHistory().Claimed();
        foreach (var (day, said) in new[] { (met, Intent.Confirmed), (denied, Intent.Denied) })
        {
            history.Accept(new RecordMeeting(Id(), MeetingPlace.Counter, PersonMet.Holder, [Licence], said,
                new(2015, 6, day), null), Colleague);
        }

        history.Missing(Verdict.Denied).Contains(Requirement.Answer).ShouldBe(!isEnough);
        history.Missing(Verdict.Confirmed).ShouldContain(Requirement.Answer, "what is recorded later is asked again");
    }

    /// <summary>Rule 12: a visit without a letter before it is no evidence, also where that letter is stopped later.
    /// </summary>
    [Theory]
    [InlineData(MeetingPlace.Visit, true)]
    [InlineData(MeetingPlace.Counter, false)]
    public void rule_12_a_visit_counts_no_longer_when_the_letter_before_it_was_stopped(
        MeetingPlace place, bool isLacking)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Now = history.Now.AddDays(2);
        history.Meeting(Intent.Confirmed, place: place);
        history.Letter();
        var sent = history.Case.Entries.First(e => e.Kind == EntryKind.LetterSent);
        history.Missing(Verdict.Confirmed).ShouldBe([Requirement.Proposal, Requirement.Approval]);
        history.Accept(new RecordLetterStopped(Id(), Id(), sent.About!.Value, sent.Id), Mailroom);
        history.Missing(Verdict.Confirmed).Contains(Requirement.Identity).ShouldBe(isLacking);
        history.Missing(Verdict.Confirmed).Contains(Requirement.Answer).ShouldBe(isLacking);
    }

    /// <summary>Rule 28: the letter reached nobody, and Confirmed needs one that was sent.</summary>
    [Theory]
    [InlineData(Verdict.Confirmed, 1, CaseState.InContact)]
    [InlineData(Verdict.Confirmed, 2, CaseState.Confirmed)]
    [InlineData(Verdict.Denied, 1, CaseState.Denied)]
    public void a_confirmed_that_rests_on_a_letter_which_was_stopped_is_open_again(
        Verdict verdict, int letters, CaseState state)
    {
        var history = new CaseHistory();
        while (--letters > 0)
        {
            history.Letter();
        }

        history.Ended(verdict);
        var sent = history.Case.Entries.Last(e => e.Kind == EntryKind.LetterSent);
        history.Accept(new RecordLetterStopped(Id(), Id(), sent.About!.Value, sent.Id), Mailroom);
        history.Case.State.ShouldBe(state);
    }

    [Fact]
    public void s29_the_proposer_approves_nothing_under_any_login_and_the_operator_nothing_at_all()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Meeting(Intent.Denied);
        var proposal = history.Proposed(Verdict.Denied);
        history.Refuse(new ApproveVerdict(proposal), Auditor, Refusal.OwnProposal);
        history.Refuse(new ApproveVerdict(proposal), AuditorElsewhere, Refusal.OwnProposal);
        history.Refuse(new ApproveVerdict(proposal), Auditor with { Person = "P5" }, Refusal.OwnProposal);
        history.Refuse(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), AuditorElsewhere, Refusal.OwnProposal);
        history.Refuse(new ApproveVerdict(proposal), Operator, Refusal.NoPerson);
        history.Accept(new ApproveVerdict(proposal), Approver);
        history.Case.State.ShouldBe(CaseState.Denied);
        history.Echo(new ApproveVerdict(proposal), Approver);
        history.Refuse(new ApproveVerdict(proposal), Colleague, Refusal.ProposalGone);
    }

    [Fact]
    public void s60_confirmed_takes_a_letter_papers_a_person_met_who_meant_it_and_another_who_approves()
    {
        var history = new CaseHistory().Claimed();
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
        history.Missing(Verdict.Confirmed).ShouldBe(
        [
            Requirement.Letter, Requirement.Identity, Requirement.Answer, Requirement.Proposal, Requirement.Approval,
        ]);
        history.Letter();
        history.Meeting(Intent.Confirmed, shown: new ShownPaper(PaperKind.InsuranceCard, true));
        history.Meeting(Intent.Confirmed, PersonMet.Proxy, MeetingPlace.Counter, Licence,
            new ShownPaper(PaperKind.ProxyLetter, true));
        history.Meeting(Intent.NotKnown);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
        history.Meeting(Intent.Confirmed);
        var proposal = history.Proposed(Verdict.Confirmed);
        history.Missing(Verdict.Confirmed).ShouldBe([Requirement.Approval]);
        history.Accept(new ApproveVerdict(proposal), Approver);
        history.Missing(Verdict.Confirmed).ShouldBeEmpty("a case that has ended lacks nobody who works on it");
    }

    [Fact]
    public void s60_confirmed_takes_the_letter_too()
    {
        var history = new CaseHistory().Claimed();
        history.Meeting(Intent.Confirmed);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
    }

    [Fact]
    public void s60_a_verdict_is_explained_from_events_alone()
    {
        var history = new CaseHistory().Ended(Verdict.Confirmed);
        var story = VerdictStory.Of(history.Events).ShouldHaveSingleItem();
        (story.Proposed.Auditor, story.Proposed.ProposedAt, story.Approved.Approver, story.Approved.Verdict)
            .ShouldBe((Auditor, history.Now, Approver, Verdict.Confirmed));
        story.Evidence.OfType<LetterSent>().ShouldHaveSingleItem();
        var met = story.Evidence.OfType<MeetingHeld>().ShouldHaveSingleItem();
        (met.Place, met.Met, met.Shown.Single().Kind, met.HeldOn, met.Clerk).ShouldBe(
            (MeetingPlace.Counter, PersonMet.Holder, PaperKind.DrivingLicence, history.Today, Colleague));
    }

    [Fact]
    public void a_later_denial_by_whomever_keeps_a_verdict_from_being_proposed_and_approved_as_confirmed()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Meeting(Intent.Confirmed);
        var proposal = history.Proposed(Verdict.Confirmed);
        history.Accept(new RecordCall(Id(), Intent.Denied, history.Today, null), Colleague);
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.EvidenceMissing);
        history.Accept(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), Approver);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
        history.Meeting(Intent.Confirmed);
        history.Proposed(Verdict.Confirmed);
    }

    [Fact]
    public void sent_back_the_case_is_its_auditors_again()
    {
        var history = new CaseHistory().Claimed();
        history.Meeting(Intent.Denied);
        var proposal = history.Proposed(Verdict.Denied);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Denied, null), Auditor, Refusal.AwaitsApproval);
        history.Refuse(new ClaimCase(history.Now.AddHours(1)), Colleague, Refusal.AwaitsApproval);
        history.Accept(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), Approver);
        history.Echo(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), Approver);
        history.Echo(new ProposeVerdict(proposal, Verdict.Denied, null), Auditor);
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.ProposalGone);
        history.Refuse(new SendBackVerdict(Id(), new Exhibit(Id(), "00")), Approver, Refusal.ProposalGone);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Denied, null), Colleague, Refusal.NotYours);
        history.Case.State.ShouldBe(CaseState.InContact);
        history.Proposed(Verdict.Denied);
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.ProposalGone);
        history.Echo(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), Approver);
        history.Case.State.ShouldBe(CaseState.Proposed);
    }

    [Fact]
    public void s25_denied_holds_the_new_account_though_the_case_is_reopened()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        history.Refuse(new ReopenCase(null), Operator, Refusal.NoPerson);
        history.Accept(new ReopenCase(null), Auditor);
        (history.Case.State, history.Case.IsDenied).ShouldBe((CaseState.InContact, true));
        history.Refuse(new ReopenCase(null), Auditor, Refusal.IsOpen);
        history.Ended(Verdict.Confirmed);
        (history.Case.State, history.Case.IsDenied, history.Case.Verdicts.Count)
            .ShouldBe((CaseState.Confirmed, false, 2));
    }

    [Fact]
    public void s25_a_death_lifts_no_hold()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        history.Accept(new ReopenCase(null), Auditor);
        history.Accept(new ReportDeath(Death.AfterFiling), Colleague);
        history.Ended(Verdict.Deceased);
        (history.Case.State, history.Case.IsDenied).ShouldBe((CaseState.Deceased, true));
    }

    [Fact]
    public void s24_who_cannot_be_reached_stays_and_comes_back_before_the_pay_day()
    {
        var history = new CaseHistory().Claimed();
        history.Refuse(new ProposeVerdict(Id(), Verdict.Unreachable, null), Auditor, Refusal.EvidenceMissing);
        var letter = history.Letter();
        history.Refuse(new ProposeVerdict(Id(), Verdict.Unreachable, null), Auditor, Refusal.EvidenceMissing);
        history.Accept(new RecordLetterReturned(Id(), letter, history.Today), Mailroom);
        history.NextPayDay = new(2015, 8, 14);
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.Unreachable)), Approver);
        history.Case.State.ShouldBe(CaseState.Unreachable);
        history.Case.IsBackOn(new(2015, 8, 6)).ShouldBeFalse();
        history.Case.IsBackOn(new(2015, 8, 7)).ShouldBeTrue();

        // Years go by, and nothing but evidence and two people confirm it.
        history.Now = history.Now.AddYears(5);
        history.Case.State.ShouldBe(CaseState.Unreachable);
        history.Claimed();
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.EvidenceMissing);
    }

    [Fact]
    public void s24_an_answer_ends_unreachable_and_what_waits_for_approval_as_such()
    {
        var history = new CaseHistory().Claimed();
        var letter = history.Letter();
        history.Accept(new RecordLetterReturned(Id(), letter, history.Today), Mailroom);
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.Unreachable)), Approver);
        history.Claimed();
        var proposal = history.Proposed(Verdict.Unreachable);
        history.Accept(
            new RecordLetterAnswered(Id(), letter, true, Intent.NotKnown, history.Today, null), Mailroom);
        history.Case.IsBackOn(history.Today).ShouldBeTrue();
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.EvidenceMissing);
        history.Accept(new SendBackVerdict(proposal, new Exhibit(Id(), "00")), Approver);
        history.Case.State.ShouldBe(CaseState.InContact);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public void s50_the_answer_to_a_letter_is_awaited_through_its_day(int days, bool inVain)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        Checklist.IsEvident(history.Case, Verdict.Unreachable, history.Today.AddDays(days)).ShouldBe(inVain);
    }

    [Theory]
    [InlineData(null, "2015-05-20", Death.None)]
    [InlineData("2015-05-10", "2015-05-20", Death.BeforeFiling)]
    [InlineData("2015-05-20", "2015-05-20", Death.AfterFiling)]
    [InlineData("2015-05-30", "2015-05-20", Death.AfterFiling)]
    [InlineData("2015-05-30", null, Death.BeforeFiling)]
    public void s48_a_death_lies_before_the_filing_where_any_possible_day_is_later(
        string? diedOn, string? lastPossibleDay, Death death) =>
        ReportDeath.Of(Day(diedOn), Day(lastPossibleDay)).ShouldBe(death);

    [Theory]
    [InlineData(Death.BeforeFiling)]
    [InlineData(Death.AfterFiling)]
    public void s48_the_change_of_a_holder_who_died_is_never_confirmed(Death death)
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        history.Meeting(Intent.Confirmed);
        var proposal = history.Proposed(Verdict.Confirmed);
        history.Accept(new ReportDeath(death), Colleague);
        history.Echo(new ReportDeath(death), Colleague);
        history.Refuse(new ApproveVerdict(proposal), Approver, Refusal.HolderDied);
        history.Accept(new TakeBackEntry(proposal), Auditor);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.HolderDied);
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.Deceased)), Approver);
        history.Case.State.ShouldBe(CaseState.Deceased);
        VerdictStory.Of(history.Events).Single().Evidence.ShouldHaveSingleItem().ShouldBeOfType<DeathReported>();
    }

    [Theory]
    [InlineData(Death.BeforeFiling, CaseState.InContact)]
    [InlineData(Death.AfterFiling, CaseState.Confirmed)]
    public void s48_a_death_that_is_learned_late_opens_what_was_confirmed_and_filed_after_it(
        Death death, CaseState state)
    {
        var history = new CaseHistory().Ended(Verdict.Confirmed);
        history.Accept(new ReportDeath(death), Colleague);
        (history.Case.State, history.Case.Verdicts.Count).ShouldBe((state, 1));
    }

    [Fact]
    public void s48_whoever_lives_after_all_is_not_deceased()
    {
        var history = new CaseHistory().Claimed();
        history.Refuse(new ProposeVerdict(Id(), Verdict.Deceased, null), Auditor, Refusal.EvidenceMissing);
        history.Accept(new ReportDeath(Death.AfterFiling, new Exhibit(Id(), "00")), Colleague);
        history.Accept(new ApproveVerdict(history.Proposed(Verdict.Deceased)), Approver);
        history.Accept(new ReportDeath(Death.None), Colleague);
        history.Case.State.ShouldBe(CaseState.Queued);
    }

    [Theory]
    [InlineData(Intent.Denied, CaseState.InContact)]
    [InlineData(Intent.Confirmed, CaseState.Confirmed)]
    [InlineData(Intent.NotKnown, CaseState.Confirmed)]
    public void what_contradicts_confirmed_opens_the_case_again(Intent said, CaseState state)
    {
        Func<CaseHistory, object>[] words =
        [
            history => new RecordCall(Id(), said, history.Today, null),
            history => new RecordMeeting(
                Id(), MeetingPlace.Counter, PersonMet.Proxy, [], said, history.Today, null),
            history => new RecordLetterAnswered(
                Id(), history.Events.OfType<LetterOrdered>().Single().Letter, false, said, history.Today, null),
        ];
        foreach (var word in words)
        {
            var history = new CaseHistory().Ended(Verdict.Confirmed);
            history.Accept(word(history), Colleague);
            (history.Case.State, history.Case.Verdicts.Count).ShouldBe((state, 1));
        }
    }

    [Fact]
    public void s25_a_denied_change_lacks_its_referral_until_somebody_records_one()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        history.Missing(Verdict.Denied).ShouldBe([Requirement.Referral]);
        var referral = new ReferCase(Id(), ReferredTo.Police, history.Today, new Exhibit(Id(), "00"));
        history.Refuse(referral, Clerk, Refusal.KeyedTheChange);
        history.Refuse(referral with { ReferredOn = history.Today.AddDays(1) }, Colleague, Refusal.DayAhead);
        history.Accept(referral, Colleague);
        history.Echo(referral, Colleague);
        history.Missing(Verdict.Denied).ShouldBeEmpty();
        history.Accept(new TakeBackEntry(referral.Entry), Colleague);
        history.Missing(Verdict.Denied).ShouldBe([Requirement.Referral]);
        history.Case.State.ShouldBe(CaseState.Denied);
    }

    [Fact]
    public void s22_a_referral_decides_nothing_and_no_verdict_waits_for_one()
    {
        var history = new CaseHistory().Claimed();
        history.Accept(new ReferCase(Id(), ReferredTo.FraudUnit, history.Today, new Exhibit(Id(), "00")), Auditor);
        history.Case.State.ShouldBe(CaseState.InContact);
        history.Missing(Verdict.Denied).ShouldBe([Requirement.Answer, Requirement.Proposal, Requirement.Approval]);
        new CaseHistory().Ended(Verdict.Confirmed).Missing(Verdict.Confirmed).ShouldBeEmpty();
    }

    [Fact]
    public void a_suspicion_opens_what_was_confirmed_and_leaves_denied_as_it_is()
    {
        foreach (var verdict in (Verdict[])[Verdict.Confirmed, Verdict.Denied])
        {
            var history = new CaseHistory().Ended(verdict);
            history.Accept(new ReportSuspicion(Id(), Suspicion.ForgedPaper, history.Today, null), Colleague);
            history.Case.IsEnded.ShouldBe(verdict == Verdict.Denied);
        }
    }

    [Fact]
    public void an_ended_case_is_not_worked_until_it_is_reopened()
    {
        var history = new CaseHistory().Ended(Verdict.Denied);
        history.Refuse(new ClaimCase(history.Now.AddHours(4)), Auditor, Refusal.HasEnded);
        history.Refuse(new ReassignCase(Colleague, history.Now.AddHours(4)), Auditor, Refusal.HasEnded);
        history.Refuse(new SnoozeCase(Id(), history.Today.AddDays(1)), Auditor, Refusal.HasEnded);
        history.Refuse(new OrderLetter(Id(), "K7Q-42M-9F", 17), Auditor, Refusal.HasEnded);
        history.Refuse(new PlanContact(Id(), ContactMeans.Visit, history.Today.AddDays(1)), Auditor, Refusal.HasEnded);
        history.Refuse(new ProposeVerdict(Id(), Verdict.Confirmed, null), Auditor, Refusal.HasEnded);
        history.Echo(new LeaveCase(), Auditor);
    }

    private static DateOnly? Day(string? day) => day is null ? null : DateOnly.ParseExact(day, "yyyy-MM-dd");
}
