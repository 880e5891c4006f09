using System.Globalization;

namespace AccountGuard.Verification.Paid;

/// <summary>
/// Why the payment of a day is where it is, in one sentence (Rule 20): a text of the pages, whose places are filled
/// with the arguments. Reasons never mix: a stop by another rule is never called a fraud hold, nor the other way round.
/// </summary>
public sealed record WhyNotPaid(string Text, params IReadOnlyList<string> Arguments)
{
    /// <summary>All that may be said.</summary>
    public static readonly string[] Texts =
    [
        Unknown, Paid, PaidPending, PaidBefore, PaidDenied, Failed, Returned, OfDeath, OfLifeStatus, OfWork, OfChild,
        OfLaw, OfDenial, OfHold, Kept,
    ];

    private const string Unknown = "Nothing was reported of a payment on {0}, and no stop or hold is known.",
        Paid = "The payment of {0} was sent to the account {1}.",
        PaidPending = "The payment of {0} was sent to the account {1} while the change to it was being verified.",
        PaidBefore = "The payment of {0} was sent to the account {1} before the change to it came to be verified.",
        PaidDenied = "The payment of {0} was sent to the account {1}, which the holder says is not theirs.",
        Failed = "The payment of {0} was sent, and the bank could not credit it (code {1}).",
        Returned = "The payment of {0} was sent, and came back from the bank (code {1}).",
        OfDeath = "The payment of {0} was stopped because a death was reported (since {1}).",
        OfLifeStatus = "The payment of {0} was stopped because the life-status report is missing (since {1}).",
        OfWork = "The payment of {0} was reduced or stopped by law because of work (since {1}).",
        OfChild = "The payment of {0} was reduced or stopped by law because a child turned 18 (since {1}).",
        OfLaw = "The payment of {0} was reduced or stopped by law (since {1}).",
        OfDenial = "The payment of {0} was held: the holder denied the change of account (since {1}).",
        OfHold = "The payment of {0} was held on suspicion of fraud (since {1}).",
        Kept = "The payment of {0} was kept by the payer because it was on hold, and is owed.";

    /// <summary>What was paid speaks for itself; of stops a death comes first; a hold is named where nothing else
    /// stops.</summary>
    public static WhyNotPaid Of(PaymentStory story, DateOnly payDay)
    {
        var day = Iso(payDay);

        // What was paid that day for another one says nothing of this one's payment.
        var payments = story.Payments.Where(p => p.PayOn == payDay && !story.IsForAnotherDay(p)).ToList();
        if (payments.FirstOrDefault(p => p.IsWithHolder) is { } paid)
        {
            return new WhyNotPaid(paid.Mark switch
            {
                PaymentMark.None or PaymentMark.AfterDenial => Paid,
                PaymentMark.BeforeCase => PaidBefore,
                PaymentMark.WhilePending => PaidPending,
            }, day, Masked(paid));
        }

        if (payments.FirstOrDefault(p => p is { CameBack: false, IsWithheld: false }) is { } denied)
        {
            return new WhyNotPaid(PaidDenied, day, Masked(denied));
        }

        if (payments.FirstOrDefault(p => p.CameBack) is { } back)
        {
            return new WhyNotPaid(back.Outcome == "returned" ? Returned : Failed, day, back.Code ?? "–");
        }

        if (payments.Count > 0)
        {
            return new WhyNotPaid(Kept, day);
        }

        var stop = story.Stops.Where(s => s.Covers(payDay)).OrderBy(s => Array.IndexOf(Precedence, s.Reason))
            .FirstOrDefault();
        var hold = story.Holds.FirstOrDefault(h => h.Covers(payDay));
        return stop is not null ? new WhyNotPaid(TextOf(stop.Reason), day, Iso(stop.From!.Value))
            : hold is null ? new WhyNotPaid(Unknown, day)
            : new WhyNotPaid(hold.Reason == StoryHold.Denied ? OfDenial : OfHold, day, Iso(hold.From));
    }

    // Whoever has died files no report and does not work.
    private static readonly string[] Precedence =
        [StoryStop.Death, StoryStop.LifeStatusReport, "work", "child-over-18", "other-legal"];

    private static string TextOf(string reason) => reason switch
    {
        StoryStop.Death => OfDeath,
        StoryStop.LifeStatusReport => OfLifeStatus,
        "work" => OfWork,
        "child-over-18" => OfChild,
        "other-legal" => OfLaw,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason."),
    };

    private static string Masked(StoryPayment payment) => payment.Account?.ToString() ?? "•••";

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
