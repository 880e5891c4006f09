using AccountGuard.Verification.Names;

namespace AccountGuard.Verification;

/// <summary>What two names that are not one share: the family name, the given name, or nothing.</summary>
internal static class Kinship
{
    /// <summary>
    /// The family name stands first. Where one of the two is not divided, the parts of the other are looked for in it.
    /// </summary>
    public static NameComparison Of(NameText own, NameText account)
    {
        var (divided, other) = own.Words.Length > 1 ? (own, account) : (account, own);
        if (divided.Words.Length == 1)
        {
            return own.Compact[0] == account.Compact[0] || own.Compact[^1] == account.Compact[^1]
                ? new(NameMatch.Look, NameReasons.Undivided)
                : new(NameMatch.Different, NameReasons.OtherName);
        }

        var (family, given) = (divided.Words[0], string.Concat(divided.Words[1..]));
        var isDivided = other.Words.Length > 1;
        var sameFamily = isDivided ? other.Words[0] == family : Begins(other.Compact, family);
        var sameGiven = isDivided
            ? string.Concat(other.Words[1..]) == given : other.Compact.EndsWith(given, StringComparison.Ordinal);
        return (sameFamily, sameGiven) switch
        {
            (true, true) => new(NameMatch.Look, NameReasons.Undivided),
            (false, true) => new(NameMatch.Look, NameReasons.OtherFamilyName),
            (true, false) => new(NameMatch.Different, NameReasons.SameFamilyName),
            (false, false) => new(NameMatch.Different, NameReasons.OtherName),
        };
    }

    /// <summary>A letter is not parted from its mark: カ does not begin ガ.</summary>
    public static bool Begins(string name, string part) => name.StartsWith(part, StringComparison.Ordinal)
        && (name.Length == part.Length || !KanaForm.IsMark(name[part.Length]));
}
