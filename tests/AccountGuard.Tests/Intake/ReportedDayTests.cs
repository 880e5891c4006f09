using System.Globalization;
using AccountGuard.Intake;
using CsCheck;

namespace AccountGuard.Tests.Intake;

public class ReportedDayTests
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    [Theory]
    [InlineData("")]
    [InlineData(" \t\u3000")]
    public void an_empty_column_is_a_missing_day(string text)
    {
        ReportedDay.Parse(text).ShouldBe(ReportedDay.Missing);
        ReportedDay.Parse(text).Canonical.ShouldBe("");
        ReportedDay.Parse(text).DayIn(Tokyo).ShouldBeNull();
    }

    [Theory]
    [InlineData("2015-06-01")]
    [InlineData("  2015-06-01\r\n")]
    [InlineData("\u30002015-06-01")]
    public void a_plain_day_is_read_as_it_is(string text)
    {
        var reported = ReportedDay.Parse(text);
        reported.Kind.ShouldBe(ReportedDayKind.Day);
        reported.Day.ShouldBe(new DateOnly(2015, 6, 1));
        reported.Instant.ShouldBeNull();
        reported.Canonical.ShouldBe("2015-06-01");
    }

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-31")]
    [InlineData("2016-02-29")]
    [InlineData("2000-02-29")]
    public void every_day_of_the_calendar_is_a_day(string text) => ReportedDay.Parse(text).Canonical.ShouldBe(text);

    [Theory]
    [InlineData("2015-06-01T12:30Z", "2015-06-01T12:30:00.000000Z")]
    [InlineData("2015-06-01T12:30:45Z", "2015-06-01T12:30:45.000000Z")]
    [InlineData("2015-06-01T12:30:45.5Z", "2015-06-01T12:30:45.500000Z")]
    [InlineData("2015-06-01T12:30:45.123456Z", "2015-06-01T12:30:45.123456Z")]
    [InlineData("2015-06-01T12:30:45.1234567Z", "2015-06-01T12:30:45.123456Z")]
    [InlineData("2015-06-01T23:59:59.99999999999999999999Z", "2015-06-01T23:59:59.999999Z")]
    [InlineData("2015-06-01T00:30+09:00", "2015-05-31T15:30:00.000000Z")]
    [InlineData("2015-06-01T20:00:00-05:30", "2015-06-02T01:30:00.000000Z")]
    [InlineData("2015-06-01T20:00+14:00", "2015-06-01T06:00:00.000000Z")]
    [InlineData("2015-06-01T20:00-14:00", "2015-06-02T10:00:00.000000Z")]
    [InlineData("2015-06-01T20:00-00:00", "2015-06-01T20:00:00.000000Z")]
    [InlineData(" 2015-06-01T20:00Z ", "2015-06-01T20:00:00.000000Z")]
    [InlineData("0001-01-01T00:00Z", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z")]
    public void an_instant_is_kept_in_utc_and_compared_to_the_microsecond(string text, string canonical)
    {
        var reported = ReportedDay.Parse(text);
        reported.Kind.ShouldBe(ReportedDayKind.Instant);
        reported.Day.ShouldBeNull();
        reported.Instant!.Value.Offset.ShouldBe(TimeSpan.Zero);
        reported.Canonical.ShouldBe(canonical);
    }

    [Theory]
    [InlineData("2015-02-30")]
    [InlineData("2015-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("2015-00-10")]
    [InlineData("2015-13-10")]
    [InlineData("2015-06-00")]
    [InlineData("2015-06-31")]
    [InlineData("0000-06-01")]
    [InlineData("0000-06-01T00:00Z")]
    [InlineData("2015-6-1")]
    [InlineData("2015/06/01")]
    [InlineData("20150601")]
    [InlineData("-2015-06-01")]
    [InlineData("2015-06-01 ?")]
    [InlineData("２０１５-06-01")]
    [InlineData("平成27年6月1日")]
    [InlineData("2015-06-0\0")]
    [InlineData("2015-06-01T")]
    [InlineData("2015-06-01Z")]
    [InlineData("2015-06-01T12:30")]
    [InlineData("2015-06-01T12:30:45")]
    [InlineData("2015-06-01 12:30Z")]
    [InlineData("2015-06-01t12:30Z")]
    [InlineData("2015-06-01T12:30z")]
    [InlineData("2015-06-01T24:00Z")]
    [InlineData("2015-06-01T12:60Z")]
    [InlineData("2015-06-01T23:59:60Z")]
    [InlineData("2015-06-01T12:30:Z")]
    [InlineData("2015-06-01T12:30:4Z")]
    [InlineData("2015-06-01T12:30:45.Z")]
    [InlineData("2015-06-01T12:30:45.")]
    [InlineData("2015-06-01T12:30:45,5Z")]
    [InlineData("2015-06-01T12:30.5Z")]
    [InlineData("2015-06-01T12:30:45.5xZ")]
    [InlineData("2015-06-01T12Z")]
    [InlineData("2015-06-01T12:30+0900")]
    [InlineData("2015-06-01T12:30+09")]
    [InlineData("2015-06-01T12:30+9:00")]
    [InlineData("2015-06-01T12:30\u221209:00")]
    [InlineData("2015-06-01T12:30+14:01")]
    [InlineData("2015-06-01T12:30-14:01")]
    [InlineData("2015-06-01T12:30+15:00")]
    [InlineData("2015-06-01T12:30+09:60")]
    [InlineData("2015-06-01T12:30ZZ")]
    [InlineData("0001-01-01T08:59+09:00")]
    [InlineData("9999-12-31T23:00-01:00")]
    public void anything_else_cannot_be_read(string text)
    {
        var reported = ReportedDay.Parse(text);
        reported.ShouldBe(ReportedDay.Unreadable);
        reported.Canonical.ShouldBeNull();
        reported.Day.ShouldBeNull();
        reported.Instant.ShouldBeNull();
        reported.DayIn(Tokyo).ShouldBeNull();
    }

    [Theory]
    [InlineData("2015-06-01T15:30:00Z", "2015-06-02")]
    [InlineData("2015-06-01T14:59:59.9999999Z", "2015-06-01")]
    [InlineData("2015-06-01T15:00:00Z", "2015-06-02")]
    [InlineData("2015-06-01", "2015-06-01")]
    [InlineData("0001-01-01T00:00Z", "0001-01-01")]
    [InlineData("9999-12-31T23:00Z", "9999-12-31")]
    public void rule_3_days_are_days_in_the_incidents_time_zone(string text, string day) =>
        ReportedDay.Parse(text).DayIn(Tokyo)!.Value.ToString("O", CultureInfo.InvariantCulture).ShouldBe(day);

    [Fact]
    public void one_instant_written_with_any_offset_has_one_canonical_text() =>
        Gen.Select(Gen.Long[TimeSpan.TicksPerDay, DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay], Gen.Int[-840, 840])
        .Sample((ticks, minutes) =>
        {
            var instant = new DateTimeOffset(ticks, TimeSpan.Zero);
            var written = instant.ToOffset(TimeSpan.FromMinutes(minutes))
                .ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);
            var reported = ReportedDay.Parse(written);
            reported.Instant.ShouldBe(instant);
            ReportedDay.Parse(reported.Canonical).Canonical.ShouldBe(reported.Canonical);
        });

    [Fact]
    public void reading_never_throws() =>
        Gen.OneOf(
            Gen.Char.Array[0, 40],
            Gen.Char["0123456789-:TZ+. \0"].Array[0, 40],
            Gen.Select(Gen.Int[0, 30], Gen.Char, (at, stray) =>
            {
                var text = "2015-06-01T12:30:45.123+09:00 2".ToCharArray();
                text[at] = stray;
                return text;
            }),
            Gen.Int[0, 30].Select(length => "2015-06-01T12:30:45.123+09:00 2".ToCharArray()[..length]))
        .Sample(text =>
        {
            var reported = ReportedDay.Parse(text);
            return reported.Canonical is null == (reported == ReportedDay.Unreadable);
        });
}
