using AccountGuard.Identity;

namespace AccountGuard.Verification.Holds;

/// <summary>
/// The payer reports that payments of a denied change go to the restored account: that alone, or a later Confirmed,
/// ends the hold that Denied is (Rule 17).
/// </summary>
public sealed record RestoreAccount(DateTimeOffset RestoredAt)
{
    public static Decision Decide(VerificationCase @case, RestoreAccount request, Caller by, DateTimeOffset now) =>
        @case.RestoredAt is not null ? Decision.Nothing
        : Decision.Of(!@case.IsDenied ? Refusal.NotDenied : request.RestoredAt > now ? Refusal.DayAhead
                : IsOfBefore(@case, request.RestoredAt) ? Refusal.RestoredBefore : null,
            request, by, now, new AccountRestored(request.RestoredAt, by, now));

    /// <summary>
    /// A report that comes late or again says nothing of a denial made since. It may give a day alone, so the day of
    /// the denial itself is after it, in the payer's time zone.
    /// </summary>
    private static bool IsOfBefore(VerificationCase @case, DateTimeOffset restoredAt) =>
        @case.Restorations.Contains(restoredAt) || (@case.DeniedAt is { } denied
            && restoredAt < new DateTimeOffset(denied.Date, denied.Offset));
}

public sealed record AccountRestored(DateTimeOffset RestoredAt, Caller ReportedBy, DateTimeOffset ReportedAt);
