using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>
/// The ordinary changes of five months, by anybody: one in forty is listed by chance. Each can be drawn again by its
/// index, so that none has to be kept.
/// </summary>
internal sealed class BackgroundChanges(ListLayout layout, Cast cast, Timetable timetable, int seed)
{
    private static readonly Channel[] accountChannels = Weighted(
        (Channel.Counter, 42), (Channel.Post, 38), (Channel.Online, 8), (Channel.Proxy, 6), (Channel.Bank, 4),
        (Channel.Abroad, 2));

    private static readonly Channel[] addressChannels = Weighted(
        (Channel.Counter, 38), (Channel.Post, 30), (Channel.Registry, 22), (Channel.Online, 10));

    private static readonly int filingDays = August(31).DayNumber - April(1).DayNumber + 1;

    public (Filing Filing, DateOnly Entered) Draw(int index)
    {
        var draw = SplitMix64.For(seed, Purpose.Background, index);
        var position = draw.Below(layout.Holders);
        while (cast.IsCast(position))
        {
            position = draw.Below(layout.Holders);
        }

        var kind = draw.Below(100) < 85 ? ChangeKind.Account : ChangeKind.Address;
        var channel = draw.Pick<Channel>(kind == ChangeKind.Account ? accountChannels : addressChannels);
        var filed = OfficeDay(April(1).AddDays(draw.Below(filingDays)), channel);
        var received = filed.AddDays(DaysUnderWay(channel, ref draw));
        var entered = received.AddDays(draw.Below(channel == Channel.Online ? 2 : 4));
        var filedText = channel == Channel.Online ? OnlineInstant(filed, ref draw) : $"{filed:yyyy-MM-dd}";
        var filing = new Filing
        {
            Source = Source(channel),
            RequestId = $"R{index + 1:D8}",
            Serial = index,
            Position = position,
            Days = PossibleDays.FiledAndReceived(filed, received),
            Kind = kind,
            Channel = channel,
            FiledOn = filedText,
            ReceivedOn = channel == Channel.Online ? filedText : $"{received:yyyy-MM-dd}",
            EnteredOn = $"{entered:yyyy-MM-dd}",
            ArrivesWith = timetable.Of(entered)!.Order,
        };
        return (filing, entered);
    }

    /// <summary>
    /// The day on which a cancellation of this change is entered; null for the most, which are not cancelled.
    /// </summary>
    public DateOnly? CancelledOn(int index, DateOnly entered)
    {
        var draw = SplitMix64.For(seed, Purpose.BackgroundCancellations, index);
        if (draw.Below(250) != 0)
        {
            return null;
        }

        // Some overtake what they cancel (rule 6). None comes in the same file: there it would depend on the order of
        // rows whether a case was open in between.
        var own = timetable.Of(entered)!;
        var overtakes = draw.Below(8) == 0;
        var day = overtakes ? own.First.AddDays(-1) : entered.AddDays(3 + draw.Below(30));
        if (!overtakes && day <= own.Last)
        {
            day = own.Last.AddDays(1);
        }

        return timetable.Of(day) is null ? null : day;
    }

    private static DateOnly OfficeDay(DateOnly day, Channel channel) => (channel, day.DayOfWeek) switch
    {
        (Channel.Counter or Channel.Proxy or Channel.Bank, DayOfWeek.Saturday) => day.AddDays(-1),
        (Channel.Counter or Channel.Proxy or Channel.Bank, DayOfWeek.Sunday) => day.AddDays(-2),
        _ => day,
    };

    private static int DaysUnderWay(Channel channel, ref SplitMix64 draw) => channel switch
    {
        Channel.Counter or Channel.Proxy or Channel.Online => 0,
        Channel.Registry => draw.Below(3),
        Channel.Bank => 1 + draw.Below(4),
        Channel.Post => 1 + draw.Below(7),
        Channel.Abroad => 10 + draw.Below(16),
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "No such channel."),
    };

    /// <summary>Often within ninety minutes of midnight, where a day in UTC is not the day in Tokyo.</summary>
    private static string OnlineInstant(DateOnly day, ref SplitMix64 draw)
    {
        var second = draw.Below(86_400);
        second = draw.Below(10) switch { < 2 => second % 5_400, < 4 => 86_399 - second % 5_400, _ => second };
        return InstantText.Of(day, second, ref draw);
    }

    private static string Source(Channel channel) => channel switch
    {
        Channel.Counter or Channel.Proxy => "jps-counter",
        Channel.Post or Channel.Abroad => "jps-post",
        Channel.Online => "jps-online",
        Channel.Bank => "bank-relay",
        Channel.Registry => "resident-registry",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "No such channel."),
    };

    private static Channel[] Weighted(params ReadOnlySpan<(Channel Channel, int Share)> shares)
    {
        var weighted = new List<Channel>();
        foreach (var (channel, share) in shares)
        {
            weighted.AddRange(Enumerable.Repeat(channel, share));
        }

        return [.. weighted];
    }
}
