using AccountGuard.Identity;
using AccountGuard.Verification.Holds;

namespace AccountGuard.Verification;

/// <summary>
/// A wrong click is taken back by whoever made it, as a new fact (Rule 34): an entry, a snooze, or a proposal that
/// still waits, of a verdict or of a hold. What was worked stays worked, so that nobody ends a case by taking its
/// evidence back. A letter that is released to be posted is on its way, and its order stays.
/// </summary>
public sealed record TakeBackEntry(Guid Entry)
{
    /// <param name="released">Orders whose letter is in a batch that is released.</param>
    public static Decision Decide(
        VerificationCase @case, TakeBackEntry request, Caller by, IReadOnlyCollection<Guid> released,
        DateTimeOffset now)
    {
        var maker = MakerOf(@case, request.Entry);
        if (maker is null)
        {
            return @case.Verdicts.Any(v => v.Entry == request.Entry)
                ? Decision.Of(Refusal.ProposalGone, request, by, now)
                : @case.Seen.Contains(request.Entry) ? Decision.Nothing
                : Decision.Of(Refusal.NoSuchEntry, request, by, now);
        }

        var carries = @case.Proposal?.Evidence.Contains(request.Entry) == true
            || @case.InForce?.Evidence.Contains(request.Entry) == true
            || @case.Entries.Any(entry => entry.About == request.Entry);
        return Decision.Of(
            !maker.IsSame(by) ? Refusal.NotYours
                : carries ? Refusal.RestedOn
                : released.Contains(request.Entry) ? Refusal.LetterIsReleased
                : null,
            request, by, now, new EntryTakenBack(request.Entry, by, now));
    }

    /// <summary>
    /// Who made what can still be taken back; null where there is no such thing. What two people decided is none,
    /// though the snooze of an Unreachable has its id.
    /// </summary>
    public static Caller? MakerOf(VerificationCase @case, Guid entry) =>
        @case.Verdicts.Any(v => v.Entry == entry) ? null
        : @case.Entries.FirstOrDefault(e => e.Id == entry)?.By
        ?? (@case.Proposal?.Entry == entry ? @case.Proposal.Auditor : null)
        ?? (@case.Snooze?.Entry == entry ? @case.Snooze.By : null)
        ?? HoldProposals.Waiting(@case, entry)?.Proposer;
}

public sealed record EntryTakenBack(Guid Entry, Caller TakenBackBy, DateTimeOffset TakenBackAt);
