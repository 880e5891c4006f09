using AccountGuard.Intake;

namespace AccountGuard.Verification.Paid;

/// <summary>What a case made of a payment to its new account. Being queued never altered it (Rule 18).</summary>
public enum PaymentMark
{
    None,

    /// <summary>Before the case could be known: the change or the list came after the pay-day.</summary>
    BeforeCase,

    /// <summary>While the holder's intent was not verified: a verdict of the pay-day itself came too late.</summary>
    WhilePending,

    /// <summary>After two people had denied the change.</summary>
    AfterDenial,
}

/// <summary>A payment to a holder. It prints no account (Rule 33).</summary>
/// <param name="Account">Null where the number's data was erased.</param>
/// <param name="Code">Why the bank did not credit it.</param>
/// <param name="On">The day of the outcome.</param>
public sealed record StoryPayment(
    Guid Id, DateOnly PayOn, long Amount, PayeeAccount? Account, string Outcome, string? Code, DateOnly On,
    Guid? PaysFor)
{
    public PaymentMark Mark { get; init; }

    /// <summary>To an account that the holder says is not theirs (Rule 17).</summary>
    public bool IsToDenied { get; init; }

    public const string Withheld = "withheld";

    public bool CameBack => Outcome is "credit-failed" or "returned";

    /// <summary>The payer kept it, because its standing was hold.</summary>
    public bool IsWithheld => Outcome == Withheld;

    /// <summary>The holder has it, as far as anyone knows.</summary>
    public bool IsWithHolder => !CameBack && !IsWithheld && !IsToDenied;
}

/// <summary>A stop by its own rule (Rule 20), from its day up to the day before the payments are resumed.</summary>
/// <param name="From">Null while only its end is known: it stops nothing.</param>
/// <param name="Amount">Yen that it withholds on each pay-day; null where that was not said.</param>
public sealed record StoryStop(
    Guid Id, string Reason, DateOnly? From, DateOnly? ResumedOn, DateOnly? TerminatedOn, long? Amount)
{
    public const string LifeStatusReport = "life-status-report", Death = "death";

    public bool Covers(DateOnly payDay) => From <= payDay && !(ResumedOn <= payDay);
}

/// <summary>A hold that two people or a policy placed (Rule 18), or a denied change (Rule 17; no end yet).</summary>
public sealed record StoryHold(string Reason, DateOnly From, DateOnly? Through)
{
    public const string Denied = "Denied";

    public bool Covers(DateOnly payDay) => From <= payDay && !(Through < payDay);
}

/// <summary>Yen that the holder should have and does not, since when, and why.</summary>
/// <param name="Reason">
/// credit-failed, returned, withheld (on hold), denied (it went to a denied account) or life-status-report.
/// </param>
public sealed record Arrear(Guid Of, string Reason, DateOnly Since, long Due, long PaidLater)
{
    /// <summary>What was paid too much is no claim.</summary>
    public long Owed => Math.Max(0, Due - PaidLater);
}

/// <summary>
/// The payment story of a holder: what was paid, where to, on which day and beside which case; what stopped it; and
/// what is owed. Through: the last pay-day of which the payment system has reported anything.
/// </summary>
public sealed record PaymentStory(
    IReadOnlyList<StoryPayment> Payments, IReadOnlyList<StoryStop> Stops, IReadOnlyList<StoryHold> Holds,
    IReadOnlyList<DateOnly> PayDays, DateOnly? DiedOn)
{
    public static readonly PaymentStory Empty = new([], [], [], [], null);

    public DateOnly? Through => PayDays.Count > 0 ? PayDays[^1] : null;

    public long Owed => Arrears.Sum(a => a.Owed);

    /// <summary>
    /// Yen that did not reach the holder and were not paid later: payments that failed, came back, were withheld or
    /// went to a denied account, and those that a missing life-status report stopped. A legal reduction and death owe
    /// nothing (Rule 20).
    /// </summary>
    public IReadOnlyList<Arrear> Arrears
    {
        get
        {
            var later = Payments.Where(p => p.IsWithHolder).ToLookup(RootOf, p => (p.Id, p.Amount));
            return
            [
                .. from p in Payments
                   where !p.IsWithHolder && RootOf(p) == p.Id
                   select new Arrear(p.Id, p.CameBack || p.IsWithheld ? p.Outcome : "denied", p.PayOn, p.Amount,
                       PaidFor(p.Id)),
                .. from s in Stops
                   let stopped = PayDays.Count(day => s.Covers(day) && !IsOver(s, day))
                   where s is { Reason: StoryStop.LifeStatusReport, Amount: not null } && stopped > 0
                   select new Arrear(s.Id, s.Reason, s.From!.Value, s.Amount!.Value * stopped, PaidFor(s.Id)),
            ];

            long PaidFor(Guid id) => later[id].Where(p => p.Id != id).Sum(p => p.Amount);
        }
    }

    /// <summary>Whether it makes up for what was to be paid on another day.</summary>
    public bool IsForAnotherDay(StoryPayment payment) =>
        RootOf(payment) is var root && root != payment.Id
            && Payments.FirstOrDefault(p => p.Id == root)?.PayOn != payment.PayOn;

    /// <summary>Nothing is due any longer on that day, whatever report is missing: the holder died, or it was
    /// terminated.</summary>
    private bool IsOver(StoryStop stop, DateOnly day) => DiedOn < day || stop.TerminatedOn <= day
        || Stops.Any(s => s.Covers(day) && (s.Reason == StoryStop.Death || s.TerminatedOn <= day));

    /// <summary>Yen paid for days after the holder's death that did not come back (S48).</summary>
    public long PaidAfterDeath =>
        Payments.Where(p => p.PayOn > DiedOn && p is { CameBack: false, IsWithheld: false }).Sum(p => p.Amount);

    /// <summary>
    /// Payments that ended because of the death may be recovered; a stop that can be resumed is not enough (S48).
    /// </summary>
    public bool IsTerminated => Stops.Any(s => s is { Reason: StoryStop.Death, TerminatedOn: not null });

    /// <summary>
    /// The first of a chain of payments that each make up for the one before, so that one that failed twice is owed
    /// once. What it names and nobody knows, and a circle, is no chain.
    /// </summary>
    private Guid RootOf(StoryPayment payment)
    {
        var (root, seen) = (payment.Id, new HashSet<Guid> { payment.Id });
        for (var at = payment; at?.PaysFor is { } before;)
        {
            if (!seen.Add(before))
            {
                return payment.Id;
            }

            at = Payments.FirstOrDefault(p => p.Id == before);
            root = at is not null || Stops.Any(s => s.Id == before) ? before : root;
        }

        return root;
    }
}
