namespace AccountGuard.Payments;

/// <summary>A day on which pensions are paid, and the last day on which a change is in time for it (Rule 22).</summary>
public readonly record struct PayDay(DateOnly PaidOn, DateOnly ClosesOn);

/// <summary>
/// The regular pay-days (Rule 21): the 15th of even months, on a day without banks the bank day before; closing on the
/// 20th of the month before, whatever weekday that is, unless a setting says otherwise.
/// </summary>
public static class PayDays
{
    internal const int PaidOnDay = 15;
    private const int ClosesOnDay = 20;

    /// <summary>The pay-days of the years, both included, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A year lies outside the holidays known (1970 to 2050), without which a pay-day would be a guess, or the first
    /// year comes after the last.
    /// </exception>
    public static IEnumerable<PayDay> Between(int firstYear, int lastYear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstYear, BankHolidays.FirstYear);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lastYear, BankHolidays.LastYear);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstYear, lastYear);
        return from year in Enumerable.Range(firstYear, lastYear - firstYear + 1)
               from month in Enumerable.Range(1, 6).Select(pair => pair * 2)
               select new PayDay(
                   BankHolidays.BankDayUpTo(new DateOnly(year, month, PaidOnDay)),
                   new DateOnly(year, month - 1, ClosesOnDay));
    }
}
