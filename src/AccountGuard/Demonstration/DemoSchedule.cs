using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccountGuard.Demonstration;

/// <summary>How the rows of a delivery must end: the last three add up to the first (rule 7).</summary>
public sealed record DeliveryRows(int Received, int Accepted, int Duplicates, int Quarantined);

/// <summary>Arguments of <c>import-list</c>: the version, its live day and the control totals (rule 1).</summary>
public sealed record ListArguments(
    string Incident, int Version, DateOnly LiveFrom, int Records, int Two, int Three, int Four);

/// <summary>One file to deliver, when, by which command; rows are not counted for a declaration.</summary>
public sealed record DemoDelivery(
    int Order, string Command, string File, DateTimeOffset ReceivedAt, ListArguments? Arguments, DeliveryRows? Rows,
    string Label);

/// <summary>A queue that must come out: right after the delivery with this order, with so many rows.</summary>
public sealed record ExpectedFile(string File, int AfterDelivery, int Rows, string Label);

/// <summary>Numbers in force after a list, by the union of their fields; numbers, not records (rule 1).</summary>
public sealed record NumbersInForce(int AfterVersion, int Two, int Three, int Four, int All);

/// <summary>The demonstration, in the order in which it is delivered, and what must come of it.</summary>
public sealed record DemoSchedule(
    double Scale, int Seed, string Incident, IReadOnlyList<DemoDelivery> Deliveries,
    IReadOnlyList<NumbersInForce> Numbers, IReadOnlyList<ExpectedFile> Expected)
{
    public const string File = "schedule.json";

    /// <summary>Line ends are LF on every machine, and labels stay readable.</summary>
    private static readonly DemoJson written = new(new JsonSerializerOptions(DemoJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
        WriteIndented = true,
    });

    public static DemoSchedule Read(string folder)
    {
        using var json = System.IO.File.OpenRead(Path.Combine(folder, File));
        return JsonSerializer.Deserialize(json, DemoJson.Default.DemoSchedule)
            ?? throw new InvalidDataException($"{File} is empty.");
    }

    internal void Write(string folder) => System.IO.File.WriteAllText(
        Path.Combine(folder, File), JsonSerializer.Serialize(this, written.DemoSchedule) + "\n");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DemoSchedule))]
internal sealed partial class DemoJson : JsonSerializerContext;
