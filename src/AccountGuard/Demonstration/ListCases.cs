using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>What the correction of the list does to changes: opens, ends, raises (rules 1, 5, 6; S02 to S04).</summary>
internal static class ListCases
{
    public static void Add(CaseBook book, Cast cast)
    {
        // S04: the first wrong number stands on the list with the data of the first missing one. Both filed.
        Account("mistaken-for-another", cast.Take(WrongThree), May(18));
        Account("the-one-meant", cast.Take(MissingThree), May(18));

        Account("wrong-15-may", cast.Take(WrongThree), May(15));
        Account("wrong-four", cast.Take(WrongFour, WrongThree), May(22));
        Account("wrong-two", cast.Take(WrongTwo, WrongThree), June(1));
        Account("wrong-5-june", cast.Take(WrongThree), June(5));
        book.Add("wrong-entered-after-the-list", cast.Take(WrongThree),
            CaseDays.Known(May(20), May(22), June(18)), channel: Channel.Post);
        book.Add("wrong-doubtful", cast.Take(WrongThree),
            CaseDays.Known(May(30), June(4), June(5)), channel: Channel.Post);
        book.Add("wrong-no-day", cast.Take(WrongThree), new("", "", "", May(27), PossibleDays.None));
        var coupled = cast.Take(WrongThree);
        book.Add("wrong-chain-address", coupled, CaseDays.Counter(May(12)), ChangeKind.Address);
        Account("wrong-chain-account", coupled, May(19));

        // S03: in good time, for a number that was listed late.
        book.Add("listed-late", cast.Take(MissingThree), CaseDays.Known(May(20), May(20), May(21)));
        Account("raised-to-four", cast.Take(RaisedToFour), May(19));
        Account("raised-to-three", cast.Take(RaisedToThree), May(19));
        Account("three-in-parts", cast.Take(ThreeInParts), May(19));
        Account("four-in-parts", cast.Take(FourInParts), May(19));

        void Account(string id, int holder, DateOnly day) => book.Add(id, holder, CaseDays.Counter(day));
    }
}
