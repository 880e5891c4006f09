using AccountGuard.Identity;

namespace AccountGuard.Verification.Holds;

/// <summary>Another person does not approve a hold, or its release, and says why.</summary>
public sealed record SendBackHold(Guid Proposal, Exhibit Reason)
{
    public static Decision Decide(
        VerificationCase @case, SendBackHold request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        Refusal? refusal = HoldProposals.Waiting(@case, request.Proposal) is not { } waiting ? Refusal.ProposalGone
            : Separation.Bars(by, keyedBy) ?? (by.IsSame(waiting.Proposer) ? Refusal.OwnProposal : null);
        return Decision.Of(refusal, request, by, now, new HoldSentBack(request.Proposal, request.Reason, by, now));
    }
}

public sealed record HoldSentBack(Guid Proposal, Exhibit Reason, Caller Approver, DateTimeOffset SentBackAt);
