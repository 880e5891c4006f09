using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Adds a pay-day for corrections, in an odd month (Rule 21). It counts for exposure as every pay-day does: whoever is
/// paid on it is paid to the account of then (Rule 22).
/// </summary>
public static class AddCorrectionDay
{
    private const int ClosesOnDay = 20;

    /// <param name="at">The installation.</param>
    /// <param name="payDay">A bank day of an odd month.</param>
    /// <param name="closesOn">Null: the 20th of the month before.</param>
    /// <param name="decidedAt">When it was decided.</param>
    /// <param name="cancel">Nothing is added then.</param>
    /// <returns>False where it was added before.</returns>
    /// <exception cref="BadInput">No correction can be paid on that day, or it closes after it.</exception>
    public static async Task<bool> RunAsync(
        Installation at, DateOnly payDay, DateOnly? closesOn, DateTimeOffset decidedAt, CancellationToken cancel)
    {
        if (payDay.Month % 2 == 0)
        {
            throw new BadInput($"{payDay:O} lies in an even month, which has its pay-day. Corrections are paid in odd "
                + "months. Nothing was changed.");
        }

        if (!await IsBankDayAsync(at, payDay, cancel))
        {
            throw new BadInput($"Banks are closed on {payDay:O}, or its year is not in the calendar. Give a bank day. "
                + "Nothing was changed.");
        }

        var closes = closesOn ?? new DateOnly(payDay.Year, payDay.Month, ClosesOnDay).AddMonths(-1);
        if (closes > payDay)
        {
            throw new BadInput("A pay-day closes on or before itself. Nothing was changed.");
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into pay_day (pay_on, closes_on, is_correction) values (@pay, @closes, true)
            on conflict (pay_on) do nothing
            """);
        insert.Parameters.AddWithValue("pay", payDay);
        insert.Parameters.AddWithValue("closes", closes);
        return await PayDayCalendar.DecideAsync(
            at, insert, new CorrectionDayAdded(payDay, closes, decidedAt.ToUniversalTime()), cancel);
    }

    private static async Task<bool> IsBankDayAsync(Installation at, DateOnly day, CancellationToken cancel)
    {
        if (day.Year is < BankHolidays.FirstYear or > BankHolidays.LastYear || !BankHolidays.IsBankDay(day))
        {
            return false;
        }

        await using var find = at.Database.CreateCommand(
            "select not exists (select from bank_holiday where closed_on = @day)");
        find.Parameters.AddWithValue("day", day);
        return await find.ExecuteScalarAsync(cancel) is true;
    }
}
