using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The visitor met nobody. Whom they met is a meeting (<see cref="RecordMeeting"/>).</summary>
public sealed record RecordVisitFailed(Guid Entry, Guid Visit, DateOnly FailedOn)
{
    public static Decision Decide(VerificationCase @case, RecordVisitFailed request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.FailedOn,
            @case.Has(request.Visit, EntryKind.VisitPlanned) ? null : Refusal.NoSuchEntry,
            new VisitFailed(request.Entry, request.Visit, request.FailedOn, by, now));
}

public sealed record VisitFailed(
    Guid Entry, Guid Visit, DateOnly FailedOn, Caller Clerk, DateTimeOffset RecordedAt);
