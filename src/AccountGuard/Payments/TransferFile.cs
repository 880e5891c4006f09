using System.Globalization;
using System.Security.Cryptography;

namespace AccountGuard.Payments;

/// <summary>What a record of a transfer file is, by its first byte.</summary>
public enum TransferRecord
{
    Header = '1',
    Payment = '2',
    Trailer = '8',
    End = '9',
}

/// <summary>
/// A Zengin transfer file (kind 21, 総合振込) while it is read, and checked on the way: the order of its records, the
/// fields that a payment depends on, and the count and amount in each trailer. Groups of a header, payments and a
/// trailer follow one another; one end record closes the file.
/// </summary>
public sealed class TransferFile : IDisposable
{
    /// <summary>Payments of a file, in all its groups.</summary>
    public const int MostPayments = 999_999;

    private readonly TransferRecords _records;
    private readonly bool _isKnown;
    private long _amountOfGroup;
    private int _countOfGroup;
    private bool _isInGroup;
    private bool _isEnded;

    /// <inheritdoc cref="TransferRecords(Stream, string, IncrementalHash?, bool)"/>
    /// <param name="isKnown">It was read before: its records, amounts and totals are held to each other, no more.
    /// </param>
    public TransferFile(Stream file, string name, IncrementalHash? digest = null, bool isKnown = false) =>
        (_records, _isKnown) = (new TransferRecords(file, name, digest, isKnown), isKnown);

    /// <summary>Where payments may go; null: anywhere.</summary>
    public BankBranches? Branches { get; init; }

    /// <summary>The days that a group may be paid on; null: any.</summary>
    public FileDays? Days { get; init; }

    public TransferRecord Kind { get; private set; }

    /// <summary>The record read last; until the next one is read.</summary>
    public ReadOnlySpan<byte> Record => _records.Record;

    /// <summary>The payment read last.</summary>
    public Payment Payment => new(_records.Record);

    /// <inheritdoc cref="TransferRecords.LineBreak"/>
    public ReadOnlySpan<byte> LineBreak => _records.LineBreak;

    /// <inheritdoc cref="TransferRecords.No"/>
    public int RecordNo => _records.No;

    /// <summary>
    /// The account of the payment read last: the digits of bank, branch, kind and number; of a file that is known, 0.
    /// </summary>
    public long Account { get; private set; }

    /// <summary>Yen of the payment read last.</summary>
    public long AmountOfPayment { get; private set; }

    /// <summary>Payments so far.</summary>
    public int Count { get; private set; }

    /// <summary>Yen so far.</summary>
    public long Amount { get; private set; }

    public long Bytes => _records.Bytes;

    /// <returns>False behind the end record, where nothing is left to check.</returns>
    /// <exception cref="BadInput">The file is not what it should be; the record, what is wrong and the remedy are
    /// named, and nothing of what stands there is quoted.</exception>
    public bool Read()
    {
        if (_isEnded)
        {
            _records.ReadEnd();
            return false;
        }

        if (!_records.Read())
        {
            throw _records.No == 0
                ? _records.Bad("the file is empty", "A file without payments has a header, trailer and end record")
                : _records.Bad("the file ends here, without an end record (9)", "Send the file whole");
        }

        Kind = (TransferRecord)Record[0];
        switch (Kind)
        {
            case TransferRecord.Header when !_isInGroup:
                CheckHeader();
                (_isInGroup, _countOfGroup, _amountOfGroup) = (true, 0, 0);
                break;
            case TransferRecord.Payment when _isInGroup:
                CheckPayment();
                break;
            case TransferRecord.Trailer when _isInGroup:
                CheckTrailer();
                _isInGroup = false;
                break;
            case TransferRecord.End when !_isInGroup && _records.No > 1:
                _isEnded = true;
                break;
            default:
                throw OutOfOrder();
        }

        return true;
    }

    public void Dispose() => _records.Dispose();

    private void CheckHeader()
    {
        var kind = Record[1..3];
        if (!kind.SequenceEqual("21"u8))
        {
            throw _records.Bad(kind switch
            {
                [(byte)'1', (byte)'1' or (byte)'2'] or [(byte)'7', (byte)'1' or (byte)'2'] =>
                    "the file is one of salaries or bonuses (kind 11, 12, 71, 72)",
                [(byte)'9', (byte)'1'] => "the file is one of direct debits (kind 91)",
                [(byte)'4', (byte)'1'] => "the file is one of dividends (kind 41)",
                [(byte)'0', (byte)'1' or (byte)'3'] =>
                    "the file is a statement of 200-byte records (kind 01, 03), not one of payments",
                _ => "its kind (bytes 2 and 3) is none of transfers",
            }, "Send pensions as transfers (kind 21, 総合振込), which carry the pension number as customer code 1");
        }

        if (Record[3] == '1')
        {
            throw _records.IsEbcdic();
        }

        if (Record[3] != '0')
        {
            throw _records.Bad("its code (byte 4) is not 0", "Write the file in JIS, and 0 there");
        }

        // The month and day alone: 0 is none.
        if (Days?.Has(Payment.DigitsOf(Record[54..58]) ?? 0) == false)
        {
            throw _records.Bad($"its day (bytes 55 to 58) {Days.IsAnother}", FileDays.Remedy);
        }
    }

