using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace AccountGuard.Numbers;

/// <summary>
/// The NFKC form of one character, where it is made of ASCII letters, digits, colon and hyphen. White space becomes a
/// space and each dash of the contract (U+002D, 2010, 2011, 2013, 2014, 2212, 30FC) a hyphen.
/// </summary>
/// <remarks>
/// string.Normalize changes nothing while InvariantGlobalization is on, and says nothing of it. A text has an
/// ASCII NFKC form exactly when each of its characters has one, so a table of single characters is enough here.
/// </remarks>
internal static class AsciiForm
{
    private static readonly string[] Ascii = [.. Enumerable.Range(0, 0x80).Select(code => ((char)code).ToString())];
    private static readonly FrozenDictionary<int, string> Forms = Load();

    /// <summary>The form, or an empty text for a character that has none, like a lone surrogate.</summary>
    public static string Of(Rune character) => character switch
    {
        _ when Rune.IsWhiteSpace(character) => " ",
        { IsAscii: true } => Ascii[character.Value],
        _ => Forms.GetValueOrDefault(character.Value, ""),
    };

    private static FrozenDictionary<int, string> Load()
    {
        var forms = new Dictionary<int, string>();
        foreach (var dash in "\u2010\u2011\u2013\u2014\u2212\u30FC")
        {
            forms[dash] = "-";
        }

        using var table = new StreamReader(
            typeof(AsciiForm).Assembly.GetManifestResourceStream("AccountGuard.Numbers.nfkc-ascii.csv")!);
        while (table.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var fields = line.Split(',');
            var character = int.Parse(fields[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            foreach (var form in fields[1].Split('|'))
            {
                forms[character++] = form.Length == 1 && !char.IsAscii(form[0]) ? "-" : form;
            }
        }

        return forms.ToFrozenDictionary();
    }
}
