using System.Globalization;
using AccountGuard.Pages;

namespace AccountGuard.Tests.Pages;

/// <summary>Days in the reader's calendar; the last day of an era belongs to it, and its first year is 元年.</summary>
public sealed class DaysTests
{
    [Theory]
    [InlineData("2015-06-15", "平成27年6月15日（月）", "Mon, Heisei 27")]
    [InlineData("2019-04-30", "平成31年4月30日（火）", "Tue, Heisei 31")]
    [InlineData("2019-05-01", "令和元年5月1日（水）", "Wed, Reiwa 1")]
    [InlineData("1989-01-07", "昭和64年1月7日（土）", "Sat, Showa 64")]
    [InlineData("1926-12-25", "昭和元年12月25日（土）", "Sat, Showa 1")]
    [InlineData("0001-01-01", "", "")]
    [InlineData("9999-12-31", "令和7981年12月31日（金）", "Fri, Reiwa 7981")]
    public void a_day_is_written_in_its_era(string day, string japanese, string english)
    {
        var on = DateOnly.Parse(day, CultureInfo.InvariantCulture);
        In("ja", () => on.InEra()).ShouldBe(japanese);
        In("en", () => on.InEra()).ShouldBe(english);
    }

    [Theory]
    [InlineData("2015-06-15", "平成27年6月15日")]
    [InlineData("2019-05-01", "令和元年5月1日")]
    [InlineData("0001-01-01", "")]
    public void a_letter_has_the_japanese_era_whatever_the_language(string day, string era) =>
        In("en", () => DateOnly.Parse(day, CultureInfo.InvariantCulture).InJapaneseEra()).ShouldBe(era);

    private static string In(string language, Func<string> say)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new CultureInfo(language);
        try
        {
            return say();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
