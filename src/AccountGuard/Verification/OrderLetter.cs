using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// A letter to the holder is to be printed. It has a reference that the call centre can confirm (Rule 12); the address
/// is chosen when it is printed (Rule 13). One letter may serve several cases of a holder, and one that is sent again
/// names the letter that it repeats (Rule 28).
/// </summary>
public sealed record OrderLetter(Guid Letter, string Reference, long? Address, Guid? Repeats = null)
{
    /// <exception cref="ArgumentException">The letter has no reference.</exception>
    public static Decision Decide(VerificationCase @case, OrderLetter request, Caller by, DateTimeOffset now)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Reference);
        return @case.Seen.Contains(request.Letter)
            ? Decision.Nothing
            : Decision.Of(@case.IsEnded ? Refusal.HasEnded : IsUnderWay(@case) ? Refusal.LetterIsOrdered : null,
                request, by, now, new LetterOrdered(request.Letter, request.Reference, request.Address,
                    request.Repeats ?? @case.Entries.LastOrDefault(e => e.Kind == EntryKind.LetterSent)?.About,
                    by, now));
    }

    private static bool IsUnderWay(VerificationCase @case) => @case.Entries.Any(order =>
        order.Kind == EntryKind.LetterOrdered
        && !@case.Entries.Any(e => e.Kind == EntryKind.LetterSent && e.About == order.Id));
}

public sealed record LetterOrdered(
    Guid Letter, string Reference, long? Address, Guid? Repeats, Caller OrderedBy, DateTimeOffset OrderedAt);
