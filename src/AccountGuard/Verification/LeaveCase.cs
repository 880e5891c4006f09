using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The auditor gives the case back to the queue.</summary>
public sealed record LeaveCase
{
    public static Decision Decide(VerificationCase @case, LeaveCase request, Caller by, DateTimeOffset now) =>
        @case.Claim is not { } claim
            ? Decision.Nothing
            : Decision.Of(
                claim.Auditor.IsSame(by) ? null : Refusal.NotYours, request, by, now, new CaseLeft(by, now));
}

public sealed record CaseLeft(Caller Auditor, DateTimeOffset LeftAt);
