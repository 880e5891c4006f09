using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The letter went into the post. An answer is awaited up to the due day, which is later where the post takes longer.
/// </summary>
public sealed record RecordLetterSent(Guid Entry, Guid Letter, DateOnly SentOn, DateOnly AnswerDueOn)
{
    // Within the country, and the way back.
    private const int DaysOfPost = 14;
    private const int DaysOfPostAbroad = 42;

    /// <summary>Up to when an answer is awaited: where it goes abroad, the post takes three weeks each way.</summary>
    public static DateOnly DueOn(DateOnly sentOn, bool isAbroad) =>
        sentOn.AddDays(isAbroad ? DaysOfPostAbroad : DaysOfPost);

    public static Decision Decide(VerificationCase @case, RecordLetterSent request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.SentOn,
            @case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry,
            new LetterSent(request.Entry, request.Letter, request.SentOn, request.AnswerDueOn, by, now));
}

public sealed record LetterSent(
    Guid Entry, Guid Letter, DateOnly SentOn, DateOnly AnswerDueOn, Caller Clerk, DateTimeOffset RecordedAt);
