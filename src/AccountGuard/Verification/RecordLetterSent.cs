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

    /// <summary>It was in a batch that two people made and released.</summary>
    public static Decision Decide(VerificationCase @case, RecordLetterSent request, Caller by, DateTimeOffset now) =>
        Decide(@case, request, by, null, isByHand: false, now);

    /// <summary>
    /// One person says that it was sent, and Confirmed rests on it: not whoever keyed the change (Rule 14), and the
    /// form asks where its copy is kept.
    /// </summary>
    public static Decision DecideByHand(
        VerificationCase @case, RecordLetterSent request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now) =>
        Decide(@case, request, by, Separation.Bars(by, keyedBy), isByHand: true, now);

    private static Decision Decide(
        VerificationCase @case, RecordLetterSent request, Caller by, Refusal? barred, bool isByHand,
        DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.SentOn,
            barred ?? (@case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry),
            new LetterSent(request.Entry, request.Letter, request.SentOn, request.AnswerDueOn, by, now, isByHand));
}

/// <summary>By hand: no batch had it, and its copy is kept where the entry's evidence says.</summary>
public sealed record LetterSent(
    Guid Entry, Guid Letter, DateOnly SentOn, DateOnly AnswerDueOn, Caller Clerk, DateTimeOffset RecordedAt,
    bool IsByHand = false);
