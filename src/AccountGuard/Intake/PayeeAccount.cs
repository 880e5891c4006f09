using System.Diagnostics.CodeAnalysis;
using System.Text;
using AccountGuard.Numbers;
using AccountGuard.Vault;

namespace AccountGuard.Intake;

/// <summary>How a payee account is written.</summary>
public enum PayeeScheme
{
    /// <summary><c>zengin:BBBB-bbb-T-NNNNNNN</c>: bank, branch, type and number in Japan.</summary>
    Zengin,

    /// <summary><c>yucho:KKKKK-NNNNNNNN</c>: 記号 and 番号 of Japan Post Bank.</summary>
    Yucho,

    /// <summary><c>iban:…</c>: ISO 13616.</summary>
    Iban,

    /// <summary><c>us-ach:ROUTING-ACCOUNT</c>.</summary>
    UsAch,

    /// <summary><c>uk:SORT-ACCOUNT</c>.</summary>
    Uk,
}

/// <summary>
/// An account that a pension is paid to. Two are equal when they are one account, however written: a Japan Post Bank
/// account as 記号番号 or as bank and branch, a British one as IBAN or as sort code, with or without leading zeros.
/// It prints masked (Rule 33); what reveals it is a method, because serialisers and loggers read properties.
/// </summary>
public sealed class PayeeAccount : IEquatable<PayeeAccount>
{
    private const int LongestText = 64;
    private const int ShortestUsNumber = 4;
    private const int LongestUsNumber = 17;

    private readonly string _key;
    private readonly string _written;

    private PayeeAccount(PayeeScheme scheme, string key, string? written = null) =>
        (Scheme, _key, _written) = (scheme, key, written ?? key);

    /// <summary>How the account was written.</summary>
    public PayeeScheme Scheme { get; }

    /// <summary>
    /// Reads an account in one of the schemes' written forms, after NFKC, without regard to case and white space.
    /// Never throws. An unknown scheme, a field of the wrong size or a failed IBAN check gives false: the caller keeps
    /// the raw text, and the change is screened all the same.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out PayeeAccount? account)
    {
        Span<char> buffer = stackalloc char[LongestText];
        var folded = Fold(text, buffer);
        var colon = folded.IndexOf(':');
        var fields = folded[(colon + 1)..];
        account = folded[..Math.Max(colon, 0)] switch
        {
            "ZENGIN" => ReadZengin(fields),
            "YUCHO" => ReadYucho(fields),
            "IBAN" => ReadIban(fields),
            "US-ACH" => ReadUsAch(fields),
            "UK" => ReadUk(fields),
            _ => null,
        };
        return account is not null;
    }

    /// <summary>The key in clear, the same for every way to write one account.</summary>
    public string RevealKey() => _key;

    /// <summary>Names the account without telling it, however it is written.</summary>
    public UInt128 NameIn(KeyFile keys) => keys.Name("account", Encoding.UTF8.GetBytes(_key));

    /// <summary>Names bank and branch without telling them; null for an account outside Japan.</summary>
    public UInt128? BranchIn(KeyFile keys) => _key.StartsWith("zengin:", StringComparison.Ordinal)
        ? keys.Name("branch", Encoding.UTF8.GetBytes(_key[.."zengin:BBBB-bbb".Length])) : null;

    /// <summary>The account in clear as its scheme writes it; Japan Post Bank wants the 記号番号 for pensions.</summary>
    public string RevealWritten() => _written;

    /// <summary>The account masked to its last three characters: <c>•••567</c>.</summary>
    public override string ToString() => $"•••{_written[^3..]}";

