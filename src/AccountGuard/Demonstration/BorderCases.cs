using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>
/// Days on either side of a border: window, cutoff, closing, alert gap (rules 2, 3, 5, 22; S08, S10, S38).
/// </summary>
internal static class BorderCases
{
    public static void Add(CaseBook book, Cast cast)
    {
        AddWindow(book, cast);
        AddInstants(book, cast);
        AddAlertGap(book, cast);
        AddWhatIsWritten(book, cast);
    }

    private static void AddWindow(CaseBook book, Cast cast)
    {
        Counter(book, "filed-7-may", cast.Take(SteadyThree), May(7));
        Counter(book, "filed-8-may", cast.Take(SteadyThree), May(8));
        Counter(book, "filed-20-may", cast.Take(SteadyThree), May(20));
        Counter(book, "filed-21-may", cast.Take(SteadyFour), May(21));
        Counter(book, "filed-1-june", cast.Take(SteadyThree), June(1));
        Counter(book, "filed-2-june", cast.Take(SteadyThree), June(2));
        Counter(book, "unlisted-15-may", cast.Take(Unlisted), May(15));

        // The address change is the later one: no chain.
        var holder = cast.Take(SteadyThree);
        Counter(book, "account-first", holder, May(14));
        book.Add("address-later", holder, CaseDays.Counter(May(15)), ChangeKind.Address);

        // The address change lies before the window: it does not meet the rule and makes no chain.
        var moved = cast.Take(SteadyThree);
        book.Add("address-before-window", moved, CaseDays.Counter(May(1)), ChangeKind.Address);
        Counter(book, "account-in-window", moved, May(13));
    }

    private static void AddInstants(CaseBook book, Cast cast)
    {
        Instant("instant-last-second", "2015-06-01T23:59:59+09:00", June(1));
        Instant("instant-midnight", "2015-06-02T00:00:00+09:00", June(2));
        Instant("instant-z-2-june", "2015-06-01T15:30:00Z", June(2));
        Instant("instant-z-1-june", "2015-06-01T14:59:59Z", June(1));
        Instant("instant-z-8-may", "2015-05-07T15:00:00Z", May(8));
        Instant("instant-z-7-may", "2015-05-07T14:59:59.999Z", May(7));
        Instant("instant-z-21-may", "2015-05-20T15:00Z", May(21));
        Instant("instant-hawaii-2-june", "2015-06-01T08:00:00-10:00", June(2));
        Instant("instant-kiribati-1-june", "2015-06-02T04:30:00+14:00", June(1));

        void Instant(string id, string written, DateOnly day) =>
            book.Add(id, cast.Take(SteadyThree),
                new(written, written, $"{day.AddDays(1):yyyy-MM-dd}", day.AddDays(1),
                    PossibleDays.FiledAndReceived(day, day)),
                channel: Channel.Online);
    }

    /// <summary>Filed from 2 to 13 June for a number that no alert named before 14 June (rule 5).</summary>
    private static void AddAlertGap(CaseBook book, Cast cast)
    {
        Counter(book, "gap-1-june", cast.Take(MissingThree), June(1));
        Counter(book, "gap-2-june", cast.Take(MissingThree), June(2));
        Counter(book, "gap-5-june", cast.Take(MissingFour, MissingThree), June(5));
        Counter(book, "gap-13-june", cast.Take(MissingThree), June(13));
        Counter(book, "gap-14-june", cast.Take(MissingThree), June(14));
        Counter(book, "gap-steady-5-june", cast.Take(SteadyThree), June(5));
        Post("gap-entered-after-the-list", MissingTwo, June(10), June(13), June(16));
        Post("gap-received-14-june", MissingThree, June(12), June(14), June(15));
        Post("gap-from-window-to-gap", MissingThree, June(1), June(4), June(5));

        var inGap = cast.Take(MissingThree);
        book.Add("gap-chain-address", inGap, CaseDays.Counter(June(3)), ChangeKind.Address);
        Counter(book, "gap-chain-account", inGap, June(8));
        var across = cast.Take(MissingThree);
        book.Add("gap-chain-from-window-address", across, CaseDays.Counter(May(20)), ChangeKind.Address);
        Counter(book, "gap-chain-from-window-account", across, June(5));

        void Post(string id, ListingClass name, DateOnly filed, DateOnly received, DateOnly entered) =>
            book.Add(id, cast.Take(name, MissingThree), CaseDays.Known(filed, received, entered),
                channel: Channel.Post);
    }

    /// <summary>
    /// What cannot be read beside the days never keeps a change from being screened (contract, account changes).
    /// </summary>
    private static void AddWhatIsWritten(CaseBook book, Cast cast)
    {
        var day = CaseDays.Counter(May(18));
        book.Add("unreadable-account", cast.Take(SteadyThree), day, newAccount: "zengin:??");
        book.Add("unknown-channel", cast.Take(SteadyThree), day, channelText: "fax");
        book.Add("kind-left-empty", cast.Take(SteadyThree), day, kindText: "");

        // S22 and S23: one account on three holders, and there and back.
        foreach (var which in (string[])["a", "b", "c"])
        {
            book.Add($"shared-account-{which}", cast.Take(SteadyThree), day, newAccount: "zengin:0997-222-1-2222222");
        }

        var back = cast.Take(SteadyThree);
        book.Add("there-and-back-1", back, CaseDays.Counter(May(11)), newAccount: "zengin:0997-023-1-0000002");
        book.Add("there-and-back-2", back, CaseDays.Counter(May(29)), newAccount: "zengin:0997-023-1-0000001");
    }

    private static void Counter(CaseBook book, string id, int holder, DateOnly day) =>
        book.Add(id, holder, CaseDays.Counter(day));
}
