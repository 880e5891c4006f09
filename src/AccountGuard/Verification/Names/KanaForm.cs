using System.Text;

namespace AccountGuard.Verification.Names;

/// <summary>
/// The form in which kana are compared: katakana of full width and full size, the voiced marks behind their letters, as
/// banks write them. (string.Normalize changes nothing here: globalization is invariant.)
/// </summary>
internal static class KanaForm
{
    public const char Voiced = '\u3099', HalfVoiced = '\u309A', Long = 'ー';

    private const string HalfWidth = "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
        + "マミムメモヤユヨラリルレロワン\u3099\u309A";

    private const string Small = "ァィゥェォッャュョヮヵヶ";
    private const string Large = "アイウエオツヤユヨワカケ";

    // What lengthens a vowel: by itself, and イ behind エ, ウ behind オ.
    private static readonly (string Letters, string Lengthening)[] Vowels =
    [
        ("アカサタナハマヤラワ", "ア"), ("イキシチニヒミリヰ", "イ"), ("ウクスツヌフムユル", "ウ"),
        ("エケセテネヘメレヱ", "エイ"), ("オコソトノホモヨロヲ", "オウ"),
    ];

    public static bool IsMark(char letter) => letter is Voiced or HalfVoiced;

    public static bool IsKana(char letter) => letter is (>= 'ァ' and <= 'ヺ') or Long || IsMark(letter);

    /// <summary>Appends the form of a letter, if it is kana.</summary>
    public static bool TryAppend(StringBuilder form, char letter)
    {
        letter = letter switch
        {
            >= '\uFF66' and <= '\uFF9F' => HalfWidth[letter - '\uFF66'],
            >= 'ぁ' and <= 'ゖ' => (char)(letter + ('ァ' - 'ぁ')),
            '\u309B' => Voiced,
            '\u309C' => HalfVoiced,
            _ => letter,
        };
        if (!IsKana(letter))
        {
            return false;
        }

        var small = Small.IndexOf(letter);
        _ = (letter, small) switch
        {
            (_, >= 0) => form.Append(Large[small]),
            ('ヴ', _) => form.Append('ウ').Append(Voiced),
            ( >= 'ヷ' and <= 'ヺ', _) => form.Append((char)(letter - 'ヷ' + 'ワ')).Append(Voiced),
            ( >= 'カ' and <= 'ヂ', _) when letter % 2 == 0 => form.Append((char)(letter - 1)).Append(Voiced),
            ('ヅ' or 'デ' or 'ド', _) => form.Append((char)(letter - 1)).Append(Voiced),
            ( >= 'ハ' and <= 'ポ', _) when (letter - 'ハ') % 3 is var mark and > 0 =>
                form.Append((char)(letter - mark)).Append(mark == 1 ? Voiced : HalfVoiced),
            _ => form.Append(letter),
        };
        return true;
    }

    /// <summary>Without the letters that banks do not write.</summary>
    public static string InBanks(string kana) => kana.Replace('ヲ', 'オ').Replace('ヰ', 'イ').Replace('ヱ', 'エ');

    /// <summary>Kana of one sound are one letter.</summary>
    public static string BySound(string kana) =>
        InBanks(kana).Replace($"チ{Voiced}", $"シ{Voiced}").Replace($"ツ{Voiced}", $"ス{Voiced}");

    public static string WithoutMarks(string kana) => kana.Replace($"{Voiced}", "").Replace($"{HalfVoiced}", "");

    /// <summary>Without what lengthens a vowel, however it is written.</summary>
    public static string WithoutLength(string kana)
    {
        var rest = new StringBuilder(kana.Length);
        var lengthening = "";
        foreach (var letter in kana)
        {
            if (letter == Long || lengthening.Contains(letter))
            {
                continue;
            }

            rest.Append(letter);
            if (!IsMark(letter))
            {
                lengthening = Vowels.FirstOrDefault(v => v.Letters.Contains(letter)).Lengthening ?? "";
            }
        }

        return rest.ToString();
    }
}
