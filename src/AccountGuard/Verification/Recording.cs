using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// What happened is recorded whatever the state of the case, for it comes when it comes: once, and not before its day.
/// </summary>
public static class Recording
{
    /// <param name="contradicts">
    /// Somebody says that the change was not meant. A case that ended as if it were, or for want of a ground, is open
    /// again; nothing else is: that is for people.
    /// </param>
    public static Decision Decide(
        VerificationCase @case, object request, Caller by, DateTimeOffset now, Guid entry, DateOnly on,
        Refusal? refusal, object recorded, bool contradicts = false)
    {
        var isAhead = on > DateOnly.FromDateTime(now.DateTime);
        var reopens = contradicts && @case.InForce is { Verdict: Verdict.Confirmed or Verdict.GroundGone };
        return @case.Seen.Contains(entry)
            ? Decision.Nothing
            : Decision.Of(refusal ?? (isAhead ? Refusal.DayAhead : null), request, by, now, reopens
                ? [recorded, new CaseReopened(ReopenCause.Contradicted, null, by, now)]
                : [recorded]);
    }
}
