namespace AccountGuard.Verification.Names;

/// <summary>
/// The name of a holder held against the name of an account. It is evidence for the auditor and never a verdict (Rules
/// 9, 14): equal names prove no intent, and other names no fraud.
/// </summary>
public readonly record struct NameComparison(NameMatch Match, NameReasons Reasons)
{
    // Banks' fields have 30 positions, and a cut does not part a letter from its mark.
    private const int ShortestCut = 29;

    private static readonly string[] GuardianWords =
        [.. ((string[])["後見人", "保佐人", "補助人", "コウケンニン", "ホサニン", "ホジョニン"]).Select(w => NameText.Of(w).Compact)];

    private static readonly (NameReasons Reason, Func<string, string> Fold)[] KanaFolds =
    [
        (NameReasons.SameSound, KanaForm.BySound), (NameReasons.LongVowel, KanaForm.WithoutLength),
        (NameReasons.VoicedMark, KanaForm.WithoutMarks),
    ];

    /// <summary>
    /// Compares an account's name, as a bank has it, with the holder's in kanji or Latin letters and in kana, of which
    /// the nearer one counts. Empty or null is a name that is not known. The guardian's, where there is one.
    /// </summary>
    public static NameComparison Of(
        string? holderName, string? holderKana, string? accountHolder, string? guardian = null)
    {
        var account = NameText.Of(accountHolder);
        NameText[] own = [NameText.Of(holderKana), NameText.Of(holderName)];
        if (account.Script == NameScript.None || own.All(n => n.Script == NameScript.None))
        {
            return Look(NameReasons.Missing);
        }

        var found = own.Where(n => n.Script == account.Script).Select(n => Nearest(n, account))
            .DefaultIfEmpty(Look(NameReasons.NoFixedReading)).MinBy(f => f.Match);
        var (isDifferent, isEqual) = (found.Match == NameMatch.Different, found.Match == NameMatch.Equal);
        return isEqual ? found
            : own.Append(account).Any(IsOfGuardian) || (isDifferent && NameText.Of(guardian).Words.Length > 0)
                ? Look(NameReasons.Guardian)
            : isDifferent && account.Script == NameScript.Kana && own.Any(n => n.Script == NameScript.Latin)
                ? Look(NameReasons.NoFixedReading)
            : found;
    }

    private static NameComparison Look(NameReasons reasons) => new(NameMatch.Look, reasons);

    private static bool IsOfGuardian(NameText name) => GuardianWords.Any(name.Compact.Contains);

    private static NameComparison Nearest(NameText own, NameText account) =>
        Same(own, account) ?? Cut(own, account) ?? OtherOrder(own, account) ?? own.Script switch
        {
            NameScript.Kana => OfKana(own, account),
            NameScript.Kanji => OfKanji(own, account),
            NameScript.Latin => OfLatin(own, account),
            NameScript.None or NameScript.Other => Look(NameReasons.NoFixedReading),
            _ => throw new InvalidOperationException($"There is no script {own.Script}."),
        };

    private static NameComparison? Same(NameText own, NameText account) => (own.Script, own.Compact) switch
    {
        (NameScript.Kana, var kana) when kana == account.Compact => new(NameMatch.Equal, NameReasons.SameKana),
        (NameScript.Kana, var kana) when KanaForm.InBanks(kana) == account.Compact =>
            new(NameMatch.Equal, NameReasons.BankKana),
        (_, var name) when name == account.Compact => new(NameMatch.Equal, NameReasons.SameWriting),
        _ => null,
    };

    private static NameComparison? Cut(NameText own, NameText account) =>
        own.Script != NameScript.Kanji && account.Positions >= ShortestCut
        && (Kinship.Begins(own.Compact, account.Compact)
            || Kinship.Begins(KanaForm.InBanks(own.Compact), account.Compact))
            ? Look(NameReasons.CutShort) : null;

    private static NameComparison? OtherOrder(NameText own, NameText account)
    {
        var (fewer, more) = own.Words.Length <= account.Words.Length ? (own, account) : (account, own);
        return fewer.Words.Length > 1 && fewer.Words.All(more.Words.Contains)
            ? Look(NameReasons.WordOrder) : null;
    }

    /// <summary>As few differences as make them equal; none of them is small enough to be no difference.</summary>
    private static NameComparison OfKana(NameText own, NameText account)
    {
        for (var count = 1; count <= KanaFolds.Length; count++)
        {
            foreach (var folds in Choices(count))
            {
                string Folded(string kana) => folds.Aggregate(kana, (form, fold) => fold.Fold(form));
                if (Folded(own.Compact) == Folded(account.Compact))
                {
                    return Look(folds.Aggregate(NameReasons.None, (reasons, fold) => reasons | fold.Reason));
                }
            }
        }

        return Kinship.Of(own, account);
    }

    private static IEnumerable<(NameReasons Reason, Func<string, string> Fold)[]> Choices(int count) =>
        from bits in Enumerable.Range(1, (1 << KanaFolds.Length) - 1)
        where int.PopCount(bits) == count
        select KanaFolds.Where((_, place) => (bits >> place & 1) == 1).ToArray();

    private static NameComparison OfKanji(NameText own, NameText account)
    {
        var (ownForms, forms) = (FormsOf(own), FormsOf(account));
        return ownForms.Compact == forms.Compact ? Look(NameReasons.KanjiForm)
            : KanjiForms.OfAlike(ownForms.Compact) == KanjiForms.OfAlike(forms.Compact) ? Look(NameReasons.LookAlike)
            : Kinship.Of(ownForms, forms);
    }

    private static NameText FormsOf(NameText name) =>
        name with { Words = [.. name.Words.Select(KanjiForms.OfOneCharacter)] };

    /// <summary>Which word is the family name is not known, and banks have no letters beyond A to Z.</summary>
    private static NameComparison OfLatin(NameText own, NameText account) =>
        own.Words.Intersect(account.Words).Any() ? Look(NameReasons.Undivided)
        : own.HasLettersBeyondAscii || account.HasLettersBeyondAscii ? Look(NameReasons.NoFixedReading)
        : new(NameMatch.Different, NameReasons.OtherName);
}
