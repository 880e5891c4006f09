using System.Globalization;
using AccountGuard.Payments;
using Microsoft.Extensions.Configuration;

namespace AccountGuard.Tests.Payments;

/// <summary>When files usually go to the bank is a setting; without it nothing is known (Rule 21).</summary>
public class DeadlineTests
{
    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DeadlineSettings Read(params (string Key, string Value)[] settings) => DeadlineSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(
            s => $"PayDays:{s.Key}", s => (string?)s.Value)).Build());

    [Theory]
    [InlineData("2015-06-15", 0, "2015-06-15T17:00:00+09:00")]
    [InlineData("2015-06-15", 1, "2015-06-12T17:00:00+09:00")]
    [InlineData("2015-05-07", 1, "2015-05-01T17:00:00+09:00")]
    [InlineData("2015-01-05", 3, "2014-12-26T17:00:00+09:00")]
    public void rule_21_a_lead_counts_bank_days(string payDay, int bankDays, string at) =>
        new DeadlineRule(bankDays, new TimeOnly(17, 0)).Of(Day(payDay), new HashSet<DateOnly>())
            .ShouldBe(new Deadline(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), IsConfigured: true));

    [Fact]
    public void rule_21_a_holiday_by_exception_is_no_bank_day() =>
        new DeadlineRule(2, new TimeOnly(9, 0)).Of(Day("2015-06-15"), new HashSet<DateOnly> { Day("2015-06-11") })
            .At.Date.ShouldBe(new DateTime(2015, 6, 10));

    [Fact]
    public void without_settings_nothing_is_known() => Read().ShouldBe(new DeadlineSettings(null, null));

    [Fact]
    public void each_deadline_has_settings_of_its_own() =>
        Read(("HandOff:BankDays", "3"), ("HandOff:Time", "17:30")).ShouldBe(
            new DeadlineSettings(new DeadlineRule(3, new TimeOnly(17, 30)), null));

    [Theory]
    [InlineData("3", null)]
    [InlineData(null, "17:00")]
    [InlineData("-1", "17:00")]
    [InlineData("31", "17:00")]
    [InlineData("3", "25:00")]
    public void half_a_setting_or_one_that_cannot_be_read_is_refused_by_name(string? days, string? time)
    {
        var settings = new[] { ("HandOff:BankDays", days), ("HandOff:Time", time) }.Where(s => s.Item2 is not null)
            .Select(s => (s.Item1, s.Item2!)).ToArray();
        Should.Throw<BadInput>(() => Read(settings)).Message.ShouldContain("PayDays__HandOff__Time");
    }
}
