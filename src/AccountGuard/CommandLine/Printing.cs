using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGuard.Deliveries;

namespace AccountGuard.CommandLine;

/// <summary>Answers on stdout: a text for people, or one JSON value.</summary>
public static class Printing
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Converters = { new JsonStringEnumConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write<T>(Session session, T value, string text) =>
        Console.Out.WriteLine(session.Json ? JsonSerializer.Serialize(value, Json) : text);

    public static string Text(HitCount hits) => $"Hits: {hits.Opened:N0} opened, {hits.Ended:N0} ended.";

    public static string Text(DeliveryAnswer answer)
    {
        var (rows, numbers) = (answer.Rows, answer.Numbers);
        return $"Delivery {answer.Delivery}: {rows.Received:N0} rows received, {rows.Accepted:N0} accepted, "
            + $"{rows.Duplicates:N0} duplicates, {rows.Quarantined:N0} quarantined. {Text(answer.Hits)}"
            + (numbers is null ? ""
                : $"\nNumbers: {numbers.Listed:N0} listed, {numbers.Added:N0} added, {numbers.Withdrawn:N0} withdrawn"
                    + (numbers.NotListed == 0 ? "." : $", {numbers.NotListed:N0} withdrawn that were not listed."))
            + (rows.Quarantined == 0 ? "" : $"\nSee the rows that wait: quarantine --delivery {answer.Delivery}");
    }

    public static string Table(string[] header, IEnumerable<string[]> rows)
    {
        var lines = rows.Prepend(header).ToList();
        var widths = Enumerable.Range(0, header.Length).Select(i => lines.Max(l => l[i].Length)).ToArray();
        return string.Join('\n', lines.Select(
            line => string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()));
    }
}
