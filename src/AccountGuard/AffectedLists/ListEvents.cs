namespace AccountGuard.AffectedLists;

/// <summary>
/// A version of the affected list was taken in. Its rows are fact rows, not events: they are a million, and personal
/// data
/// must be erasable. Tiers count additions by the row's own fields: records, not numbers (Rule 1).
/// </summary>
public sealed record AffectedListDelivered(
    string Incident, int Version, DateOnly LiveFrom, bool Replaces, long Delivery, long Records, long Two, long Three,
    long Four);
