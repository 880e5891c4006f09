using AccountGuard.Intake;

namespace AccountGuard.Letters;

/// <summary>
/// Who a letter goes to, by Rule 13. Where <see cref="Ward"/> is filled, the recipient is that holder's guardian. It
/// prints nothing (Rule 33).
/// </summary>
/// <param name="PostalCode">As it came, or null: a guardian and an address abroad may have none.</param>
public sealed record Recipient(string Name, string? PostalCode, string Address, string? Ward = null)
{
    /// <summary>Whose pension it is.</summary>
    public string Holder => Ward ?? Name;

    /// <inheritdoc/>
    public override string ToString() => "•••";
}

/// <summary>What kind of change a letter asks about.</summary>
public enum AskedKind
{
    /// <summary>Another account to be paid to.</summary>
    Account,

    /// <summary>Another address, where the incident has such changes verified.</summary>
    Address,
}

/// <summary>
/// A change that the holder is asked about. Of the account it can hold three characters and no more, so that no letter
/// shows a whole one.
/// </summary>
public sealed record AskedChange
{
    private const int ShownOfAccount = 3;

    private AskedChange(CaseReference reference, AskedKind kind, string? accountEnding, DateOnly? filedOn) =>
        (Reference, Kind, AccountEnding, FiledOn) = (reference, kind, accountEnding, filedOn);

    /// <summary>The case's reference.</summary>
    public CaseReference Reference { get; }

    /// <summary>What was changed.</summary>
    public AskedKind Kind { get; }

    /// <summary>The last three characters of the new account; null where it could not be read, or is none.</summary>
    public string? AccountEnding { get; }

    /// <summary>The day filed, or null where none is possible (Rule 4).</summary>
    public DateOnly? FiledOn { get; }

    /// <summary>A change of account; null where the new account could not be read.</summary>
    public static AskedChange OfAccount(CaseReference reference, PayeeAccount? account, DateOnly? filedOn) =>
        new(reference, AskedKind.Account, account?.ToString()[^ShownOfAccount..], filedOn);

    /// <summary>A change of address.</summary>
    public static AskedChange OfAddress(CaseReference reference, DateOnly? filedOn) =>
        new(reference, AskedKind.Address, null, filedOn);
}

/// <summary>
/// One letter, about all open cases of a holder. It has no place for an identity number. It prints nothing (Rule 33).
/// </summary>
/// <param name="WrittenOn">The day that stands on the letter.</param>
/// <param name="PayDay">The next pay-day on which a new account would be paid; null where it is not known.</param>
/// <param name="Changes">At least one.</param>
public sealed record Letter(
    Recipient To, DateOnly WrittenOn, DateOnly? PayDay, IReadOnlyList<AskedChange> Changes)
{
    /// <inheritdoc/>
    public override string ToString() => "•••";
}
