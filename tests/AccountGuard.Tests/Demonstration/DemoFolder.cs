using System.Text;
using AccountGuard.Demonstration;

namespace AccountGuard.Tests.Demonstration;

/// <summary>A demonstration in a folder of its own, read back by plain means, and removed afterwards.</summary>
public sealed class DemoFolder : IDisposable
{
    public const double Scale = 0.01;

    private static readonly char[] dropped =
        ['-', '\u2010', '\u2011', '\u2013', '\u2014', '\u2212', '\u30FC', '\uFF0D', '\u3000'];

    public DemoFolder()
        : this(Scale, DemoFiles.DefaultSeed)
    {
    }

    private DemoFolder(double scale, int seed)
    {
        Folder = Directory.CreateTempSubdirectory("demo-").FullName;
        Schedule = DemoFiles.Write(Folder, scale, seed, progress: null, CancellationToken.None);
    }

    public string Folder { get; }

    public DemoSchedule Schedule { get; }

    public static DemoFolder At(double scale, int seed) => new(scale, seed);

    public DemoDelivery List(int version) => Schedule.Deliveries.Single(one => one.Arguments?.Version == version);

    public IEnumerable<DemoDelivery> Changes() => Schedule.Deliveries.Where(one => one.Command == "import-changes");

    /// <summary>The rows of a file, each a look-up by column name.</summary>
    public IEnumerable<Dictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadLines(Path.Combine(Folder, file)).Select(Fields);
        string[]? header = null;
        foreach (var line in lines)
        {
            if (header is null)
            {
                header = line;
                continue;
            }

            line.Length.ShouldBe(header.Length, file);
            yield return header.Zip(line).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    public byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    public IEnumerable<string> Files() =>
        Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    /// <summary>
    /// The ten digits of a number in the forms that the demonstration writes. By hand: without ICU, as this program
    /// runs, string.Normalize leaves full-width digits as they are.
    /// </summary>
    public static string Digits(string written) =>
        string.Concat(written.Split(dropped)).Aggregate("", (digits, letter) =>
            digits + (letter is >= '０' and <= '９' ? (char)(letter - '０' + '0') : letter));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string[] Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        return [.. fields, field.ToString()];
    }
}
