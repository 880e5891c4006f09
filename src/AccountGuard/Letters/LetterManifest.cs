using System.Text.Json;

namespace AccountGuard.Letters;

/// <summary>
/// A letter in a batch: its pages (from 1), the references of its cases, and the SHA-256 of name and address, by which
/// whoever has the letter can tell that it is this row. Who guesses an address can confirm it by the hash: the
/// manifest is kept like the letters.
/// </summary>
public sealed record ManifestRow(
    int Row, int FirstPage, int LastPage, IReadOnlyList<string> References, string AddressSha256);

/// <summary>What is in a printed batch, row by row, with the SHA-256 of its file.</summary>
public sealed record LetterManifest(string FileSha256, IReadOnlyList<ManifestRow> Rows)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The manifest as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Web);

    /// <exception cref="JsonException">It is no manifest.</exception>
    public static LetterManifest FromJson(string json) =>
        JsonSerializer.Deserialize<LetterManifest>(json, Web) ?? throw new JsonException("The manifest is empty.");
}
