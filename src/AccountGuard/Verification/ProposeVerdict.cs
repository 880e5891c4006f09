using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The auditor of the case proposes how it ends, on the evidence that is recorded (Rule 14).</summary>
public sealed record ProposeVerdict(Guid Entry, Verdict Verdict, Exhibit? Note)
{
    public static Decision Decide(
        VerificationCase @case, ProposeVerdict request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : @case.Claim?.Auditor.IsSame(by) != true ? Refusal.NotYours
            : Bars(@case, request.Verdict, now);
        return @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new VerdictProposed(
                request.Entry, request.Verdict, EvidenceOf(@case, request.Verdict), request.Note, by, now));
    }

    /// <summary>What keeps a verdict from this case, when it is proposed and again when it is approved.</summary>
    public static Refusal? Bars(VerificationCase @case, Verdict verdict, DateTimeOffset now) =>
        Checklist.IsEvident(@case, verdict, DateOnly.FromDateTime(now.DateTime)) switch
        {
            _ when verdict == Verdict.Confirmed && @case.Death != Death.None => Refusal.HolderDied,
            true => null,
            false when verdict == Verdict.Confirmed && IsHearsay(@case) => Refusal.LeakedFieldsOnly,
            false => Refusal.EvidenceMissing,
        };

    private static bool IsHearsay(VerificationCase @case) =>
        @case.Entries.Any(entry => entry.Kind is EntryKind.Call or EntryKind.Suspicion)
        && !@case.Entries.Any(entry => entry.Counts);

    private static Guid[] EvidenceOf(VerificationCase @case, Verdict verdict) => verdict switch
    {
        Verdict.Confirmed or Verdict.Denied =>
            [.. @case.Entries.Where(e => e.Counts || e.Kind == EntryKind.LetterSent).Select(e => e.Id)],
        Verdict.Unreachable => [.. @case.Entries.Where(e => e.Kind is EntryKind.LetterSent
            or EntryKind.LetterReturned or EntryKind.VisitFailed).Select(e => e.Id)],
        Verdict.Deceased or Verdict.GroundGone => [],
    };
}

/// <summary>
/// What two people decide. Unreachable leaves the case open (Rule 15); GroundGone says nothing of the holder's intent
/// and ends a case that lost its ground (Rule 6).
/// </summary>
public enum Verdict
{
    Confirmed,
    Denied,
    Unreachable,
    Deceased,
    GroundGone,
}

public sealed record Proposal(Guid Entry, Verdict Verdict, IReadOnlyList<Guid> Evidence, Caller Auditor)
{
    public Caller? Approver { get; init; }
}

/// <summary>
/// Evidence are the entries that speak for or against; of a death, and of a ground that is gone, it is the fact itself.
/// </summary>
public sealed record VerdictProposed(
    Guid Entry, Verdict Verdict, IReadOnlyList<Guid> Evidence, Exhibit? Note, Caller Auditor,
    DateTimeOffset ProposedAt);
