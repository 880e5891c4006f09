using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>One thing recorded on a case, as far as decisions ask for it; its event has all of it.</summary>
public sealed record CaseEntry(Guid Id, EntryKind Kind, Caller By)
{
    /// <summary>The letter or visit that it belongs to.</summary>
    public Guid? About { get; init; }

    /// <summary>When a letter was sent, or somebody said something.</summary>
    public DateOnly On { get; init; }

    /// <summary>The last day on which the answer to a letter is awaited.</summary>
    public DateOnly DueOn { get; init; }

    public Intent Said { get; init; }

    /// <summary>It is the holder who spoke, as far as Rules 10, 11 and 13 let anyone know.</summary>
    public bool Counts { get; init; }

    /// <summary>It was at the address, and not at the counter.</summary>
    public bool IsVisit { get; init; }

    /// <summary>Nobody was found behind the address. The day on which an answer is due is still awaited.</summary>
    public bool IsInVain(DateOnly today) => Kind is EntryKind.LetterReturned or EntryKind.VisitFailed
        || (Kind == EntryKind.LetterSent && DueOn < today);
}

public enum EntryKind
{
    LetterOrdered,
    LetterSent,
    LetterReturned,
    LetterAnswered,
    VisitPlanned,
    VisitFailed,
    MeetingHeld,
    Call,
    Suspicion,
    Referral,
    Note,
}

/// <summary>What somebody says of the change: the holder meant it, or did not.</summary>
public enum Intent
{
    NotKnown,
    Confirmed,
    Denied,
}

/// <summary>
/// A note, paper or file that is kept encrypted elsewhere, by its id, with the SHA-256 of its encrypted content.
/// </summary>
public sealed record Exhibit(Guid Id, string Sha256);
