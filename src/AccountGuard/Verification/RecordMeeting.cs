using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// Somebody appeared at the counter, or was met on a visit: who, with which papers, and what they said of the change.
/// </summary>
public sealed record RecordMeeting(
    Guid Entry, MeetingPlace Place, PersonMet Met, IReadOnlyList<ShownPaper> Shown, Intent Said, DateOnly HeldOn,
    Exhibit? Minutes)
{
    /// <summary>
    /// It is the evidence on which a change is Confirmed, so whoever keyed the change does not record it (Rule 14), and
    /// a visit without a letter before it is none (Rule 12).
    /// </summary>
    public static Decision Decide(
        VerificationCase @case, RecordMeeting request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var isUnannounced = request.Place == MeetingPlace.Visit && !@case.WroteBefore(request.HeldOn);
        return Recording.Decide(@case, request, by, now, request.Entry, request.HeldOn,
            Separation.Bars(by, keyedBy) ?? (isUnannounced ? Refusal.NoLetterBefore : null),
            new MeetingHeld(request.Entry, request.Place, request.Met, request.Shown,
                IdentityPapers.Prove(request.Met, request.Shown, request.HeldOn), request.Said, request.HeldOn,
                request.Minutes, by, now),
            contradicts: request.Said == Intent.Denied);
    }
}

public enum MeetingPlace
{
    Counter,
    Visit,
}

public sealed record MeetingHeld(
    Guid Entry, MeetingPlace Place, PersonMet Met, IReadOnlyList<ShownPaper> Shown, bool IsIdentityProven, Intent Said,
    DateOnly HeldOn, Exhibit? Minutes, Caller Clerk, DateTimeOffset RecordedAt);
