using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>A note on the case, of which the stream knows where it is kept and no word.</summary>
public sealed record WriteNote(Guid Entry, Exhibit Note)
{
    public static Decision Decide(VerificationCase @case, WriteNote request, Caller by, DateTimeOffset now) =>
        @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(null, request, by, now, new NoteWritten(request.Entry, request.Note, by, now));
}

public sealed record NoteWritten(Guid Entry, Exhibit Note, Caller WrittenBy, DateTimeOffset WrittenAt);
