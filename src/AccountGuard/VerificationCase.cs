using System.Collections.Immutable;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;

namespace AccountGuard;

/// <summary>
/// The life of one case: the verification of the holder's intent for one account change. Its stream has the change's id
/// and holds events alone; read it from top to bottom. What was asked of the holder is whether they meant this change,
/// which no incident alters: a change that meets the rule of two incidents has one case, and one verdict covers it in
/// both, also in one that comes later. Grounds are kept for each incident, work and verdicts for the case.
/// </summary>
public sealed record VerificationCase(Guid Id, IReadOnlyDictionary<string, CaseGround> Grounds)
{
    /// <summary>Who works on it. A claim that expired is still that auditor's until another takes the case.</summary>
    public Claim? Claim { get; init; }

    public Snooze? Snooze { get; init; }

    /// <summary>What was sent, planned, said and shown, as it was recorded; without what was taken back.</summary>
    public IReadOnlyList<CaseEntry> Entries { get; init; } = [];

    public Death Death { get; init; }

    /// <summary>A verdict that waits for another person.</summary>
    public Proposal? Proposal { get; init; }

    /// <summary>All that two people decided, in its order; nothing takes one away.</summary>
    public IReadOnlyList<Proposal> Verdicts { get; init; } = [];

    /// <summary>The last verdict, unless something happened since that puts the case to work again.</summary>
    public Proposal? InForce { get; init; }

    /// <summary>In the order in which they were proposed or placed (Rule 18).</summary>
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>What keeps its new account from being paid on a pay-day, beside a Denied (Rule 18).</summary>
    public IEnumerable<Hold> HoldsOn(DateOnly payDay) =>
        State is CaseState.Confirmed or CaseState.ListedInError or CaseState.Withdrawn
            ? [] : Holds.Where(hold => hold.Covers(payDay));

    /// <summary>Since when a denied change pays the restored account; null until the payer says so.</summary>
    public DateTimeOffset? RestoredAt { get; init; }

    /// <summary>When two people denied it last.</summary>
    public DateTimeOffset? DeniedAt { get; init; }

    /// <summary>All that the payer reported of its account; each of them ended the denial of its time alone.</summary>
    public ImmutableHashSet<DateTimeOffset> Restorations { get; init; } = [];

    /// <summary>In the order in which they were requested (Rule 23).</summary>
    public IReadOnlyList<Recall> Recalls { get; init; } = [];

    /// <summary>Those that two people decided, and at the most one, the last, that waits.</summary>
    public IReadOnlyList<Replacement> Replacements { get; init; } = [];

    /// <summary>People have worked on it, or hold its payment: facts alone do not end it (Rule 6).</summary>
    public bool StaysOpen { get; init; }

    /// <summary>The ids under which something was recorded; what comes again is known by them.</summary>
    public ImmutableHashSet<Guid> Seen { get; init; } = [];

    /// <summary>No incident has a ground for it any longer.</summary>
    public bool IsGroundGone => !Grounds.Values.Contains(CaseGround.Required);

    /// <summary>
    /// Denied holds the new account until the payer has restored the old one, or a Confirmed, also while the case is
    /// open again (Rule 17).
    /// </summary>
    public bool IsDenied => RestoredAt is null && WasDenied;

    /// <summary>It was not the holder who meant it, whatever is paid by now: the money is followed (Rule 17).</summary>
    public bool WasDenied =>
        Verdicts.LastOrDefault(v => v.Verdict is Verdict.Confirmed or Verdict.Denied)?.Verdict == Verdict.Denied;

    public bool IsEnded => State is CaseState.Confirmed or CaseState.Denied or CaseState.Deceased
        or CaseState.ListedInError or CaseState.Withdrawn;

    public CaseState State => this switch
    {
        { InForce.Verdict: Verdict.Confirmed } => CaseState.Confirmed,
        { InForce.Verdict: Verdict.Denied } => CaseState.Denied,
        { InForce.Verdict: Verdict.Deceased } => CaseState.Deceased,
        { EndsWithoutGround: true, IsGroundGone: true } =>
            Grounds.Values.Contains(CaseGround.Withdrawn) ? CaseState.Withdrawn : CaseState.ListedInError,
        { Proposal: not null } => CaseState.Proposed,
        { InForce: not null } => CaseState.Unreachable,
        { Claim: null, Entries: [] } => CaseState.Queued,
        _ => CaseState.InContact,
    };

