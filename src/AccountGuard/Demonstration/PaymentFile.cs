namespace AccountGuard.Demonstration;

/// <summary>
/// What the payment system reports of a pay-day (rules 18, 20, 23): of every holder whose change of account touches a
/// list, and of no other. All of it is invented: what was really paid is not known. Nobody is held, so each is paid as
/// the payer knew the account by then; now and then the bank cannot credit it, or a life-status report is missing.
/// </summary>
internal sealed class PaymentFile(ChangesFile forms, NumberPermutation numbers, int seed)
{
    private const string Header =
        "source,payment_id,number,outcome,pay_day,amount,account,code,on,reason,pays_for";

    private const int OneInFails = 40, OneInIsStopped = 60;

    /// <summary>Writes the reports, and beside them the transfer file that the payments were sent by.</summary>
    /// <param name="order">The delivery that brings the file: what is cancelled before it is not paid.</param>
    public DeliveryRows Write(
        string path, DateOnly payDay, int order, IReadOnlyList<Filing> filings, RowProgress progress)
    {
        using var csv = new CsvFile(path, Header, progress);
        var transfers = new PayRunFile(payDay);
        var rows = 0;
        foreach (var holder in HoldersOf(filings))
        {
            var draw = SplitMix64.For(seed, Purpose.Payments, holder.Key + ((long)payDay.DayNumber << 32));
            var amount = 40_000 + (100 * draw.Below(1_600));
            if (draw.Below(OneInIsStopped) == 0)
            {
                rows += Stop(csv, holder.Key, payDay, amount);
                continue;
            }

            var account = AccountOf(holder, payDay, order);
            rows += Pay(csv, holder.Key, payDay, "sent"u8, amount, account);
            transfers.Add(numbers.NumberAt(holder.Key), amount, account);
            if (draw.Below(OneInFails) == 0)
            {
                rows += Pay(csv, holder.Key, payDay, "credit-failed"u8, amount, account);
            }
        }

        transfers.Write(Path.ChangeExtension(path, "txt"));
        return new(rows, rows, 0, 0);
    }

    /// <summary>How many rows it writes.</summary>
    public int RowsOf(DateOnly payDay, IReadOnlyList<Filing> filings) => HoldersOf(filings).Sum(holder =>
    {
        var draw = SplitMix64.For(seed, Purpose.Payments, holder.Key + ((long)payDay.DayNumber << 32));
        draw.Below(1_600);
        return draw.Below(OneInIsStopped) == 0 || draw.Below(OneInFails) != 0 ? 1 : 2;
    });

    private static IEnumerable<IGrouping<int, Filing>> HoldersOf(IReadOnlyList<Filing> filings) => filings
        .Where(filing => filing is { Kind: ChangeKind.Account, ArrivesWith: not Filing.Never })
        .GroupBy(filing => filing.Position).OrderBy(holder => holder.Key);

    /// <summary>The new account of the last change that is due by the pay-day, or else the one before.</summary>
    private string AccountOf(IGrouping<int, Filing> holder, DateOnly payDay, int order) => holder
        .Where(filing => filing.ArrivesWith < order && filing.CancelledWith > order
            && filing.Days.Earliest is { } filed && PayDays.ExposedOn(filed) <= payDay)
        .OrderBy(filing => filing.Days.Earliest).ThenBy(filing => filing.Serial)
        .Select(forms.NewAccountOf).LastOrDefault(account => !account.Contains('?'))
        ?? forms.PreviousAccountOf(holder.Key);

    private int Pay(CsvFile csv, int position, DateOnly payDay, ReadOnlySpan<byte> outcome, int amount, string account)
    {
        var isFailed = !outcome.SequenceEqual("sent"u8);
        Begin(csv, "P", position, payDay, outcome);
        csv.Day(payDay);
        csv.Next();
        csv.PutNumber(amount);
        csv.Field(account);
        csv.Field(isFailed ? "name-differs"u8 : ""u8);
        csv.Day(isFailed ? payDay.AddDays(1) : payDay);
        csv.Field(""u8);
        csv.Field(""u8);
        csv.EndRow();
        return 1;
    }

    private int Stop(CsvFile csv, int position, DateOnly payDay, int amount)
    {
        Begin(csv, "S", position, payDay, "stopped"u8);
        csv.Field(""u8);
        csv.Next();
        csv.PutNumber(amount);
        csv.Field(""u8);
        csv.Field(""u8);
        csv.Day(payDay);
        csv.Field("life-status-report"u8);
        csv.Field(""u8);
        csv.EndRow();
        return 1;
    }

    private void Begin(CsvFile csv, string kind, int position, DateOnly payDay, ReadOnlySpan<byte> outcome)
    {
        csv.Field("demo-payer"u8);
        csv.Field($"{kind}-{payDay:yyyyMMdd}-{position}");
        csv.Next();
        csv.PutDigits(numbers.NumberAt(position), 10);
        csv.Field(outcome);
    }
}
