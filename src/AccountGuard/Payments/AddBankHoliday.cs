using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Banks are closed on a day after all: a pay-day that falls on it is paid on the bank day before, and the queue is
/// ranked anew (Rules 21, 22). In whatever order such days are told, the calendar is the same.
/// </summary>
public static class AddBankHoliday
{
    /// <returns>False where it was told before.</returns>
    /// <exception cref="BadInput">Banks are closed on that day anyway, or its year is not in the calendar.</exception>
    public static async Task<bool> RunAsync(
        Installation at, DateOnly closedOn, string reason, DateTimeOffset decidedAt, CancellationToken cancel)
    {
        if (closedOn.Year is <= BankHolidays.FirstYear or > BankHolidays.LastYear || !BankHolidays.IsBankDay(closedOn))
        {
            throw new BadInput($"Banks are closed on {closedOn:O} anyway, or its year is not in the calendar. Nothing "
                + "was changed.");
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new BadInput("--reason says why banks are closed. Nothing was changed.");
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into bank_holiday (closed_on, bank_day_before, reason, decided_at) values (@day, @before, @why, @at)
            on conflict (closed_on) do nothing
            """);
        insert.Parameters.AddWithValue("day", closedOn);
        insert.Parameters.AddWithValue("before", BankHolidays.BankDayUpTo(closedOn.AddDays(-1)));
        insert.Parameters.AddWithValue("why", reason);
        insert.Parameters.AddWithValue("at", decidedAt.ToUniversalTime());
        return await PayDayCalendar.DecideAsync(
            at, insert, new BankHolidayAdded(closedOn, reason, decidedAt.ToUniversalTime()), cancel);
    }
}
