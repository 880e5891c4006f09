using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using AccountGuard.Intake;

namespace AccountGuard.Payments;

/// <summary>What a piece of a pain.001 file is.</summary>
public enum CreditTransferPiece
{
    /// <summary>Text and a tag that say nothing of payments.</summary>
    Other,

    /// <summary>The beginning of payments that have a debtor and a day in common (PmtInf).</summary>
    Begin,

    /// <summary>Their end.</summary>
    End,

    /// <summary>How many payments there are (NbOfTxs), of the document or of those in common.</summary>
    Count,

    /// <summary>What they add up to (CtrlSum).</summary>
    Sum,

    /// <summary>A payment, whole (CdtTrfTxInf).</summary>
    Payment,
}

/// <summary>
/// A payment of a pain.001 file, as far as it is read. Number: the pension number, or null. Account: as it is written,
/// or null; where its bank is one of Japan, with {0} in place of its kind, which no rule says how to write.
/// </summary>
public readonly record struct CreditTransfer(long? Number, long Amount, string? Account);

/// <summary>
/// A file of ISO 20022 credit transfer initiations (pain.001.001) while it is read, in pieces that make it up byte for
/// byte, and checked on the way: that it is well-formed XML in UTF-8, that each payment can be paid in yen, and the
/// counts and sums. Several documents may follow one another, each with its declaration, as ZEDI sends them. Comments,
/// CDATA and other instructions are refused, so that each "&lt;" begins a tag.
/// </summary>
public sealed partial class CreditTransferFile : IDisposable
{
    private const string Document = "Document", Initiation = "CstmrCdtTrfInitn", Header = "GrpHdr";
    private const string Information = "PmtInf", PaymentName = "CdtTrfTxInf";
    private const string CountName = "NbOfTxs", SumName = "CtrlSum", DayName = "ReqdExctnDt";
    private const string NamespaceStart = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.";
    private const int BlockLength = 1 << 20;
    private const int MostOfDocument = 1 << 26;
    private const int Deepest = 32;
    private const long MostYen = 9_999_999_999;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
    };

    private readonly Stream _file;
    private readonly string _name;
    private readonly IncrementalHash? _digest;
    private readonly bool _isKnown;
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private readonly Stack<Tag> _open = new();
    private readonly MemoryStream _document = new();
    private readonly MemoryStream _alone = new();
    private int _at;
    private int _length;
    private int _piece;
    private int _tag;
    private bool _isAtEnd;
    private bool _hasDay;
    private Totals _ofDocument = new();
    private Totals _ofInformation = new();

    /// <param name="file">Read from where it stands to its end; it stays open.</param>
    /// <param name="name">How errors name the file.</param>
    /// <param name="digest">Gets every byte that is read.</param>
    /// <param name="isKnown">It was read before, and its payments need not be looked into again.</param>
    public CreditTransferFile(Stream file, string name, IncrementalHash? digest = null, bool isKnown = false) =>
        (_file, _name, _digest, _isKnown) = (file, name, digest, isKnown);

    private sealed record Tag(string Name, string Local, byte[] Start);

    /// <summary>What is said of payments, and what there are.</summary>
    private sealed class Totals
    {
        public long? SaidCount { get; set; }

        public long? SaidSum { get; set; }

        public int Count { get; set; }

        public long Sum { get; set; }

        public bool AddUp => (SaidCount ?? Count) == Count && (SaidSum ?? Sum) == Sum;

        public void Add(CreditTransfer payment) => (Count, Sum) = (Count + 1, Sum + payment.Amount);
    }

    /// <summary>Where payments in Japan may go; null: anywhere.</summary>
    public BankBranches? Branches { get; init; }

    /// <summary>The days that payments in common may be paid on; null: any.</summary>
    public FileDays? Days { get; init; }

    public CreditTransferPiece Kind { get; private set; }

    /// <summary>The payment read last; of a file that is known, nothing.</summary>
    public CreditTransfer Transfer { get; private set; }

    /// <summary>The piece read last, until the next one is read.</summary>
    public ReadOnlySpan<byte> Piece => _block.AsSpan(_at - _piece, _piece);

    /// <summary>Its tag, at its end: before it stands the value of a count or sum.</summary>
    public ReadOnlySpan<byte> TagOfPiece => Piece[^_tag..];

    /// <summary>The piece lies within payments that have a debtor in common, or is their beginning or end.</summary>
    public bool IsInInformation { get; private set; }

    /// <summary>Documents that have begun.</summary>
    public int Documents { get; private set; }

    /// <summary>Payments in common that have begun, in all documents.</summary>
    public int Informations { get; private set; }

    /// <summary>Payments so far.</summary>
    public int Count { get; private set; }

    /// <summary>Yen so far; of a file that is known, none.</summary>
    public long Amount { get; private set; }

    public long Bytes { get; private set; }

    private static ReadOnlySpan<byte> Blank => " \t\r\n"u8;

    private ReadOnlySpan<byte> Rest => _block.AsSpan(_at, _length - _at);

    /// <summary>
    /// Whether a file is one of XML; one that cannot be read twice is none. It stands where it stood then.
    /// </summary>
    public static bool Is(Stream file)
    {
        if (!file.CanSeek)
        {
            return false;
        }

        var from = file.Position;
        Span<byte> first = stackalloc byte[16];
        var begin = first[..file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
        file.Position = from;
        return (begin.StartsWith("\uFEFF"u8) ? begin[3..] : begin).TrimStart(Blank) is [(byte)'<', ..];
    }

    /// <returns>False where nothing is left.</returns>
    /// <exception cref="BadInput">The file is not what it should be; the payment, what is wrong and the remedy are
    /// named, and nothing of what stands there is quoted.</exception>
    public bool Read()
    {
        var start = Find("<"u8, 0);
        if (start < 0)
        {
            return ReadEnd();
        }

        var end = EndOfTag(start);
        var tag = Rest[start..(end + 1)];
        var isDeclaration = tag.StartsWith("<?xml"u8);
        if (tag is [_, (byte)'!', ..] || (tag is [_, (byte)'?', ..] && !isDeclaration))
        {
            throw Bad("it holds a comment, CDATA, a document type or an instruction", "Write it without them");
        }

        if (isDeclaration)
        {
            ReadDeclaration(start, end);
        }
        else if (tag is [_, (byte)'/', ..])
        {
            ReadClosing(start, end);
        }
        else
        {
            ReadOpening(start, end);
        }

        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_block, clearArray: true);
        _document.Dispose();
        _alone.Dispose();
    }

    /// <summary>What stands before it is no part of its document.</summary>
    private void ReadDeclaration(int start, int end)
    {
        var before = Rest[..start];
        if (_document.Length > 0 || (Documents == 0 && before.StartsWith("\uFEFF"u8) ? before[3..] : before)
            .Trim(Blank).Length > 0)
        {
            throw NotWellFormed();
        }

        // XmlReader takes any version that begins with 1.0; a bank may not.
        if (!Declaration().IsMatch(Encoding.ASCII.GetString(Rest[start..(end + 1)])))
        {
            throw Bad("its declaration is not one of XML 1.0 in UTF-8",
                "Begin each document with <?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        }

        Take(CreditTransferPiece.Other, end + 1, end + 1 - start);
        _document.SetLength(0);
        _document.Write(TagOfPiece);
    }

    private void ReadOpening(int start, int end)
    {
        var tag = Rest[start..(end + 1)];
        var name = NameOf(tag[1..]);
        var local = name[(name.IndexOf(':') + 1)..];
        var isEmpty = tag[^2] == '/';
        if (local == PaymentName)
        {
            ReadWhole(name, isEmpty, start, end);
            return;
        }

        if (_open.Count == 0)
        {
            if (local != Document)
            {
                throw Bad("it is no Document of ISO 20022", $"Send {NamespaceStart}03 or a later one");
            }

            if (Documents > 0 && _document.Length == 0)
            {
                throw Bad("a further document begins without a declaration", "Begin each with one (<?xml ...?>)");
            }

            (Documents, _ofDocument) = (Documents + 1, new Totals());
        }

        var begins = IsAt(Document, Initiation) && local == Information;
        if (begins)
        {
            (Informations, _ofInformation, _hasDay) = (Informations + 1, new Totals(), false);
        }

        if (_open.Count == Deepest)
        {
            throw Bad("its elements lie deeper in each other than those of any pain.001", "Write it by its schema");
        }

        if (isEmpty && (begins || _open.Count == 0 || local is CountName or SumName))
        {
            throw Bad("an element of its frame is empty", "Send the file as the bank would take it");
        }

        var opened = new Tag(name, local, tag.ToArray());
        Take(begins ? CreditTransferPiece.Begin : CreditTransferPiece.Other, end + 1, tag.Length);
        IsInInformation = begins || IsInside;
        if (!isEmpty)
        {
            _open.Push(opened);
        }
    }

    private void ReadClosing(int start, int end)
    {
        var tag = Rest[start..(end + 1)];
        if (!_open.TryPeek(out var open) || NameOf(tag[2..]) != open.Name)
        {
            throw Bad("it is not well-formed: an element ends that has not begun", "Write it by an XML library");
        }

        var isTotal = open.Local is CountName or SumName
            && (IsAt(Document, Initiation, Header, open.Local) || IsAt(Document, Initiation, Information, open.Local));
        IsInInformation = IsInside;
        if (isTotal)
        {
            var value = ValueOf(Rest[..start]);
            var of = IsInside ? _ofInformation : _ofDocument;
            _ = open.Local == CountName ? of.SaidCount = value : of.SaidSum = value;
        }

        if (IsAt(Document, Initiation, Information, DayName)
            || (open.Local is "Dt" or "DtTm" && IsAt(Document, Initiation, Information, DayName, open.Local)))
        {
            CheckDay(Rest[..start].Trim(Blank));
        }

        var ends = IsAt(Document, Initiation, Information);
        _open.Pop();
        Take(isTotal ? open.Local == CountName ? CreditTransferPiece.Count : CreditTransferPiece.Sum
            : ends ? CreditTransferPiece.End : CreditTransferPiece.Other, end + 1, tag.Length);
        if (ends)
        {
            Check(_ofInformation, "those of a PmtInf");
            if (Days is not null && !_hasDay)
            {
                throw Bad($"a PmtInf does not say on which day it is paid ({DayName})", "Give each its day");
            }
        }

        if (_open.Count == 0)
        {
            Check(_ofDocument, "those of its document");
            CheckDocument();
        }
    }

    /// <summary>Takes a payment from its beginning to its end.</summary>
    private void ReadWhole(string name, bool isEmpty, int start, int end)
    {
        if (!IsAt(Document, Initiation, Information) || isEmpty)
        {
            throw Bad("a payment (CdtTrfTxInf) is empty or stands outside a PmtInf",
                "Send the file as the bank would take it");
        }

        if (Count == TransferFile.MostPayments)
        {
            throw Bad("the file has more than 999,999 payments", "Split it");
        }

        var last = EndOfTag(Need(Encoding.UTF8.GetBytes($"</{name}"), end));
        var element = Rest[start..(last + 1)];
        if (element.IndexOf("<!"u8) >= 0 || element.IndexOf("<?"u8) >= 0)
        {
            throw Bad("the next payment holds a comment, CDATA or an instruction", "Write it without them");
        }

        if (Rest[..start].Trim(Blank).Length > 0)
        {
            throw NotWellFormed();
        }

        (Count, IsInInformation) = (Count + 1, true);
        Take(CreditTransferPiece.Payment, last + 1, last + 1 - start);
        if (!_isKnown)
        {
            Transfer = Parse();
            Amount += Transfer.Amount;
            _ofDocument.Add(Transfer);
            _ofInformation.Add(Transfer);
        }
    }

    private bool ReadEnd()
    {
        if (_open.Count > 0)
        {
            throw Cut();
        }

        if (Documents == 0 || _document.Length > 0 || Rest.Trim(Blank).Length > 0)
        {
            throw Bad("it is not well-formed: text stands outside its document", "Write it by an XML library");
        }

        if (Rest.IsEmpty)
        {
            return false;
        }

        Take(CreditTransferPiece.Other, Rest.Length, 0);
        return true;
    }

    private void Take(CreditTransferPiece kind, int length, int tag)
    {
        (Kind, _piece, _tag) = (kind, length, tag);
        _at += length;
        if (kind == CreditTransferPiece.Payment || tag == 0)
        {
            return;
        }

        _document.Write(Piece);
        if (_document.Length > MostOfDocument)
        {
            throw Bad("it has more than 64 MB beside its payments", "Give payments of one debtor and day one PmtInf");
        }
    }

    private void Check(Totals totals, string which)
    {
        if (!_isKnown && !totals.AddUp)
        {
            throw Bad(string.Create(CultureInfo.InvariantCulture,
                $"{which} are {totals.Count:N0} payments of {totals.Sum:N0} yen; NbOfTxs or CtrlSum says otherwise"),
                "Make the file again from its source", Fault.TotalsDiffer);
        }
    }

    /// <summary>
    /// A day, or since version 09 a choice of a day and an instant, which is one in Japan where it has no offset.
    /// </summary>
    private void CheckDay(ReadOnlySpan<byte> text)
    {
        if (Days is null || text.IsEmpty)
        {
            return;
        }

        _hasDay = true;
        var said = Encoding.UTF8.GetString(text);
        var day = ReportedDay.Parse(said) is { Kind: not ReportedDayKind.Unreadable } read ? read
            : ReportedDay.Parse(said + "+09:00");
        if (day.DayIn(PayDayCalendar.Zone) is not { } on || !Days.Has(on))
        {
            throw Bad($"the day of its next PmtInf ({DayName}) {Days.IsAnother}", FileDays.Remedy);
        }
    }

    /// <summary>All of a document but its payments, which are read one by one.</summary>
    private void CheckDocument()
    {
        _document.Position = 0;
        try
        {
            using var reader = XmlReader.Create(_document, Settings);
            reader.MoveToContent();
            if (!reader.NamespaceURI.StartsWith(NamespaceStart, StringComparison.Ordinal))
            {
                throw Bad("its document is no pain.001", $"Send {NamespaceStart}03 or a later one");
            }

            while (reader.Read())
            {
            }
        }
        catch (XmlException)
        {
            throw NotWellFormed();
        }

        if (_ofDocument.SaidCount is null)
        {
            throw Bad("its document does not say how many payments it has (GrpHdr, NbOfTxs)", "Send it whole");
        }

        _document.SetLength(0);
    }

    /// <summary>A payment within the tags that are open around it, so that names mean the same.</summary>
    private CreditTransfer Parse()
    {
        _alone.SetLength(0);
        foreach (var tag in _open.Reverse())
        {
            _alone.Write(tag.Start);
        }

        _alone.Write(TagOfPiece);
        foreach (var tag in _open)
        {
            _alone.Write(Encoding.UTF8.GetBytes($"</{tag.Name}>"));
        }

        _alone.Position = 0;
        try
        {
            using var reader = XmlReader.Create(_alone, Settings);
            var root = XElement.Load(reader);
            return Read(root.Descendants(root.Name.Namespace + PaymentName).FirstOrDefault() ?? throw NotWellFormed());
        }
        catch (XmlException)
        {
            throw NotWellFormed();
        }
    }

    private CreditTransfer Read(XElement payment)
    {
        var space = payment.Name.Namespace;
        XElement? At(params string[] path) => path.Aggregate(
            (XElement?)payment, (found, name) => found?.Elements(space + name).FirstOrDefault());
        if (At("Amt", "InstdAmt") is not { } amount || amount.Attribute("Ccy")?.Value != "JPY"
            || WholeOf(Encoding.UTF8.GetBytes(amount.Value)) is not (<= MostYen and var yen))
        {
            throw Bad("its amount (InstdAmt) is none of whole yen (JPY)", "Pay pensions in yen, up to 9,999,999,999");
        }

        var account = AccountOf(At);
        var numbers = payment.Elements(space + "Cdtr").Elements(space + "Id").Elements(space + "PrvtId")
            .Elements(space + "Othr").Elements(space + "Id").Take(2).ToList();
        return new CreditTransfer(
            numbers is [{ Value: { Length: 10 } digits }] && digits.All(char.IsAsciiDigit)
                ? long.Parse(digits, CultureInfo.InvariantCulture) : null, yen, account);
    }

    /// <summary>Of a bank in Japan (formats, section 11), or one named by its BIC.</summary>
    private string? AccountOf(Func<string[], XElement?> at)
    {
        if (at(["CdtrAgt", "FinInstnId", "ClrSysMmbId", "ClrSysId", "Cd"])?.Value != "JPZGN")
        {
            var bic = (at(["CdtrAgt", "FinInstnId", "BICFI"]) ?? at(["CdtrAgt", "FinInstnId", "BIC"]))?.Value;
            if (bic is not { Length: 8 or 11 } || !bic.All(char.IsAsciiLetterOrDigit))
            {
                throw Bad("its bank is named by neither JPZGN nor a BIC (CdtrAgt)", "Name it by one of them");
            }

            return at(["CdtrAcct", "Id", "IBAN"]) is { } iban ? $"iban:{iban.Value}" : null;
        }

        long? Digits(int length, params string[] path) => at(path)?.Value is { } text && text.Length == length
            ? Payment.DigitsOf(Encoding.UTF8.GetBytes(text)) : null;
        if (Digits(4, "CdtrAgt", "FinInstnId", "ClrSysMmbId", "MmbId") is not { } bank
            || Digits(3, "CdtrAgt", "BrnchId", "Id") is not { } branch
            || Digits(7, "CdtrAcct", "Id", "Othr", "Id") is not { } number)
        {
            throw Bad("its bank, branch or account is not of 4, 3 and 7 digits (MmbId, BrnchId, CdtrAcct)",
                "Fill them with zeros from the left");
        }

        if (Branches?.Has(bank, branch) == false)
        {
            throw Bad($"its bank and branch are {BankBranches.NotListed}", BankBranches.Remedy);
        }

        return string.Create(CultureInfo.InvariantCulture, $"zengin:{bank:D4}-{branch:D3}-{{0}}-{number:D7}");
    }

    private long ValueOf(ReadOnlySpan<byte> text) => WholeOf(text)
        ?? throw Bad("a count or sum (NbOfTxs, CtrlSum) is no whole number", "Write digits alone");

    /// <summary>Digits, with nothing but zeros behind a point; null where it is anything else.</summary>
    private static long? WholeOf(ReadOnlySpan<byte> text)
    {
        text = text.Trim(Blank);
        var point = text.IndexOf((byte)'.');
        var (whole, isWhole) = point < 0 ? (text.Length, true)
            : (point, point < text.Length - 1 && text[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0);
        return isWhole && whole is > 0 and < 18 ? Payment.DigitsOf(text[..whole]) : null;
    }

    private bool IsInside => _open.Any(tag => tag.Local == Information);

    private bool IsAt(params ReadOnlySpan<string> path)
    {
        if (_open.Count != path.Length)
        {
            return false;
        }

        var depth = path.Length;
        foreach (var tag in _open)
        {
            if (tag.Local != path[--depth])
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex("""
        ^<\?xml\s+version\s*=\s*["']1\.0["'](\s+encoding\s*=\s*["']utf-8["'])?
        (\s+standalone\s*=\s*["'](yes|no)["'])?\s*\?>$
        """, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Declaration();

    private string NameOf(ReadOnlySpan<byte> tag) => tag.IndexOfAny(" \t\r\n/>"u8) is > 0 and var length
        ? Encoding.UTF8.GetString(tag[..length]) : throw NotWellFormed();

    /// <summary>The end of the tag that begins there: one within quotes is none.</summary>
    private int EndOfTag(int start)
    {
        for (var at = start + 1; ; at++)
        {
            at = Need("\"'>"u8, at, any: true);
            if (Rest[at] == '>')
            {
                return at;
            }

            at = Need([Rest[at]], at + 1);
        }
    }

    private int Need(ReadOnlySpan<byte> wanted, int from, bool any = false) =>
        Find(wanted, from, any) is >= 0 and var at ? at : throw Cut();

    /// <summary>Where these bytes, or any of them, stand next; -1: the file ends before.</summary>
    private int Find(ReadOnlySpan<byte> wanted, int from, bool any = false)
    {
        do
        {
            var at = any ? Rest[from..].IndexOfAny(wanted) : Rest[from..].IndexOf(wanted);
            if (at >= 0)
            {
                return from + at;
            }

            // What is looked for may have begun at the end of what was read.
            from = Math.Max(from, Rest.Length - (any ? 0 : wanted.Length - 1));
        }
        while (More());
        return -1;
    }

    private bool More()
    {
        if (_isAtEnd)
        {
            return false;
        }

        Rest.CopyTo(_block);
        (_length, _at, _piece) = (_length - _at, 0, 0);
        if (_length >= BlockLength)
        {
            throw Bad("a payment or tag has more than 1 MB", "Send the file as the bank would take it");
        }

        var read = _file.Read(_block.AsSpan(_length, BlockLength - _length));
        _digest?.AppendData(_block, _length, read);
        _length += read;
        Bytes += read;
        _isAtEnd = read == 0;
        return true;
    }

    private BadInput Cut() => Bad("the file ends here, in the middle of a document", "Send the file whole");

    private BadInput NotWellFormed() => Bad("it is not well-formed XML in UTF-8", "Write it by an XML library");

    /// <summary>An error at the payment read last. It never quotes what stands there.</summary>
    private BadInput Bad(string what, string remedy, Fault fault = Fault.Invalid) => new(string.Create(
        CultureInfo.InvariantCulture, $"{_name}, {Place}: {what}. {remedy}. Nothing was taken in."), fault);

    private string Place => Kind == CreditTransferPiece.Payment ? $"payment {Count}"
        : Count == 0 ? "before its first payment" : $"behind payment {Count}";
}
