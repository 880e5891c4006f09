using System.Text;
using System.Text.Json;
using nietras.SeparatedValues;

namespace AccountGuard.Deliveries;

/// <summary>
/// A data row: its number in the file from 1, its values by column (null: not delivered), or why it is no row.
/// </summary>
public readonly record struct DeliveredRow(long No, string?[] Values, string? Problem, string? Field)
{
    /// <summary>The value without white space around; empty where it was not delivered.</summary>
    public string this[int column] => Values[column]?.Trim() ?? "";
}

/// <summary>Reads rows of named columns from CSV or NDJSON, one at a time, whatever state they are in.</summary>
public static class DeliveredRows
{
    private const int LongestLine = 16 << 20;

    /// <summary>
    /// The rows of a CSV file with a header. A row with another number of fields than the header is a row with a
    /// problem; where the file cannot be read on (an open quotation mark, a line beyond 16 MB) or ends within a row,
    /// the rest is one such row, and so are rows that two stray quotation marks made one.
    /// </summary>
    /// <exception cref="BadInput">The header lacks a required column, names one twice or one that is not
    /// known.</exception>
    public static IEnumerable<DeliveredRow> OfCsv(DeliveredFile file, string[] columns, string[] required)
    {
        using var text = file.ReadText();
        using var reader = OpenCsv(text);
        if (!TryMoveNext(reader, out var headerTrouble))
        {
            throw new BadInput("The file is empty"
                + (headerTrouble ? " or its header cannot be read" : "")
                + $". Its first line names the columns: {string.Join(',', columns)}");
        }

        var places = ReadHeader(reader.Current, columns, required);
        long no = 0;
        var isThere = TryMoveNext(reader, out var trouble);
        while (isThere)
        {
            var row = ReadRow(reader.Current, no + 1, places, columns.Length, file);
            var (isEmpty, isShort) = (reader.Current.Span.IsEmpty, reader.Current.ColCount < places.Length);
            isThere = TryMoveNext(reader, out trouble);

            // An empty line is no row.
            if (!isEmpty)
            {
                no++;
                yield return isShort && !isThere && file.EndsWithinLine ? BrokenOff(row) : row;
            }
        }

        if (trouble)
        {
            yield return new DeliveredRow(++no, new string?[columns.Length], QuarantineCode.Remainder, "");
        }
    }

    /// <summary>
    /// The rows of an NDJSON file, an object a line; numbers and booleans are taken as they are written. Where the file
    /// ends within an object, the rest is a remainder.
    /// </summary>
    public static IEnumerable<DeliveredRow> OfNdjson(DeliveredFile file, string[] columns)
    {
        using var text = file.ReadText();
        long no = 0;
        foreach (var (line, isWhole) in LinesOf(text))
        {
            if (line.Length > LongestLine)
            {
                yield return new DeliveredRow(++no, new string?[columns.Length], QuarantineCode.Remainder, "");
                yield break;
            }

            if (!string.IsNullOrWhiteSpace(line))
            {
                var row = OfObject(line, ++no, columns);
                yield return row is { Problem: QuarantineCode.BrokenRow, Field: "" } && !isWhole ? BrokenOff(row) : row;
            }
        }
    }

    /// <summary>What the sender meant to follow is lost, and nobody knows how much.</summary>
    private static DeliveredRow BrokenOff(DeliveredRow row) =>
        row with { Problem = QuarantineCode.Remainder, Field = "" };

