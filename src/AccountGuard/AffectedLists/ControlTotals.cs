namespace AccountGuard.AffectedLists;

/// <summary>Records of a list as its sender declared them; null: not given, so not compared (Rule 1).</summary>
public sealed record ControlTotals(long Records, long? Two, long? Three, long? Four, long Rounding)
{
    /// <summary>
    /// What does not agree, a sentence each; empty where all agrees. Without rounding each figure equals the count;
    /// with rounding N it may differ by N/2, and the declared parts add up to the declared total exactly. No figure is
    /// negative.
    /// </summary>
    public IEnumerable<string> Differences(RecordCount counted)
    {
        if (Two is { } two && Three is { } three && Four is { } four
            && (Rounding > 0 || counted.OnlyTiers) && (Int128)two + three + four != Records)
        {
            yield return $"parts {(Int128)two + three + four:N0} != {Records:N0} records declared";
        }

        (string What, long? Declared, long Counted)[] figures =
        [
            ("records", Records, counted.Records), ("two", Two, counted.Tiers[2]), ("three", Three, counted.Tiers[3]),
            ("four", Four, counted.Tiers[4]),
        ];
        foreach (var (what, declared, found) in figures)
        {
            if (declared is { } figure && (figure < 0 || Int128.Abs((Int128)figure - found) * 2 > Rounding))
            {
                yield return $"{what}: {figure:N0} declared, {found:N0} in the file";
            }
        }
    }
}

/// <summary>Records of a file: every data row, and additions by their own filled fields, 1 to 4.</summary>
public sealed class RecordCount
{
    public long Records { get; private set; }

    /// <summary>Additions by tier; the index is the number of fields.</summary>
    public long[] Tiers { get; } = new long[5];

    /// <summary>Every row is an addition of two fields or more, so that the parts are the whole.</summary>
    public bool OnlyTiers => Tiers[2] + Tiers[3] + Tiers[4] == Records;

    public void Add(int? tierOfAddition)
    {
        Records++;
        if (tierOfAddition is { } tier)
        {
            Tiers[tier]++;
        }
    }
}
