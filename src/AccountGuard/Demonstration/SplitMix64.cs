namespace AccountGuard.Demonstration;

/// <summary>What a stream of draws is for; streams of different purposes never share their numbers.</summary>
internal enum Purpose
{
    Numbers = 1,
    NumberForms,
    People,
    ListRecords,
    Background,
    BackgroundCancellations,
    Cases,
    Paperwork,
    Accounts,
    Renumbering,
    Payments,
}

/// <summary>
/// A small generator of our own: System.Random promises no sequence from one version of .NET to the next, and the
/// demonstration must be the same bytes on every machine. Every row has a stream of its own, so that it can be drawn
/// again without drawing the rows before it.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong state = state;

    public static SplitMix64 For(int seed, Purpose purpose, long index = 0) =>
        new(Mix(Mix((ulong)seed + (ulong)purpose * Step) + (ulong)index * Step));

    /// <summary>The finaliser of SplitMix64: every bit of the answer depends on every bit of the question.</summary>
    public static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    public ulong Next() => Mix(state += Step);

    /// <summary>A number from 0 up to, but not including, the limit.</summary>
    public int Below(int limit) => (int)(((Next() >> 32) * (ulong)limit) >> 32);

    public T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    public void Shuffle<T>(Span<T> rows)
    {
        for (var last = rows.Length - 1; last > 0; last--)
        {
            var other = Below(last + 1);
            (rows[last], rows[other]) = (rows[other], rows[last]);
        }
    }
}
