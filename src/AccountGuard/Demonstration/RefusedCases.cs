using static AccountGuard.Demonstration.ListingClass;
using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>Rows that end as duplicate or quarantined (rule 7): none of them may open, change or end a case.</summary>
internal static class RefusedCases
{
    public static void Add(CaseBook book, Cast cast)
    {
        var holder = cast.Take(SteadyThree);
        book.Refuse(book.Draft("nine-digits", holder, numberText: "123456789"), May(19));
        book.Refuse(book.Draft("twelve-digits", holder, numberText: "1234-5678-9012"), June(10));
        book.Refuse(book.Draft("letter-for-zero", holder, numberText: "1234-56789O"), June(10));
        book.Refuse(book.Draft("no-number", holder, numberText: ""), May(26));
        book.Refuse(book.Draft("", holder), May(19));
        book.Refuse(book.Draft("no-source", holder, source: ""), June(16));
        book.Refuse(book.Draft("unknown-kind", holder, kindText: "transfer"), May(20));
        book.Refuse(book.Draft("cancels-without-a-number", holder, numberText: "98765"), June(17), cancels: true);

        // Of two contents under one id the first received stands.
        AddOtherContent("other-account", newAccount: "zengin:0999-001-1-0000001");
        AddOtherContent("other-day", filedOn: "2015-06-20");

        foreach (var (id, on) in (ReadOnlySpan<(string, DateOnly)>)
            [("repeated-in-may", May(28)), ("repeated-in-june", June(12)), ("repeated-in-september", September(8))])
        {
            book.Repeat(book.Add(id, cast.Take(SteadyThree), CaseDays.Counter(May(18))), on);
        }

        void AddOtherContent(string id, string filedOn = "2015-05-18", string? newAccount = null)
        {
            var position = cast.Take(SteadyThree);
            book.Add(id, position, CaseDays.Counter(May(18)));
            book.Refuse(book.Draft(id, position, filedOn: filedOn, newAccount: newAccount), June(11));
        }
    }
}
