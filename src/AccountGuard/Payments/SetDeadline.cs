using Npgsql;

namespace AccountGuard.Payments;

/// <summary>What happens at a deadline of a pay-day (Rule 21).</summary>
public enum DeadlineKind
{
    /// <summary>The files go to the bank.</summary>
    HandOff,

    /// <summary>A verdict or a hold reaches the files for the last time.</summary>
    Decisions,
}

/// <summary>
/// Sets a deadline of a pay-day (Rule 21). It is told, and stops nothing: what is undecided is paid (Rule 18).
/// </summary>
public static class SetDeadline
{
    /// <returns>False where it stood already.</returns>
    /// <exception cref="BadInput">There is no such pay-day, it is over by then, or decisions would end after the
    /// hand-off.</exception>
    public static async Task<bool> RunAsync(
        Installation at, DateOnly payDay, DeadlineKind kind, DateTimeOffset fallsAt, DateTimeOffset decidedAt,
        CancellationToken cancel)
    {
        var (name, paidOn) = await PayDayCalendar.FindAsync(at, payDay, cancel);
        if (PayDayCalendar.DayOf(fallsAt) > paidOn)
        {
            throw new BadInput($"{fallsAt:yyyy-MM-ddTHH:mmzzz} lies after the pay-day {paidOn:O}. Nothing was changed: "
                + "give an instant on or before it.");
        }

        var (instant, now) = (fallsAt.ToUniversalTime(), decidedAt.ToUniversalTime());
        await EnsureOrderAsync(at, name, kind, instant, cancel);
        await using var insert = new NpgsqlCommand(
            """
            insert into deadline_decision (pay_on, what, falls_at, decided_at) select @pay, @what, @falls, @at
            where @falls is distinct from (
                select d.falls_at from deadline_decision d where d.pay_on = @pay and d.what = @what
                order by d.decision_no desc limit 1)
            """);
        insert.Parameters.AddWithValue("pay", name);
        insert.Parameters.AddWithValue("what", kind.ToString());
        insert.Parameters.AddWithValue("falls", instant);
        insert.Parameters.AddWithValue("at", now);
        return await PayDayCalendar.DecideAsync(at, insert, kind switch
        {
            DeadlineKind.HandOff => new HandOffSet(name, instant, now),
            DeadlineKind.Decisions => new DecisionDeadlineSet(name, instant, now),
        }, cancel);
    }

    /// <summary>A decision after the hand-off reaches no file.</summary>
    private static async Task EnsureOrderAsync(
        Installation at, DateOnly name, DeadlineKind kind, DateTimeOffset instant, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select d.falls_at from deadline_decision d where d.pay_on = @pay and d.what <> @what
            order by d.decision_no desc limit 1
            """);
        find.Parameters.AddWithValue("pay", name);
        find.Parameters.AddWithValue("what", kind.ToString());
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return;
        }

        var other = reader.GetFieldValue<DateTimeOffset>(0);
        if (kind == DeadlineKind.HandOff ? instant < other : instant > other)
        {
            throw new BadInput("Decisions end at the hand-off or before it, and the other of the two is set to "
                + $"{PayDayCalendar.MomentOf(other)} in Japan. Nothing was changed: set that one first.");
        }
    }
}
