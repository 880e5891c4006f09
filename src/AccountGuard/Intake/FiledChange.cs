using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.Intake;

/// <summary>A row of account changes, read and keyed: a change, a cancellation, or a row for quarantine.</summary>
public sealed record FiledChange(DeliveredRow Row)
{
    public static readonly string[] Columns =
    [
        "source", "request_id", "kind", "number", "filed_on", "received_on", "entered_on", "channel", "office",
        "entered_by", "decided_by", "new_account", "previous_account", "account_holder", "proof", "proxy",
        "address_of_record", "address_since",
    ];

    private const int Source = 0, RequestId = 1, KindColumn = 2, NumberColumn = 3, FiledOn = 4, ReceivedOn = 5,
        EnteredOn = 6, ChannelColumn = 7, OfficeColumn = 8, EnteredByColumn = 9, DecidedByColumn = 10,
        NewAccount = 11, PreviousAccount = 12, AccountHolder = 13, ProofColumn = 14, Proxy = 15,
        AddressOfRecord = 16, AddressSince = 17;

    private const int LongestId = 200;

    // It stands in an index, which takes some 2,700 bytes a row.
    private const int LongestOffice = 200;
    private static readonly string[] Channels = ["counter", "post", "online", "proxy", "bank", "registry", "abroad"];
    private static readonly string[] Proofs = ["bank-stamp", "passbook-copy", "registered-account", "none"];
    private static readonly int[] Personal =
        [NewAccount, PreviousAccount, AccountHolder, Proxy, AddressOfRecord, AddressSince];

    private readonly List<string> _unreadable = [];

    public Guid? ChangeId { get; private init; }
    public string Kind { get; private init; } = "";
    public PensionNumber? Number { get; private init; }
    public NumberKey? Key { get; private init; }

    /// <summary>Of a row that waits: another number that it may be of.</summary>
    public NumberKey? OtherKey { get; private init; }

    public ReportedDay Filed { get; private set; }
    public ReportedDay Received { get; private set; }
    public ReportedDay Entered { get; private set; }
    public string? Channel { get; private set; }
    public string? Office { get; private set; }
    public string? Proof { get; private set; }
    public UInt128? NewAccountKey { get; private set; }
    public UInt128? PreviousAccountKey { get; private set; }
    public UInt128? ProxyKey { get; private set; }
    public UInt128 ContentKey { get; private set; }
    public string? Code { get; private init; }
    public string? Field { get; private init; }

    public string SourceText => Row[Source];
    public string RequestText => Row[RequestId];
    public string? EnteredBy => OrNull(Row[EnteredByColumn]);
    public string? DecidedBy => OrNull(Row[DecidedByColumn]);

    /// <summary>Names of the fields that could not be read; they stand in the details as they came.</summary>
    public string[] Unreadable => [.. _unreadable];

    public bool IsCancellation => Kind == "cancel";

    /// <summary>
    /// The identity of a change (Rule 7): the same source and request id have the same id everywhere.
    /// </summary>
    public static Guid IdOf(string source, string requestId) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\0{requestId}")).AsSpan(0, 16), bigEndian: true);

    public static FiledChange Read(DeliveredRow row, KeyFile keys, Sources sources)
    {
        // Whatever else is wrong with the row, its number is in doubt where it can be read.
        var known = KeyedNumber.Of(row.Values.ElementAtOrDefault(NumberColumn), keys);
        var waiting = new FiledChange(row) { Number = known?.Number, Key = known?.Key };
        if (row.Problem is { } problem)
        {
            return (problem == QuarantineCode.BrokenRow ? waiting.WithNumbersOfAnyColumn(keys) : waiting) with
            {
                Code = problem,
                Field = row.Field ?? "",
            };
        }

        foreach (var column in (ReadOnlySpan<int>)[Source, RequestId])
        {
            if (row[column].Length == 0)
            {
                return waiting with { Code = QuarantineCode.MissingField, Field = Columns[column] };
            }

            if (row[column].Length > LongestId || row[column].Any(c => char.IsControl(c) || c == '\uFFFD'))
            {
                return waiting with { Code = QuarantineCode.UnreadableId, Field = Columns[column] };
            }
        }

        // Without an identity: a stranger's row meets no change of the source.
        if (!sources.Allow(row[Source]))
        {
            return waiting with { Code = QuarantineCode.ForeignSource, Field = Columns[Source] };
        }

        var id = IdOf(row[Source], row[RequestId]);
        if (known is not { Number: var number, Key: var key })
        {
            var code = row[NumberColumn].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber;
            return new FiledChange(row) { ChangeId = id, Kind = row[KindColumn], Code = code, Field = "number" };
        }

        var kind = row[KindColumn] is "" ? "account" : row[KindColumn];
        var change = new FiledChange(row)
        {
            ChangeId = id,
            Kind = kind,
            Number = number,
            Key = key,
            Code = kind is "account" or "address" or "cancel" ? null : QuarantineCode.UnknownKind,
            Field = "kind",
        };
        change.ReadRest(keys, number);
        return change;
    }

