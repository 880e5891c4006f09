using AccountGuard.Identity;

namespace AccountGuard.Verification.Holds;

/// <summary>
/// An instruction to the payment system not to pay the new account of a change on any pay-day up to one (Rule 18). It
/// takes two people, to be placed and to be lifted before its day, unless the incident's policy placed it.
/// </summary>
/// <param name="Through">The last pay-day that it covers; a day later it alarms, and the account is paid.</param>
/// <param name="Proposer">Null where the policy placed it.</param>
public sealed record Hold(Guid Id, HoldReason Reason, PayTo PayTo, DateOnly Through, Caller? Proposer)
{
    public HoldStage Stage { get; init; }

    /// <summary>The incident whose policy placed it; the end of a case that nobody worked lifts it.</summary>
    public string? PolicyOf { get; init; }

    public Caller? Approver { get; init; }

    /// <summary>Who proposes to lift it before its day, and under which id.</summary>
    public (Guid Id, Caller By)? Release { get; init; }

    /// <summary>It was placed, and nothing has lifted it.</summary>
    public bool Stands => Stage is HoldStage.Placed or HoldStage.ReleaseProposed;

    public static Hold ByPolicy(HoldPlaced placed) =>
        new(placed.Hold, HoldReason.Policy, placed.PayTo, placed.Through, Proposer: null)
        {
            Stage = HoldStage.Placed,
            PolicyOf = placed.Incident,
        };

    /// <summary>As it is when a proposal, of the hold itself or of its release, is sent or taken back.</summary>
    public Hold Without(Guid proposal) => this switch
    {
        { Stage: HoldStage.Proposed } when Id == proposal => this with { Stage = HoldStage.Ended },
        { Stage: HoldStage.ReleaseProposed, Release: { } release } when release.Id == proposal =>
            this with { Stage = HoldStage.Placed, Release = null },
        _ => this,
    };

    /// <summary>The day itself is covered.</summary>
    public bool Covers(DateOnly payDay) => Stands && payDay <= Through;
}

public enum HoldStage
{
    /// <summary>It waits for another person's approval, and holds nothing.</summary>
    Proposed,

    Placed,

    /// <summary>It holds until another person approves that it is lifted.</summary>
    ReleaseProposed,

    Ended,
}

/// <summary>Why a payment is held; other reasons to stop one are not holds (Rule 20).</summary>
public enum HoldReason
{
    /// <summary>The incident says so of each case, until people decide otherwise.</summary>
    Policy,

    /// <summary>Somebody other than the holder seems to have filed the change.</summary>
    FraudSuspected,

    /// <summary>The holder, or who speaks for them, says that it was not theirs; no verdict stands yet.</summary>
    HolderDisputes,

    /// <summary>Linked with changes that were denied, or with the same account or proxy (Rule 16).</summary>
    LinkedToFraud,
}

/// <summary>What is done with the money meanwhile.</summary>
public enum PayTo
{
    /// <summary>It is kept, and paid later.</summary>
    Keep,

    /// <summary>The account that was paid before the change.</summary>
    Previous,
}
