namespace AccountGuard.Verification;

/// <summary>
/// A verdict, explained from the events of its case alone: who proposed it and when, on which evidence, and who
/// approved it. Evidence are the events themselves; one that was taken back since is still told.
/// </summary>
public sealed record VerdictStory(VerdictProposed Proposed, IReadOnlyList<object> Evidence, VerdictApproved Approved)
{
    /// <summary>Every verdict of a case, from its events in their order.</summary>
    public static IReadOnlyList<VerdictStory> Of(IReadOnlyList<object> events) =>
    [
        .. from approved in events.OfType<VerdictApproved>()
           let proposed = events.OfType<VerdictProposed>().Single(p => p.Entry == approved.Proposal)
           let before = events.TakeWhile(e => !ReferenceEquals(e, proposed))
           select new VerdictStory(proposed, [.. before.Where(e => Supports(e, proposed))], approved),
    ];

    private static bool Supports(object happened, VerdictProposed verdict) => happened switch
    {
        LetterSent e => verdict.Evidence.Contains(e.Entry),
        LetterReturned e => verdict.Evidence.Contains(e.Entry),
        LetterAnswered e => verdict.Evidence.Contains(e.Entry),
        VisitFailed e => verdict.Evidence.Contains(e.Entry),
        MeetingHeld e => verdict.Evidence.Contains(e.Entry),
        EvidenceAttached e => verdict.Evidence.Contains(e.Entry) || e.Entry == verdict.Entry,
        DeathReported => verdict.Verdict == Verdict.Deceased,
        GroundGone or CaseEnded => verdict.Verdict == Verdict.GroundGone,
        _ => false,
    };
}
