using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AccountGuard.Numbers;

namespace AccountGuard.Letters;

/// <summary>A letter that was not made, by its place in what was asked for.</summary>
public sealed record RefusedLetter(int Index, Refusal Refusal);

/// <summary>What came of letters: one PDF, what is in it, and those that were not made.</summary>
/// <param name="Pdf">Null where no letter was made.</param>
public sealed record LetterBatch(byte[]? Pdf, LetterManifest Manifest, IReadOnlyList<RefusedLetter> Refused);

/// <summary>Makes letters. It reads its fonts once, and makes or checks one batch after the other.</summary>
public sealed partial class LetterPrinter
{
    private readonly LetterSettings _settings;
    private readonly Looks _looks;

    /// <exception cref="BadInput">
    /// A font cannot be read or lacks a character of the sender's, or envelope or sender do not fit the sheet.
    /// </exception>
    public LetterPrinter(LetterSettings settings)
    {
        (_settings, _looks) = (settings, new Looks(settings.Fonts));
        var sender = settings.Sender;
        foreach (var text in (string[])[sender.Name, sender.Department, sender.PostalCode, sender.Address, sender.Phone,
            .. sender.Hours, settings.Benefit])
        {
            if (_looks.Text.GlyphsOf(text) is null || _looks.Heading.GlyphsOf(text) is null)
            {
                throw new BadInput($"No font has a glyph for each character of '{text}', which stands on each letter.");
            }
        }

        if (!LetterSheet.HasRoomFor(settings, _looks))
        {
            throw new BadInput("The window would show more than the address or too little of it, or the sender's name "
                + "and address run into what stands below: see to Letters__Envelope and Letters__Sender.");
        }
    }

    /// <summary>Why this letter cannot be made; null where it can.</summary>
    public Refusal? Refuses(Letter letter)
    {
        var to = letter.To;
        if (string.IsNullOrWhiteSpace(to.Name) || string.IsNullOrWhiteSpace(to.Address))
        {
            return string.IsNullOrWhiteSpace(to.Name)
                ? new Refusal(RefusalReason.MissingName, "name")
                : new Refusal(RefusalReason.MissingAddress, "address");
        }

        foreach (var (field, text) in ((string, string?)[])
            [("name", to.Name), ("address", to.Address), ("postal_code", to.PostalCode), ("ward", to.Ward)])
        {
            // The postal code is seven digits in a row; in its own place it is looked at as it is printed.
            if (NumberLike().IsMatch(Folded(field == "postal_code" ? AddressBlock.PartsOf(to)[0] : text)))
            {
                return new Refusal(RefusalReason.NumberInText, field);
            }

            if (text is not null && _looks.Text.GlyphsOf(text) is null)
            {
                return new Refusal(RefusalReason.MissingGlyph, field);
            }
        }

        return AddressBlock.Fit(to, _looks.Text, _settings.Envelope.AlwaysSeen) is null
            ? new Refusal(RefusalReason.DoesNotFit, "address") : null;
    }

    /// <summary>Makes one PDF of all letters that can be made, in their order; the others stop nobody.</summary>
    public LetterBatch Print(IReadOnlyList<Letter> letters)
    {
        var (rows, refused) = (new List<ManifestRow>(), new List<RefusedLetter>());
        using var press = new Press(letters.Select(l => l.WrittenOn).FirstOrDefault());
        for (var i = 0; i < letters.Count; i++)
        {
            if (Refuses(letters[i]) is { } refusal)
            {
                refused.Add(new RefusedLetter(i, refusal));
                continue;
            }

            var first = press.Sheets + 1;
            Print(press, letters[i]);
            rows.Add(new ManifestRow(rows.Count + 1, first, press.Sheets,
                [.. letters[i].Changes.Select(c => c.Reference.ToString())], AddressBlock.HashOf(letters[i].To)));
        }

        var pdf = rows.Count > 0 ? press.Finish() : null;
        return new LetterBatch(pdf, new LetterManifest(HashOf(pdf ?? []), rows), refused);
    }

    internal static string HashOf(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>
    /// Whether what was read from paper has the glyphs of a text somewhere, or is it as a whole: spaces aside, for
    /// lines end where they end; and of two texts that the font of this one draws alike either one may be read.
    /// </summary>
    internal bool Shows(string read, string text, bool asWhole = false)
    {
        var bare = Bare(text);
        if (_looks.Text.GlyphsOf(bare) is null)
        {
            return false;
        }

        var face = _looks.Text.WholeFor(bare);
        var (found, wanted) = (Glyphs(Bare(read)), Glyphs(bare));
        return asWhole ? found == wanted : found.Contains(wanted);

        string Glyphs(string of) => string.Concat((face.GlyphsOf(of) ?? [])
            .Select(g => $"{(char)g.Id}{(g.Font.Path == _settings.Fonts.Fallback ? '+' : ' ')}"));
    }

    private static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    internal LetterSettings Settings => _settings;

    private void Print(Press press, Letter letter)
    {
        using (var sheet = new Sheet(press))
        {
            var address = AddressBlock.Fit(letter.To, _looks.Text, _settings.Envelope.AlwaysSeen)!;
            LetterSheet.Print(sheet, letter, address, _settings, _looks);
        }

        for (var i = 0; i < AnswerSheet.SheetsOf(letter); i++)
        {
            using var sheet = new Sheet(press);
            AnswerSheet.Print(sheet, letter, i, _settings, _looks);
        }
    }

    private static string Folded(string? text) => string.Concat((text ?? "").EnumerateRunes()
        .Select(rune => AsciiForm.Of(rune) is { Length: > 0 } form ? form : "?"));

    [GeneratedRegex("[0-9]{7}|(?<![0-9])[0-9]{4}-[0-9]{6}(?![0-9])")]
    private static partial Regex NumberLike();
}
