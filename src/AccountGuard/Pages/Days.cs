using System.Globalization;

namespace AccountGuard.Pages;

/// <summary>Days as pages write them: ISO first, then how the reader's calendar says it.</summary>
public static class Days
{
    private const string WeekdaysInJapanese = "日月火水木金土";
    private static readonly JapaneseCalendar Eras = new();
    private static readonly string[] ErasInJapanese = ["明治", "大正", "昭和", "平成", "令和"];
    private static readonly string[] ErasInEnglish = ["Meiji", "Taisho", "Showa", "Heisei", "Reiwa"];

    /// <summary>The calendar begins with the era Meiji.</summary>
    private static readonly DateOnly First = DateOnly.FromDateTime(Eras.MinSupportedDateTime);

    public static string Iso(this DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string MonthAndDay(this DateOnly day) => day.ToString("MM-dd", CultureInfo.InvariantCulture);

    /// <summary>平成27年6月15日（月）; in English: Mon, Heisei 27. Empty before the eras that the calendar knows.</summary>
    public static string InEra(this DateOnly day)
    {
        if (day < First)
        {
            return "";
        }

        return IsJapanese
            ? $"{day.InJapaneseEra()}（{WeekdaysInJapanese[(int)day.DayOfWeek]}）"
            : $"{day.DayOfWeek.ToString()[..3]}, {ErasInEnglish[Era(day)]} {YearOfEra(day)}";
    }

    /// <summary>平成27年6月15日, whatever the reader's language. Empty before the eras that the calendar knows.</summary>
    public static string InJapaneseEra(this DateOnly day) => day < First ? ""
        : $"{ErasInJapanese[Era(day)]}{(YearOfEra(day) is 1 ? "元" : YearOfEra(day))}年{day.Month}月{day.Day}日";

    private static int Era(DateOnly day) => Eras.GetEra(day.ToDateTime(TimeOnly.MinValue)) - 1;

    private static int YearOfEra(DateOnly day) => Eras.GetYear(day.ToDateTime(TimeOnly.MinValue));

    private static bool IsJapanese => CultureInfo.CurrentUICulture.Name == Site.Japanese;
}
