namespace AccountGuard.Demonstration;

/// <summary>
/// An instant of a day in Tokyo, written as machines write it: its own date may be another day's (rule 3).
/// </summary>
internal static class InstantText
{
    private static readonly TimeSpan tokyo = TimeSpan.FromHours(9);

    public static string Of(DateOnly day, int second, ref SplitMix64 draw)
    {
        var instant = new DateTimeOffset(day, TimeOnly.MinValue, tokyo).AddSeconds(second);
        return draw.Below(10) switch
        {
            < 4 => $"{instant:yyyy-MM-ddTHH:mm:ss}+09:00",
            < 8 => $"{instant.ToUniversalTime():yyyy-MM-ddTHH:mm:ss}Z",
            8 => $"{instant:yyyy-MM-ddTHH:mm}+09:00",
            _ => $"{instant.ToOffset(TimeSpan.FromHours(-5)):yyyy-MM-ddTHH:mm:ss}.25-05:00",
        };
    }
}
