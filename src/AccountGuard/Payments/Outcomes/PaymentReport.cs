using System.Globalization;
using System.Text;
using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.Payments.Outcomes;

/// <summary>
/// A row of what the payment system reports, read and keyed, or a row for quarantine: what became of a payment (sent,
/// credited, credit-failed, returned, or withheld because its standing was hold), or that payments to a number were
/// stopped, terminated or resumed, and by which rule (Rule 20). A payment that is tried again is another payment, with
/// an id of its own.
/// </summary>
public sealed record PaymentReport(DeliveredRow Row)
{
    public static readonly string[] Columns =
    [
        "source", "payment_id", "number", "outcome", "pay_day", "amount", "account", "code", "on", "reason", "pays_for",
    ];

    /// <summary>Rule 20. A fraud hold is none of them: it is placed here, by two people.</summary>
    public static readonly string[] StopReasons =
        ["life-status-report", "work", "child-over-18", "death", "other-legal"];

    public const string Withheld = "withheld", Stopped = "stopped", Terminated = "terminated", Resumed = "resumed";

    private const int SourceColumn = 0, IdColumn = 1, NumberColumn = 2, OutcomeColumn = 3, PayDayColumn = 4,
        AmountColumn = 5, AccountColumn = 6, CodeColumn = 7, OnColumn = 8, ReasonColumn = 9, PaysForColumn = 10;

    // As many digits as a transfer file has for an amount.
    private const int LongestAmount = 10;
    private const int LongestId = 200;
    private const int LongestCode = 20;
    private const int MostDigits = 6;
    private static readonly string[] OfPayments = ["sent", "credited", "credit-failed", "returned", Withheld];
    private static readonly string[] OfStops = [Stopped, Terminated, Resumed];

    public PensionNumber? Number { get; private init; }

    public NumberKey? Key { get; private init; }

    /// <summary>The same source and payment id have the same id everywhere (Rule 7).</summary>
    public Guid Id { get; private init; }

    public string Outcome => Row[OutcomeColumn].ToLowerInvariant();

    public bool IsStop => OfStops.Contains(Outcome);

    /// <summary>Null for a stop.</summary>
    public DateOnly? PayOn { get; private init; }

    /// <summary>Yen; of a stop, what it withholds on each pay-day while it stands.</summary>
    public long? Amount { get; private init; }

    public UInt128? AccountKey { get; private init; }

    /// <summary>Why the bank did not credit it, in the bank's code.</summary>
    public string? BankCode => OrNull(Row[CodeColumn]);

    public string? Reason => IsStop ? Row[ReasonColumn].ToLowerInvariant() : null;

    /// <summary>The day of the outcome; the first day that is stopped, or paid again.</summary>
    public DateOnly On { get; private init; }

    /// <summary>The payment or stop that this payment makes up for.</summary>
    public Guid? PaysFor { get; private init; }

    /// <summary>What all rows of one payment or stop agree in.</summary>
    public UInt128 ThingKey { get; private init; }

    /// <summary>What is the same when the same row comes again.</summary>
    public UInt128 ContentKey { get; private init; }

    /// <summary>Why it waits in quarantine, and which field keeps it there.</summary>
    public string? Code { get; private init; }

    public string Field { get; private init; } = "";

    public string SourceText => Row[SourceColumn];

    public string IdText => Row[IdColumn];

    /// <param name="row">As it was delivered.</param>
    /// <param name="keys">What keys are made with.</param>
    /// <param name="payDays">Names of those of which a payment may be reported by now, by each of their days.</param>
    public static PaymentReport Read(DeliveredRow row, KeyFile keys, IReadOnlyDictionary<DateOnly, DateOnly> payDays)
    {
        var known = KeyedNumber.Of(row.Values.ElementAtOrDefault(NumberColumn), keys);
        var read = new PaymentReport(row) { Number = known?.Number, Key = known?.Key };
        if (row.Problem is { } problem)
        {
            return read.Waiting(problem, row.Field ?? "");
        }

        foreach (var column in (ReadOnlySpan<int>)[SourceColumn, IdColumn])
        {
            if (row[column].Length == 0)
            {
                return read.Waiting(QuarantineCode.MissingField, column);
            }

            if (!IsId(row[column]))
            {
                return read.Waiting(QuarantineCode.UnreadableId, column);
            }
        }

        return known is null ? read.Waiting(
                row[NumberColumn].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber, NumberColumn)
            : OfPayments.Contains(read.Outcome) ? read.AsPayment(keys, payDays)
            : read.IsStop ? read.AsStop(keys)
            : read.Waiting(read.Outcome.Length == 0 ? QuarantineCode.MissingField : QuarantineCode.UnknownOutcome,
                OutcomeColumn);
    }

    /// <summary>The personal data of the row as JSON, for sealing: the account as it was written.</summary>
    public byte[] Details() => JsonSerializer.SerializeToUtf8Bytes(
        new Dictionary<string, string> { ["account"] = IsStop ? "" : Row[AccountColumn] });

    /// <summary>The id that a source's payment or stop has everywhere.</summary>
    public static Guid IdOf(string source, string id) => FiledChange.IdOf($"payment of {source}", id);

