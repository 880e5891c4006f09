using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>Changes under a new or a second number of a listed holder (rules 2 and 8; S41, S44).</summary>
internal static class AliasCases
{
    public static void Add(CaseBook book, Cast cast, ListLayout layout)
    {
        AddNewNumbers(book, cast, layout);
        AddSecondNumbers(book, cast, layout);
    }

    /// <summary>
    /// Paper from the window that was keyed after 24 August, under the number that the holder had by then.
    /// </summary>
    private static void AddNewNumbers(CaseBook book, Cast cast, ListLayout layout)
    {
        Late("new-number-three", New(SteadyThree), May(12), May(14), August(26));
        Late("new-number-four", New(SteadyFour), May(19), May(20), August(27));
        Late("new-number-two", New(SteadyTwo), May(25), May(26), September(2));
        Late("new-number-received-late", New(SteadyThree), May(28), August(26), August(28));
        Late("new-number-alert-gap", New(MissingThree), June(6), June(8), August(27));
        Late("new-number-after-the-window", New(SteadyThree), August(27), August(28), August(31));
        book.Add("new-number-no-day", New(SteadyThree), new("", "", "", August(26), PossibleDays.None));
        book.Cancel(Late("new-number-cancelled", New(SteadyThree), May(20), May(21), August(26)), September(9));

        var (old, renumbered) = OldAndNew(SteadyThree);
        book.Add("new-number-chain-address", old, CaseDays.Counter(May(21)), ChangeKind.Address);
        Late("new-number-chain-account", renumbered, May(25), May(27), August(26));
        (old, renumbered) = OldAndNew(SteadyThree);
        book.Add("old-number-chain-account", old, CaseDays.Counter(May(26)));
        Late("old-number-chain-address", renumbered, May(20), May(22), August(27), ChangeKind.Address);

        Filing Late(
            string id, int position, DateOnly filed, DateOnly received, DateOnly entered,
            ChangeKind kind = ChangeKind.Account) =>
            book.Add(id, position, CaseDays.Known(filed, received, entered), kind, Channel.Post);

        int New(ListingClass name) => OldAndNew(name).New;

        (int Old, int New) OldAndNew(ListingClass name)
        {
            var holder = cast.Take(name);
            book.Renumbered.Add(holder);
            return (holder, layout.RenumberedFrom(holder));
        }
    }

    /// <summary>What was delivered long before becomes due when two numbers turn out to be one person's.</summary>
    private static void AddSecondNumbers(CaseBook book, Cast cast, ListLayout layout)
    {
        var seconds = 0;

        // The form named the second number, the list the first.
        var (_, second) = Joined(SteadyThree);
        book.Add("second-number-account", second, CaseDays.Counter(May(18)));

        var (first, moved) = Joined(SteadyThree);
        book.Add("second-number-chain-address", moved, CaseDays.Counter(May(12)), ChangeKind.Address);
        book.Add("second-number-chain-account", first, CaseDays.Counter(May(19)));

        // Both numbers are listed, the second since 14 June only: one window of the two is enough.
        (first, _) = BothListed(SteadyTwo);
        book.Add("both-listed-10-june", first, CaseDays.Counter(June(10)));
        (first, _) = BothListed(SteadyThree);
        book.Add("both-listed-late-paper", first, CaseDays.Known(May(30), June(5), June(6)), channel: Channel.Post);
        (_, second) = BothListed(SteadyThree);
        book.Add("both-listed-under-the-second", second, CaseDays.Counter(May(20)));

        // The first number is renumbered too: the same person under three numbers is no clash.
        (first, second) = Joined(SteadyThree);
        book.Renumbered.Add(first);
        book.Add("three-numbers-address", second, CaseDays.Counter(May(11)), ChangeKind.Address);
        book.Add("three-numbers-account", layout.RenumberedFrom(first), CaseDays.Known(May(18), May(18), August(25)));

        (int First, int Second) Joined(ListingClass name) => Pair(cast.Take(name), layout.SecondNumber(seconds++));

        (int First, int Second) BothListed(ListingClass name) =>
            Pair(cast.Take(name), cast.Take(MissingFour, MissingThree));

        (int First, int Second) Pair(int one, int other)
        {
            book.SameHolder.Add((one, other));
            return (one, other);
        }
    }
}
