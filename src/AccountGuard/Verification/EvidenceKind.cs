using System.Globalization;
using System.Text;

namespace AccountGuard.Verification;

/// <summary>A paper that is kept elsewhere, or a file of one of the types that scanners and cameras make.</summary>
public enum EvidenceKind
{
    PaperReference,
    Pdf,
    Jpeg,
    Png,
}

/// <summary>What a file is, by its content: its name and what its sender declares prove nothing.</summary>
public static class EvidenceKinds
{
    // A PDF ends with this mark; readers look for it in so many last bytes.
    private const int TailOfPdf = 1024;

    /// <summary>Null where it is none of them.</summary>
    public static EvidenceKind? Of(ReadOnlySpan<byte> content) =>
        content.StartsWith("%PDF-"u8) && content[^Math.Min(TailOfPdf, content.Length)..].IndexOf("%%EOF"u8) >= 0
            ? EvidenceKind.Pdf
        : content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? EvidenceKind.Jpeg
        : content.StartsWith((ReadOnlySpan<byte>)[0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]) ? EvidenceKind.Png
        : null;

    public static string MediaType(this EvidenceKind kind) => kind switch
    {
        EvidenceKind.PaperReference => "text/plain",
        EvidenceKind.Pdf => "application/pdf",
        EvidenceKind.Jpeg => "image/jpeg",
        EvidenceKind.Png => "image/png",
    };

    /// <summary>
    /// The name that a file is saved under: its own, without folders and what cannot be seen, and with the ending of
    /// what it is, so that no name makes a picture a program.
    /// </summary>
    public static string NameOf(this EvidenceKind kind, string uploadedAs)
    {
        var visible = string.Concat(uploadedAs.Split('/', '\\')[^1].EnumerateRunes().Where(IsVisible)).Trim();
        var name = visible.Length == 0 ? $"{kind}" : visible[^Math.Min(visible.Length, Exhibits.LongestName)..];
        string[] endings = kind switch
        {
            EvidenceKind.PaperReference => [".txt"],
            EvidenceKind.Pdf => [".pdf"],
            EvidenceKind.Jpeg => [".jpg", ".jpeg"],
            EvidenceKind.Png => [".png"],
        };
        return endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ? name : name + endings[0];
    }

    private static bool IsVisible(Rune letter) =>
        Rune.GetUnicodeCategory(letter) is not (UnicodeCategory.Control or UnicodeCategory.Format);
}
