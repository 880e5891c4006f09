using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// An answer to the letter came. It counts where it came from the address that the letter went to: whoever changed the
/// address first answers from the new one (Rule 13).
/// </summary>
public sealed record RecordLetterAnswered(
    Guid Entry, Guid Letter, bool FromItsAddress, Intent Said, DateOnly ReceivedOn, Exhibit? Answer)
{
    public static Decision Decide(
        VerificationCase @case, RecordLetterAnswered request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.ReceivedOn,
            @case.Has(request.Letter, EntryKind.LetterOrdered) ? null : Refusal.NoSuchEntry,
            new LetterAnswered(request.Entry, request.Letter, request.FromItsAddress, request.Said, request.ReceivedOn,
                request.Answer, by, now),
            contradicts: request.Said == Intent.Denied);
}

public sealed record LetterAnswered(
    Guid Entry, Guid Letter, bool FromItsAddress, Intent Said, DateOnly ReceivedOn, Exhibit? Answer, Caller Clerk,
    DateTimeOffset RecordedAt);
