using System.Globalization;

namespace AccountGuard.Intake;

/// <summary>What a sender's day column held.</summary>
public enum ReportedDayKind
{
    /// <summary>Nothing, or white space alone.</summary>
    Missing,

    /// <summary>A day, <c>YYYY-MM-DD</c>, in the incident's time zone.</summary>
    Day,

    /// <summary>An instant with its offset; which day it is depends on the incident's time zone (Rule 3).</summary>
    Instant,

    /// <summary>Anything else; the caller keeps the text, and the change is screened all the same (Rule 4).</summary>
    Unreadable,
}

/// <summary>
/// A day as a sender reported it: <c>YYYY-MM-DD</c>, or <c>YYYY-MM-DDThh:mm[:ss[.f…]]</c> with <c>Z</c> or
/// <c>±hh:mm</c>. The default value is a missing day.
/// </summary>
public readonly record struct ReportedDay
{
    private const int LongestOffsetMinutes = 14 * 60;

    private readonly long _ticks;

    private ReportedDay(ReportedDayKind kind, long ticks = 0) => (Kind, _ticks) = (kind, ticks);

    /// <summary>A day column without a value.</summary>
    public static ReportedDay Missing => default;

    /// <summary>A day column whose value cannot be read.</summary>
    public static ReportedDay Unreadable => new(ReportedDayKind.Unreadable);

    /// <summary>Which of the four this is.</summary>
    public ReportedDayKind Kind { get; }

    /// <summary>The plain day; null where none was reported.</summary>
    public DateOnly? Day => Kind == ReportedDayKind.Day ? DateOnly.FromDateTime(new DateTime(_ticks)) : null;

    /// <summary>The instant in UTC, to 100 ns; null where none was reported.</summary>
    public DateTimeOffset? Instant =>
        Kind == ReportedDayKind.Instant ? new DateTimeOffset(_ticks, TimeSpan.Zero) : null;

    /// <summary>
    /// The text by which two reports of one change are compared (Rule 7): the day as it is, an instant in UTC to
    /// microseconds, an empty text for a missing day, and null for an unreadable one, whose raw text stands for it.
    /// </summary>
    public string? Canonical => Kind switch
    {
        ReportedDayKind.Missing => "",
        ReportedDayKind.Day => new DateTime(_ticks).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ReportedDayKind.Instant =>
            new DateTime(_ticks).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        ReportedDayKind.Unreadable => null,
        _ => throw new InvalidOperationException($"There is no kind {Kind}."),
    };

    /// <summary>The day in the incident's time zone (Rule 3); null where the day is missing or unreadable.</summary>
    public DateOnly? DayIn(TimeZoneInfo zone) => Kind == ReportedDayKind.Instant
        ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(new DateTimeOffset(_ticks, TimeSpan.Zero), zone).DateTime)
        : Day;

    /// <summary>
    /// Reads a day column; white space around is no part of it. Never throws: what is no day, no time or no offset
    /// (beyond ±14:00), and an instant outside the years 1 to 9999 in UTC, is unreadable. Fractions of a second beyond
    /// 100 ns are cut off.
    /// </summary>
    public static ReportedDay Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty)
        {
            return Missing;
        }

        if (!TryReadDay(text, out var day))
        {
            return Unreadable;
        }

        if (text.Length == 10)
        {
            return new ReportedDay(ReportedDayKind.Day, day.Ticks);
        }

        return TryReadTime(text[10..], out var time, out var zone) && TryReadOffset(zone, out var offset)
            && day.Ticks + time - offset is >= 0 and var utc && utc <= DateTime.MaxValue.Ticks
            ? new ReportedDay(ReportedDayKind.Instant, utc)
            : Unreadable;
    }

    /// <summary>Prints the canonical text.</summary>
    public override string ToString() => Canonical ?? nameof(Unreadable);

    private static bool TryReadDay(ReadOnlySpan<char> text, out DateTime day)
    {
        day = default;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-'
            || !TryReadTwo(text, 0, out var century) || !TryReadTwo(text, 2, out var yearOfCentury)
            || !TryReadTwo(text, 5, out var month) || !TryReadTwo(text, 8, out var dayOfMonth))
        {
            return false;
        }

        var year = (century * 100) + yearOfCentury;
        if (year < 1 || month is < 1 or > 12 || dayOfMonth < 1 || dayOfMonth > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = new DateTime(year, month, dayOfMonth);
        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = default;
        if (text.Length < 7 || text[0] != 'T' || text[3] != ':'
            || !TryReadTwo(text, 1, out var hour) || !TryReadTwo(text, 4, out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        ticks = (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute);
        rest = text[6..];
        if (rest[0] != ':')
        {
            return true;
        }

        if (rest.Length < 3 || !TryReadTwo(rest, 1, out var second) || second > 59)
        {
            return false;
        }

        ticks += second * TimeSpan.TicksPerSecond;
        rest = rest[3..];
        return rest.IsEmpty || rest[0] != '.' || TryReadFraction(ref rest, ref ticks);
    }

    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, ref long ticks)
    {
        var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (length < 1)
        {
            return false;
        }

        // Beyond the seventh digit the unit is zero: such digits are cut off, not rounded.
        var unit = TimeSpan.TicksPerSecond;
        foreach (var digit in rest.Slice(1, length))
        {
            unit /= 10;
            ticks += (digit - '0') * unit;
        }

        rest = rest[(1 + length)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text is "Z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !TryReadTwo(text, 1, out var hours) || !TryReadTwo(text, 4, out var minutes) || minutes > 59)
        {
            return false;
        }

        var offset = (hours * 60) + minutes;
        ticks = (text[0] == '-' ? -offset : offset) * TimeSpan.TicksPerMinute;
        return offset <= LongestOffsetMinutes;
    }

    private static bool TryReadTwo(ReadOnlySpan<char> text, int at, out int value)
    {
        value = ((text[at] - '0') * 10) + (text[at + 1] - '0');
        return char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]);
    }
}
