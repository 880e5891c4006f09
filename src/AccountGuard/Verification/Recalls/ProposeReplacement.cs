using AccountGuard.Identity;

namespace AccountGuard.Verification.Recalls;

/// <summary>
/// Somebody proposes to pay the holder anew what went to the denied account. A proposal takes the place of one that
/// waits.
/// </summary>
public sealed record ProposeReplacement(Guid Replacement, long Amount, Exhibit? Note)
{
    /// <param name="followed">The payments that were sent to the account of this case.</param>
    public static Decision Decide(
        VerificationCase @case, ProposeReplacement request, IReadOnlyList<FollowedPayment> followed, Caller by,
        IReadOnlyCollection<string> keyedBy, DateTimeOffset now)
    {
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : @case.MayReplace() is { } early ? early
            : request.Amount < 1 || request.Amount > @case.StillOwed(followed) ? Refusal.MoreThanWasSent
            : null;
        return @case.Seen.Contains(request.Replacement)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new ReplacementProposed(
                request.Replacement, request.Amount, request.Note, by, now));
    }
}

/// <summary>Another person decides that the holder is paid anew what is owed by then.</summary>
public sealed record ApproveReplacement(Guid Replacement)
{
    /// <inheritdoc cref="ProposeReplacement.Decide"/>
    public static Decision Decide(
        VerificationCase @case, ApproveReplacement request, IReadOnlyList<FollowedPayment> followed, Caller by,
        IReadOnlyCollection<string> keyedBy, DateTimeOffset now)
    {
        var replacement = @case.Replacements.FirstOrDefault(r => r.Id == request.Replacement);
        Refusal? refusal = replacement is not { Approver: null } ? Refusal.ProposalGone
            : Separation.Bars(by, keyedBy) is { } barred ? barred
            : by.IsSame(replacement.Proposer) ? Refusal.OwnProposal
            : @case.MayReplace() is { } early ? early
            : replacement.Amount > @case.StillOwed(followed) ? Refusal.MoreThanWasSent
            : null;
        return replacement?.Approver?.IsSame(by) == true
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new ReplacementApproved(
                request.Replacement, by, now, followed.Sum(p => p.PaidAgain)));
    }
}

internal static class Replacing
{
    /// <summary>While the account is not restored, a payment would go to the thief a second time (Rule 17).</summary>
    public static Refusal? MayReplace(this VerificationCase @case) => !@case.WasDenied ? Refusal.NotDenied
        : @case.IsDenied ? Refusal.NotRestored : null;

    /// <summary>
    /// Yen that were neither paid again nor decided to be: what was paid again when a replacement was decided was none
    /// of it.
    /// </summary>
    public static long StillOwed(this VerificationCase @case, IReadOnlyList<FollowedPayment> followed) =>
        followed.Sum(p => p.Due) - Math.Max(followed.Sum(p => p.PaidAgain), @case.Replacements
            .Where(r => r.Approver is not null).Aggregate(0L, (sum, r) => Math.Max(sum, r.PaidAgain) + r.Amount));
}

/// <summary>Amount: yen.</summary>
public sealed record ReplacementProposed(
    Guid Replacement, long Amount, Exhibit? Note, Caller Auditor, DateTimeOffset ProposedAt);

/// <summary>PaidAgain: yen of the denied payments that had reached the holder by then.</summary>
public sealed record ReplacementApproved(
    Guid Replacement, Caller Approver, DateTimeOffset ApprovedAt, long PaidAgain = 0);
