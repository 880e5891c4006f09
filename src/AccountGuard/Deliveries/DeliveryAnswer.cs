namespace AccountGuard.Deliveries;

/// <summary>
/// What became of the rows of a delivery (Rule 7): the last three add up to the first, which is counted where the rows
/// are read.
/// </summary>
/// <exception cref="InvalidOperationException">They do not: a row was lost, or counted twice.</exception>
public sealed record RowCount(long Received, long Accepted, long Duplicates, long Quarantined)
{
    public long Quarantined { get; } = Received == Accepted + Duplicates + Quarantined ? Quarantined
        : throw new InvalidOperationException($"Of {Received} rows {Accepted} were accepted, {Duplicates} were "
            + $"duplicates and {Quarantined} were quarantined.");
}

/// <summary>
/// Numbers of an affected list: listed after it, added and withdrawn by it, and withdrawn without effect since they
/// were
/// not listed (Rule 5). Not records, not persons (Rule 1).
/// </summary>
public sealed record NumberCount(long Listed, long Added, long Withdrawn, long NotListed);

/// <summary>Hits that a delivery opened and ended.</summary>
public sealed record HitCount(long Opened, long Ended);

/// <summary>What a delivery is answered with; the same delivery again is answered with the same.</summary>
public sealed record DeliveryAnswer(long Delivery, RowCount Rows, HitCount Hits, NumberCount? Numbers = null);
