namespace AccountGuard.Payments;

/// <summary>The closing date of a pay-day was set; the one set last is in force (Rules 21, 22).</summary>
public sealed record ClosingDateSet(DateOnly PayDay, DateOnly ClosesOn, DateTimeOffset DecidedAt);
