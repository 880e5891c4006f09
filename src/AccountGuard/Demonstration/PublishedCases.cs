using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>
/// The published figures of changes in the window among the listed: 35 holders with an address and an account change,
/// 74 with an address change alone. Who they were and when they filed is invented.
/// </summary>
internal static class PublishedCases
{
    private const int Coupled = 35;
    private const int AddressOnly = 74;

    public static void Add(CaseBook book, Cast cast, int seed)
    {
        for (var which = 1; which <= Coupled; which++)
        {
            var draw = SplitMix64.For(seed, Purpose.Cases, which);
            AddCoupled(book, cast.Take(ClassOf(which, Coupled)), which, ref draw);
        }

        for (var which = 1; which <= AddressOnly; which++)
        {
            var draw = SplitMix64.For(seed, Purpose.Cases, 1_000 + which);
            AddAddressOnly(book, cast.Take(ClassOf(which, AddressOnly)), which, ref draw);
        }
    }

    /// <summary>
    /// One in seven address changes is entered in June only: the account change is there before it (rule 6).
    /// </summary>
    private static void AddCoupled(CaseBook book, int holder, int which, ref SplitMix64 draw)
    {
        var moved = May(8).AddDays(draw.Below(18));
        var received = moved.AddDays(draw.Below(4));
        var entered = which % 7 == 3 ? June(8).AddDays(draw.Below(10)) : received.AddDays(draw.Below(3));
        var channel = draw.Pick([Channel.Post, Channel.Registry, Channel.Counter]);
        book.Add(
            $"chain-{which:D2}-address", holder, CaseDays.Known(moved, received, entered), ChangeKind.Address, channel,
            CaseBook.Published);

        var filed = moved.AddDays(draw.Below(8));
        var byPost = draw.Below(2) == 0;
        var arrived = byPost ? filed.AddDays(1 + draw.Below(3)) : filed;
        book.Add(
            $"chain-{which:D2}-account", holder, CaseDays.Known(filed, arrived, arrived.AddDays(draw.Below(3))),
            ChangeKind.Account, byPost ? Channel.Post : Channel.Counter, CaseBook.Published);
    }

    private static void AddAddressOnly(CaseBook book, int holder, int which, ref SplitMix64 draw)
    {
        var moved = May(8).AddDays(draw.Below(25));
        var received = moved.AddDays(draw.Below(4));
        var entered = which % 9 == 4 ? June(9).AddDays(draw.Below(10)) : received.AddDays(draw.Below(3));
        var channel = draw.Pick([Channel.Post, Channel.Registry, Channel.Counter]);
        book.Add(
            $"address-{which:D2}", holder, CaseDays.Known(moved, received, entered), ChangeKind.Address, channel,
            CaseBook.Published);

        // S21: an account change after the cutoff is shown with the address change and opens no case.
        if (which % 25 == 0)
        {
            book.Add($"after-address-{which:D2}", holder, CaseDays.Counter(July(6).AddDays(which % 4)));
        }
    }

    /// <summary>All tiers, and about one in ten first listed by the correction.</summary>
    private static ListingClass ClassOf(int which, int all) => (all - which, which % 10) switch
    {
        (0, _) => ListingClass.MissingFour,
        (1, _) => ListingClass.MissingTwo,
        ( < 4, _) => ListingClass.MissingThree,
        (_, 0) => ListingClass.SteadyFour,
        (_, 3) when which < 10 => ListingClass.FourInParts,
        (_, 5) => ListingClass.SteadyTwo,
        (_, 7) when which < 10 => ListingClass.RaisedToFour,
        (_, 8) when which < 10 => ListingClass.ThreeInParts,
        _ => ListingClass.SteadyThree,
    };
}
