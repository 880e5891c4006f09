using AccountGuard.Intake;

namespace AccountGuard.Holders;

/// <summary>
/// What is known of a holder, folded from all that was said of it in the order in which it was received: the last one
/// to say a thing decides, and addresses add up. An empty text is not known.
/// </summary>
public sealed record HolderRecord
{
    /// <summary>What stands in place of an address that must not be shown.</summary>
    public const string Hidden = "••••••";

    public string Name { get; private init; } = "";

    public string Kana { get; private init; } = "";

    public ReportedDay BirthDate { get; private init; }

    /// <summary>
    /// Rule 13: true hides every address, from everyone who asks here. Protection stays until a later row says that it
    /// ended, and what is in doubt is protected.
    /// </summary>
    public bool IsProtected { get; init; }

    /// <summary>The day of death (Rule 17); missing where none was reported, or a later row put it right.</summary>
    public ReportedDay Died { get; private init; }

    public string GuardianName { get; private init; } = "";

    /// <summary>Hidden where the holder is protected: it may be the holder's own.</summary>
    public string GuardianAddress => IsProtected && SaidGuardianAddress.Length > 0 ? Hidden : SaidGuardianAddress;

    /// <summary>
    /// In the order in which they came to be valid: by the day since when, or where that was not said, by the day on
    /// which it was received.
    /// </summary>
    public IReadOnlyList<HolderAddress> Addresses => IsProtected
        ? [.. SaidAddresses.OrderBy(a => a.ValidFrom).Select(a => a with { PostalCode = Hidden, Text = Hidden })]
        : [.. SaidAddresses.OrderBy(a => a.ValidFrom)];

    private string SaidGuardianAddress { get; init; } = "";

    private IReadOnlyList<HolderAddress> SaidAddresses { get; init; } = [];

    public HolderRecord Apply(HolderStatement said) => this with
    {
        Name = said.Of(HolderRow.NameField) ?? Name,
        Kana = said.Of(HolderRow.KanaField) ?? Kana,
        BirthDate = said.Of(HolderRow.BirthField) is { } day ? ReportedDay.Parse(day) : BirthDate,
        IsProtected = said.Protected ?? IsProtected,
        Died = said.Died.Kind == ReportedDayKind.Missing && !said.Lives ? Died : said.Died,
        GuardianName = said.Of(HolderRow.GuardianField) ?? GuardianName,
        SaidGuardianAddress = said.Of(HolderRow.GuardianAddressField)
            ?? (said.Of(HolderRow.GuardianField) is { } name && name != GuardianName ? "" : SaidGuardianAddress),
        SaidAddresses = said.Of(HolderRow.AddressField) is { } text ? With(new HolderAddress(
            said.Of(HolderRow.PostalField) ?? "", text, ReportedDay.Parse(said.Of(HolderRow.SinceField)),
            said.ReceivedAt)) : SaidAddresses,
    };

    /// <summary>It prints nothing of the holder: records find their way into logs (Rule 33).</summary>
    public override string ToString() => nameof(HolderRecord);

    /// <summary>What is said again, of the address that was said last, adds nothing.</summary>
    private IReadOnlyList<HolderAddress> With(HolderAddress next) =>
        SaidAddresses is [.., var last] && last == next with { ReceivedAt = last.ReceivedAt }
            ? SaidAddresses
            : [.. SaidAddresses, next];
}

/// <summary>An address that the holder had: since when, and when the payer heard of it.</summary>
public sealed record HolderAddress(string PostalCode, string Text, ReportedDay Since, DateTimeOffset ReceivedAt)
{
    /// <summary>Orders addresses among each other; days of instants are those of UTC here.</summary>
    internal DateOnly ValidFrom => Since.DayIn(TimeZoneInfo.Utc) ?? DateOnly.FromDateTime(ReceivedAt.UtcDateTime);

    /// <summary>It prints nothing of the address (Rule 33).</summary>
    public override string ToString() => nameof(HolderAddress);
}

/// <summary>What one row said of a holder; the details are empty where they were erased.</summary>
public sealed record HolderStatement(
    DateTimeOffset ReceivedAt, bool? Protected, ReportedDay Died, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>A death that was reported before is put right.</summary>
    public bool Lives { get; init; }

    public string? Of(string field) => Details.GetValueOrDefault(field);

    /// <summary>It prints nothing of the holder (Rule 33).</summary>
    public override string ToString() => nameof(HolderStatement);
}
