using System.Text;
using AccountGuard.Vault;

namespace AccountGuard.Deliveries;

/// <summary>
/// A delivered file, read twice: first whole, for its keyed hash and to see that it is text in its encoding; then as
/// rows.
/// </summary>
public sealed class DeliveredFile : IDisposable
{
    private const int ChunkLength = 1 << 20;
    private readonly Stream _stream;
    private readonly Encoding _encoding;

    private DeliveredFile(Stream stream, Encoding encoding) => (_stream, _encoding) = (stream, encoding);

    /// <summary>Bytes of the file.</summary>
    public long Length => _stream.Length;

    /// <summary>Bytes read so far, for progress.</summary>
    public long Position => _stream.Position;

    /// <summary>The file ends in the middle of a character: what stands on its last line is broken off.</summary>
    public bool BreaksOff { get; private set; }

    /// <summary>The last line has no end: what stands on it may be broken off.</summary>
    public bool EndsWithinLine { get; private set; }

    /// <exception cref="BadInput">There is no such file, or the encoding is not one of the two.</exception>
    public static DeliveredFile Open(string path, string? encoding) => File.Exists(path)
        ? Of(
            new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, ChunkLength, FileOptions.SequentialScan),
            encoding)
        : throw new BadInput($"There is no file {path}.");

    /// <summary>A file that is open already; it is closed with this.</summary>
    /// <exception cref="BadInput">The encoding is not one of the two.</exception>
    public static DeliveredFile Of(Stream file, string? encoding) =>
        new(file, (encoding ?? "utf-8").ToLowerInvariant() switch
        {
            "utf-8" or "utf8" => new UTF8Encoding(false, throwOnInvalidBytes: true),
            "shift_jis" or "cp932" or "sjis" => CodePagesEncodingProvider.Instance.GetEncoding(
                932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
            _ => throw new BadInput("The encoding is not known. Say utf-8 or shift_jis."),
        });

    /// <summary>
    /// The keyed hash of the kind and arguments (what the file was delivered as) and of its bytes: the identity of a
    /// delivery that has no sender's id (Rule 7).
    /// </summary>
    /// <exception cref="BadInput">The file is not text in its encoding; the line is named.</exception>
    public UInt128 ReadContentKey(KeyFile keys, string deliveredAs, CancellationToken cancel)
    {
        using var hash = keys.NameContent();
        hash.AppendData(Encoding.UTF8.GetBytes(deliveredAs + "\0"));
        var decoder = _encoding.GetDecoder();
        var bytes = new byte[ChunkLength];
        var characters = new char[ChunkLength + 4];
        long line = 1;
        _stream.Position = 0;
        for (int length; (length = _stream.Read(bytes)) > 0;)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(bytes, 0, length);
            try
            {
                var count = decoder.GetChars(bytes, 0, length, characters, 0, flush: false);
                line += characters.AsSpan(0, count).Count('\n');
                EndsWithinLine = count > 0 ? characters[count - 1] is not ('\n' or '\r') : EndsWithinLine;
            }
            catch (DecoderFallbackException)
            {
                throw new BadInput($"The file is not {_encoding.WebName} text: see its lines from {line} on. "
                    + (_encoding.CodePage == 932
                        ? "If it is UTF-8, leave --encoding away."
                        : "If it is Shift_JIS, say --encoding shift_jis."));
            }
        }

        try
        {
            decoder.GetChars([], 0, 0, characters, 0, flush: true);
        }
        catch (DecoderFallbackException)
        {
            BreaksOff = true;
        }

        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }

    /// <summary>The text from its beginning, without a byte order mark.</summary>
    public TextReader ReadText()
    {
        _stream.Position = 0;
        var lenient = (Encoding)_encoding.Clone();
        lenient.DecoderFallback = new DecoderReplacementFallback("\uFFFD");
        return new StreamReader(
            _stream, lenient, detectEncodingFromByteOrderMarks: _encoding.CodePage != 932, ChunkLength,
            leaveOpen: true);
    }

    public void Dispose() => _stream.Dispose();
}
