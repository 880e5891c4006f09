using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// The letter's batch was stopped (Rule 28): it reached nobody, and waits again. What was recorded of its being sent no
/// longer counts, and a Confirmed for which it was the only letter is looked at again (Rule 14).
/// </summary>
/// <param name="Sent">The entry that said, or was about to say, that it was sent.</param>
public sealed record RecordLetterStopped(Guid Entry, Guid Batch, Guid Letter, Guid Sent)
{
    public static Decision Decide(
        VerificationCase @case, RecordLetterStopped request, Caller by, DateTimeOffset now)
    {
        if (@case.Seen.Contains(request.Entry))
        {
            return Decision.Nothing;
        }

        var stopped = new LetterStopped(request.Entry, request.Batch, request.Letter, request.Sent, by, now);
        var hasOther = @case.Entries.Any(e => e.Kind == EntryKind.LetterSent && e.Id != request.Sent);
        return @case.InForce?.Verdict == Verdict.Confirmed && !hasOther
            ? Decision.Of(null, request, by, now, stopped, new CaseReopened(ReopenCause.Contradicted, null, by, now))
            : Decision.Of(null, request, by, now, stopped);
    }
}

public sealed record LetterStopped(
    Guid Entry, Guid Batch, Guid Letter, Guid Sent, Caller Clerk, DateTimeOffset RecordedAt);
