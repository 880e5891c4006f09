namespace AccountGuard.Demonstration;

/// <summary>
/// The holders of the built cases: the first positions of each class, given out one by one. Background changes leave
/// them alone, so that a case shows what it was built to show.
/// </summary>
internal sealed class Cast(ListLayout layout)
{
    private readonly int[] given = new int[layout.Ranges.Count];

    /// <summary>A holder of the class, or of one like it where a small scale has no more of the first.</summary>
    public int Take(ListingClass wanted, ListingClass otherwise = ListingClass.SteadyThree)
    {
        var name = given[(int)wanted] < layout[wanted].Count ? wanted : otherwise;
        if (given[(int)name] >= layout[name].Count)
        {
            throw new InvalidOperationException($"The cast needs more holders than there are of {name}.");
        }

        return layout[name].First + given[(int)name]++;
    }

    public bool IsCast(int position)
    {
        var range = layout.RangeOf(position);
        return position < range.First + given[(int)range.Class];
    }
}