    /// <summary>The state of its row in the queue of an incident that had a ground for it.</summary>
    public CaseState StateIn(string incident) => Grounds[incident] switch
    {
        CaseGround.ListedInError when EndsWithoutGround => CaseState.ListedInError,
        CaseGround.Withdrawn when EndsWithoutGround => CaseState.Withdrawn,
        CaseGround.Required or CaseGround.ListedInError or CaseGround.Withdrawn => State,
    };

    /// <summary>The first day on which somebody denied the change or a contact was suspicious.</summary>
    public DateOnly? ReportedOn => Entries.Where(e => e.Kind == EntryKind.Suspicion || e.Said == Intent.Denied)
        .Min(e => (DateOnly?)e.On);

    public bool Has(Guid id, EntryKind kind) => Entries.Any(entry => entry.Id == id && entry.Kind == kind);

    /// <summary>Rule 12: the letter before a visit was sent on an earlier day, not on the same.</summary>
    public bool WroteBefore(DateOnly day) => Entries.Any(e => e.Kind == EntryKind.LetterSent && e.On < day);

    /// <summary>
    /// Where the holder was met and proved it. A visit rests on the letter before it, which may be stopped or taken
    /// back later (Rule 12).
    /// </summary>
    public IEnumerable<CaseEntry> Meetings => Entries.Where(e => e is { Kind: EntryKind.MeetingHeld, Counts: true }
        && (!e.IsVisit || WroteBefore(e.On)));

    /// <summary>A snoozed case is back on its day, that day included.</summary>
    public bool IsBackOn(DateOnly today) => Snooze is null || Snooze.Until <= today;

    private bool EndsWithoutGround => !StaysOpen || InForce is { Verdict: Verdict.GroundGone };

    public static VerificationCase Create(VerificationRequired e) =>
        new(e.ChangeId, new Dictionary<string, CaseGround> { [e.Incident] = CaseGround.Required });

    public VerificationCase Apply(VerificationRequired e) =>
        With(e.Incident, CaseGround.Required).ToWork(Verdict.GroundGone);

    public VerificationCase Apply(CaseEnded e) => With(e.Incident, e.EndedAs)
        .WithHolds(hold => hold.PolicyOf == e.Incident ? hold with { Stage = HoldStage.Ended } : hold);

    public VerificationCase Apply(GroundGone e) => With(e.Incident, e.GoneAs) with { StaysOpen = true };
    public VerificationCase Apply(DeathReported e) => this with { Death = e.Death, Snooze = null };

    public VerificationCase Apply(CaseClaimed e) => this with { Claim = new(e.Auditor, e.ExpiresAt) };
    public VerificationCase Apply(CaseReassigned e) => this with { Claim = new(e.Auditor, e.ExpiresAt) };
    public VerificationCase Apply(CaseLeft e) => this with { Claim = null };

    public VerificationCase Apply(CaseSnoozed e) =>
        this with { Snooze = new(e.Entry, e.Until, e.Auditor), Seen = Seen.Add(e.Entry) };

    public VerificationCase Apply(LetterOrdered e) => Recorded(new(e.Letter, EntryKind.LetterOrdered, e.OrderedBy));

    public VerificationCase Apply(LetterSent e) => Recorded(new(e.Entry, EntryKind.LetterSent, e.Clerk)
    {
        About = e.Letter,
        On = e.SentOn,
        DueOn = e.AnswerDueOn,
    });

    public VerificationCase Apply(LetterReturned e) =>
        Arrived(new(e.Entry, EntryKind.LetterReturned, e.Clerk) { About = e.Letter });

    public VerificationCase Apply(LetterAnswered e) => Arrived(new(e.Entry, EntryKind.LetterAnswered, e.Clerk)
    {
        About = e.Letter,
        On = e.ReceivedOn,
        Said = e.Said,
        Counts = e.FromItsAddress,
    });

