using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace AccountGuard.Payments;

/// <summary>
/// The records of a Zengin file, one after the other: 120 bytes each, bare or with CR, LF or CRLF behind; a byte order
/// mark before the first and 0x1A behind the last are passed over. It knows how long a record is, and nothing of what
/// stands in it but its first byte.
/// </summary>
public sealed class TransferRecords : IDisposable
{
    public const int Length = 120;

    private const int BlockLength = 1 << 20;
    private const byte EndOfText = 0x1A;

    // What a half-width file may hold: JIS X 0201 without its control characters.
    private static readonly SearchValues<byte> Allowed = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5F).Concat(Enumerable.Range(0xA1, 0x3F)).Select(b => (byte)b)]);

    private readonly Stream _file;
    private readonly string _name;
    private readonly IncrementalHash? _digest;
    private readonly bool _isKnown;
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private int _at;
    private int _length;
    private bool _isAtEnd;

    /// <param name="file">Read from where it stands to its end; it stays open.</param>
    /// <param name="name">How errors name the file.</param>
    /// <param name="digest">Gets every byte that is read.</param>
    /// <param name="isKnown">It was read before, and its bytes need not be looked at again.</param>
    public TransferRecords(Stream file, string name, IncrementalHash? digest = null, bool isKnown = false)
    {
        (_file, _name, _digest, _isKnown) = (file, name, digest, isKnown);
        Ensure(3);
        if (Rest.StartsWith("\uFEFF"u8))
        {
            _at += 3;
        }
    }

    /// <summary>The number of the record read last, from 1; every record of the file counts.</summary>
    public int No { get; private set; }

    /// <summary>The record read last; until the next one is read.</summary>
    public ReadOnlySpan<byte> Record => _block.AsSpan(_start, Length);

    private int _start;

    /// <summary>What stood behind the first record: its line break, or nothing.</summary>
    public byte[] LineBreak { get; private set; } = [];

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    private ReadOnlySpan<byte> Rest => _block.AsSpan(_at, _length - _at);

    /// <returns>False where the file has no further byte.</returns>
    /// <exception cref="BadInput">What follows is no record.</exception>
    public bool Read()
    {
        Ensure(Length + 2);
        if (Rest.IsEmpty)
        {
            return false;
        }

        No++;
        var record = Rest[..Math.Min(Rest.Length, Length)];
        var bad = _isKnown ? -1 : record.IndexOfAnyExcept(Allowed);
        if (bad >= 0 || record.Length < Length)
        {
            throw Refused(record, bad < 0 ? record.Length : bad);
        }

        _start = _at;
        _at += Length;
        var lineBreak = Rest.StartsWith("\r\n"u8) ? 2 : Rest is [(byte)'\r' or (byte)'\n', ..] ? 1 : 0;
        if (No == 1)
        {
            LineBreak = Rest[..lineBreak].ToArray();
        }

        _at += lineBreak;
        return true;
    }

    /// <summary>Reads what may stand behind the last record.</summary>
    /// <exception cref="BadInput">Something else stands there.</exception>
    public void ReadEnd()
    {
        while (true)
        {
            Ensure(1);
            if (Rest.IsEmpty)
            {
                return;
            }

            if (Rest.IndexOfAnyExcept(EndOfText, (byte)'\r', (byte)'\n') >= 0)
            {
                No++;
                throw Bad("it stands behind the end record", "Send each file by itself, with one end record");
            }

            _at = _length;
        }
    }

    /// <summary>An error at the record read last. It never quotes what stands there.</summary>
    public BadInput Bad(string what, string remedy, Fault fault = Fault.Invalid) => new(string.Create(
        CultureInfo.InvariantCulture, $"{_name}, record {No}: {what}. {remedy}. Nothing was taken in."), fault);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_block);

    private BadInput Refused(ReadOnlySpan<byte> record, int at) => record[at..] switch
    {
        [0xF1, ..] when No == 1 && at == 0 => IsEbcdic(),
        [] => Bad($"the file ends after {at} of its 120 bytes", "Send the file whole, up to its end record"),
        [(byte)'\r' or (byte)'\n', ..] => Bad(
            $"it has {at} bytes before its line break", "Each record has 120 bytes, half-width, filled with spaces"),
        [EndOfText, ..] => Bad("the file ends (0x1A) before its end record", "Send the file whole"),
        _ => Bad($"byte {at + 1} is no half-width character of JIS X 0201",
            "Write the file in single bytes (code 0, JIS): no full-width characters, no tabs, no zero bytes"),
    };

    public BadInput IsEbcdic() =>
        Bad("the file is written in EBCDIC (code 1)", "Send it in JIS (code 0)");

    /// <summary>Reads until so many bytes lie ahead, or all that the file has.</summary>
    private void Ensure(int count)
    {
        if (_length - _at >= count || _isAtEnd)
        {
            return;
        }

        Rest.CopyTo(_block);
        (_length, _at) = (_length - _at, 0);
        while (_length < count && !_isAtEnd)
        {
            var read = _file.Read(_block.AsSpan(_length));
            _digest?.AppendData(_block, _length, read);
            _length += read;
            Bytes += read;
            _isAtEnd = read == 0;
        }
    }
}