    /// <summary>
    /// The personal data of the change as JSON, for sealing, with the fields that could not be read as they came.
    /// </summary>
    public byte[] Details()
    {
        using var buffer = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(buffer, Sealed.AsText))
        {
            json.WriteStartObject();
            for (var i = 0; i < Columns.Length; i++)
            {
                if (Row[i].Length > 0 && (Personal.Contains(i) || _unreadable.Contains(Columns[i])))
                {
                    json.WriteString(Columns[i], Row.Values[i]);
                }
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private FiledChange WithNumbersOfAnyColumn(KeyFile keys)
    {
        var (one, other) = KeyedNumber.InAny(Row.Values, keys);
        return this with { Number = one?.Number, Key = one?.Key, OtherKey = other?.Key };
    }

    /// <summary>
    /// Any other field that cannot be read is kept as it came, marked, and never keeps a change from being screened.
    /// </summary>
    private void ReadRest(KeyFile keys, PensionNumber number)
    {
        var content = new StringBuilder(256).Append(Kind).Append('\u001f').Append(number.RevealDigits());
        if (!IsCancellation)
        {
            Filed = ReadDay(FiledOn, content);
            Received = ReadDay(ReceivedOn, content);
            Entered = ReadDay(EnteredOn, content);
            Channel = ReadWord(ChannelColumn, Channels, content);
            Office = ReadOffice();
            Proof = ReadWord(ProofColumn, Proofs, content);
            NewAccountKey = ReadAccount(NewAccount, keys, content);
            PreviousAccountKey = ReadAccount(PreviousAccount, keys, content);
            ProxyKey = Row[Proxy] is "" ? null : keys.Name("proxy", Encoding.UTF8.GetBytes(Row[Proxy]));
            foreach (var column in (ReadOnlySpan<int>)[OfficeColumn, EnteredByColumn, DecidedByColumn, AccountHolder,
                Proxy, AddressOfRecord, AddressSince])
            {
                content.Append('\u001f').Append(Row[column]);
            }
        }

        ContentKey = keys.Name("change content", Encoding.UTF8.GetBytes(content.ToString()));
    }

    private ReportedDay ReadDay(int column, StringBuilder content)
    {
        var day = ReportedDay.Parse(Row[column]);
        content.Append('\u001f').Append(day.Canonical ?? MarkUnreadable(column));
        return day;
    }

    private string? ReadWord(int column, string[] words, StringBuilder content)
    {
        var word = Row[column].ToLowerInvariant();
        var isKnown = word.Length == 0 || words.Contains(word);
        content.Append('\u001f').Append(isKnown ? word : MarkUnreadable(column));
        return isKnown ? OrNull(word) : null;
    }

    private string? ReadOffice()
    {
        if (Row[OfficeColumn].Length <= LongestOffice)
        {
            return OrNull(Row[OfficeColumn]);
        }

        MarkUnreadable(OfficeColumn);
        return null;
    }

    private UInt128? ReadAccount(int column, KeyFile keys, StringBuilder content)
    {
        if (PayeeAccount.TryParse(Row[column], out var account))
        {
            content.Append('\u001f').Append(account.RevealKey());
            return account.NameIn(keys);
        }

        content.Append('\u001f').Append(Row[column].Length == 0 ? "" : MarkUnreadable(column));
        return null;
    }

    private string MarkUnreadable(int column)
    {
        _unreadable.Add(Columns[column]);
        return "unreadable " + Row[column];
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text.Replace("\0", "");
}
