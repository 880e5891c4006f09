using System.Security.Cryptography;
using AccountGuard.Vault;

namespace AccountGuard.Deliveries;

/// <summary>
/// A file that nobody else finds, and that is gone when it is closed; what is on disk of it is sealed under a key that
/// is in the memory of this process alone. It is written at its end, and read anywhere.
/// </summary>
public sealed class NamelessFile : Stream
{
    private const int ChunkLength = 64 << 10;

    private readonly AesGcm _key = Sealed.SetUp(RandomNumberGenerator.GetBytes(32));
    private readonly FileStream _sealed;

    // What does not fill a chunk yet is not on disk.
    private readonly byte[] _last = new byte[ChunkLength];

    private (long No, byte[] Bytes) _opened = (-1, []);
    private long _length;

    public NamelessFile()
    {
        var path = Path.Combine(Path.GetTempPath(), "accountguard-" + Path.GetRandomFileName());
        _sealed = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        File.Delete(path);
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        SeekOrigin.End => _length,
    };

    public override int Read(Span<byte> buffer)
    {
        var (no, at) = Math.DivRem(Position, ChunkLength);
        var count = (int)Math.Clamp(_length - Position, 0, Math.Min(buffer.Length, ChunkLength - at));
        if (count > 0)
        {
            Chunk(no).AsSpan((int)at, count).CopyTo(buffer);
            Position += count;
        }

        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Position != _length)
        {
            throw new NotSupportedException("It is written at its end alone.");
        }

        while (!buffer.IsEmpty)
        {
            var (no, at) = Math.DivRem(_length, ChunkLength);
            var count = Math.Min(buffer.Length, ChunkLength - (int)at);
            buffer[..count].CopyTo(_last.AsSpan((int)at));
            buffer = buffer[count..];
            Position = _length += count;
            if (at + count == ChunkLength)
            {
                _sealed.Seek(0, SeekOrigin.End);
                _sealed.Write(Sealed.Seal(_key, _last, PlaceOf(no)));
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Nobody but this process reads it.
    }

    public override void SetLength(long value) => throw new NotSupportedException("It is written at its end alone.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sealed.Dispose();
            _key.Dispose();
        }

        base.Dispose(disposing);
    }

    private byte[] Chunk(long no)
    {
        if (no == _length / ChunkLength)
        {
            return _last;
        }

        if (no != _opened.No)
        {
            var bytes = new byte[Sealed.Overhead + ChunkLength];
            _sealed.Position = no * bytes.Length;
            _sealed.ReadExactly(bytes);
            _opened = (no, Sealed.Open(_key, bytes, PlaceOf(no)));
        }

        return _opened.Bytes;
    }

    private static byte[] PlaceOf(long no) => BitConverter.GetBytes(no);
}