    private void CheckPayment()
    {
        if (Count == MostPayments)
        {
            throw _records.Bad("the file has more than 999,999 payments", "Split it");
        }

        if (!_isKnown)
        {
            CheckFields();
        }

        if (Payment.DigitsOf(Record[80..90]) is not { } amount)
        {
            throw NoDigits("amount", 81, 90);
        }

        AmountOfPayment = amount;
        Count++;
        _countOfGroup++;
        Amount += amount;
        _amountOfGroup += amount;
    }

    private void CheckFields()
    {
        if (Payment.DigitsOf(Record[1..5]) is not { } bank)
        {
            throw NoDigits("bank number", 2, 5);
        }

        if (Payment.DigitsOf(Record[20..23]) is not { } branch)
        {
            throw NoDigits("branch number", 21, 23);
        }

        if (Branches?.Has(bank, branch) == false)
        {
            throw _records.Bad($"its bank and branch (bytes 2 to 5, 21 to 23) are {BankBranches.NotListed}",
                BankBranches.Remedy);
        }

        if (Record[42] is not ((byte)'1' or (byte)'2' or (byte)'4' or (byte)'9'))
        {
            throw _records.Bad("its kind of account (byte 43) is none", "It is 1, 2, 4 or 9");
        }

        if (Payment.DigitsOf(Record[43..50]) is not { } account)
        {
            throw NoDigits("account number", 44, 50);
        }

        if (Record[90] is not ((byte)'0' or (byte)'1' or (byte)'2' or (byte)' '))
        {
            throw _records.Bad("its new code (byte 91) is none", "It is 0, 1 (new) or 2 (changed)");
        }

        if (Record[112] is not ((byte)'Y' or (byte)' '))
        {
            throw _records.Bad("its mark of EDI information (byte 113) is none", "It is Y or a space");
        }

        Account = (((((bank * 1_000) + branch) * 10) + (Record[42] - '0')) * 10_000_000) + account;
    }

    private void CheckTrailer()
    {
        if (Payment.DigitsOf(Record[1..7]) is not { } count || Payment.DigitsOf(Record[7..19]) is not { } amount)
        {
            throw NoDigits("count or amount", 2, 19);
        }

        if (count != _countOfGroup || amount != _amountOfGroup)
        {
            throw _records.Bad(string.Create(CultureInfo.InvariantCulture,
                $"the trailer says {count:N0} payments of {amount:N0} yen, and the records before it are "
                + $"{_countOfGroup:N0} payments of {_amountOfGroup:N0} yen"),
                "Make the file again from its source", Fault.TotalsDiffer);
        }
    }

    private BadInput NoDigits(string field, int first, int last) => _records.Bad(
        $"its {field} (bytes {first} to {last}) is not all digits", "Fill it with zeros from the left");

    private BadInput OutOfOrder() => Kind switch
    {
        TransferRecord.Header => _records.Bad("a header (1) stands before the trailer (8) of the group before",
            "Close each group with its trailer"),
        TransferRecord.Payment => _records.Bad("a payment (2) stands outside a group",
            "Begin a group with a header (1)"),
        TransferRecord.Trailer => _records.Bad("a trailer (8) stands outside a group",
            "Begin a group with a header (1)"),
        TransferRecord.End => _records.Bad("the end record (9) stands before the trailer (8) of a group",
            "Write a header, payments and their trailer, then the end record"),
        _ => _records.Bad("its first byte is not 1, 2, 8 or 9",
            "See that each record has 120 bytes and begins with what it is"),
    };
}

/// <summary>A payment of a transfer file (formats, section 4), as far as it is read.</summary>
public readonly ref struct Payment(ReadOnlySpan<byte> record)
{
    private readonly ReadOnlySpan<byte> _record = record;

    /// <summary>The payee's account is new or another than before (新規コード 1, 2).</summary>
    public bool SaysAccountChanged => _record[90] is (byte)'1' or (byte)'2';

    /// <summary>EDI information stands in place of the customer codes (識別表示).</summary>
    public bool HasEdi => _record[112] == 'Y';

    /// <summary>The pension number, in customer code 1; null where that is none.</summary>
    public long? Number => DigitsOf(_record[91..101]);

    /// <summary>A field of the format's kind N; null where it is not all digits.</summary>
    public static long? DigitsOf(ReadOnlySpan<byte> text)
    {
        var value = 0L;
        foreach (var digit in text)
        {
            var of = (uint)(digit - '0');
            if (of > 9)
            {
                return null;
            }

            value = (value * 10) + of;
        }

        return value;
    }
}
