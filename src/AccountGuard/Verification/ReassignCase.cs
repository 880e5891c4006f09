using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The case goes to another auditor: handed over by its own, or reassigned by whoever has the role to, so that nothing
/// stays with somebody who is away. Nobody takes a colleague's case for themselves that way.
/// </summary>
public sealed record ReassignCase(Caller To, DateTimeOffset ExpiresAt)
{
    public static Decision Decide(
        VerificationCase @case, ReassignCase request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var running = @case.Claim is { } claim && now < claim.ExpiresAt ? claim.Auditor : null;
        Refusal? refusal = Separation.Bars(request.To, keyedBy) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : running?.IsSame(by) == false && request.To.IsSame(by) ? Refusal.TakenByAnother
            : null;
        return refusal is null && running?.IsSame(request.To) == true
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new CaseReassigned(request.To, request.ExpiresAt, by, now));
    }
}

public sealed record CaseReassigned(
    Caller Auditor, DateTimeOffset ExpiresAt, Caller ReassignedBy, DateTimeOffset ReassignedAt);
