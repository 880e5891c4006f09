using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>An instant of a pay-day, by decision or, where none was made, by configuration.</summary>
public sealed record Deadline(DateTimeOffset At, bool IsConfigured);

/// <summary>A pay-day as the calendar has it by now (Rule 21). A deadline that is null is not known.</summary>
/// <param name="PayDay">The day on which it is paid.</param>
/// <param name="MovedFrom">The day on which it was to be paid, where banks are closed on that after all.</param>
/// <param name="IsCorrection">Only corrections are paid on it.</param>
/// <param name="IsProvisional">The holidays of its year are not announced yet (Rule 32).</param>
/// <param name="ClosesOn">The last day on which a change is in time for it (Rule 22).</param>
/// <param name="HandOff">When the files go to the bank; after it only a recall helps (Rule 23).</param>
/// <param name="DecideBy">Until when a verdict or a hold still reaches the files.</param>
public sealed record PlannedPayDay(
    DateOnly PayDay, DateOnly? MovedFrom, bool IsCorrection, bool IsProvisional, DateOnly ClosesOn, Deadline? HandOff,
    Deadline? DecideBy);

/// <summary>
/// The calendar of pay-days: regular ones, those of corrections, and what was decided for each (Rules 21, 22). Banks
/// are those of Japan, and so are its days.
/// </summary>
public static class PayDayCalendar
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    private static readonly Guid Stream = new(SHA256.HashData("calendar"u8).AsSpan(0, 16), bigEndian: true);

    /// <summary>
    /// The pay-day that is meant by @day, by its name and the day on which it is paid: where a holiday moved one
    /// onto the name of another, the one that is paid on the day.
    /// </summary>
    internal const string Meant = """
        select p.pay_on, p.paid_on from pay_day p where p.pay_on = @day or p.paid_on = @day
        order by p.paid_on = @day desc limit 1
        """;

    private const string PlannedFrom = """
        select p.pay_on, p.paid_on, p.is_correction, coalesce((
                select c.closes_on from closing_decision c where c.pay_on = p.pay_on
                order by c.decision_no desc limit 1), p.closes_on),
            (select d.falls_at from deadline_decision d where d.pay_on = p.pay_on and d.what = 'HandOff'
             order by d.decision_no desc limit 1),
            (select d.falls_at from deadline_decision d where d.pay_on = p.pay_on and d.what = 'Decisions'
             order by d.decision_no desc limit 1),
            array(select h.closed_on from bank_holiday h)
        from pay_day p where p.paid_on >= @from order by p.paid_on, p.pay_on limit @limit
        """;

    /// <summary>The day of an instant in Japan.</summary>
    public static DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);

    /// <summary>An instant to the minute, on the clocks of Japan.</summary>
    public static string MomentOf(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone).ToString(
        "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The pay-days that are paid on a day or later, in order; at most so many.</summary>
    public static async Task<IReadOnlyList<PlannedPayDay>> FromAsync(
        Installation at, DeadlineSettings settings, DateOnly from, int limit, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(PlannedFrom);
        find.Parameters.AddWithValue("from", from);
        find.Parameters.AddWithValue("limit", limit);
        var planned = new List<PlannedPayDay>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (laidOn, paidOn) = (reader.GetFieldValue<DateOnly>(0), reader.GetFieldValue<DateOnly>(1));
            var closed = reader.GetFieldValue<DateOnly[]>(6).ToHashSet();
            var handOff = Decided(reader, 4) ?? settings.HandOff?.Of(paidOn, closed);
            var decideBy = Decided(reader, 5) ?? settings.Decisions?.Of(paidOn, closed);
            planned.Add(new PlannedPayDay(paidOn, laidOn == paidOn ? null : laidOn, reader.GetBoolean(2),
                BankHolidays.IsProvisional(paidOn), reader.GetFieldValue<DateOnly>(3), handOff,
                decideBy?.At > handOff?.At ? handOff : decideBy));
        }

        return planned;
    }

    /// <summary>
    /// The names of the pay-days of which a payment may be reported on a day, by their names and by the days on which
    /// they are paid: up to the one that follows the next.
    /// </summary>
    public static async Task<IReadOnlyDictionary<DateOnly, DateOnly>> ReportableAsync(
        Installation at, DateOnly today, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select p.pay_on, p.paid_on from pay_day p
            where p.paid_on <= (
                select max(n.paid_on) from (
                    select d.paid_on from pay_day d where d.paid_on >= @today and not d.is_correction
                    order by d.paid_on limit 2) n)
            """);
        find.Parameters.AddWithValue("today", today);
        var (names, days) = (new List<DateOnly>(), new Dictionary<DateOnly, DateOnly>());
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetFieldValue<DateOnly>(0));
            days[reader.GetFieldValue<DateOnly>(1)] = names[^1];
        }

        names.ForEach(name => days.TryAdd(name, name));
        return days;
    }

    private static Deadline? Decided(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null
        : new Deadline(reader.GetFieldValue<DateTimeOffset>(column), IsConfigured: false);

    /// <summary>A pay-day by the day on which it is paid or was to be paid, with its name for good.</summary>
    /// <exception cref="BadInput">There is no such pay-day.</exception>
    internal static async Task<(DateOnly Name, DateOnly PaidOn)> FindAsync(
        Installation at, DateOnly day, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Meant);
        find.Parameters.AddWithValue("day", day);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? (reader.GetFieldValue<DateOnly>(0), reader.GetFieldValue<DateOnly>(1))
            : throw new BadInput($"{day:O} is no pay-day. Pay-days are the 15th of even months, or the bank day "
                + "before, and those added for corrections. Nothing was changed.");
    }

    /// <summary>Decides one after the other, row and event together: of one thing the decision made last is in force.
    /// </summary>
    /// <param name="at">The installation.</param>
    /// <param name="row">The row to write; it is given its connection here.</param>
    /// <param name="decided">The event.</param>
    /// <param name="cancel">Nothing is decided then.</param>
    /// <returns>False where the row stands already.</returns>
    internal static async Task<bool> DecideAsync(
        Installation at, NpgsqlCommand row, object decided, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var turn = new NpgsqlCommand("select pg_advisory_xact_lock(4715, 0)", connection, transaction);
        await turn.ExecuteNonQueryAsync(cancel);
        (row.Connection, row.Transaction) = (connection, transaction);
        if (await row.ExecuteNonQueryAsync(cancel) == 0)
        {
            return false;
        }

        await using var session = at.SessionIn(transaction);
        session.Events.Append(Stream, decided);
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
