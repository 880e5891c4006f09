namespace AccountGuard.Deliveries;

/// <summary>The answer to a delivered file over HTTP, with the first rows that wait in quarantine.</summary>
public sealed record FileAnswer(
    long Delivery, RowCount Rows, HitCount Hits, IReadOnlyList<WaitingRow> NotAccepted, bool NotAcceptedIsComplete)
{
    private const int Longest = 1_000;

    public static async Task<FileAnswer> OfAsync(Installation at, DeliveryAnswer answer, CancellationToken cancel)
    {
        var waiting = answer.Rows.Quarantined == 0 ? []
            : await ListDeliveries.WaitingAsync(at, $"{answer.Delivery}", cancel, Longest + 1, byNumber: true);
        return new FileAnswer(answer.Delivery, answer.Rows, answer.Hits, [.. waiting.Take(Longest)],
            waiting.Count <= Longest);
    }
}
