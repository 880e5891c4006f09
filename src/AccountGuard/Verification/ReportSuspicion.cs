using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>A suspicious contact (Rule 29), such as a caller who knows what leaked and asks to end the check.</summary>
public sealed record ReportSuspicion(Guid Entry, Suspicion Suspicion, DateOnly OccurredOn, Exhibit? Minutes)
{
    public static Decision Decide(VerificationCase @case, ReportSuspicion request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.OccurredOn, null,
            new SuspicionReported(request.Entry, request.Suspicion, request.OccurredOn, request.Minutes, by, now),
            contradicts: true);
}

public enum Suspicion
{
    AsksToCloseByPhone,
    ClaimsToBeTheAgency,
    OffersToDeleteData,
    MoneyLost,
    ForgedPaper,
}

public sealed record SuspicionReported(
    Guid Entry, Suspicion Suspicion, DateOnly OccurredOn, Exhibit? Minutes, Caller Clerk, DateTimeOffset ReportedAt);