    private PaymentReport AsPayment(KeyFile keys, IReadOnlyDictionary<DateOnly, DateOnly> payDays)
    {
        var isWithheld = Outcome == Withheld;
        if ((Missing(PayDayColumn, AmountColumn) ?? (isWithheld ? null : Missing(AccountColumn))) is { } missing)
        {
            return Waiting(QuarantineCode.MissingField, missing);
        }

        var isFailed = Outcome is "credit-failed" or "returned";
        if (isFailed && Missing(CodeColumn, OnColumn) is { } unsaid)
        {
            return Waiting(QuarantineCode.MissingField, unsaid);
        }

        PayeeAccount? account = null;
        DateOnly? payOn = Day(PayDayColumn), on = Row[OnColumn].Length == 0 ? payOn : Day(OnColumn);
        int? unreadable = payOn is null ? PayDayColumn
            : AmountOf(Row[AmountColumn]) is null ? AmountColumn
            : isWithheld && FilledOf(AccountColumn, CodeColumn) is { } filled ? filled
            : !isWithheld && !PayeeAccount.TryParse(Row[AccountColumn], out account) ? AccountColumn
            : !IsCode(Row[CodeColumn]) ? CodeColumn
            : on is null ? OnColumn
            : Row[PaysForColumn].Length > 0 && (!IsId(Row[PaysForColumn]) || Row[PaysForColumn] == IdText)
                ? PaysForColumn
            : Row[ReasonColumn].Length > 0 ? ReasonColumn
            : null;
        if (unreadable is { } column)
        {
            return Waiting(QuarantineCode.UnreadableField, column);
        }

        // One payment of a far day would make what is owed to everybody run to it.
        if (!payDays.TryGetValue(payOn!.Value, out var name))
        {
            return Waiting(QuarantineCode.NotAPayDay, PayDayColumn);
        }

        return (this with
        {
            Id = IdOf(SourceText, IdText),
            PayOn = name,
            Amount = AmountOf(Row[AmountColumn]),
            AccountKey = account?.NameIn(keys),
            On = on!.Value,
            PaysFor = Row[PaysForColumn].Length > 0 ? IdOf(SourceText, Row[PaysForColumn]) : null,
        }).Keyed(keys, $"{name:O}", Row[AmountColumn].TrimStart('0'), account?.RevealKey() ?? "", Row[PaysForColumn]);
    }

    private PaymentReport AsStop(KeyFile keys)
    {
        if (Missing(ReasonColumn, OnColumn) is { } missing)
        {
            return Waiting(QuarantineCode.MissingField, missing);
        }

        if (!StopReasons.Contains(Reason))
        {
            return Waiting(QuarantineCode.UnknownReason, ReasonColumn);
        }

        int? unreadable = Day(OnColumn) is null ? OnColumn
            : Row[AmountColumn].Length > 0 && AmountOf(Row[AmountColumn]) is null ? AmountColumn
            : FilledOf(PayDayColumn, AccountColumn, CodeColumn, PaysForColumn);
        return unreadable is { } column ? Waiting(QuarantineCode.UnreadableField, column)
            : (this with
            {
                Id = IdOf(SourceText, IdText),
                Amount = AmountOf(Row[AmountColumn]),
                On = Day(OnColumn)!.Value,
            }).Keyed(keys, "stop", Reason!);
    }

    private PaymentReport Keyed(KeyFile keys, params string[] thing)
    {
        var agreed = string.Join('\u001f', [Number!.Value.RevealDigits(), .. thing]);
        return this with
        {
            ThingKey = keys.Name("payment", Encoding.UTF8.GetBytes(agreed)),
            ContentKey = keys.Name("payment content", Encoding.UTF8.GetBytes(
                string.Join('\u001f', agreed, Outcome, $"{On:O}", Row[CodeColumn], $"{Amount}"))),
        };
    }

    private PaymentReport Waiting(string code, int column) => Waiting(code, Columns[column]);

    private PaymentReport Waiting(string code, string field) => this with { Code = code, Field = field };

    private int? Missing(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns)
        {
            if (Row[column].Length == 0)
            {
                return column;
            }
        }

        return null;
    }

    private int? FilledOf(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns)
        {
            if (Row[column].Length > 0)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>An instant is a day of the payer's calendar.</summary>
    private DateOnly? Day(int column) => ReportedDay.Parse(Row[column]).DayIn(PayDayCalendar.Zone);

    private static long? AmountOf(string text) =>
        text.TrimStart('0') is { Length: > 0 and <= LongestAmount } digits && !digits.ContainsAnyExceptInRange('0', '9')
            ? long.Parse(digits, CultureInfo.InvariantCulture) : null;

    /// <summary>It stands in clear: a bank's code, and neither a name nor a number or an account.</summary>
    private static bool IsCode(string text) => text.Length <= LongestCode
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text.Count(char.IsAsciiDigit) <= MostDigits;

    private static bool IsId(string text) =>
        text.Length <= LongestId && !text.Any(c => char.IsControl(c) || c == '\uFFFD');

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
