using AccountGuard.Numbers;

namespace AccountGuard.Intake;

/// <summary>
/// An account change was filed (kind account or address). Days stand as reported: a plain day, or an instant whose day
/// depends on the incident's time zone (Rule 3); neither, where missing or unreadable. Accounts and proxies are keyed.
/// </summary>
public sealed record AccountChangeFiled(
    Guid ChangeId, string Source, string RequestId, string Kind, NumberKey Number, DateOnly? FiledOn,
    DateTimeOffset? FiledAt, DateOnly? ReceivedOn, DateTimeOffset? ReceivedAt, DateOnly? EnteredOn,
    DateTimeOffset? EnteredAt, string? Channel, string? Office, string? EnteredBy, string? DecidedBy, string? Proof,
    string? NewAccountKey, string? PreviousAccountKey, string? ProxyKey, string[] Unreadable, string ContentKey,
    long Delivery, long Row);

/// <summary>
/// An account change was cancelled by its sender; the cancellation may come before the change (Rule 6).
/// </summary>
public sealed record AccountChangeCancelled(
    Guid ChangeId, string Source, string RequestId, NumberKey Number, string ContentKey, long Delivery, long Row);
