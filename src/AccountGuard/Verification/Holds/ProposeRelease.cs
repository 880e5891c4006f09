using AccountGuard.Identity;

namespace AccountGuard.Verification.Holds;

/// <summary>Somebody proposes that a hold ends before its day; it holds until another approves.</summary>
public sealed record ProposeRelease(Guid Release, Guid Hold, Exhibit? Note)
{
    public static Decision Decide(
        VerificationCase @case, ProposeRelease request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var hold = @case.Holds.FirstOrDefault(h => h.Id == request.Hold && h.Stands);
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : hold is null ? Refusal.NoSuchEntry
            : hold.Release is not null ? Refusal.AwaitsApproval
            : null;
        return @case.Seen.Contains(request.Release)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now,
                new HoldReleaseProposed(request.Release, request.Hold, request.Note, by, now));
    }
}

public sealed record HoldReleaseProposed(
    Guid Release, Guid Hold, Exhibit? Note, Caller Auditor, DateTimeOffset ProposedAt);
