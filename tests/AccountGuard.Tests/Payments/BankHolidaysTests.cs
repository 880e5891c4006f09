using System.Globalization;
using AccountGuard.Payments;

namespace AccountGuard.Tests.Payments;

public class BankHolidaysTests
{
    [Theory]
    [InlineData("2015-06-13", "a Saturday")]
    [InlineData("2015-06-14", "a Sunday")]
    [InlineData("2014-12-31", "the year's last day")]
    [InlineData("2015-01-01", "New Year's Day")]
    [InlineData("2015-01-02", "the second day of January")]
    [InlineData("2013-01-03", "the third day of January")]
    [InlineData("2015-05-06", "a substitute for a holiday on a Sunday")]
    [InlineData("2015-09-22", "a day between two holidays")]
    [InlineData("2019-04-30", "a day of the enthronement")]
    [InlineData("2019-05-01", "a day of the enthronement")]
    [InlineData("2019-10-22", "the enthronement ceremony")]
    [InlineData("2020-07-24", "a holiday moved for the Olympic games")]
    [InlineData("2021-07-23", "a holiday moved for the Olympic games")]
    [InlineData("2016-08-11", "the first Mountain Day")]
    public void rule_21_banks_are_closed_on(string day, string because) =>
        BankHolidays.IsBankDay(Day(day)).ShouldBeFalse(because);

    [Theory]
    [InlineData("2015-06-15", "a plain Monday")]
    [InlineData("2014-12-30", "the day before the year's end")]
    [InlineData("2016-01-04", "the first bank day of the year")]
    [InlineData("2015-08-11", "Mountain Day came in 2016")]
    [InlineData("2019-12-23", "the former emperor's birthday")]
    [InlineData("2020-10-12", "Sports Day moved to July that year")]
    public void rule_21_banks_are_open_on(string day, string because) =>
        BankHolidays.IsBankDay(Day(day)).ShouldBeTrue(because);

    [Fact]
    public void the_bank_day_up_to_a_bank_day_is_that_day_and_else_the_one_before()
    {
        BankHolidays.BankDayUpTo(new DateOnly(2015, 6, 15)).ShouldBe(new DateOnly(2015, 6, 15));
        BankHolidays.BankDayUpTo(new DateOnly(2016, 1, 3)).ShouldBe(new DateOnly(2015, 12, 30));
    }

    [Fact]
    public void rule_32_holidays_after_the_last_announced_year_are_provisional()
    {
        BankHolidays.IsProvisional(new DateOnly(2027, 12, 31)).ShouldBeFalse();
        BankHolidays.IsProvisional(new DateOnly(2028, 1, 1)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("1969-12-31")]
    [InlineData("2051-01-01")]
    public void outside_the_years_of_the_data_nobody_knows(string day) =>
        Should.Throw<ArgumentOutOfRangeException>(() => { BankHolidays.IsBankDay(Day(day)); });

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
