using AccountGuard.Identity;
using AccountGuard.Numbers;
using ICU4N.Text;

namespace AccountGuard.Verification;

/// <summary>
/// Rule 14. Whoever keyed or decided the change is known by every login and person that may stand for them
/// (<c>keyed_by</c> in Verification.sql).
/// </summary>
public static class Separation
{
    /// <summary>Who may verify at all.</summary>
    public static Refusal? Bars(Caller by, IReadOnlyCollection<string> keyedBy) =>
        by.Person is null ? Refusal.NoPerson
        : keyedBy.Any(name => IsNamed(by.Login, name) || IsNamed(by.Person, name)) ? Refusal.KeyedTheChange
        : null;

    /// <summary>Who may answer a proposal.</summary>
    public static Refusal? Bars(Caller by, IReadOnlyCollection<string> keyedBy, Proposal proposal) =>
        Bars(by, keyedBy) ?? (by.IsSame(proposal.Auditor) ? Refusal.OwnProposal : null);

    // A clerk's name is typed: width, case, spaces and voiced marks apart do not make another person. By ICU, since
    // .NET changes nothing without its own (InvariantGlobalization).
    private static bool IsNamed(string one, string other) =>
        string.Equals(Plain(one), Plain(other), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => string.Concat(
        Normalizer2.NFKCInstance.Normalize(name).EnumerateRunes()
        .Select(rune => AsciiForm.Of(rune) is { Length: > 0 } form ? form : rune.ToString())).Replace(" ", "");
}
