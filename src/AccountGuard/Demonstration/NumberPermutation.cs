namespace AccountGuard.Demonstration;

/// <summary>
/// The ten-digit number at each position: a keyed permutation of all ten-digit numbers. Forty million holders are the
/// positions from 0, so no number repeats, none has to be remembered, and what a holder is on the lists is decided by
/// comparing positions, while the numbers themselves show no order.
/// </summary>
internal sealed class NumberPermutation
{
    private const ulong Half = 100_000;
    private const int Rounds = 8;

    private readonly ulong[] keys = new ulong[Rounds];

    public NumberPermutation(int seed)
    {
        var draw = SplitMix64.For(seed, Purpose.Numbers);
        for (var round = 0; round < Rounds; round++)
        {
            keys[round] = draw.Next();
        }
    }

    /// <summary>
    /// A Feistel network over two halves of five digits: every round can be undone, so it is one to one.
    /// </summary>
    public long NumberAt(long position)
    {
        var (left, right) = ((ulong)position / Half, (ulong)position % Half);
        foreach (var key in keys)
        {
            (left, right) = (right, (left + SplitMix64.Mix(right ^ key) % Half) % Half);
        }

        return (long)(left * Half + right);
    }
}
