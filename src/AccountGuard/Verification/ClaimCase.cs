using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>An auditor takes the case until they leave it, or until another takes it after the claim expired.</summary>
public sealed record ClaimCase(DateTimeOffset ExpiresAt)
{
    /// <summary>How long a case is kept for who took it; a day's work, so that nothing is lost over lunch.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(8);

    /// <summary>At the instant of its expiry a claim is over.</summary>
    public static Decision Decide(
        VerificationCase @case, ClaimCase request, Caller by, IReadOnlyCollection<string> keyedBy, DateTimeOffset now)
    {
        var running = @case.Claim is { } claim && now < claim.ExpiresAt ? claim.Auditor : null;
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : running?.IsSame(by) == false ? Refusal.TakenByAnother
            : null;
        return refusal is null && running is not null
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new CaseClaimed(by, request.ExpiresAt, now));
    }
}

public sealed record Claim(Caller Auditor, DateTimeOffset ExpiresAt);

public sealed record CaseClaimed(Caller Auditor, DateTimeOffset ExpiresAt, DateTimeOffset ClaimedAt);
