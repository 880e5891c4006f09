using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AccountGuard.Intake;

namespace AccountGuard.Payments;

/// <summary>
/// What a payment file asks: the number of each of its payments. The file was read whole and is sound when this is
/// there.
/// </summary>
public sealed class PayRunInput
{
    /// <summary>In place of a number: customer code 1 is none.</summary>
    public const long NoNumber = -1;

    /// <summary>In place of a number: EDI information stands where the customer codes would.</summary>
    public const long Edi = -2;

    private static readonly string[] Kinds = ["1", "2", "4", "9"];

    private static readonly Comparer<int> AfterEquals =
        Comparer<int>.Create((group, payment) => group <= payment ? -1 : 1);

    private readonly List<int> _groups = [];
    private readonly List<long> _numbers = [];
    private readonly List<long> _amountsThrough = [];
    private readonly List<long> _accounts = [];
    private readonly List<string?> _writtenAccounts = [];
    private readonly List<int> _saidChanged = [];
    private bool _hasRecords;

    private PayRunInput()
    {
    }

    /// <summary>By payment, in the order of the file: its number, or one of the two above.</summary>
    public ReadOnlySpan<long> Numbers => CollectionsMarshal.AsSpan(_numbers);

    /// <summary>
    /// The payments whose new code (byte 91) says that the account is new or changed; pain.001 has none.
    /// </summary>
    public IReadOnlyList<int> SaidChanged => _saidChanged;

    public PaymentCount Total { get; private set; }

    public int Groups => _groups.Count;

    public long Bytes { get; private set; }

    /// <summary>SHA-256 of the file as it came.</summary>
    public byte[] Digest { get; private set; } = [];

    /// <param name="branches">Where its payments may go; null: anywhere.</param>
    /// <param name="days">The days that it may name; null: any.</param>
    /// <param name="spare">One that was given up: its memory is used again.</param>
    /// <exception cref="BadInput">The file is not sound.</exception>
    public static PayRunInput Read(
        Stream file, string name, CancellationToken cancel, BankBranches? branches = null, FileDays? days = null,
        PayRunInput? spare = null)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var input = spare ?? new PayRunInput();
        input._hasRecords = !CreditTransferFile.Is(file);
        if (input._hasRecords)
        {
            // A million of each, that would be copied whenever a list grows.
            var payments = file.CanSeek
                ? (int)Math.Min(file.Length / TransferRecords.Length, TransferFile.MostPayments) : 0;
            input._numbers.EnsureCapacity(payments);
            input._amountsThrough.EnsureCapacity(payments);
            input._accounts.EnsureCapacity(payments);
            using var transfers = new TransferFile(file, name, digest) { Branches = branches, Days = days };
            input.Add(transfers, cancel);
        }
        else
        {
            using var transfers = new CreditTransferFile(file, name, digest) { Branches = branches, Days = days };
            input.Add(transfers, cancel);
        }

        input.Digest = digest.GetHashAndReset();
        return input;
    }

    /// <summary>Forgets the file, whose memory another may be read into.</summary>
    public void GiveUp()
    {
        _groups.Clear();
        _numbers.Clear();
        _amountsThrough.Clear();
        _accounts.Clear();
        _writtenAccounts.Clear();
        _saidChanged.Clear();
    }

    private void Add(TransferFile transfers, CancellationToken cancel)
    {
        while (transfers.Read())
        {
            if (transfers.Kind == TransferRecord.Header)
            {
                cancel.ThrowIfCancellationRequested();
                _groups.Add(_numbers.Count);
            }
            else if (transfers.Kind == TransferRecord.Payment)
            {
                Add(transfers.Payment);
                _amountsThrough.Add(transfers.Amount);
                _accounts.Add(transfers.Account);
            }
        }

        (Total, Bytes) = (new PaymentCount(transfers.Count, transfers.Amount), transfers.Bytes);
    }

    private void Add(CreditTransferFile transfers, CancellationToken cancel)
    {
        while (transfers.Read())
        {
            if (transfers.Kind == CreditTransferPiece.Begin)
            {
                cancel.ThrowIfCancellationRequested();
                _groups.Add(_numbers.Count);
            }
            else if (transfers.Kind == CreditTransferPiece.Payment)
            {
                _numbers.Add(NumberOf(transfers.Transfer.Number));
                _amountsThrough.Add(transfers.Amount);
                _writtenAccounts.Add(transfers.Transfer.Account);
            }
        }

        (Total, Bytes) = (new PaymentCount(transfers.Count, transfers.Amount), transfers.Bytes);
    }

    /// <summary>
    /// The number of a payment's record in a Zengin file, from 1: headers and trailers count too. In one of pain.001,
    /// the number of the payment.
    /// </summary>
    public int RecordOf(int payment)
    {
        if (!_hasRecords)
        {
            return payment + 1;
        }

        // Groups without payments begin at one place: the last of those has it.
        var group = _groups.BinarySearch(payment, AfterEquals);
        return payment + (2 * ~group);
    }

    /// <summary>Yen of a payment.</summary>
    public long AmountOf(int payment) => _amountsThrough[payment] - (payment > 0 ? _amountsThrough[payment - 1] : 0);

    /// <summary>
    /// The accounts that a payment may go to: one, none where it cannot be read, or each of those that differ in their
    /// kind alone.
    /// </summary>
    public IEnumerable<PayeeAccount> AccountsOf(int payment)
    {
        if (!_hasRecords)
        {
            return _writtenAccounts[payment] is not { } written ? []
                : Kinds.Select(kind => written.Replace("{0}", kind)).Distinct().SelectMany(Parsed);
        }

        var digits = _accounts[payment].ToString("D15", CultureInfo.InvariantCulture);
        return Parsed($"zengin:{digits[..4]}-{digits[4..7]}-{digits[7]}-{digits[8..]}");
    }

    private static IEnumerable<PayeeAccount> Parsed(string written) =>
        PayeeAccount.TryParse(written, out var account) ? [account] : [];

    private void Add(Payment payment)
    {
        if (payment.SaysAccountChanged)
        {
            _saidChanged.Add(_numbers.Count);
        }

        _numbers.Add(payment.HasEdi ? Edi : NumberOf(payment.Number));
    }

    /// <summary>Zeros alone fill a field that holds nothing: they are nobody's number.</summary>
    private static long NumberOf(long? digits) => digits is > 0 and var number ? number : NoNumber;
}
