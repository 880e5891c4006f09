using System.Globalization;
using AccountGuard.Payments;

namespace AccountGuard.Tests.Payments;

public class PayDaysTests
{
    [Theory]
    [InlineData("2015-02-13")]
    [InlineData("2015-06-15")]
    [InlineData("2015-08-14")]
    [InlineData("2016-10-14")]
    public void rule_21_a_pay_day_without_banks_is_the_bank_day_before(string paidOn) =>
        PayDays.Between(2015, 2016).Select(payDay => payDay.PaidOn).ShouldContain(Day(paidOn));

    [Theory]
    [InlineData(2026, "02-13 04-15 06-15 08-14 10-15 12-15")]
    [InlineData(2027, "02-15 04-15 06-15 08-13 10-15 12-15")]
    public void rule_21_a_year_has_six_pay_days(int year, string days) =>
        string.Join(' ', PayDays.Between(year, year)
            .Select(payDay => payDay.PaidOn.ToString("MM-dd", CultureInfo.InvariantCulture))).ShouldBe(days);

    [Theory]
    [InlineData("2015-05-20", "2015-06-15")]
    [InlineData("2015-05-21", "2015-08-14")]
    [InlineData("2015-06-20", "2015-08-14")]
    [InlineData("2015-01-21", "2015-04-15")]
    public void rule_22_a_change_filed_on_the_closing_day_is_in_time(string filedOn, string paidOn) =>
        PayDays.Between(2015, 2015).First(payDay => payDay.ClosesOn >= Day(filedOn)).PaidOn.ShouldBe(Day(paidOn));

    [Fact]
    public void every_pay_day_is_the_last_bank_day_up_to_the_15th_and_closes_on_the_20th_of_the_month_before()
    {
        var payDays = PayDays.Between(BankHolidays.FirstYear, BankHolidays.LastYear).ToList();
        payDays.Count.ShouldBe(6 * (BankHolidays.LastYear - BankHolidays.FirstYear + 1));
        payDays.ShouldBe(payDays.OrderBy(payDay => payDay.PaidOn));
        foreach (var (paidOn, closesOn) in payDays)
        {
            var fifteenth = new DateOnly(paidOn.Year, paidOn.Month, 15);
            BankHolidays.IsBankDay(paidOn).ShouldBeTrue();
            paidOn.ShouldBeLessThanOrEqualTo(fifteenth);
            for (var closed = paidOn.AddDays(1); closed <= fifteenth; closed = closed.AddDays(1))
            {
                BankHolidays.IsBankDay(closed).ShouldBeFalse();
            }

            closesOn.ShouldBe(new DateOnly(paidOn.Year, paidOn.Month, 20).AddMonths(-1));
        }
    }

    [Theory]
    [InlineData(1969, 2015)]
    [InlineData(2015, 2051)]
    [InlineData(2016, 2015)]
    public void years_without_known_holidays_have_no_pay_days(int firstYear, int lastYear) =>
        Should.Throw<ArgumentOutOfRangeException>(() => { PayDays.Between(firstYear, lastYear); });

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
