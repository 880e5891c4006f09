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
        var decided = @case.Replacements.Where(r => r.Approver is not null).Sum(r => r.Amount);
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : @case.MayReplace() is { } early ? early
            : request.Amount < 1 || request.Amount > followed.Sum(p => p.Amount) - decided ? Refusal.MoreThanWasSent
            : null;
        return @case.Seen.Contains(request.Replacement)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new ReplacementProposed(
                request.Replacement, request.Amount, request.Note, by, now));
    }
}

/// <summary>Another person decides that the holder is paid anew.</summary>
public sealed record ApproveReplacement(Guid Replacement)
{
    public static Decision Decide(
        VerificationCase @case, ApproveReplacement request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var replacement = @case.Replacements.FirstOrDefault(r => r.Id == request.Replacement);
        Refusal? refusal = replacement is not { Approver: null } ? Refusal.ProposalGone
            : Separation.Bars(by, keyedBy) is { } barred ? barred
            : by.IsSame(replacement.Proposer) ? Refusal.OwnProposal
            : @case.MayReplace();
        return replacement?.Approver?.IsSame(by) == true
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new ReplacementApproved(request.Replacement, by, now));
    }
}

internal static class Replacing
{
    /// <summary>While the account is not restored, a payment would go to the thief a second time (Rule 17).</summary>
    public static Refusal? MayReplace(this VerificationCase @case) => !@case.WasDenied ? Refusal.NotDenied
        : @case.IsDenied ? Refusal.NotRestored : null;
}

/// <summary>Amount: yen.</summary>
public sealed record ReplacementProposed(
    Guid Replacement, long Amount, Exhibit? Note, Caller Auditor, DateTimeOffset ProposedAt);

public sealed record ReplacementApproved(Guid Replacement, Caller Approver, DateTimeOffset ApprovedAt);
