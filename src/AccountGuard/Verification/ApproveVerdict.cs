using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>Another person approves the proposed verdict, which makes it one (Rule 14).</summary>
public sealed record ApproveVerdict(Guid Proposal, Exhibit? Note = null)
{
    // A second letter and its answer take about a week.
    private const int DaysBeforePayDay = 7;

    /// <param name="nextPayDay">The first pay-day after today.</param>
    public static Decision Decide(
        VerificationCase @case, ApproveVerdict request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateOnly nextPayDay, DateTimeOffset now)
    {
        if (@case.Proposal is not { } proposal || proposal.Entry != request.Proposal)
        {
            return @case.Verdicts.Any(v => v.Entry == request.Proposal && v.Approver!.IsSame(by))
                ? Decision.Nothing
                : Decision.Of(Refusal.ProposalGone, request, by, now);
        }

        // Rule 15: who cannot be reached comes back before each pay-day.
        DateOnly? backOn = proposal.Verdict == Verdict.Unreachable ? nextPayDay.AddDays(-DaysBeforePayDay) : null;
        return Decision.Of(
            Separation.Bars(by, keyedBy, proposal) ?? ProposeVerdict.Bars(@case, proposal.Verdict, now),
            request, by, now,
            new VerdictApproved(proposal.Entry, proposal.Verdict, backOn, request.Note, by, now));
    }
}

public sealed record VerdictApproved(
    Guid Proposal, Verdict Verdict, DateOnly? BackOn, Exhibit? Note, Caller Approver, DateTimeOffset ApprovedAt);
