namespace AccountGuard.Letters;

/// <summary>An address in a holder's history. It prints nothing (Rule 33).</summary>
/// <param name="Since">From which day it is valid, or null where nobody knows.</param>
/// <param name="ToldOn">
/// The day on which a change told of it, whatever day it says it is valid from; null where it comes from the payer's
/// own register.
/// </param>
/// <param name="Source">Where it comes from: a delivery, or the source and request id of a change.</param>
public sealed record KnownAddress(
    string? PostalCode, string Address, DateOnly? Since, DateOnly? ToldOn, string Source)
{
    /// <summary>Whether it was valid before that day, and nobody told of it only then.</summary>
    public bool IsFromBefore(DateOnly? day) => Since < day && (ToldOn is null || ToldOn < day);

    /// <inheritdoc/>
    public override string ToString() => "•••";
}

/// <summary>What is known of a holder when a letter is due. It prints nothing (Rule 33).</summary>
/// <param name="Addresses">In the order in which they became known; of two for one day the later one counts.</param>
public sealed record LetterHolder(
    string? Name, IReadOnlyList<KnownAddress> Addresses, bool IsProtected = false, DateOnly? DiedOn = null,
    string? GuardianName = null, string? GuardianAddress = null)
{
    /// <inheritdoc/>
    public override string ToString() => "•••";
}

/// <summary>Where a letter goes (Rule 13).</summary>
public static class LetterAddress
{
    /// <summary>
    /// The address valid on the day before the window began or, if that is earlier, on the day before the first change
    /// of the chain, because a thief changes the address first. Protection and death stop every letter; a guardian
    /// gets it in place of the holder. Doubt ends on the work list: a wrong address lets a thief answer.
    /// </summary>
    /// <param name="holder">What is known of the holder.</param>
    /// <param name="windowFrom">The first day of the incident's window; null where it has none.</param>
    /// <param name="firstChange">
    /// The earliest possible day of the chain's first change, address changes included; null where none is possible.
    /// </param>
    /// <returns>Either the recipient, or the reason why there is none.</returns>
    public static (Recipient? To, Refusal? Refusal) Choose(
        LetterHolder holder, DateOnly? windowFrom, DateOnly? firstChange)
    {
        if (holder.DiedOn is not null)
        {
            return (null, new Refusal(RefusalReason.Deceased));
        }

        if (holder.IsProtected)
        {
            return (null, new Refusal(RefusalReason.ProtectedAddress));
        }

        if (string.IsNullOrWhiteSpace(holder.Name))
        {
            return (null, new Refusal(RefusalReason.MissingName, "name"));
        }

        if (!string.IsNullOrWhiteSpace(holder.GuardianName))
        {
            return string.IsNullOrWhiteSpace(holder.GuardianAddress)
                ? (null, new Refusal(RefusalReason.MissingAddress, "guardian_address"))
                : (new Recipient(holder.GuardianName, null, holder.GuardianAddress, holder.Name), null);
        }

        if (holder.Addresses.All(a => string.IsNullOrWhiteSpace(a.Address)))
        {
            return (null, new Refusal(RefusalReason.MissingAddress, "address"));
        }

        return Valid(holder, Before(windowFrom, firstChange)) is { } valid
            ? (new Recipient(holder.Name, valid.PostalCode, valid.Address), null)
            : (null, new Refusal(RefusalReason.NoAddressBefore, "address_since"));
    }

    /// <summary>
    /// The day before which an address must have been valid and known: the earlier of the two, or the one that is
    /// known.
    /// </summary>
    public static DateOnly? Before(DateOnly? windowFrom, DateOnly? firstChange) =>
        firstChange < windowFrom ? firstChange : windowFrom ?? firstChange;

    /// <summary>The last address from before a day; null where none is.</summary>
    public static KnownAddress? Valid(LetterHolder holder, DateOnly? before) => holder.Addresses
        .Where(a => !string.IsNullOrWhiteSpace(a.Address) && a.IsFromBefore(before)).OrderBy(a => a.Since)
        .LastOrDefault();
}
