using System.Globalization;

namespace AccountGuard.Payments;

/// <summary>So many bank days before a pay-day, at a time of the day in Japan.</summary>
public sealed record DeadlineRule(int BankDays, TimeOnly Time)
{
    private const int MostBankDays = 30;

    /// <summary>The instant for a pay-day; days on which banks are closed after all are no bank days.</summary>
    public Deadline Of(DateOnly payDay, IReadOnlySet<DateOnly> closed)
    {
        var day = payDay;
        for (var left = BankDays; left > 0; left--)
        {
            do
            {
                day = BankHolidays.BankDayUpTo(day.AddDays(-1));
            }
            while (closed.Contains(day));
        }

        var local = day.ToDateTime(Time);
        return new Deadline(new DateTimeOffset(local, PayDayCalendar.Zone.GetUtcOffset(local)), IsConfigured: true);
    }

    /// <returns>Null where nothing is configured: then nothing is known.</returns>
    /// <exception cref="BadInput">A setting is missing or cannot be read.</exception>
    internal static DeadlineRule? Read(IConfiguration settings, string name)
    {
        var (days, time) = (settings[$"PayDays:{name}:BankDays"], settings[$"PayDays:{name}:Time"]);
        return (days, time) switch
        {
            (null or "", null or "") => null,
            _ when int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count <= MostBankDays && TimeOnly.TryParseExact(
                    time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) =>
                new DeadlineRule(count, at),
            _ => throw new BadInput($"PayDays__{name}__BankDays is a number up to {MostBankDays}, and "
                + $"PayDays__{name}__Time a time of the day, HH:mm. Set both, or neither."),
        };
    }
}

/// <summary>
/// When the files of a pay-day usually go to the bank, and until when a verdict or a hold usually reaches them, for
/// pay-days of which it was not decided (Rule 21). No lead is known as a fact: without a setting there is none.
/// </summary>
public sealed record DeadlineSettings(DeadlineRule? HandOff, DeadlineRule? Decisions)
{
    /// <exception cref="BadInput">A setting is missing or cannot be read.</exception>
    public static DeadlineSettings Read(IConfiguration settings) =>
        new(DeadlineRule.Read(settings, "HandOff"), DeadlineRule.Read(settings, "Decisions"));
}
