using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.PossibleDays;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>
/// Late paper, missing and impossible days (rule 4; S11, S12). The numbers are listed, so the day decides.
/// </summary>
internal static class DateCases
{
    public static void Add(CaseBook book, Cast cast)
    {
        AddLatePaper(book, cast);
        AddMissingDays(book, cast);
        AddImpossibleDays(book, cast);
        AddNoDayAtAll(book, cast);
    }

    private static void AddLatePaper(CaseBook book, Cast cast)
    {
        Add("late-received-1-june", SteadyThree, May(28), June(1), June(10));
        Add("late-received-5-june", SteadyThree, May(30), June(5), June(8));
        Add("late-received-10-june", SteadyThree, May(29), June(10), June(16));
        Add("late-received-2-june", SteadyFour, May(31), June(2), June(4));
        Add("late-entered-20-june", SteadyTwo, May(25), June(9), June(20));
        Add("late-from-abroad", SteadyThree, May(27), July(20), July(22));
        Add("late-found-in-september", SteadyThree, May(29), September(24), September(25));

        // For a number first listed on 14 June the whole way of the form lies in the window: no doubt.
        Add("late-missing-received-9-june", MissingThree, May(30), June(9), June(11));
        Add("late-missing-received-15-june", MissingThree, May(30), June(15), June(17));
        Add("early-received-in-the-window", SteadyThree, May(6), May(11), May(12));
        Add("received-before-filed", SteadyThree, May(9), May(5), May(9));

        // A year mistyped is a day that can be read: it ranks the case, and with a pay-day of the year before.
        Add("mistyped-year", SteadyThree, new DateOnly(2014, 5, 25), May(28), May(29));

        void Add(string id, ListingClass name, DateOnly filed, DateOnly received, DateOnly entered) =>
            book.Add(id, cast.Take(name), CaseDays.Known(filed, received, entered), channel: Channel.Post);
    }

    private static void AddMissingDays(CaseBook book, Cast cast)
    {
        Add("unfiled-received-3-june", SteadyThree, "2015-06-03", "2015-06-04", June(4), TenUpTo(June(3)));
        Add("unfiled-received-10-june", SteadyThree, "2015-06-10", "2015-06-12", June(12), TenUpTo(June(10)));
        Add("unfiled-received-11-june", SteadyThree, "2015-06-11", "2015-06-12", June(12), TenUpTo(June(11)));
        Add("unfiled-received-20-june", SteadyThree, "2015-06-20", "2015-06-22", June(22), TenUpTo(June(20)));
        Add("unfiled-missing-received-20-june", MissingThree, "2015-06-20", "2015-06-22", June(22), TenUpTo(June(20)));
        Add("unfiled-missing-received-23-june", MissingThree, "2015-06-23", "2015-06-24", June(24), TenUpTo(June(23)));
        Add("unfiled-received-8-may", SteadyThree, "2015-05-08", "2015-05-11", May(11), TenUpTo(May(8)));
        Add("unfiled-received-7-may", SteadyThree, "2015-05-07", "2015-05-08", May(8), TenUpTo(May(7)));
        Add("unfiled-entered-29-may", SteadyThree, "", "2015-05-29", May(29), TenUpTo(May(29)));
        Add("unfiled-entered-12-june", SteadyThree, "", "2015-06-12", June(12), TenUpTo(June(12)));
        book.Add("received-unknown", cast.Take(SteadyThree),
            new("2015-05-27", "", "2015-06-09", June(9), FiledOnly(May(27))), channel: Channel.Post);

        void Add(
            string id, ListingClass name, string received, string entered, DateOnly arrives, PossibleDays possible) =>
            book.Add(id, cast.Take(name), new("", received, entered, arrives, possible), channel: Channel.Post);
    }

    private static void AddImpossibleDays(CaseBook book, Cast cast)
    {
        Add("filed-2051", "2051-05-20", "2015-05-27", "2015-05-27", May(27), TenUpTo(May(27)));
        Add("filed-30-february", "2015-02-30", "2015-05-12", "2015-05-13", May(13), TenUpTo(May(12)));
        Add("filed-in-the-era", "平成27年5月20日", "2015-05-21", "2015-05-22", May(22), TenUpTo(May(21)));
        Add("filed-with-slashes", "2015/05/20", "", "2015-05-22", May(22), TenUpTo(May(22)));
        Add("entered-before-filed", "2015-05-20", "2015-05-17", "2015-05-18", May(18), TenUpTo(May(17)));
        Add("entered-before-both", "2015-06-05", "2015-06-08", "2015-06-01", June(1), TenUpTo(June(1)));
        Add("filed-after-delivery", "2015-06-30", "2015-05-29", "2015-06-30", June(12), TenUpTo(May(29)));
        Add("received-2051", "2015-05-29", "2051-05-30", "2015-06-10", June(10), FiledOnly(May(29)));
        Add("received-2051-filed-june", "2015-06-03", "2051-05-30", "2015-06-10", June(10), FiledOnly(June(3)));
        Add("entered-in-december", "2015-05-20", "2015-05-21", "2015-12-31", May(22),
            FiledAndReceived(May(20), May(21)));

        // Entered at half past midnight of 2 June in Tokyo: the filed day is possible, and one day late.
        Add("entered-as-an-instant", "2015-06-02", "2015-06-02", "2015-06-01T15:30:00Z", June(2),
            FiledAndReceived(June(2), June(2)));

        void Add(string id, string filed, string received, string entered, DateOnly arrives, PossibleDays possible) =>
            book.Add(id, cast.Take(SteadyThree), new(filed, received, entered, arrives, possible));
    }

    private static void AddNoDayAtAll(CaseBook book, Cast cast)
    {
        Add("no-day", cast.Take(SteadyThree), "", May(20));
        Add("no-day-unreadable", cast.Take(SteadyTwo), "不明", May(22));
        Add("no-day-all-2051", cast.Take(SteadyThree), "2051-05-20", June(9));
        Add("no-day-missing", cast.Take(MissingThree), "", June(10));
        Add("no-day-july", cast.Take(SteadyFour), "20150520", July(15));
        Add("no-day-unlisted", cast.Take(Unlisted), "", May(20));

        // An unknown day counts as not later, on either side of a chain.
        var holder = cast.Take(SteadyThree);
        Add("no-day-chain-address", holder, "", May(21), ChangeKind.Address);
        book.Add("no-day-chain-account", holder, CaseDays.Counter(May(12)));
        holder = cast.Take(SteadyThree);
        book.Add("no-day-later-address", holder, CaseDays.Counter(May(29)), ChangeKind.Address);
        Add("no-day-earlier-account", holder, "", June(3));

        void Add(
            string id, int position, string days, DateOnly arrives, ChangeKind kind = ChangeKind.Account) =>
            book.Add(id, position, new(days, days, days, arrives, None), kind, Channel.Post);
    }
}
