using AccountGuard.Identity;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using Npgsql;

namespace AccountGuard.SystemTests;

/// <summary>What takes two people (Rule 14): done by them, and not let in by the database otherwise.</summary>
internal static class TwoPeople
{
    public static readonly Caller Saeki = new("saeki", "P1"), Utsumi = new("utsumi", "P2");

    /// <summary>The holder was met and denies the change; one proposes it, the other approves.</summary>
    public static Task DenyAsync(Installation at, Guid @case) => EndAsync(at, @case, Verdict.Denied);

    /// <summary>What a verdict needs, one who proposes it, and the other who approves.</summary>
    public static async Task EndAsync(Installation at, Guid @case, Verdict verdict)
    {
        var (letter, proposal) = (Guid.NewGuid(), Guid.NewGuid());
        Func<CaseAtHand, Decision>[] meeting =
        [
            at => RecordMeeting.Decide(at.Case, new RecordMeeting(Guid.NewGuid(), MeetingPlace.Counter,
                PersonMet.Holder, [new ShownPaper(PaperKind.Passport, true)],
                verdict == Verdict.Denied ? Intent.Denied : Intent.Confirmed, at.Today, null), Saeki, at.KeyedBy,
                at.Now),
        ];
        Func<CaseAtHand, Decision>[] steps =
        [
            at => ClaimCase.Decide(at.Case, new ClaimCase(at.Now.AddHours(1)), Saeki, at.KeyedBy, at.Now),
            .. verdict != Verdict.Confirmed ? [] : (Func<CaseAtHand, Decision>[])
            [
                at => OrderLetter.Decide(at.Case, new OrderLetter(letter, "K7Q-42M-9F", 1), Saeki, at.Now),
                at => RecordLetterSent.Decide(
                    at.Case, new RecordLetterSent(Guid.NewGuid(), letter, at.Today, at.Today), Saeki, at.Now),
            ],
            .. verdict is Verdict.Confirmed or Verdict.Denied ? meeting : [],
            at => ProposeVerdict.Decide(
                at.Case, new ProposeVerdict(proposal, verdict, null), Saeki, at.KeyedBy, at.Now),
            at => ApproveVerdict.Decide(
                at.Case, new ApproveVerdict(proposal), Utsumi, at.KeyedBy, at.NextPayDay, at.Now),
        ];
        foreach (var step in steps)
        {
            (await CaseWork.DoAsync(at, @case, step, default)).ShouldBeNull();
        }
    }

    /// <summary>A hold on the new account through a day: one proposes it, the other approves.</summary>
    public static async Task HoldAsync(Installation at, Guid @case, DateOnly through, PayTo payTo = PayTo.Keep)
    {
        var hold = Guid.NewGuid();
        (await CaseWork.DoAsync(at, @case, at => ProposeHold.Decide(at.Case,
            new ProposeHold(hold, HoldReason.FraudSuspected, payTo, through, null), Saeki, at.KeyedBy,
            at.MayPayPrevious, at.Now), default)).ShouldBeNull();
        (await CaseWork.DoAsync(at, @case, at => ApproveHold.Decide(
            at.Case, new ApproveHold(hold), Utsumi, at.KeyedBy, at.Now), default)).ShouldBeNull();
    }

    /// <summary>The fence of the database refuses an event, as code that forgets to ask would append it.</summary>
    public static async Task IsRefusedAsync(Installation at, Guid stream, object happened, string? who = null)
    {
        await using var session = at.Events.LightweightSession();
        session.Events.Append(stream, happened);
        var refused = await Should.ThrowAsync<Exception>(() => session.SaveChangesAsync());
        refused.GetBaseException().ShouldBeOfType<PostgresException>().SqlState.ShouldBe("AG003", who);
    }
}
