namespace AccountGuard.Demonstration;

/// <summary>Pay-days and their closing days (rules 21 and 22), as far as the demonstration needs them.</summary>
internal static class PayDays
{
    /// <summary>The first pay-day whose closing day is not before the day.</summary>
    public static DateOnly ExposedOn(DateOnly day)
    {
        var month = new DateOnly(day.Year, day.Month, 1);
        while (month.Month % 2 != 0 || month.AddMonths(-1).AddDays(19) < day)
        {
            month = month.AddMonths(1);
        }

        return month.AddDays(14 + DaysBack(month.AddDays(14).DayOfWeek));
    }

    /// <summary>
    /// In 2014 and 2015 no 15th of an even month, nor the Friday before it, is a holiday: weekends decide.
    /// </summary>
    private static int DaysBack(DayOfWeek fifteenth) => fifteenth switch
    {
        DayOfWeek.Saturday => -1,
        DayOfWeek.Sunday => -2,
        _ => 0,
    };
}
