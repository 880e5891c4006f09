using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// A form brought evidence: the reference of a paper, or a file. It is recorded with the entry that the form makes, or
/// not at all.
/// </summary>
public static class AttachEvidence
{
    public static Func<CaseAtHand, Decision> To(
        Func<CaseAtHand, Decision> decide, Guid entry, IReadOnlyList<SealedExhibit> evidence, Caller by) => at =>
    {
        var decision = decide(at);
        return decision.Refusal is not null || decision.Events.Count == 0
            ? decision
            : decision with
            {
                Events =
                [
                    .. evidence.Select(e => new EvidenceAttached(entry, e.Exhibit, e.Kind!.Value, by, at.Now)),
                    .. decision.Events,
                ],
            };
    };
}

/// <summary>It belongs to the entry that was recorded with it.</summary>
public sealed record EvidenceAttached(
    Guid Entry, Exhibit Exhibit, EvidenceKind Kind, Caller AddedBy, DateTimeOffset AddedAt);
