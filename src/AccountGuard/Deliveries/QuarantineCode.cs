namespace AccountGuard.Deliveries;

/// <summary>Why a row is in quarantine: stable codes, and what the sender can do about each.</summary>
public static class QuarantineCode
{
    public const string MissingField = "MissingField";
    public const string NotANumber = "NotANumber";
    public const string UnknownKind = "UnknownKind";
    public const string UnknownAction = "UnknownAction";
    public const string UnknownRelation = "UnknownRelation";
    public const string UnknownOutcome = "UnknownOutcome";
    public const string UnknownReason = "UnknownReason";
    public const string NotAPayDay = "NotAPayDay";
    public const string UnknownField = "UnknownField";
    public const string UnreadableId = "UnreadableId";
    public const string UnreadableField = "UnreadableField";
    public const string ForeignSource = "ForeignSource";
    public const string OtherContent = "OtherContent";
    public const string MappingClash = "MappingClash";
    public const string BrokenRow = "BrokenRow";
    public const string Remainder = "Remainder";

    /// <summary>What to do about it, in one sentence.</summary>
    public static string Remedy(string code) => code switch
    {
        MissingField => "Fill the field and deliver the row again.",
        NotANumber => "A number is ten digits: correct it and deliver the row again.",
        UnknownKind => "kind is account, address or cancel: correct it and deliver the row again.",
        UnknownAction => "action is add or withdraw: correct it in the next version of the list, then settle the "
            + "row.",
        UnknownRelation => "relation is renumbered or same-holder: correct it and deliver the row again, then "
            + "settle this one.",
        UnknownOutcome => "outcome is sent, credited, credit-failed, returned, withheld, stopped, terminated or "
            + "resumed: correct it and deliver the row again.",
        UnknownReason => "reason is life-status-report, work, child-over-18, death or other-legal. A fraud hold is "
            + "placed on its case by two people, and never delivered.",
        NotAPayDay => "pay_day is a pay-day of the calendar, at the latest the one after the next: correct it, or add "
            + "the day for corrections, and deliver the row again.",
        UnknownField => "The object names a member that is not known: remove it and deliver the row again.",
        UnreadableId =>
            "Ids are printable and at most 200 characters: correct them and deliver the row again.",
        UnreadableField =>
            "A day is YYYY-MM-DD, protected is true or false, an amount is whole yen, and an account is written as in "
                + "the contract: correct the field and deliver the row again.",
        ForeignSource => "The login may not file under this source: have it filed by one that may.",
        OtherContent =>
            "The first content received stands. Give the correction an id of its own, or settle the row.",
        MappingClash => "Two mappings contradict each other: find out which is right, then settle the rows.",
        BrokenRow => "The row has another number of fields than the header, or is no JSON object: deliver it again.",
        Remainder => "The file breaks off here, or quotation marks that strayed made these rows one: mend it, and "
            + "deliver what follows the rows before it again.",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No such code."),
    };
}
