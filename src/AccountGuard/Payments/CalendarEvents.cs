namespace AccountGuard.Payments;

/// <summary>The closing date of a pay-day was set; the one set last is in force (Rules 21, 22).</summary>
public sealed record ClosingDateSet(DateOnly PayDay, DateOnly ClosesOn, DateTimeOffset DecidedAt);

/// <summary>It was set when the files of a pay-day go to the bank; then only a recall helps (Rules 21, 23).</summary>
public sealed record HandOffSet(DateOnly PayDay, DateTimeOffset HandOffAt, DateTimeOffset DecidedAt);

/// <summary>
/// It was set until when a verdict or a hold still reaches the files of a pay-day; by itself it stops nothing (Rule
/// 21).
/// </summary>
public sealed record DecisionDeadlineSet(DateOnly PayDay, DateTimeOffset DecideByAt, DateTimeOffset DecidedAt);

/// <summary>Corrections are paid on a day of an odd month (Rule 21).</summary>
public sealed record CorrectionDayAdded(DateOnly PayDay, DateOnly ClosesOn, DateTimeOffset DecidedAt);

/// <summary>Banks are closed on a day after all: whatever is paid on it is paid on the bank day before (Rule 21).
/// </summary>
public sealed record BankHolidayAdded(DateOnly ClosedOn, string Reason, DateTimeOffset DecidedAt);
