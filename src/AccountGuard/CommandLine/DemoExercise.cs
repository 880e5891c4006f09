using System.Security.Cryptography;
using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Demonstration;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;

namespace AccountGuard.CommandLine;

/// <summary>
/// What people do with cases, and payments make of it, shown on five invented holders of another leak: what became of
/// the changes of 2015 is not known, and nothing is said of it. One change is held, then confirmed and paid in arrears;
/// two are denied when the money had gone, and recalled: one comes back, one is lost; two are still being verified.
/// </summary>
public sealed class DemoExercise(Session session, string folder, int seed)
{
    // Also what its changes and payments come from.
    private const string Incident = "exercise";

    // Behind all holders of the demonstration.
    private const long FirstPosition = 50_000_000;
    private const int Held = 0, Lost = 1, Returned = 2;

    private static readonly DateOnly June = new(2015, 6, 15), August = new(2015, 8, 14);
    private static readonly Caller Auditor = new("exercise-auditor", "exercise-1");
    private static readonly Caller Approver = new("exercise-approver", "exercise-2");
    private static readonly Caller Payer = new("exercise-payer", null);

    // What each holder is paid on a pay-day.
    private static readonly int[] Amounts = [120_000, 100_000, 90_000, 80_000, 70_000];

    private readonly long[] _numbers = [.. Amounts.Select((_, holder) =>
        new NumberPermutation(seed).NumberAt(FirstPosition + holder))];

    private sealed record Payment(string Id, int Holder, string Account, string Outcome = "sent", string PaysFor = "")
    {
        public int Amount => Amounts[Holder];
    }

    /// <summary>Doing it again changes nothing.</summary>
    /// <returns>True where each payment stood as it must, and every yen is accounted for.</returns>
    public async Task<bool> RunAsync()
    {
        Console.WriteLine($"\nAn exercise with {Amounts.Length} invented holders of another leak:");
        await DeclareAsync();
        await DoAsync(Held, new(2015, 6, 10), HoldSteps);
        Payment[] june =
        [
            .. Amounts.Select((_, holder) => new Payment(
                $"june-{holder}", holder, NewOf(holder), holder == Held ? "withheld" : "sent")),
        ];
        var agrees = await ScreenAsync(June, june, clear: 0, pending: 4, hold: 1);
        await ReportAsync(June, june);
        await DoAsync(Held, new(2015, 6, 18), VerdictSteps(Held, Verdict.Confirmed));
        await DenyAsync(Lost, RecallState.Refused);
        await DenyAsync(Returned, RecallState.ReturnedBeforeCredit);

        // What the hold kept is paid with the next run.
        Payment[] august =
        [
            .. Amounts.Select((_, holder) => new Payment(
                $"august-{holder}", holder, holder is Lost or Returned ? OldOf(holder) : NewOf(holder))),
            new("arrears", Held, NewOf(Held), PaysFor: $"june-{Held}"),
        ];
        agrees &= await ScreenAsync(August, august, clear: 4, pending: 2, hold: 0);
        await ReportAsync(August, august);
        return agrees & await IsAccountedForAsync();
    }

    private async Task DeclareAsync()
    {
        var at = session.At;
        await DeclareIncident.RunAsync(at, new Declaration(
            Incident, "Another leak: an exercise with invented holders", "Asia/Tokyo",
            new Declaration.CutoffPart(Through: new DateOnly(2015, 6, 1)),
            new Declaration.WindowPart(new DateOnly(2015, 5, 8))), DayTime(new(2015, 6, 1)), session.Cancel);
        await FactCommands.FinishAsync(session);
        using (var changes = Open("changes", "source,request_id,number,filed_on,received_on,entered_on,channel,"
            + "entered_by,decided_by,new_account,previous_account", (number, holder) =>
            $"{Incident},{holder},{number},2015-05-12,2015-05-13,2015-05-14,post,clerk,chief,{NewOf(holder)},"
            + OldOf(holder)))
        {
            await ImportChanges.RunAsync(
                at, changes, isNdjson: false, null, DayTime(new(2015, 5, 15)), null, session.Cancel);
        }

        using (var list = Open("list", "number,name", (number, holder) => $"{number},演習 {(char)('Ａ' + holder)}"))
        {
            await ImportList.RunAsync(at, list, new ListOrder(
                Incident, 1, new DateOnly(2015, 6, 2), new ControlTotals(Amounts.Length, Amounts.Length, 0, 0, 0),
                Replaces: false, null, DayTime(new(2015, 6, 2))), null, session.Cancel);
        }

        await FactCommands.FinishAsync(session);
    }

