using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The auditor puts the case aside until a day. It is back on that day, or as soon as something arrives.
/// </summary>
public sealed record SnoozeCase(Guid Entry, DateOnly Until)
{
    /// <summary>Rule 15: every case is back before a pay-day, not on it.</summary>
    /// <param name="nextPayDay">The first pay-day after today.</param>
    public static Decision Decide(
        VerificationCase @case, SnoozeCase request, Caller by, DateOnly nextPayDay, DateTimeOffset now)
    {
        Refusal? refusal = @case.IsEnded ? Refusal.HasEnded
            : @case.Claim?.Auditor.IsSame(by) != true ? Refusal.NotYours
            : @case.Proposal is not null ? Refusal.AwaitsApproval
            : request.Until >= nextPayDay ? Refusal.NotBackInTime
            : null;
        return @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new CaseSnoozed(request.Entry, request.Until, by, now));
    }
}

public sealed record Snooze(Guid Entry, DateOnly Until, Caller By);

public sealed record CaseSnoozed(Guid Entry, DateOnly Until, Caller Auditor, DateTimeOffset SnoozedAt);
