using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// Somebody called. What they know has leaked, so it proves nothing (Rule 10): a call is recorded and never counts.
/// </summary>
public sealed record RecordCall(Guid Entry, Intent Said, DateOnly CalledOn, Exhibit? Minutes)
{
    public static Decision Decide(VerificationCase @case, RecordCall request, Caller by, DateTimeOffset now) =>
        Recording.Decide(@case, request, by, now, request.Entry, request.CalledOn, null,
            new CallRecorded(request.Entry, request.Said, request.CalledOn, request.Minutes, by, now),
            contradicts: request.Said == Intent.Denied);
}

public sealed record CallRecorded(
    Guid Entry, Intent Said, DateOnly CalledOn, Exhibit? Minutes, Caller Clerk, DateTimeOffset RecordedAt);
