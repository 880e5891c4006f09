using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace AccountGuard.Verification.Names;

/// <summary>
/// Kanji by the form that stands for all of their old forms and variants. It says which names may be one: whoever
/// compares names with it still has to look.
/// </summary>
internal static class KanjiForms
{
    private const string Repeat = "々";
    private static readonly FrozenDictionary<Rune, Rune> Forms = Load("form");
    private static readonly FrozenDictionary<Rune, Rune> Alike = Load("alike");

    /// <summary>Old forms and variants of a glyph as the one that stands for them.</summary>
    public static string OfOneCharacter(string kanji) => Fold(kanji, Forms);

    /// <summary>Of such forms, also those that are taken for each other as one of them.</summary>
    public static string OfAlike(string oneCharacter) => Fold(oneCharacter, Alike);

    private static string Fold(string kanji, FrozenDictionary<Rune, Rune> table)
    {
        var folded = new StringBuilder(kanji.Length);
        var last = "";
        foreach (var rune in kanji.EnumerateRunes())
        {
            var form = table.GetValueOrDefault(rune, rune).ToString();
            last = form == Repeat ? last : form;
            folded.Append(last);
        }

        return folded.ToString();
    }

    private static FrozenDictionary<Rune, Rune> Load(string kind)
    {
        var forms = new Dictionary<Rune, Rune>();
        using var table = new StreamReader(
            typeof(KanjiForms).Assembly.GetManifestResourceStream("AccountGuard.Verification.Names.kanji-forms.csv")!);
        while (table.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            if (fields[0] == kind)
            {
                var group = fields[1].Split(' ')
                    .Select(code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
                    .ToList();
                group.ForEach(form => forms.Add(form, group[0]));
            }
        }

        return forms.ToFrozenDictionary();
    }
}
