using AccountGuard.Identity;

namespace AccountGuard.Verification.Holds;

/// <summary>Another person approves a hold, or that one is lifted before its day: at once it is so (Rule 18).</summary>
/// <param name="Proposal">The hold that was proposed, or the id of the release.</param>
public sealed record ApproveHold(Guid Proposal)
{
    public static Decision Decide(
        VerificationCase @case, ApproveHold request, Caller by, IReadOnlyCollection<string> keyedBy, DateTimeOffset now)
    {
        if (HoldProposals.Waiting(@case, request.Proposal) is not { } waiting)
        {
            return @case.Holds.Any(h => (h.Id == request.Proposal && h.Approver?.IsSame(by) == true)
                || (h.Release?.Id == request.Proposal && h.Stage == HoldStage.Ended))
                ? Decision.Nothing
                : Decision.Of(Refusal.ProposalGone, request, by, now);
        }

        var (hold, proposer) = waiting;
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : by.IsSame(proposer) ? Refusal.OwnProposal
            : hold.Stage == HoldStage.Proposed && @case.IsEnded ? Refusal.HasEnded
            : hold.Stage == HoldStage.Proposed && hold.Through < DateOnly.FromDateTime(now.DateTime)
                ? Refusal.HoldWithoutEnd : null;
        return Decision.Of(refusal, request, by, now, hold.Release is { } release
            ? new HoldReleased(release.Id, hold.Id, by, now) : new HoldApproved(hold.Id, by, now));
    }
}

public sealed record HoldApproved(Guid Hold, Caller Approver, DateTimeOffset ApprovedAt);

public sealed record HoldReleased(Guid Release, Guid Hold, Caller Approver, DateTimeOffset ReleasedAt);

/// <summary>What waits for another person, of the holds of a case.</summary>
public static class HoldProposals
{
    public static (Hold Hold, Caller Proposer)? Waiting(VerificationCase @case, Guid proposal) =>
        @case.Holds.Select(hold => hold switch
        {
            { Stage: HoldStage.Proposed } when hold.Id == proposal => (hold, hold.Proposer!),
            { Stage: HoldStage.ReleaseProposed, Release: { } release } when release.Id == proposal =>
                (hold, release.By),
            _ => ((Hold, Caller)?)null,
        }).FirstOrDefault(waiting => waiting is not null);
}
