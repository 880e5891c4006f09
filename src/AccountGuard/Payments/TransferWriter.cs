using System.Buffers;
using System.Security.Cryptography;

namespace AccountGuard.Payments;

/// <summary>So many payments, and yen.</summary>
public readonly record struct PaymentCount(int Count, long Amount)
{
    public PaymentCount Plus(long amount) => new(Count + 1, Amount + amount);
}

/// <summary>
/// A transfer file while it is written from the records of another: headers, payments and end as they came, and
/// trailers with totals of its own.
/// </summary>
public sealed class TransferWriter(Stream to) : IDisposable
{
    private const int BlockLength = 1 << 20;

    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _block = ArrayPool<byte>.Shared.Rent(BlockLength);
    private int _length;
    private PaymentCount _group;

    /// <summary>Payments of the whole file.</summary>
    public PaymentCount Total { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Writes a record of the file that is read, but for payments that belong elsewhere.</summary>
    public void Write(TransferFile from)
    {
        switch (from.Kind)
        {
            case TransferRecord.Header:
                _group = default;
                Append(from);
                break;
            case TransferRecord.Payment:
                (_group, Total) = (_group.Plus(from.AmountOfPayment), Total.Plus(from.AmountOfPayment));
                Append(from);
                break;
            case TransferRecord.Trailer:
                var trailer = Append(from);
                WriteDigits(trailer[1..7], _group.Count);
                WriteDigits(trailer[7..19], _group.Amount);
                break;
            case TransferRecord.End:
                Append(from);
                break;
            default:
                throw new InvalidOperationException("A record of no kind was read.");
        }
    }

    /// <summary>Writes what is left.</summary>
    /// <returns>The SHA-256 of all that was written.</returns>
    public byte[] Finish()
    {
        Flush();
        return _digest.GetHashAndReset();
    }

    public void Dispose()
    {
        _digest.Dispose();
        ArrayPool<byte>.Shared.Return(_block);
    }

    private Span<byte> Append(TransferFile from)
    {
        var lineBreak = from.LineBreak;
        if (_length + TransferRecords.Length + lineBreak.Length > BlockLength)
        {
            Flush();
        }

        var record = _block.AsSpan(_length, TransferRecords.Length);
        from.Record.CopyTo(record);
        lineBreak.CopyTo(_block.AsSpan(_length + TransferRecords.Length));
        _length += TransferRecords.Length + lineBreak.Length;
        return record;
    }

    private void Flush()
    {
        to.Write(_block, 0, _length);
        _digest.AppendData(_block, 0, _length);
        Bytes += _length;
        _length = 0;
    }

    private static void WriteDigits(Span<byte> field, long value)
    {
        for (var at = field.Length - 1; at >= 0; at--)
        {
            (field[at], value) = ((byte)('0' + (value % 10)), value / 10);
        }
    }
}