    /// <summary>
    /// Lines of a text, and whether they came to their end; one beyond the longest is cut behind it, and the last that
    /// is given.
    /// </summary>
    private static IEnumerable<(string Line, bool IsWhole)> LinesOf(TextReader text)
    {
        var buffer = new char[64 * 1024];
        var line = new StringBuilder();
        for (int length; (length = text.Read(buffer)) > 0;)
        {
            var rest = buffer.AsMemory(0, length);
            for (int end; (end = rest.Span.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
            {
                yield return (line.Append(rest[..end]).ToString(), true);
                line.Clear();
            }

            if (line.Append(rest).Length > LongestLine)
            {
                break;
            }
        }

        yield return (line.ToString(), false);
    }

    private static SepReader OpenCsv(TextReader text) =>
        Sep.New(',').Reader(o => o with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(text);

    // Sep throws where a row outgrows it; what is left is then a remainder, not a crash.
    private static bool TryMoveNext(SepReader reader, out bool trouble)
    {
        trouble = false;
        try
        {
            return reader.MoveNext();
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException
            or IndexOutOfRangeException or OverflowException)
        {
            trouble = true;
            return false;
        }
    }

    private static int[] ReadHeader(SepReader.Row header, string[] columns, string[] required)
    {
        var places = new int[header.ColCount];
        for (var i = 0; i < places.Length; i++)
        {
            var name = header[i].ToString().Trim();
            places[i] = Array.IndexOf(columns, name);
            if (places[i] < 0)
            {
                throw new BadInput($"Column {i + 1} of the header is not known. "
                    + $"Known are: {string.Join(',', columns)}");
            }

            if (Array.IndexOf(places, places[i]) < i)
            {
                throw new BadInput($"The header names the column {name} twice. Keep one of the two.");
            }
        }

        foreach (var name in required)
        {
            if (!places.Contains(Array.IndexOf(columns, name)))
            {
                throw new BadInput($"The header lacks the column {name}. Add it to the first line.");
            }
        }

        return places;
    }

    private static DeliveredRow ReadRow(SepReader.Row row, long no, int[] places, int width, DeliveredFile file)
    {
        // Before a value is read, since that takes quotation marks away.
        var isSeveral = IsSeveral(row.Span, places.Length);
        var values = new string?[width];
        for (var i = 0; i < Math.Min(row.ColCount, places.Length); i++)
        {
            values[places[i]] = row[i].ToString();
        }

        // Unescaping leaves an opening quotation mark only where none closes it: the rest of the file stands in this
        // field.
        var opened = row.ColCount > 0 && row.Span.Count('"') % 2 != 0;
        return opened || isSeveral || (file.BreaksOff && row.Span.Contains('\uFFFD'))
            ? new DeliveredRow(no, values, QuarantineCode.Remainder, "")
            : row.ColCount != places.Length
                ? new DeliveredRow(no, [.. values, .. Rest(row, places.Length)], QuarantineCode.BrokenRow, "")
                : new DeliveredRow(no, values, null, null);
    }

    /// <summary>
    /// Of two quotation marks that stray into rows, the second ends what the first began: all between them would be one
    /// row, and nobody would miss the others. A line behind the first with as many separators as a row has is a row.
    /// </summary>
    private static bool IsSeveral(ReadOnlySpan<char> row, int columns)
    {
        for (int end; (end = row.IndexOfAny('\r', '\n')) >= 0;)
        {
            row = row[(end + 1)..];
            var next = row.IndexOfAny('\r', '\n');
            if ((next < 0 ? row : row[..next]).Count(',') >= columns - 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Which field shifted the others nobody can tell: those beyond the last column are kept too.</summary>
    private static List<string> Rest(SepReader.Row row, int columns)
    {
        var rest = new List<string>();
        for (var i = columns; i < row.ColCount; i++)
        {
            rest.Add(row[i].ToString());
        }

        return rest;
    }

    /// <summary>
    /// A row given as one JSON object, or why it is none: the line as it came then, after the values that were read.
    /// </summary>
    public static DeliveredRow OfObject(string line, long no, string[] columns)
    {
        var values = new string?[columns.Length];
        (string Code, string Field)? problem = null;
        try
        {
            using var json = JsonDocument.Parse(line);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                var place = Array.IndexOf(columns, member.Name);
                if (place < 0)
                {
                    problem ??= (QuarantineCode.UnknownField, "");
                    continue;
                }

                if (values[place] is not null)
                {
                    problem ??= (QuarantineCode.BrokenRow, member.Name);
                    continue;
                }

                values[place] = member.Value.ValueKind switch
                {
                    JsonValueKind.String => member.Value.GetString(),
                    JsonValueKind.Null => null,
                    JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Number
                        or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                    _ => throw new InvalidOperationException($"There is no JSON kind {member.Value.ValueKind}."),
                };
            }

            return problem is var (code, field) ? new DeliveredRow(no, [.. values, line], code, field)
                : new DeliveredRow(no, values, null, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new DeliveredRow(no, [line], QuarantineCode.BrokenRow, "");
        }
    }
}
