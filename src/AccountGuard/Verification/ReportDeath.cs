using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The holder died, or lives after all: a later report puts an earlier one right.</summary>
public sealed record ReportDeath(Death Death, Exhibit? Paper = null)
{
    /// <summary>
    /// Rule 17: a change filed after the death is never Confirmed, so one that was is open again; and whoever lives is
    /// not Deceased.
    /// </summary>
    public static Decision Decide(VerificationCase @case, ReportDeath request, Caller by, DateTimeOffset now)
    {
        var reopens = request.Death switch
        {
            Death.None => @case.InForce is { Verdict: Verdict.Deceased },
            Death.BeforeFiling => @case.InForce is { Verdict: Verdict.Confirmed },
            Death.AfterFiling => false,
        };
        var reported = new DeathReported(request.Death, request.Paper, by, now);
        return request.Death == @case.Death
            ? Decision.Nothing
            : Decision.Of(null, request, by, now, reopens
                ? [reported, new CaseReopened(ReopenCause.Death, null, by, now)]
                : [reported]);
    }

    /// <param name="diedOn">The day of death as it is recorded now; none while no death is.</param>
    /// <param name="lastPossibleDay">
    /// The last possible day of the change (Rule 4); without one it may be any. On the day of their death holders may
    /// still have filed.
    /// </param>
    public static Death Of(DateOnly? diedOn, DateOnly? lastPossibleDay) =>
        diedOn is not { } death ? Death.None
        : lastPossibleDay <= death ? Death.AfterFiling
        : Death.BeforeFiling;
}

/// <summary>Whether the holder died, and on which side of the filing: to the police, or to the heirs.</summary>
public enum Death
{
    None,
    BeforeFiling,
    AfterFiling,
}

public sealed record DeathReported(Death Death, Exhibit? Paper, Caller ReportedBy, DateTimeOffset ReportedAt);
