using AccountGuard.Identity;

namespace AccountGuard.Verification.Recalls;

/// <summary>
/// A request to bring back a payment that went to a denied account: after the hand-off only the receiver's consent
/// helps (Rule 23).
/// </summary>
/// <param name="Amount">All yen of the payment.</param>
/// <param name="DueOn">The last day on which the bank's answer is awaited.</param>
public sealed record Recall(Guid Id, Guid Payment, long Amount, DateOnly DueOn)
{
    public RecallState State { get; init; } = RecallState.Requested;

    /// <summary>Yen that are back.</summary>
    public long Recovered { get; init; }

    /// <summary>
    /// Whoever could not be reached may be yet: it is open, as a case is (Rule 15). All else is the end of it, and what
    /// is not back then is a loss for good.
    /// </summary>
    public bool IsEnded => State is not (RecallState.Requested or RecallState.NoContact);

    public long Lost => IsEnded ? Amount - Recovered : 0;

    public long Open => IsEnded ? 0 : Amount;
}

public enum RecallState
{
    Requested,

    /// <summary>The bank still had it: all of it is back.</summary>
    ReturnedBeforeCredit,

    /// <summary>The receiver agreed, to all of it or to a part, and so much is back.</summary>
    ConsentGiven,

    /// <summary>A loss, never recovered.</summary>
    Refused,

    /// <summary>The bank did not reach the receiver.</summary>
    NoContact,
}

/// <summary>
/// A payment to the holder in place of those that went to the denied account. It is decided on its own, whatever
/// becomes of their recalls, and by two people.
/// </summary>
public sealed record Replacement(Guid Id, long Amount, Caller Proposer)
{
    /// <summary>Null while it waits for another person.</summary>
    public Caller? Approver { get; init; }

    /// <summary>Yen that had been paid again when it was decided.</summary>
    public long PaidAgain { get; init; }
}