    private DeliveredFile Open(string name, string header, Func<string, int, string> row)
    {
        var path = Path.Combine(folder, $"{Incident}-{name}.csv");
        File.WriteAllLines(path, _numbers.Select((number, holder) => row($"{number:D10}", holder)).Prepend(header));
        return DeliveredFile.Open(path, null);
    }

    private static Func<CaseAtHand, Decision>[] HoldSteps =>
    [
        hand => ProposeHold.Decide(hand.Case,
            new ProposeHold(IdOf(Held, "hold"), HoldReason.FraudSuspected, PayTo.Keep, June, null), Auditor,
            hand.KeyedBy, hand.MayPayPrevious, hand.Now),
        hand => ApproveHold.Decide(hand.Case, new ApproveHold(IdOf(Held, "hold")), Approver, hand.KeyedBy, hand.Now),
    ];

    /// <summary>The holder is written to, comes to the counter, and says whether it was them.</summary>
    private static Func<CaseAtHand, Decision>[] VerdictSteps(int holder, Verdict verdict) =>
    [
        hand => ClaimCase.Decide(
            hand.Case, new ClaimCase(hand.Now + ClaimCase.Lasts), Auditor, hand.KeyedBy, hand.Now),
        hand => OrderLetter.Decide(
            hand.Case, new OrderLetter(IdOf(holder, "letter"), CaseReference(holder), 1), Auditor, hand.Now),
        hand => RecordLetterSent.Decide(hand.Case,
            new RecordLetterSent(IdOf(holder, "sent"), IdOf(holder, "letter"), hand.Today, hand.Today), Auditor,
            hand.Now),
        hand => RecordMeeting.Decide(hand.Case, new RecordMeeting(
            IdOf(holder, "meeting"), MeetingPlace.Counter, PersonMet.Holder, [new ShownPaper(PaperKind.Passport, true)],
            verdict == Verdict.Denied ? Intent.Denied : Intent.Confirmed, hand.Today, null), Auditor, hand.KeyedBy,
            hand.Now),
        hand => ProposeVerdict.Decide(
            hand.Case, new ProposeVerdict(IdOf(holder, "verdict"), verdict, null), Auditor, hand.KeyedBy, hand.Now),
        hand => ApproveVerdict.Decide(hand.Case, new ApproveVerdict(IdOf(holder, "verdict")), Approver, hand.KeyedBy,
            hand.NextPayDay, hand.Now),
    ];

    /// <summary>Denied after the money went: it is recalled, and later payments go to the account before.</summary>
    private async Task DenyAsync(int holder, RecallState outcome)
    {
        await DoAsync(holder, new(2015, 6, 22), VerdictSteps(holder, Verdict.Denied));
        var followed = await FollowedPayment.OfAsync(session.At, CaseOf(holder), session.Cancel);
        await DoAsync(holder, new(2015, 6, 23), hand => RequestRecall.Decide(hand.Case,
            new RequestRecall(IdOf(holder, "recall"), PaymentReport.IdOf(Incident, $"june-{holder}"),
                hand.Today.AddDays(7), null), followed, Auditor, hand.KeyedBy, hand.Now));
        await DoAsync(holder, new(2015, 7, 1), hand => AnswerRecall.Decide(hand.Case,
            new AnswerRecall(IdOf(holder, "answer"), IdOf(holder, "recall"), outcome, null, hand.Today, null), Auditor,
            hand.KeyedBy, hand.Now));
        await DoAsync(holder, new(2015, 7, 10), hand => RestoreAccount.Decide(
            hand.Case, new RestoreAccount(hand.Now), Payer, hand.Now));
    }

