namespace AccountGuard.Verification.Names;

/// <summary>Whether two names are one, as far as a program can say. Evidence for an auditor, never a verdict.</summary>
public enum NameMatch
{
    /// <summary>Equal once both are written in the same way.</summary>
    Equal,

    /// <summary>A person has to look; the reasons say at what.</summary>
    Look,

    /// <summary>Another name.</summary>
    Different,
}

/// <summary>Why two names were taken for equal, unclear or different; several may apply.</summary>
[Flags]
public enum NameReasons
{
    None = 0,

    /// <summary>The same kana.</summary>
    SameKana = 1 << 0,

    /// <summary>The same kanji, or the same Latin letters.</summary>
    SameWriting = 1 << 1,

    /// <summary>The same kana but for ヲ, ヰ and ヱ, which banks write オ, イ and エ.</summary>
    BankKana = 1 << 2,

    /// <summary>One of the two is not known.</summary>
    Missing = 1 << 3,

    /// <summary>They stand in different scripts, or in a script that is read in more than one way.</summary>
    NoFixedReading = 1 << 4,

    /// <summary>The kanji are old and new forms, or variants, of each other.</summary>
    KanjiForm = 1 << 5,

    /// <summary>Some kanji are characters of their own that are taken for each other, such as 埼 and 崎.</summary>
    LookAlike = 1 << 6,

    /// <summary>They differ in how long a vowel is, or in how its length is written (オオノ, オーノ).</summary>
    LongVowel = 1 << 7,

    /// <summary>They differ in kana of one sound (ヅ and ズ, ヂ and ジ).</summary>
    SameSound = 1 << 8,

    /// <summary>They differ in voiced marks (ヤマザキ, ヤマサキ).</summary>
    VoicedMark = 1 << 9,

    /// <summary>The account's name breaks off at the 30 positions of its field.</summary>
    CutShort = 1 << 10,

    /// <summary>The same given name with another family name: by marriage, or another person.</summary>
    OtherFamilyName = 1 << 11,

    /// <summary>The same words in another order, or some of them left out.</summary>
    WordOrder = 1 << 12,

    /// <summary>In part the same, and which part is the family name cannot be told.</summary>
    Undivided = 1 << 13,

    /// <summary>A guardian acts for the holder, and the account names the guardian or may do so.</summary>
    Guardian = 1 << 14,

    /// <summary>The same family name with another given name: an account of the family.</summary>
    SameFamilyName = 1 << 15,

    /// <summary>Another name altogether.</summary>
    OtherName = 1 << 16,
}