    /// <inheritdoc/>
    public bool Equals(PayeeAccount? other) => other is not null && other._key == _key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PayeeAccount);

    /// <inheritdoc/>
    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);

    private static PayeeAccount? ReadZengin(ReadOnlySpan<char> fields)
    {
        Span<Range> parts = stackalloc Range[5];
        if (fields.Split(parts, '-') != 4
            || Padded(fields[parts[0]], 4) is not { } bank || Padded(fields[parts[1]], 3) is not { } branch
            || Padded(fields[parts[2]], 1) is not { } type || type == "0"
            || Padded(fields[parts[3]], 7) is not { } number)
        {
            return null;
        }

        var written = $"zengin:{bank}-{branch}-{type}-{number}";

        // The 記号番号 of an ordinary (1) and a savings (4) account look alike, so that the key cannot tell them apart.
        return bank == "9900" && branch[^1] == '8' && type == "4"
            ? new PayeeAccount(PayeeScheme.Zengin, $"zengin:{bank}-{branch}-1-{number}", written)
            : new PayeeAccount(PayeeScheme.Zengin, written);
    }

    private static PayeeAccount? ReadYucho(ReadOnlySpan<char> fields)
    {
        // The single digit that may stand between 記号 and 番号 counts re-issues and is no part of the account.
        Span<Range> parts = stackalloc Range[4];
        var count = fields.Split(parts, '-');
        if (count is not (2 or 3) || (count == 3 && Padded(fields[parts[1]], 1) is null)
            || Padded(fields[parts[0]], 5) is not { } symbol || Padded(fields[parts[count - 1]], 8) is not { } number)
        {
            return null;
        }

        var key = (symbol[0], number[0], number[^1]) switch
        {
            ('1', _, '1') => $"zengin:9900-{symbol[1..3]}8-1-{number[..7]}",
            ('0', '0', _) => $"zengin:9900-{symbol[1..3]}9-2-{number[1..]}",
            _ => null,
        };
        return key is null ? null : new PayeeAccount(PayeeScheme.Yucho, key, $"yucho:{symbol}-{number}");
    }

    private static PayeeAccount? ReadIban(ReadOnlySpan<char> fields)
    {
        Span<char> iban = stackalloc char[LongestText];
        var length = 0;
        foreach (var character in fields)
        {
            if (character != '-')
            {
                iban[length++] = character;
            }
        }

        iban = iban[..length];
        if (!HasIbanCheck(iban))
        {
            return null;
        }

        // A British IBAN holds bank, sort code and account, and the sort code names the bank.
        var written = $"iban:{iban}";
        return iban is ['G', 'B', ..] && length == 22
            && Padded(iban[8..14], 6) is { } sort && Padded(iban[14..], 8) is { } number
            ? new PayeeAccount(PayeeScheme.Iban, $"uk:{sort}-{number}", written)
            : new PayeeAccount(PayeeScheme.Iban, written);
    }

    private static PayeeAccount? ReadUsAch(ReadOnlySpan<char> fields)
    {
        var dash = fields.IndexOf('-');
        if (dash < 0 || Padded(fields[..dash], 9) is not { } routing)
        {
            return null;
        }

        // Banks differ on whether leading zeros count; two spellings of one account must not hide a link (Rule 16).
        var digits = fields[(dash + 1)..].ToString().Replace("-", "", StringComparison.Ordinal);
        var number = digits.TrimStart('0').PadLeft(ShortestUsNumber, '0');
        return digits.Length > 0 && number.Length <= LongestUsNumber && number.All(char.IsAsciiLetterOrDigit)
            ? new PayeeAccount(PayeeScheme.UsAch, $"us-ach:{routing}-{number}")
            : null;
    }

    private static PayeeAccount? ReadUk(ReadOnlySpan<char> fields)
    {
        var dash = fields.LastIndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        var sortCode = fields[..dash].ToString().Replace("-", "", StringComparison.Ordinal);
        return Padded(sortCode, 6) is { } sort && Padded(fields[(dash + 1)..], 8) is { } number
            ? new PayeeAccount(PayeeScheme.Uk, $"uk:{sort}-{number}")
            : null;
    }

    /// <summary>ISO 7064 mod 97: the first four moved to the end, A = 10 … Z = 35, the remainder is 1.</summary>
    private static bool HasIbanCheck(ReadOnlySpan<char> iban)
    {
        if (iban.Length is < 15 or > 34 || !char.IsAsciiLetter(iban[0]) || !char.IsAsciiLetter(iban[1])
            || !char.IsAsciiDigit(iban[2]) || !char.IsAsciiDigit(iban[3])
            || iban[2..4] is "00" or "01" or "99")
        {
            return false;
        }

        var remainder = 0;
        for (var i = 0; i < iban.Length; i++)
        {
            var character = iban[(i + 4) % iban.Length];
            if (!char.IsAsciiLetterOrDigit(character))
            {
                return false;
            }

            remainder = char.IsAsciiDigit(character)
                ? ((remainder * 10) + (character - '0')) % 97
                : ((remainder * 100) + (character - 'A' + 10)) % 97;
        }

        return remainder == 1;
    }

    /// <summary>The digits filled up with leading zeros, or null where they are none or too many.</summary>
    private static string? Padded(ReadOnlySpan<char> digits, int width)
    {
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var significant = digits.TrimStart('0');
        return significant.Length <= width ? significant.ToString().PadLeft(width, '0') : null;
    }

    /// <summary>The ASCII form, in upper case without white space; empty where there is none.</summary>
    private static ReadOnlySpan<char> Fold(ReadOnlySpan<char> text, Span<char> buffer)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var form = AsciiForm.Of(rune);
            if (form.Length == 0 || length + form.Length > buffer.Length)
            {
                return default;
            }

            foreach (var character in form.AsSpan().Trim())
            {
                buffer[length++] = char.ToUpperInvariant(character);
            }
        }

        return buffer[..length];
    }
}
