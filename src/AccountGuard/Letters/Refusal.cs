namespace AccountGuard.Letters;

/// <summary>Why no letter was made. Each goes to the work list, and people decide what to do.</summary>
public enum RefusalReason
{
    /// <summary>Mappings of the holder's numbers clash: nobody knows whose cases these are (Rule 8).</summary>
    ClashingMapping,

    /// <summary>No case is open any longer that the letter would ask about.</summary>
    NothingToAsk,

    /// <summary>The holder has died; the case goes the heirs' way (Rule 17).</summary>
    Deceased,

    /// <summary>The address is protected, and appears in no letter (Rule 13).</summary>
    ProtectedAddress,

    /// <summary>No name is known.</summary>
    MissingName,

    /// <summary>No address is known.</summary>
    MissingAddress,

    /// <summary>Addresses are known, but none of them from before the window and the first change (Rule 13).</summary>
    NoAddressBefore,

    /// <summary>A character has no glyph in any of the fonts.</summary>
    MissingGlyph,

    /// <summary>Seven digits or more in a row, or the form of an identity number, in what would be printed.</summary>
    NumberInText,

    /// <summary>Name and address are too long for the window of the envelope.</summary>
    DoesNotFit,
}

/// <summary>
/// A letter that was not made, with the field that is in the way; null where it is not about one field. What stands in
/// the field is personal data and is not told.
/// </summary>
public sealed record Refusal(RefusalReason Reason, string? Field = null);
