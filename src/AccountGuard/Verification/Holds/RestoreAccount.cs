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
        : Decision.Of(!@case.IsDenied ? Refusal.NotDenied : request.RestoredAt > now ? Refusal.DayAhead : null,
            request, by, now, new AccountRestored(request.RestoredAt, by, now));
}

public sealed record AccountRestored(DateTimeOffset RestoredAt, Caller ReportedBy, DateTimeOffset ReportedAt);
