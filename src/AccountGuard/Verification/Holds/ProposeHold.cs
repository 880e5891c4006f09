using AccountGuard.Identity;
using AccountGuard.Incidents;

namespace AccountGuard.Verification.Holds;

/// <summary>
/// Somebody proposes a hold on the new account of an open case: it holds nothing until another approves it. A hold is
/// never made longer: another one is proposed, and approved, in its place.
/// </summary>
public sealed record ProposeHold(Guid Hold, HoldReason Reason, PayTo PayTo, DateOnly Through, Exhibit? Note)
{
    /// <summary>In days, also for a hold that an incident's policy places.</summary>
    public const int Longest = Declaration.LongestHold;

    /// <param name="mayPayPrevious">The payer's policy allows it, and the account is named (Rule 19).</param>
    public static Decision Decide(
        VerificationCase @case, ProposeHold request, Caller by, IReadOnlyCollection<string> keyedBy,
        bool mayPayPrevious, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.DateTime);
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : @case.IsEnded ? Refusal.HasEnded
            : request.Through < today || request.Through > today.AddDays(Longest) ? Refusal.HoldWithoutEnd
            : request.PayTo == PayTo.Previous && !mayPayPrevious ? Refusal.NoPreviousAccount
            : null;
        return @case.Seen.Contains(request.Hold)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new HoldProposed(
                request.Hold, request.Reason, request.PayTo, request.Through, request.Note, by, now));
    }
}

/// <summary>Through: the last pay-day that it is to cover.</summary>
public sealed record HoldProposed(
    Guid Hold, HoldReason Reason, PayTo PayTo, DateOnly Through, Exhibit? Note, Caller Auditor,
    DateTimeOffset ProposedAt);

/// <summary>The policy of an incident placed a hold with the case, through a day (Rule 18).</summary>
public sealed record HoldPlaced(Guid Hold, string Incident, PayTo PayTo, DateOnly Through, DateTimeOffset PlacedAt);
