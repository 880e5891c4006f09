using System.Buffers.Text;
using System.Text;

namespace AccountGuard.Demonstration;

/// <summary>
/// Writes one CSV file as UTF-8 bytes with lines ending in LF on every machine. Rows go straight into one buffer:
/// a million rows are written without a string for each field.
/// </summary>
internal sealed class CsvFile : IDisposable
{
    private const int Room = 4_096;

    private readonly FileStream file;
    private readonly byte[] buffer = new byte[1 << 18];
    private readonly RowProgress progress;
    private int used;
    private bool inRow;

    public CsvFile(string path, string header, RowProgress progress)
    {
        this.progress = progress;
        file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Put(Encoding.UTF8.GetBytes(header + "\n"));
    }

    /// <summary>Begins the next field; what is put afterwards belongs to it.</summary>
    public void Next()
    {
        if (inRow)
        {
            buffer[used++] = (byte)',';
        }

        inRow = true;
    }

    public void Put(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(buffer.AsSpan(used));
        used += utf8.Length;
    }

    /// <summary>Puts a non-negative number with leading zeros, as wide as asked.</summary>
    public void PutDigits(long value, int width)
    {
        for (var place = used + width - 1; place >= used; place--, value /= 10)
        {
            buffer[place] = (byte)('0' + value % 10);
        }

        used += width;
    }

    public void PutNumber(long value)
    {
        Utf8Formatter.TryFormat(value, buffer.AsSpan(used), out var written);
        used += written;
    }

    public void Field(ReadOnlySpan<byte> utf8)
    {
        Next();
        Put(utf8);
    }

    public void Field(string text)
    {
        Next();
        used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
    }

    public void Day(DateOnly? day)
    {
        Next();
        if (day is not { } known)
        {
            return;
        }

        PutDigits(known.Year, 4);
        buffer[used++] = (byte)'-';
        PutDigits(known.Month, 2);
        buffer[used++] = (byte)'-';
        PutDigits(known.Day, 2);
    }

    public void EndRow()
    {
        buffer[used++] = (byte)'\n';
        inRow = false;
        if (used > buffer.Length - Room)
        {
            Flush();
        }

        progress.RowWritten();
    }

    public void Dispose()
    {
        Flush();
        file.Dispose();
    }

    private void Flush()
    {
        file.Write(buffer, 0, used);
        used = 0;
    }
}
