namespace AccountGuard.Deliveries;

/// <summary>A delivery was taken in. ContentKey: keyed hash of kind, arguments and bytes (Rule 7).</summary>
public sealed record DeliveryReceived(
    long Delivery, string Kind, string? Id, string ContentKey, DateTimeOffset ReceivedAt,
    IReadOnlyDictionary<string, string> Arguments);

/// <summary>Every row of a delivery is accounted for: accepted, duplicate or quarantined (Rule 7).</summary>
public sealed record RowsAccounted(long Delivery, long Received, long Accepted, long Duplicates, long Quarantined);
