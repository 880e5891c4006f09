using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The case goes to another auditor: handed over by its own, or reassigned by whoever has the role to, so that nothing
/// stays with somebody who is away.
/// </summary>
public sealed record ReassignCase(Caller To, DateTimeOffset ExpiresAt)
{
    public static Decision Decide(
        VerificationCase @case, ReassignCase request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        Refusal? refusal = Separation.Bars(request.To, keyedBy) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : null;
        return refusal is null && @case.Claim is { } claim && claim.Auditor.IsSame(request.To) && now < claim.ExpiresAt
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new CaseReassigned(request.To, request.ExpiresAt, by, now));
    }
}

public sealed record CaseReassigned(
    Caller Auditor, DateTimeOffset ExpiresAt, Caller ReassignedBy, DateTimeOffset ReassignedAt);
