namespace AccountGuard.SystemTests.Gate;

/// <summary>Orders in which writers take turns: a turn is the number of the writer that goes on by one step.</summary>
public static class Interleavings
{
    private const int Seed = 2015;

    /// <summary>Every order in which writers with these numbers of steps can take turns.</summary>
    public static IEnumerable<int[]> All(params int[] steps) => From([], steps);

    /// <summary>All of them where they are few; otherwise as many, drawn always alike.</summary>
    public static IEnumerable<int[]> Sample(int[] steps, int atMost)
    {
        if (All(steps).Take(atMost + 1).Count() <= atMost)
        {
            return All(steps);
        }

        var random = new Random(Seed);
        return Enumerable.Range(0, atMost).Select(_ =>
        {
            var turns = steps.SelectMany((count, writer) => Enumerable.Repeat(writer, count)).ToArray();
            random.Shuffle(turns);
            return turns;
        });
    }

    private static IEnumerable<int[]> From(int[] begun, int[] left)
    {
        if (left.All(count => count == 0))
        {
            yield return begun;
        }

        for (var writer = 0; writer < left.Length; writer++)
        {
            if (left[writer] > 0)
            {
                var rest = left.ToArray();
                rest[writer]--;
                foreach (var turns in From([.. begun, writer], rest))
                {
                    yield return turns;
                }
            }
        }
    }
}
