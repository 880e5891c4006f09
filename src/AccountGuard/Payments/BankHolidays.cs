using System.Collections.Frozen;
using System.Globalization;

namespace AccountGuard.Payments;

/// <summary>
/// The days on which Japanese banks are closed (Rule 21): Saturdays, Sundays, national holidays and 31 December to
/// 3 January. National holidays are data, because parliament moves them: known for 1970 to 2050.
/// </summary>
public static class BankHolidays
{
    /// <summary>The first year of the data.</summary>
    public const int FirstYear = 1970;

    /// <summary>The last year of the data.</summary>
    public const int LastYear = 2050;

    /// <summary>The last year whose holidays are officially announced; later ones are provisional (Rule 32).</summary>
    public const int LastAnnouncedYear = 2027;

    private static readonly FrozenSet<DateOnly> NationalHolidays = Load();

    /// <summary>Whether banks are open on the day.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day lies outside the years of the data.</exception>
    public static bool IsBankDay(DateOnly day)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(day.Year, FirstYear, nameof(day));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(day.Year, LastYear, nameof(day));
        return day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)
            && (day.Month, day.Day) is not ((12, 31) or (1, <= 3))
            && !NationalHolidays.Contains(day);
    }

    /// <summary>The day itself where banks are open on it, else the last bank day before it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The search leaves the years of the data.</exception>
    public static DateOnly BankDayUpTo(DateOnly day)
    {
        while (!IsBankDay(day))
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    /// <summary>Whether the holidays of the day's year are not yet officially announced.</summary>
    public static bool IsProvisional(DateOnly day) => day.Year > LastAnnouncedYear;

    private static FrozenSet<DateOnly> Load()
    {
        var days = new HashSet<DateOnly>();
        using var file = new StreamReader(
            typeof(BankHolidays).Assembly.GetManifestResourceStream("AccountGuard.Payments.japan-holidays.csv")!);
        while (file.ReadLine() is { } line)
        {
            if (char.IsAsciiDigit(line[0]))
            {
                days.Add(DateOnly.ParseExact(line.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture));
            }
        }

        return days.ToFrozenSet();
    }
}
