using System.Text;
using System.Text.Json;
using AccountGuard.Numbers;
using AccountGuard.Verification.Queues;

namespace AccountGuard.CommandLine;

/// <summary>The queue on stdout as a table (its first rows), CSV or JSON (all rows).</summary>
public sealed class QueueOutput : IAsyncDisposable
{
    private const int TableRows = 50;
    private readonly int _tableRows;

    private static readonly string[] Columns =
    [
        "rank", "source", "request_id", "kind", "incident", "reasons", "state", "tier", "list_version", "filed_on",
        "exposed_on",
    ];

    private readonly string _format;
    private readonly string[] _columns;
    private readonly List<string[]> _table = [];
    private readonly StreamWriter _out = new(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16);
    private long _count;

    private QueueOutput(string format, bool showsNumbers, int tableRows)
    {
        _tableRows = tableRows;
        _format = format;
        _columns = showsNumbers ? [.. Columns, "number"] : Columns;
    }

    public static QueueOutput Open(string format, bool showsNumbers, int tableRows = TableRows) =>
        new(format, showsNumbers, tableRows);

    /// <summary>The numbers of a page whose rows come out.</summary>
    public IReadOnlyCollection<NumberKey> Shown(IReadOnlyCollection<QueueRow> page) =>
        [.. page.Take(_format == "table" ? (int)Math.Max(_tableRows - _count, 0) : page.Count)
            .Select(row => row.Number).Distinct()];

    /// <param name="numbers">Empty, or every number of the page that comes out.</param>
    public void Write(IEnumerable<QueueRow> page, IReadOnlyDictionary<NumberKey, string> numbers)
    {
        foreach (var row in page)
        {
            var cells = Cells(row)
                .Concat(_columns.Length > Columns.Length ? [numbers.GetValueOrDefault(row.Number, "")] : []).ToArray();
            switch (_format)
            {
                case "csv":
                    WriteHeader();
                    _out.Write(Csv(cells) + "\n");
                    break;
                case "json":
                    _out.Write((_count == 0 ? "[\n" : ",\n")
                        + JsonSerializer.Serialize(Json(row, cells), Printing.Json));
                    break;
                default:
                    if (_count < _tableRows)
                    {
                        _table.Add(cells);
                    }

                    break;
            }

            _count++;
        }
    }

    /// <summary>
    /// What follows the last row. Left out where reading failed: nothing then looks like an empty queue.
    /// </summary>
    public void Finish()
    {
        switch (_format)
        {
            case "csv":
                WriteHeader();
                break;
            case "json":
                _out.Write(_count == 0 ? "[]\n" : "\n]\n");
                break;
            default:
                _out.Write(Printing.Table(_columns, _table) + "\n");
                _out.Write(_count <= _tableRows ? ""
                    : $"… {_count - _tableRows:N0} more rows: --format csv shows all\n");
                break;
        }
    }

    public ValueTask DisposeAsync() => _out.DisposeAsync();

    private void WriteHeader()
    {
        if (_count == 0)
        {
            _out.Write(string.Join(',', _columns) + "\n");
        }
    }

    /// <summary>A row as it stands in the CSV output, without numbers.</summary>
    public static string CsvLine(QueueRow row) => Csv(Cells(row));

    private static string Csv(string[] cells) => string.Join(',', cells.Select(Escape));

    private static string[] Cells(QueueRow row) =>
    [
        $"{row.Rank}", row.Source, row.RequestId, row.Kind, row.Incident, row.Reasons, row.State, $"{row.Tier}",
        $"{row.ListVersion}", $"{row.FiledOn:yyyy-MM-dd}", $"{row.ExposedOn:yyyy-MM-dd}",
    ];

    private Dictionary<string, object?> Json(QueueRow row, string[] cells)
    {
        var json = new Dictionary<string, object?>();
        for (var i = 0; i < _columns.Length; i++)
        {
            json[_columns[i]] = _columns[i] switch
            {
                "rank" => row.Rank,
                "tier" => row.Tier,
                "list_version" => row.ListVersion,
                _ => cells[i].Length == 0 ? null : cells[i],
            };
        }

        return json;
    }

    private static string Escape(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"")}\"";
}
