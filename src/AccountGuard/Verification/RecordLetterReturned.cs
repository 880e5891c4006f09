using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The post brought the letter back. It may come back before it was recorded as sent.</summary>
public sealed record RecordLetterReturned(Guid Entry, Guid Letter, DateOnly ReturnedOn)
{
    public static Decision Decide(
        VerificationCase @case, RecordLetterReturned request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.ReturnedOn,
            @case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry,
            new LetterReturned(request.Entry, request.Letter, request.ReturnedOn, by, now));
}

public sealed record LetterReturned(
    Guid Entry, Guid Letter, DateOnly ReturnedOn, Caller Clerk, DateTimeOffset RecordedAt);