    /// <summary>One after the other, as of the day. What was done before is refused or passed over.</summary>
    private async Task DoAsync(int holder, DateOnly day, params Func<CaseAtHand, Decision>[] steps)
    {
        foreach (var step in steps)
        {
            await CaseWork.DoAsync(
                session.At with { Clock = new Then(DayTime(day)) }, CaseOf(holder), step, session.Cancel);
        }
    }

    private async Task<bool> ScreenAsync(DateOnly payDay, Payment[] payments, int clear, int pending, int hold)
    {
        var path = Path.Combine(folder, $"{Incident}-{payDay:O}.txt");
        var transfers = new PayRunFile(payDay);
        foreach (var payment in payments)
        {
            transfers.Add(_numbers[payment.Holder], payment.Amount, payment.Account);
        }

        transfers.Write(path);
        var parts = await DemoLoad.ScreenAsync(
            session, path, payDay, (payments.Length, payments.Sum(p => (long)p.Amount)));
        return parts?.Select(part => part.Count).SequenceEqual([clear, pending, hold, 0]) == true;
    }

    private async Task ReportAsync(DateOnly payDay, IEnumerable<Payment> payments)
    {
        var path = Path.Combine(folder, $"{Incident}-payments-{payDay:O}.csv");
        await File.WriteAllLinesAsync(path, payments
            .Select(p => $"{Incident},{p.Id},{_numbers[p.Holder]:D10},{p.Outcome},{payDay:O},{p.Amount},"
                + $"{(p.Outcome == "sent" ? p.Account : "")},,,,{p.PaysFor}")
            .Prepend(string.Join(',', PaymentReport.Columns)), session.Cancel);
        using var file = DeliveredFile.Open(path, null);
        await ImportPayments.RunAsync(
            session.At, file, isNdjson: false, null, DayTime(payDay.AddDays(3)), null, session.Cancel);
    }

    private async Task<bool> IsAccountedForAsync()
    {
        var recalls = await RecallsView.TotalsAsync(session.At, session.Cancel);
        var (sent, back, lost) = (recalls.Sum(t => t.Sent), recalls.Sum(t => t.Recovered), recalls.Sum(t => t.Lost));
        var agrees = (sent, back, lost)
            == (Amounts[Lost] + Amounts[Returned], Amounts[Returned], Amounts[Lost]);
        Console.WriteLine($"Held in June and paid in August: {Amounts[Held]:N0} yen. Sent to accounts that were denied "
            + $"later, and recalled: {sent:N0} yen; {back:N0} came back, {lost:N0} are lost"
            + (agrees ? ", and the yen add up." : ", BUT IT IS NOT AS IT MUST BE."));
        return agrees;
    }

    private static string NewOf(int holder) => $"zengin:0001-{holder + 101}-1-123456{holder}";

    private static string OldOf(int holder) => $"zengin:0005-{holder + 201}-1-765432{holder}";

    private static string CaseReference(int holder) => $"EXE-RC{holder}-SE";

    private static Guid CaseOf(int holder) => FiledChange.IdOf(Incident, $"{holder}");

    private static Guid IdOf(int holder, string what) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Incident} {holder} {what}")).AsSpan(0, 16));

    private static DateTimeOffset DayTime(DateOnly day) => new(day, new TimeOnly(10, 0), TimeSpan.FromHours(9));

    /// <summary>The clock of a day that has been.</summary>
    private sealed class Then(DateTimeOffset instant) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => instant.ToUniversalTime();
    }
}
