namespace AccountGuard.Http;

/// <summary>How many rows a page of an answer has.</summary>
public static class PageLimit
{
    public const int Usual = 100;
    private const int Most = 1_000;

    /// <exception cref="BadInput">It is not from 1 to 1,000.</exception>
    public static void Check(int limit)
    {
        if (limit is < 1 or > Most)
        {
            throw new BadInput($"limit is from 1 to {Most}.");
        }
    }
}
