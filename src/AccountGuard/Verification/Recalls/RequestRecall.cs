using AccountGuard.Identity;

namespace AccountGuard.Verification.Recalls;

/// <summary>Somebody asked the bank to bring back a payment to a denied account (Rules 17, 23).</summary>
public sealed record RequestRecall(Guid Recall, Guid Payment, DateOnly DueOn, Exhibit? Note)
{
    /// <param name="followed">The payments that were sent to the account of this case.</param>
    public static Decision Decide(
        VerificationCase @case, RequestRecall request, IReadOnlyList<FollowedPayment> followed, Caller by,
        IReadOnlyCollection<string> keyedBy, DateTimeOffset now)
    {
        var payment = followed.FirstOrDefault(p => p.Payment == request.Payment);
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : !@case.WasDenied ? Refusal.NotDenied
            : payment is null ? Refusal.NoSuchEntry
            : @case.Recalls.Any(r => r.Payment == request.Payment) ? Refusal.RecallIsRequested
            : request.DueOn < DateOnly.FromDateTime(now.DateTime) ? Refusal.DeadlinePassed
            : null;
        return @case.Seen.Contains(request.Recall)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, refusal is not null ? [] : [new RecallRequested(
                request.Recall, request.Payment, payment!.Amount, request.DueOn, request.Note, by, now)]);
    }
}

/// <summary>Amount: all yen of the payment.</summary>
public sealed record RecallRequested(
    Guid Recall, Guid Payment, long Amount, DateOnly DueOn, Exhibit? Note, Caller Auditor, DateTimeOffset RequestedAt);
