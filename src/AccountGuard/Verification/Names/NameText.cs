using System.Globalization;
using System.Text;

namespace AccountGuard.Verification.Names;

/// <summary>The script that a name is written in.</summary>
internal enum NameScript
{
    None,
    Kana,
    Latin,
    Kanji,
    Other,
}

/// <summary>
/// A name in the form in which names are compared: its words without what writings of one name differ in, that is
/// width, size of kana, capitals, the length mark, punctuation, and selectors of glyphs. Made to be compared and
/// never stored.
/// </summary>
internal sealed record NameText(string[] Words, NameScript Script)
{
    private const string Dashes = "-ー\u2010\u2011\u2012\u2013\u2014\u2015\u2212";

    /// <summary>The words without space between them: banks leave it out.</summary>
    public string Compact => string.Concat(Words);

    /// <summary>The positions that the name takes in a bank's field: a voiced mark has one of its own.</summary>
    public int Positions => Compact.Length + Words.Length - 1;

    public bool HasLettersBeyondAscii => !Ascii.IsValid(Compact);

    public static NameText Of(string? text)
    {
        var form = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            Append(form, rune);
        }

        var script = ScriptOf(form.ToString());
        form.Replace(KanaForm.Long, script == NameScript.Latin ? ' ' : KanaForm.Long);
        return new NameText(form.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries), script);
    }

    private static void Append(StringBuilder form, Rune rune)
    {
        if (rune.Value is >= 0xFF01 and <= 0xFF5E)
        {
            rune = new Rune(rune.Value - 0xFF01 + '!');
        }

        if (!rune.IsBmp)
        {
            form.Append(IsSelector(rune) ? "" : rune.ToString());
        }
        else if (Dashes.Contains((char)rune.Value))
        {
            form.Append(KanaForm.Long);
        }
        else if (!KanaForm.TryAppend(form, (char)rune.Value) && !IsSelector(rune) && rune.Value is not ('\'' or '’'))
        {
            form.Append(Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
                ? Rune.ToUpperInvariant(rune).ToString() : " ");
        }
    }

    private static bool IsSelector(Rune rune) =>
        rune.Value is (>= 0xE0100 and <= 0xE01EF) or (>= 0xFE00 and <= 0xFE0F);

    private static NameScript ScriptOf(string form)
    {
        var letters = form.EnumerateRunes().Where(r => r.Value is not (' ' or KanaForm.Long)).ToList();
        return letters.Count == 0 ? NameScript.None
            : letters.All(r => r.IsBmp && KanaForm.IsKana((char)r.Value)) ? NameScript.Kana
            : letters.Any(IsKanji) ? NameScript.Kanji
            : letters.All(r => r.Value < 0x250 && Rune.IsLetter(r)) ? NameScript.Latin
            : NameScript.Other;
    }

    private static bool IsKanji(Rune rune) => rune.Value is (>= 0x3005 and <= 0x3007)
        or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
