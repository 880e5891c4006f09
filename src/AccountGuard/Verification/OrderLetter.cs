using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// A letter to the holder is to be printed. It has a reference that the call centre can confirm (Rule 12), and goes to
/// the address that Rule 13 chose, by the id of its row; to none where the address is protected. One letter may serve
/// several cases of a holder, and one that is sent again names the letter that it repeats (Rule 28).
/// </summary>
public sealed record OrderLetter(Guid Letter, string Reference, long? Address, Guid? Repeats = null)
{
    /// <exception cref="ArgumentException">The letter has no reference.</exception>
    public static Decision Decide(VerificationCase @case, OrderLetter request, Caller by, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reference);
        return @case.Seen.Contains(request.Letter)
            ? Decision.Nothing
            : Decision.Of(@case.IsEnded ? Refusal.HasEnded : null, request, by, now, new LetterOrdered(
                request.Letter, request.Reference, request.Address, request.Repeats, by, now));
    }
}

public sealed record LetterOrdered(
    Guid Letter, string Reference, long? Address, Guid? Repeats, Caller OrderedBy, DateTimeOffset OrderedAt);
