using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// A person puts a case to work again. Its verdicts stay on record, and one that was Denied still holds the new account
/// (Rule 17): only another verdict by two people lifts that.
/// </summary>
public sealed record ReopenCase(Exhibit? Reason)
{
    public static Decision Decide(VerificationCase @case, ReopenCase request, Caller by, DateTimeOffset now)
    {
        Refusal? refusal = by.Person is null ? Refusal.NoPerson
            : @case.InForce is null && !@case.IsEnded ? Refusal.IsOpen
            : null;
        return Decision.Of(refusal, request, by, now,
            new CaseReopened(ReopenCause.Person, request.Reason, by, now));
    }
}

public enum ReopenCause
{
    Person,
    Contradicted,
    Death,
}

public sealed record CaseReopened(
    ReopenCause Cause, Exhibit? Reason, Caller ReopenedBy, DateTimeOffset ReopenedAt);
