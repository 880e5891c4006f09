using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The case goes to those who look into fraud (Rule 17): people decide that, and no link does it for them (Rule 16).
/// </summary>
public sealed record ReferCase(Guid Entry, ReferredTo To, DateOnly ReferredOn, Exhibit Reason)
{
    /// <summary>
    /// Whoever keyed the change does not say so (Rule 14): nobody would look for the referral that was never made.
    /// </summary>
    public static Decision Decide(
        VerificationCase @case, ReferCase request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.ReferredOn, Separation.Bars(by, keyedBy),
            new CaseReferred(request.Entry, request.To, request.ReferredOn, request.Reason, by, now));
}

public enum ReferredTo
{
    Police,
    FraudUnit,
}

/// <summary>Under which number it was taken up is evidence of this entry.</summary>
public sealed record CaseReferred(
    Guid Entry, ReferredTo To, DateOnly ReferredOn, Exhibit Reason, Caller Auditor, DateTimeOffset RecordedAt);
