using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The case goes to another auditor: handed over by its own, or reassigned by an approver, so that nothing stays with
/// somebody who is away. Others take it for themselves alone, and no colleague's: else anybody could see to it that an
/// accomplice verifies a fraud.
/// </summary>
public sealed record ReassignCase(Caller To, DateTimeOffset ExpiresAt)
{
    /// <summary>Who asks is an approver.</summary>
    public bool ByApprover { get; init; }

    public static Decision Decide(
        VerificationCase @case, ReassignCase request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var running = @case.Claim is { } claim && now < claim.ExpiresAt ? claim.Auditor : null;
        var isToOneself = request.To.IsSame(by);
        Refusal? refusal = (Separation.Bars(by, keyedBy) ?? Separation.Bars(request.To, keyedBy)) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : running is not null && (running.IsSame(by) || running.IsSame(request.To)) ? null
            : isToOneself ? running is null ? null : Refusal.TakenByAnother
            : request.ByApprover ? null : Refusal.NotYoursToGive;
        return refusal is null && running?.IsSame(request.To) == true
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new CaseReassigned(request.To, request.ExpiresAt, by, now));
    }
}

public sealed record CaseReassigned(
    Caller Auditor, DateTimeOffset ExpiresAt, Caller ReassignedBy, DateTimeOffset ReassignedAt);
