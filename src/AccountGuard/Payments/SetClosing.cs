using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Sets the closing date of a pay-day; the queue is ranked anew bucket by bucket when it is published (Rule 22).
/// </summary>
public static class SetClosing
{
    /// <returns>False where that date stood already.</returns>
    /// <exception cref="BadInput">There is no such pay-day, or it lies before its closing date.</exception>
    public static async Task<bool> RunAsync(
        Installation at, DateOnly payDay, DateOnly closesOn, DateTimeOffset decidedAt, CancellationToken cancel)
    {
        var (name, paidOn) = await PayDayCalendar.FindAsync(at, payDay, cancel);
        if (closesOn > paidOn)
        {
            throw new BadInput("A pay-day closes on or before itself. Nothing was changed.");
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into closing_decision (pay_on, closes_on, decided_at)
            select p.pay_on, @closes, @at from pay_day p
            where p.pay_on = @pay and @closes <> coalesce((
                select c.closes_on from closing_decision c where c.pay_on = p.pay_on
                order by c.decision_no desc limit 1), p.closes_on)
            """);
        insert.Parameters.AddWithValue("pay", name);
        insert.Parameters.AddWithValue("closes", closesOn);
        insert.Parameters.AddWithValue("at", decidedAt.ToUniversalTime());
        return await PayDayCalendar.DecideAsync(
            at, insert, new ClosingDateSet(name, closesOn, decidedAt.ToUniversalTime()), cancel);
    }
}
