using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The letter went into the post. An answer is awaited up to the due day, which is later where the post takes longer.
/// </summary>
public sealed record RecordLetterSent(Guid Entry, Guid Letter, DateOnly SentOn, DateOnly AnswerDueOn)
{
    /// <summary>Within the country, and the way back.</summary>
    public const int DaysOfPost = 14;

    public static Decision Decide(VerificationCase @case, RecordLetterSent request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.SentOn,
            @case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry,
            new LetterSent(request.Entry, request.Letter, request.SentOn, request.AnswerDueOn, by, now));
}

public sealed record LetterSent(
    Guid Entry, Guid Letter, DateOnly SentOn, DateOnly AnswerDueOn, Caller Clerk, DateTimeOffset RecordedAt);
