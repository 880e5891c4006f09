using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>Another person sends the proposal back, with a reason; the case is its auditor's again.</summary>
public sealed record SendBackVerdict(Guid Proposal, Exhibit Reason)
{
    public static Decision Decide(
        VerificationCase @case, SendBackVerdict request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var waits = @case.Proposal?.Entry == request.Proposal ? @case.Proposal : null;
        var isBack = waits is null && @case.Seen.Contains(request.Proposal)
            && @case.Verdicts.All(verdict => verdict.Entry != request.Proposal);
        return isBack
            ? Decision.Nothing
            : Decision.Of(waits is null ? Refusal.ProposalGone : Separation.Bars(by, keyedBy, waits),
                request, by, now, new VerdictSentBack(request.Proposal, request.Reason, by, now));
    }
}

public sealed record VerdictSentBack(Guid Proposal, Exhibit Reason, Caller Approver, DateTimeOffset SentBackAt);
