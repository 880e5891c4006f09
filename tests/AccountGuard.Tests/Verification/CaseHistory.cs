using AccountGuard.Identity;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;

namespace AccountGuard.Tests.Verification;

/// <summary>
/// A case that is asked and told, one after the other: each request is decided on the state that the events make.
/// </summary>
internal sealed class CaseHistory
{
    public const string Incident = "leak-2015", Other = "leak-2017";

    public static readonly Caller Auditor = new("saeki", "P1"), AuditorElsewhere = new("saeki-desk", "P1"),
        Colleague = new("utsumi", "P2"), Approver = new("morishita", "P3"), Clerk = new("u1", "P4"),
        Mailroom = new("mail", "P8"), Operator = new("operator", null);

    public static readonly ShownPaper Licence = new(PaperKind.DrivingLicence, true, new(2016, 1, 31));

    private readonly List<object> _events = [];

    public CaseHistory(string incident = Incident)
    {
        Case = VerificationCase.Create(Required(incident));
        _events.Add(Required(incident));
    }

    public VerificationCase Case { get; private set; }
    public IReadOnlyList<object> Events => _events;
    public DateTimeOffset Now { get; set; } = new(2015, 6, 3, 10, 0, 0, TimeSpan.FromHours(9));
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);
    public DateOnly NextPayDay { get; set; } = new(2015, 6, 15);

    /// <summary>Payments that were sent to its account.</summary>
    public IReadOnlyList<FollowedPayment> Followed { get; set; } = [];

    /// <summary>Orders whose letter is in a batch that is released.</summary>
    public Guid[] Released { get; set; } = [];

    /// <summary>The change names the account before it, and no policy keeps the money.</summary>
    public bool MayPayPrevious { get; set; } = true;

    public string[] KeyedBy { get; } = ["u1", "u7"];

    public VerificationRequired Required(string incident) => new(new Guid("c0000000-0000-0000-0000-000000000001"),
        incident, "Listed", 4, 1, Now);

    public static Guid Id() => Guid.NewGuid();

    public Decision Ask(object request, Caller by)
    {
        var decision = request switch
        {
            ClaimCase r => ClaimCase.Decide(Case, r, by, KeyedBy, Now),
            LeaveCase r => LeaveCase.Decide(Case, r, by, Now),
            ReassignCase r => ReassignCase.Decide(Case, r, by, KeyedBy, Now),
            SnoozeCase r => SnoozeCase.Decide(Case, r, by, NextPayDay, Now),
            OrderLetter r => OrderLetter.Decide(Case, r, by, Now),
            RecordLetterSent r => RecordLetterSent.Decide(Case, r, by, Now),
            RecordLetterStopped r => RecordLetterStopped.Decide(Case, r, by, Now),
            RecordLetterReturned r => RecordLetterReturned.Decide(Case, r, by, Now),
            RecordLetterAnswered r => RecordLetterAnswered.Decide(Case, r, by, KeyedBy, Now),
            PlanContact r => PlanContact.Decide(Case, r, by, Now),
            RecordVisitFailed r => RecordVisitFailed.Decide(Case, r, by, Now),
            RecordMeeting r => RecordMeeting.Decide(Case, r, by, KeyedBy, Now),
            RecordCall r => RecordCall.Decide(Case, r, by, Now),
            ReportSuspicion r => ReportSuspicion.Decide(Case, r, by, Now),
            ReferCase r => ReferCase.Decide(Case, r, by, KeyedBy, Now),
            WriteNote r => WriteNote.Decide(Case, r, by, Now),
            ReportDeath r => ReportDeath.Decide(Case, r, by, Now),
            ProposeVerdict r => ProposeVerdict.Decide(Case, r, by, KeyedBy, Now),
            ApproveVerdict r => ApproveVerdict.Decide(Case, r, by, KeyedBy, NextPayDay, Now),
            SendBackVerdict r => SendBackVerdict.Decide(Case, r, by, KeyedBy, Now),
            TakeBackEntry r => TakeBackEntry.Decide(Case, r, by, Released, Now),
            ReopenCase r => ReopenCase.Decide(Case, r, by, Now),
            ProposeHold r => ProposeHold.Decide(Case, r, by, KeyedBy, MayPayPrevious, Now),
            ProposeRelease r => ProposeRelease.Decide(Case, r, by, KeyedBy, Now),
            ApproveHold r => ApproveHold.Decide(Case, r, by, KeyedBy, Now),
            SendBackHold r => SendBackHold.Decide(Case, r, by, KeyedBy, Now),
            RequestRecall r => RequestRecall.Decide(Case, r, Followed, by, KeyedBy, Now),
            AnswerRecall r => AnswerRecall.Decide(Case, r, by, KeyedBy, Now),
            ProposeReplacement r => ProposeReplacement.Decide(Case, r, Followed, by, KeyedBy, Now),
            ApproveReplacement r => ApproveReplacement.Decide(Case, r, Followed, by, KeyedBy, Now),
            RestoreAccount r => RestoreAccount.Decide(Case, r, by, Now),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request, "No such request."),
        };
        Tell([.. decision.Events]);
        return decision;
    }

    /// <summary>What the screening says of an incident: a ground, or that it is gone.</summary>
    public void Ground(string incident, CaseGround ground) =>
        Tell(ground == CaseGround.Required
            ? [Required(incident)]
            : LoseGround.Decide(Case, incident, ground, Now) is { } gone ? [gone] : []);

    public void Tell(params object[] events)
    {
        foreach (var happened in events)
        {
            // What has no Apply changes nothing, as in the event store.
            Case = typeof(VerificationCase).GetMethod("Apply", [happened.GetType()]) is { } apply
                ? (VerificationCase)apply.Invoke(Case, [happened])!
                : Case;
            _events.Add(happened);
        }
    }

    public IReadOnlyList<Requirement> Missing(Verdict verdict) => Checklist.Missing(Case, verdict, Today);

    // ---- what scenarios begin with

    public CaseHistory Claimed(Caller? by = null)
    {
        Accept(new ClaimCase(Now.AddHours(4)), by ?? Auditor);
        return this;
    }

    /// <summary>A letter that was ordered today and sent today.</summary>
    public Guid Letter()
    {
        var letter = Id();
        Accept(new OrderLetter(letter, "K7Q-42M-9F", 17), Auditor);
        Accept(new RecordLetterSent(Id(), letter, Today, Today.AddDays(10)), Mailroom);
        return letter;
    }

    public Guid Meeting(
        Intent said, PersonMet met = PersonMet.Holder, MeetingPlace place = MeetingPlace.Counter,
        params ShownPaper[] shown)
    {
        var meeting = Id();
        Accept(new RecordMeeting(meeting, place, met, shown is [] ? [Licence] : shown, said, Today, null), Colleague);
        return meeting;
    }

    public Guid Proposed(Verdict verdict, Caller? by = null)
    {
        var proposal = Id();
        Accept(new ProposeVerdict(proposal, verdict, null), by ?? Auditor);
        return proposal;
    }

    public CaseHistory Ended(Verdict verdict)
    {
        Claimed();
        if (verdict is Verdict.Confirmed or Verdict.Denied)
        {
            Letter();
            Meeting(verdict == Verdict.Confirmed ? Intent.Confirmed : Intent.Denied);
        }

        Accept(new ApproveVerdict(Proposed(verdict)), Approver);
        return this;
    }

    /// <summary>A hold by two people through a day, the next pay-day unless another is given.</summary>
    public Guid Held(DateOnly? through = null)
    {
        var hold = Id();
        Accept(new ProposeHold(hold, HoldReason.FraudSuspected, PayTo.Keep, through ?? NextPayDay, null), Auditor);
        Accept(new ApproveHold(hold), Approver);
        return hold;
    }

    public void Accept(object request, Caller by)
    {
        var decision = Ask(request, by);
        decision.Refusal.ShouldBeNull($"{request}");
        decision.Events.ShouldNotBeEmpty($"{request}");
    }

    /// <summary>A refusal changes nothing; one by a rule is on record, with who tried.</summary>
    public void Refuse(object request, Caller by, Refusal refusal)
    {
        var (before, count) = (Case, Events.Count);
        var decision = Ask(request, by);
        decision.Refusal.ShouldBe(refusal);
        Case.ShouldBe(before);
        Events.Skip(count).ShouldBe(refusal.Rule() is null
            ? []
            : [new AttemptRefused(request.GetType().Name, refusal, by, Now)]);
    }

    public void Echo(object request, Caller by)
    {
        var decision = Ask(request, by);
        (decision.Refusal, decision.Events.Count).ShouldBe((null, 0));
    }
}
