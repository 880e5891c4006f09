using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// An answer to the letter came. It counts where it came from the address that the letter went to: whoever changed the
/// address first answers from the new one (Rule 13).
/// </summary>
public sealed record RecordLetterAnswered(
    Guid Entry, Guid Letter, bool FromItsAddress, Intent Said, DateOnly ReceivedOn, Exhibit? Answer)
{
    /// <summary>Denied may rest on it, or fall by it, so whoever keyed the change does not record it (Rule 14).
    /// </summary>
    public static Decision Decide(
        VerificationCase @case, RecordLetterAnswered request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.ReceivedOn,
            Separation.Bars(by, keyedBy)
                ?? (@case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry),
            new LetterAnswered(request.Entry, request.Letter, request.FromItsAddress, request.Said, request.ReceivedOn,
                request.Answer, by, now),
            contradicts: request.Said == Intent.Denied);
}

public sealed record LetterAnswered(
    Guid Entry, Guid Letter, bool FromItsAddress, Intent Said, DateOnly ReceivedOn, Exhibit? Answer, Caller Clerk,
    DateTimeOffset RecordedAt);
