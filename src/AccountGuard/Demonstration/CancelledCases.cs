using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>
/// Cancellations after, and before, what they cancel (rule 6; S15). A cancelled change counts for nothing.
/// </summary>
internal static class CancelledCases
{
    public static void Add(CaseBook book, Cast cast)
    {
        AddAccounts(book, cast);
        AddChains(book, cast);
        AddAroundTheCorrection(book, cast);
    }

    private static void AddAccounts(CaseBook book, Cast cast)
    {
        book.Cancel(Account(book, "cancelled-in-june", cast.Take(SteadyThree), May(15)), June(10));
        book.Cancel(Account(book, "cancelled-before-the-list", cast.Take(SteadyThree), May(15)), May(27));
        book.Cancel(Account(book, "cancelled-out-of-window", cast.Take(SteadyThree), April(20)), June(11));
        book.Cancel(Account(book, "cancelled-in-july", cast.Take(SteadyFour), May(25)), July(9));
        book.Cancel(Late(book, "cancelled-before-it-came", cast.Take(SteadyThree)), June(5));
        book.Cancel(Late(book, "cancelled-before-the-incident", cast.Take(SteadyThree)), May(29));
        book.Cancel(book.Add("cancelled-doubtful", cast.Take(SteadyThree),
            new("", "2015-06-03", "2015-06-04", June(4), PossibleDays.TenUpTo(June(3)))), June(30));
        book.Cancel(book.Add("cancelled-no-day", cast.Take(SteadyThree),
            new("", "", "", June(4), PossibleDays.None)), June(30));
        book.CancelNothing(book.Draft("cancels-nothing", cast.Take(SteadyThree)), June(9));

        // S15: keyed for the wrong person, cancelled, keyed again for the right one.
        book.Cancel(Account(book, "keyed-for-the-wrong-person", cast.Take(SteadyThree), May(26)), June(9));
        book.Add("keyed-again", cast.Take(SteadyThree), CaseDays.Known(May(26), May(26), June(9)));

        var twice = Account(book, "cancelled-twice", cast.Take(SteadyThree), May(28));
        book.Cancel(twice, June(12));
        book.Repeat(twice, June(25), cancels: true);
    }

    private static void AddChains(CaseBook book, Cast cast)
    {
        var (address, _) = Chain(book, "uncoupled-in-june", cast.Take(SteadyThree));
        book.Cancel(address, June(12));
        (address, _) = Chain(book, "uncoupled-in-july", cast.Take(SteadyTwo));
        book.Cancel(address, July(15));
        (address, _) = Chain(book, "uncoupled-before-the-list", cast.Take(SteadyThree));
        book.Cancel(address, May(30));
        (_, var account) = Chain(book, "chain-account-cancelled", cast.Take(SteadyThree));
        book.Cancel(account, June(11));
        (address, account) = Chain(book, "chain-cancelled-whole", cast.Take(SteadyThree));
        book.Cancel(address, June(10));
        book.Cancel(account, June(24));

        // Two address changes: with one cancelled, the other still makes the chain.
        var holder = cast.Take(SteadyThree);
        (address, _) = Chain(book, "chain-with-another-address", holder);
        book.Add("chain-with-another-address-2", holder, CaseDays.Counter(May(14)), ChangeKind.Address);
        book.Cancel(address, June(10));

        // The address change never counted: its cancellation was there first.
        holder = cast.Take(SteadyThree);
        Account(book, "never-coupled-account", holder, May(22));
        address = book.Add("never-coupled-address", holder, CaseDays.Known(May(18), May(20), June(16)),
            ChangeKind.Address, Channel.Post);
        book.Cancel(address, June(3));
    }

    private static void AddAroundTheCorrection(CaseBook book, Cast cast)
    {
        book.Cancel(Account(book, "cancelled-then-wrong", cast.Take(WrongThree), May(15)), June(10));
        book.Cancel(Account(book, "wrong-then-cancelled", cast.Take(WrongThree), May(15)), June(20));
        book.Cancel(Account(book, "cancelled-then-missing", cast.Take(MissingThree), May(15)), June(10));
        book.Cancel(Account(book, "missing-then-cancelled", cast.Take(MissingThree), June(6)), July(2));
    }

    private static Filing Account(CaseBook book, string id, int holder, DateOnly day) =>
        book.Add(id, holder, CaseDays.Counter(day));

    private static Filing Late(CaseBook book, string id, int holder) =>
        book.Add(id, holder, CaseDays.Known(May(25), May(29), June(18)), channel: Channel.Post);

    private static (Filing Address, Filing Account) Chain(CaseBook book, string id, int holder) => (
        book.Add($"{id}-address", holder, CaseDays.Counter(May(13)), ChangeKind.Address),
        book.Add($"{id}-account", holder, CaseDays.Counter(May(19))));
}