    public VerificationCase Apply(LetterStopped e) => this with
    {
        Entries = [.. Entries.Where(entry => entry.Id != e.Sent)],
        Seen = Seen.Add(e.Entry).Add(e.Sent),
    };

    public VerificationCase Apply(VisitPlanned e) => Recorded(new(e.Entry, EntryKind.VisitPlanned, e.Auditor));

    public VerificationCase Apply(VisitFailed e) =>
        Arrived(new(e.Entry, EntryKind.VisitFailed, e.Clerk) { About = e.Visit });

    public VerificationCase Apply(MeetingHeld e) => Arrived(new(e.Entry, EntryKind.MeetingHeld, e.Clerk)
    {
        On = e.HeldOn,
        Said = e.Said,
        Counts = e.IsIdentityProven && e.Met != PersonMet.Proxy,
        IsVisit = e.Place == MeetingPlace.Visit,
    });

    public VerificationCase Apply(CallRecorded e) =>
        Arrived(new(e.Entry, EntryKind.Call, e.Clerk) { On = e.CalledOn, Said = e.Said });

    public VerificationCase Apply(SuspicionReported e) =>
        Arrived(new(e.Entry, EntryKind.Suspicion, e.Clerk) { On = e.OccurredOn });

    public VerificationCase Apply(CaseReferred e) => Recorded(new(e.Entry, EntryKind.Referral, e.Auditor));
    public VerificationCase Apply(NoteWritten e) => Recorded(new(e.Entry, EntryKind.Note, e.WrittenBy));

    public VerificationCase Apply(VerdictProposed e) => this with
    {
        Proposal = new(e.Entry, e.Verdict, e.Evidence, e.Auditor),
        Seen = Seen.Add(e.Entry),
        Snooze = null,
        StaysOpen = true,
    };

    public VerificationCase Apply(VerdictSentBack e) => this with { Proposal = null };

    public VerificationCase Apply(VerdictApproved e) =>
        Made(Proposal! with { Approver = e.Approver }, e.BackOn, e.ApprovedAt);

    public VerificationCase Apply(HoldPlaced e) =>
        this with { Holds = [.. Holds, Hold.ByPolicy(e)], Seen = Seen.Add(e.Hold) };

    public VerificationCase Apply(HoldProposed e) => this with
    {
        Holds = [.. Holds, new(e.Hold, e.Reason, e.PayTo, e.Through, e.Auditor)],
        Seen = Seen.Add(e.Hold),
        StaysOpen = true,
    };

    public VerificationCase Apply(HoldApproved e) => WithHolds(hold =>
        hold.Id == e.Hold ? hold with { Stage = HoldStage.Placed, Approver = e.Approver } : hold);

    public VerificationCase Apply(HoldReleaseProposed e) => WithHolds(hold => hold.Id == e.Hold
        ? hold with { Stage = HoldStage.ReleaseProposed, Release = (e.Release, e.Auditor) } : hold) with
    {
        Seen = Seen.Add(e.Release),
        StaysOpen = true,
    };

    public VerificationCase Apply(HoldReleased e) =>
        WithHolds(hold => hold.Id == e.Hold ? hold with { Stage = HoldStage.Ended } : hold);

    public VerificationCase Apply(HoldSentBack e) => WithHolds(hold => hold.Without(e.Proposal));

    // The new account is not paid any longer, so whatever held it would keep the holder's own.
    public VerificationCase Apply(AccountRestored e) =>
        WithHolds(hold => InForce is { Verdict: Verdict.Denied } && hold.Stage is not HoldStage.Proposed
            ? hold with { Stage = HoldStage.Ended } : hold) with
        {
            RestoredAt = e.RestoredAt,
            Restorations = Restorations.Add(e.RestoredAt),
        };

    public VerificationCase Apply(RecallRequested e) => this with
    {
        Recalls = [.. Recalls, new(e.Recall, e.Payment, e.Amount, e.DueOn)],
        Seen = Seen.Add(e.Recall),
    };

