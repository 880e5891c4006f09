namespace AccountGuard.Payments;

/// <summary>
/// The days that a payment file may name where it is screened for a pay-day (Rule 21): the one on which it is paid, the
/// 15th that stands for it, and those between, on which banks are closed.
/// </summary>
public sealed record FileDays(DateOnly PaidOn, DateOnly Through)
{
    /// <summary>What the pay-day is called, whenever it is paid.</summary>
    public DateOnly Name { get; init; } = PaidOn;

    internal const string Remedy = "Ask for the pay-day that the file is made for, or make it anew for this one";

    internal string IsAnother => $"is not that of the pay-day asked for, {PaidOn:O}";

    /// <exception cref="BadInput">The day is no pay-day.</exception>
    public static async Task<FileDays> OfAsync(Installation at, DateOnly payDay, CancellationToken cancel)
    {
        var (name, paidOn) = await PayDayCalendar.FindAsync(at, payDay, cancel);

        // Corrections alone are paid in odd months, by a day of their own.
        return new FileDays(
            paidOn, name.Month % 2 == 0 ? new DateOnly(name.Year, name.Month, PayDays.PaidOnDay) : name)
        { Name = name };
    }

    public bool Has(DateOnly day) => day >= PaidOn && day <= Through;

    /// <param name="monthAndDay">MMDD as a number: the year is that of the pay-day, and no day is rolled.</param>
    public bool Has(long monthAndDay)
    {
        for (var day = PaidOn; day <= Through; day = day.AddDays(1))
        {
            if ((day.Month * 100) + day.Day == monthAndDay)
            {
                return true;
            }
        }

        return false;
    }
}
