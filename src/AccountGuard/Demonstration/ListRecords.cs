namespace AccountGuard.Demonstration;

/// <summary>One row of an affected list: an addition with its own filled fields, or a withdrawal.</summary>
internal readonly record struct ListRecord(int Position, LeakedFields Fields, bool Withdraws = false);

/// <summary>
/// Decides which rows each list has, in which order. The first list must come to the published numbers of records, of
/// which there are more than persons: what is left over repeats rows or says less than another row of the same number.
/// </summary>
internal static class ListRecords
{
    private const LeakedFields Two = LeakedFields.Name;
    private const LeakedFields Three = LeakedFields.Name | LeakedFields.BirthDate;
    private const LeakedFields Four = Three | LeakedFields.Address;

    private static readonly ListingClass[] threeOnList1 = [ListingClass.SteadyThree, ListingClass.WrongThree];
    private static readonly ListingClass[] fourOnList1 =
        [ListingClass.SteadyFour, ListingClass.SteadyFour, ListingClass.FourInParts, ListingClass.WrongFour];

    public static ListRecord[] OfList1(ListLayout layout, Figures figures, int seed)
    {
        var draw = SplitMix64.For(seed, Purpose.ListRecords, 1);
        var rows = new List<ListRecord>(figures.Records.All);
        foreach (var range in layout.Ranges)
        {
            AddEach(rows, range, range.InList1);
        }

        var left = Left(rows, figures.Records);
        for (var row = 0; row < left.Two; row++)
        {
            rows.Add(new(Someone(layout, row % 2 == 0 ? [ListingClass.SteadyTwo] : threeOnList1, ref draw), Two));
        }

        for (var row = 0; row < left.Three; row++)
        {
            rows.Add(new(Someone(layout, row % 10 == 0 ? fourOnList1 : threeOnList1, ref draw), Three));
        }

        for (var row = 0; row < left.Four; row++)
        {
            rows.Add(new(Someone(layout, fourOnList1, ref draw), Four));
        }

        return Shuffled(rows, ref draw);
    }

    /// <summary>The correction: adds what was missing, says more of some, withdraws what was wrong.</summary>
    public static ListRecord[] OfList2(ListLayout layout, Figures figures, int seed)
    {
        var draw = SplitMix64.For(seed, Purpose.ListRecords, 2);
        var rows = new List<ListRecord>(figures.Missing.All + figures.Wrong.All + figures.AddedTwice);
        foreach (var range in layout.Ranges)
        {
            AddEach(rows, range, range.InList2);
            if (range.Withdrawn)
            {
                rows.AddRange(Positions(range).Select(position => new ListRecord(position, LeakedFields.None, true)));
            }
        }

        for (var row = 0; row < figures.AddedTwice; row++)
        {
            rows.Add(new(Someone(layout, [ListingClass.MissingThree], ref draw), Three));
        }

        return Shuffled(rows, ref draw);
    }

    private static IEnumerable<int> Positions(ListingRange range) => Enumerable.Range(range.First, range.Count);

    private static void AddEach(List<ListRecord> rows, ListingRange range, LeakedFields[] each)
    {
        foreach (var fields in each)
        {
            rows.AddRange(Positions(range).Select(position => new ListRecord(position, fields)));
        }
    }

    private static ByTier Left(List<ListRecord> rows, ByTier wanted)
    {
        Span<int> have = stackalloc int[5];
        foreach (var row in rows)
        {
            have[ListLayout.Tier(row.Fields)]++;
        }

        return new(wanted.Two - have[2], wanted.Three - have[3], wanted.Four - have[4]);
    }

    private static int Someone(ListLayout layout, ReadOnlySpan<ListingClass> classes, ref SplitMix64 draw)
    {
        var range = layout[draw.Pick(classes)];
        return range.Count == 0
            ? layout[classes[0]].First + draw.Below(layout[classes[0]].Count)
            : range.First + draw.Below(range.Count);
    }

    /// <summary>Neither by number nor by tier: an import must not depend on a kind order.</summary>
    private static ListRecord[] Shuffled(List<ListRecord> rows, ref SplitMix64 draw)
    {
        var shuffled = rows.ToArray();
        draw.Shuffle(shuffled.AsSpan());
        return shuffled;
    }
}