    public VerificationCase Apply(RecallAnswered e) => this with
    {
        Recalls = [.. Recalls.Select(recall => recall.Id == e.Recall
            ? recall with { State = e.Outcome, Recovered = e.Recovered } : recall)],
        Seen = Seen.Add(e.Entry),
    };

    public VerificationCase Apply(ReplacementProposed e) => this with
    {
        Replacements = [.. Replacements.Where(r => r.Approver is not null), new(e.Replacement, e.Amount, e.Auditor)],
        Seen = Seen.Add(e.Replacement),
    };

    public VerificationCase Apply(ReplacementApproved e) => this with
    {
        Replacements = [.. Replacements.Select(r => r.Id == e.Replacement
            ? r with { Approver = e.Approver, PaidAgain = e.PaidAgain } : r)],
    };

    public VerificationCase Apply(CaseReopened e) => this with { InForce = null, Snooze = null, StaysOpen = true };

    public VerificationCase Apply(EntryTakenBack e) => this with
    {
        Entries = [.. Entries.Where(entry => entry.Id != e.Entry)],
        Proposal = Proposal?.Entry == e.Entry ? null : Proposal,
        Snooze = Snooze?.Entry == e.Entry ? null : Snooze,
        Holds = WithHolds(hold => hold.Without(e.Entry)).Holds,
    };

    // What facts change is looked at again at once.
    private VerificationCase With(string incident, CaseGround ground) => this with
    {
        Grounds = new Dictionary<string, CaseGround>(Grounds) { [incident] = ground },
        Snooze = null,
    };

    private VerificationCase Recorded(CaseEntry entry) =>
        this with { Entries = [.. Entries, entry], Seen = Seen.Add(entry.Id), StaysOpen = true };

    /// <summary>What arrives wakes a case that was snoozed, and whoever could not be reached may be again.</summary>
    private VerificationCase Arrived(CaseEntry entry) =>
        Recorded(entry).ToWork(Verdict.Unreachable) with { Snooze = null };

    private VerificationCase WithHolds(Func<Hold, Hold> change) => this with { Holds = [.. Holds.Select(change)] };

    /// <summary>Rule 18: holds end with Confirmed, and when two people end a case for want of a ground.</summary>
    private VerificationCase WithoutHolds() => WithHolds(hold => hold with { Stage = HoldStage.Ended });

    private VerificationCase ToWork(Verdict from) => InForce?.Verdict == from ? this with { InForce = null } : this;

    private VerificationCase Made(Proposal verdict, DateOnly? backOn, DateTimeOffset at) => (verdict.Verdict switch
    {
        Verdict.Confirmed or Verdict.GroundGone => WithoutHolds(),
        Verdict.Denied => this with { RestoredAt = null, DeniedAt = at },
        Verdict.Unreachable or Verdict.Deceased => this,
    }) with
    {
        Verdicts = [.. Verdicts, verdict],
        InForce = verdict,
        Proposal = null,
        Claim = null,
        Snooze = backOn is { } day ? new(verdict.Entry, day, verdict.Auditor) : null,
    };
}

/// <summary>
/// Why a case stands in the queue of an incident, or why it left it while nobody had worked it (Rule 6).
/// </summary>
public enum CaseGround
{
    Required,
    ListedInError,
    Withdrawn,
}

/// <summary>Open up to Unreachable, ended from Confirmed on.</summary>
public enum CaseState
{
    Queued,
    InContact,
    Proposed,
    Unreachable,
    Confirmed,
    Denied,
    Deceased,
    ListedInError,
    Withdrawn,
}

/// <summary>
/// A change meets the rule of an incident: the holder's intent has to be verified (Rule 2). It comes again when the
/// ground returns after it was gone.
/// </summary>
public sealed record VerificationRequired(
    Guid ChangeId, string Incident, string Reasons, int Tier, int ListVersion, DateTimeOffset OpenedAt);

/// <summary>
/// The ground of the case went while nobody had worked it (Rule 6): listed in error where no listing is in force or the
/// cutoff moved back, withdrawn where the sender cancelled the change.
/// </summary>
public sealed record CaseEnded(Guid ChangeId, string Incident, CaseGround EndedAs, DateTimeOffset EndedAt);
