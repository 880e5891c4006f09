using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The letter's batch was stopped (Rule 28): it reached nobody, and waits again. What was recorded of its being sent no
/// longer counts.
/// </summary>
/// <param name="Sent">The entry that said, or was about to say, that it was sent.</param>
public sealed record RecordLetterStopped(Guid Entry, Guid Batch, Guid Letter, Guid Sent)
{
    public static Decision Decide(
        VerificationCase @case, RecordLetterStopped request, Caller by, DateTimeOffset now) =>
        @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(null, request, by, now,
                new LetterStopped(request.Entry, request.Batch, request.Letter, request.Sent, by, now));
}

public sealed record LetterStopped(
    Guid Entry, Guid Batch, Guid Letter, Guid Sent, Caller Clerk, DateTimeOffset RecordedAt);
