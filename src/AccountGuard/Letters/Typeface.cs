using System.Globalization;
using System.Text;

namespace AccountGuard.Letters;

/// <summary>What is drawn for one character of a text, with its selector where it has one.</summary>
internal readonly record struct Glyph(FontFile Font, ushort Id, string Text)
{
    /// <summary>In parts of the em.</summary>
    public double Width => Font.WidthOf(Id);
}

/// <summary>A font and the one that helps it out.</summary>
internal sealed class Typeface(FontFile main, Lazy<FontFile> fallback)
{
    private Typeface? _inFallback;
    private readonly Dictionary<(int Character, int Selector), Glyph?> _known = [];

    /// <summary>
    /// In what a text is set as a whole: where it needs the fallback, all of it is taken from there, for one lighter
    /// character within a name looks like a mistake.
    /// </summary>
    public Typeface WholeFor(string text) =>
        GlyphsOf(text)!.All(g => g.Font == main) ? this : _inFallback ??= new(fallback.Value, new(() => main));

    /// <summary>
    /// The glyphs of a text, or null where a character has none: also a variant that no font has, and a mark that
    /// would have to be set upon the character before it.
    /// </summary>
    public IReadOnlyList<Glyph>? GlyphsOf(string text)
    {
        var glyphs = new List<Glyph>(text.Length);
        var runes = text.EnumerateRunes().ToList();
        for (var i = 0; i < runes.Count; i++)
        {
            var selector = i + 1 < runes.Count && IsSelector(runes[i + 1]) ? runes[i + 1].Value : 0;
            if (GlyphOf(runes[i], selector) is not { } glyph)
            {
                return null;
            }

            glyphs.Add(glyph);
            i += selector == 0 ? 0 : 1;
        }

        return glyphs;
    }

    /// <summary>The width of a text whose glyphs are there, in parts of the em.</summary>
    public double WidthOf(string text) => GlyphsOf(text)!.Sum(g => g.Width);

    private Glyph? GlyphOf(Rune character, int selector)
    {
        if (!_known.TryGetValue((character.Value, selector), out var glyph))
        {
            _known[(character.Value, selector)] = glyph = Find(character, selector);
        }

        return glyph;
    }

    private Glyph? Find(Rune character, int selector)
    {
        // Half a surrogate pair is read as U+FFFD, and some fonts have a glyph for it.
        if (character == Rune.ReplacementChar || Rune.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control)
        {
            return null;
        }

        var text = selector == 0 ? character.ToString() : $"{character}{new Rune(selector)}";
        return main.GlyphOf(character, selector) is { } own ? new Glyph(main, own, text)
            : fallback.Value.GlyphOf(character, selector) is { } helped ? new Glyph(fallback.Value, helped, text)
            : null;
    }

    /// <summary>Of variants in general, and of ideographs.</summary>
    private static bool IsSelector(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);
}
