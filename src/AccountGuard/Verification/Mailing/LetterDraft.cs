using System.Text;
using AccountGuard.Holders;
using AccountGuard.Letters;
using AccountGuard.Numbers;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// What a letter to a holder would be now: the letter, or the reason why there is none. It prints nothing (Rule 33).
/// </summary>
/// <param name="Before">The day before which its address was valid (Rule 13).</param>
public sealed record LetterDraft(
    Letter? Letter, Letters.Refusal? Refusal, LetterHolder Holder, DateOnly? WindowFrom, DateOnly? FirstChange,
    DateOnly? Before)
{
    // A chain goes on as long as its changes come within so many days: then two are a pattern (S23).
    private const int DaysOfChain = 30;

    /// <summary>Whom the letter goes to; null where it goes to nobody.</summary>
    public KnownAddress? Chosen => Letter is null || Letter.To.Ward is not null ? null
        : LetterAddress.Valid(Holder, Before);

    /// <param name="cases">The cases of the holder.</param>
    /// <param name="record">What was said of the holder; null: nothing.</param>
    /// <param name="asked">Which changes the letter asks about.</param>
    /// <param name="references">What it calls them.</param>
    /// <param name="writtenOn">The day that stands on the letter.</param>
    /// <param name="nextPayDay">The first pay-day that is not over then.</param>
    public static LetterDraft Of(
        HolderCases cases, HolderRecord? record, Func<HolderChange, bool> asked,
        Func<Guid, CaseReference> references, DateOnly writtenOn, DateOnly? nextPayDay)
    {
        var changes = cases.Changes.Where(asked).ToList();
        var holder = HolderOf(cases, record);
        var first = FirstOf(cases, changes);
        var draft = new LetterDraft(
            null, null, holder, cases.WindowFrom, first, LetterAddress.Before(cases.WindowFrom, first));
        if (changes.Count == 0)
        {
            return draft with { Refusal = new(RefusalReason.NothingToAsk) };
        }

        if (cases.HasClash)
        {
            return draft with { Refusal = new(RefusalReason.ClashingMapping) };
        }

        var (to, refusal) = LetterAddress.Choose(holder, cases.WindowFrom, first);
        return draft with
        {
            Refusal = refusal,
            Letter = to is null ? null : new Letter(to, writtenOn,
                cases.ExposedOn > nextPayDay ? cases.ExposedOn : nextPayDay,
                [.. changes.Select(c => c.Kind == "address" ? AskedChange.OfAddress(references(c.Id), c.FiledOn)
                    : AskedChange.OfAccount(references(c.Id), c.NewAccount, c.FiledOn))]),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => "•••";

    /// <summary>
    /// The earliest possible day of the first change of the chain: back from the first that is asked about, address
    /// changes included, over any that came within days. Null where a day is not known and no window tells either.
    /// </summary>
    private static DateOnly? FirstOf(HolderCases cases, List<HolderChange> asked)
    {
        if (cases.WindowFrom is null && asked.Any(c => c.Earliest is null))
        {
            return null;
        }

        var first = asked.Min(c => c.Earliest);
        foreach (var earlier in cases.Changes.Where(c => !c.IsCancelled && c.Earliest < first)
            .OrderByDescending(c => c.Earliest))
        {
            if (earlier.Earliest >= cases.WindowFrom || earlier.Earliest >= first!.Value.AddDays(-DaysOfChain))
            {
                first = earlier.Earliest;
            }
        }

        return first;
    }

    private static LetterHolder HolderOf(HolderCases cases, HolderRecord? record)
    {
        // Of whom nothing was said is not known either whether the address is protected.
        if (record is null)
        {
            return new LetterHolder(null, []);
        }

        var told = cases.Changes.Where(c => c is { IsCancelled: false, Told: not null }).ToList();
        DateOnly? died = record.Died.Kind == Intake.ReportedDayKind.Missing ? null
            : record.Died.DayIn(cases.Zone) ?? DateOnly.MinValue;
        return new LetterHolder(
            record.Name,
            [.. told.Select(c => c.Told!),
                .. record.Addresses.Select(a => Known(a, record.Addresses, cases.Zone, told))],
            record.IsProtected, died, record.GuardianName, record.GuardianAddress);
    }

    /// <summary>
    /// What a change told of counts from that day on, also where it has come into the register: under the day that the
    /// change names, or, where it names none, as the last one under whatever day, which may lie before the leak.
    /// </summary>
    private static KnownAddress Known(
        HolderAddress said, IReadOnlyList<HolderAddress> all, TimeZoneInfo zone, List<HolderChange> told)
    {
        var since = said.Since.DayIn(zone);
        var isLast = !all.Any(other => other.Since.DayIn(zone) > since);
        return new KnownAddress(said.PostalCode, said.Text, since, told.FirstOrDefault(
            c => (c.Told!.Since == since || (isLast && !c.NamesSince)) && Plain(c.Told.Address) == Plain(said.Text))
            ?.Told!.ToldOn, "register");
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(r => !Rune.IsWhiteSpace(r)))
        {
            plain.Append(AsciiForm.Of(rune) is { Length: > 0 } form ? form : rune.ToString());
        }

        return plain.ToString();
    }
}
