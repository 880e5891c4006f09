using static AccountGuard.SystemTests.Gate.Facts;

namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// Transactions that meet, the facts before them, and the queue that must stand in the end, in whatever order they took
/// their steps (Rule 6).
/// </summary>
/// <param name="Queue">Open hits: request, reasons, tier, list version, pay-day.</param>
/// <param name="NeedsGate">False where a constraint of the tables orders the writers as well.</param>
public sealed record Encounter(string Name, string[] Before, string[][] Writers, string Queue, bool NeedsGate = true)
{
    /// <summary>What the next command does when all is committed: it finishes what is not published.</summary>
    public string After { get; init; } = "";

    private const string Nothing = "nothing";
    private const string Hit = "a: Listed, tier 1, version 1, pays 2015-06-15";
    private const string Alias = "a: Listed+Renumbered, tier 1, version 1, pays 2015-06-15";
    private const string Chain = "a: Listed+AddressChain, tier 1, version 1, pays 2015-06-15";

    public override string ToString() => Name;

    public static readonly Encounter[] Pairs =
    [
        new("filing × listing", [], [[File("a", Old)], [List(Old)]], Hit),
        new("filing × withdrawal", [List(Old)], [[File("a", Old)], [Withdraw(Old)]], Nothing),
        new("listing × withdrawal", [File("a", Old)], [[List(Old)], [Withdraw(Old)]], Nothing),
        new("listing × listing of a higher version", [File("a", Old)], [[List(Old, 1, 1)], [List(Old, 2, 2)]],
            "a: Listed, tier 3, version 1, pays 2015-06-15"),

        new("filing × renumbering", [List(Old)], [[File("a", New)], [Renumber(Old, New)]], Alias),
        new("filing of the old × renumbering, new listed", [List(New)],
            [[File("a", Old)], [Renumber(Old, New)]], Alias),
        new("filing × listing of its alias", [Renumber(Old, New)], [[File("a", New)], [List(Old)]], Alias),
        new("listing × renumbering", [File("a", New)], [[List(Old)], [Renumber(Old, New)]], Alias),
        new("withdrawal × renumbering", [File("a", New), List(Old)], [[Withdraw(Old)], [Renumber(Old, New)]], Nothing),
        new("two mappings of one chain", [File("a", Newer), List(Old)],
            [[Renumber(Old, New)], [Renumber(New, Newer)]], Alias),
        new("two mappings that clash", [File("a", Newer), List(Old)],
            [[Renumber(Old, New)], [Renumber(Newer, New)]], Alias),
        new("two mappings that close a circle", [File("a", New), List(Old)],
            [[Renumber(Old, New)], [Renumber(New, Old)]], Alias),

        new("filing × cutoff", [List(Old), Decide(1, "2015-06-10")],
            [[File("a", Old, "2015-06-05")], [PublishCutoff(Old)]], "a: Listed, tier 1, version 1, pays 2015-08-14"),
        new("filing × cutoff moved back", [List(Old), Decide(1, "2015-05-12")],
            [[File("a", Old)], [PublishCutoff(Old)]], Nothing),
        new("listing × cutoff", [File("a", Old, "2015-06-05"), Decide(1, "2015-06-10")],
            [[List(Old)], [PublishCutoff(Old)]], "a: Listed, tier 1, version 1, pays 2015-08-14"),
        new("listing × first cutoff", [Undeclare(Old), File("a", Old)], [[List(Old)], [PublishCutoff(Old)]], Hit),
        new("renumbering × cutoff", [File("a", New, "2015-06-05"), List(Old), Decide(1, "2015-06-10")],
            [[Renumber(Old, New)], [PublishCutoff(Old)]], "a: Listed+Renumbered, tier 1, version 1, pays 2015-08-14"),
        new("cutoff × a later cutoff", [List(Old), File("a", Old, "2015-06-05"), Decide(1, "2015-06-10")],
            [[PublishCutoff(Old)], [Decide(2, "2015-05-12"), PublishCutoff(Old)]], Nothing, NeedsGate: false),

        new("filing × its cancellation", [List(Old)], [[File("a", Old)], [Cancel("a")]], Nothing),
        new("filing × the same filing", [List(Old)], [[File("a", Old)], [File("a", Old)]], Hit, NeedsGate: false),
        new("cancellation × listing", [File("a", Old)], [[Cancel("a")], [List(Old)]], Nothing),
        new("cancellation × renumbering", [File("a", New), List(Old)], [[Cancel("a")], [Renumber(Old, New)]], Nothing),

        new("address change × account change", [List(Old)], [[FileAddress("b", Old)], [File("a", Old)]], Chain),
        new("address change × account change under an alias", [List(Old), Renumber(Old, New)],
            [[FileAddress("b", New)], [File("a", Old)]], Chain),
        new("address change × renumbering", [List(Old), File("a", Old)],
            [[FileAddress("b", New)], [Renumber(Old, New)]], Chain),
        new("cancelled address change × account change", [List(Old), FileAddress("b", Old)],
            [[Cancel("b")], [File("a", Old)]], Hit),
        new("address change × its cancellation", [List(Old), File("a", Old)],
            [[FileAddress("b", Old)], [Cancel("b")]], Hit),

        new("filing × replacement that lacks it", [List(Old), Deliver(2, true)],
            [[File("a", Old)], [PublishList(2, Old)]], Nothing),
        new("filing × replacement that has it", [List(Old), Deliver(2, true, Old)],
            [[File("a", Old)], [PublishList(2, Old)]], Hit, NeedsGate: false),
        new("filing under an alias × replacement", [List(Old), Renumber(New, Old), Deliver(2, true)],
            [[File("a", New)], [PublishList(2, Old)]], Nothing),
        new("renumbering × replacement", [List(Old), File("a", New), Deliver(2, true)],
            [[Renumber(New, Old)], [PublishList(2, Old)]], Nothing),
        new("lower version × replacement", [File("a", Old), Deliver(1, false, Old), Deliver(2, true)],
            [[PublishList(1, Old)], [PublishList(2, Old)]], Nothing),
        new("lower version under an alias × replacement",
            [Renumber(New, Old), File("a", New), Deliver(1, false, Old), Deliver(2, true)],
            [[PublishList(1, Old)], [PublishList(2, Old)]], Nothing),

        new("filing × closing date", [List(Old), Close("2015-06-15", "2015-05-15")],
            [[File("a", Old)], [PublishClosings(Old)]], "a: Listed, tier 1, version 1, pays 2015-08-14"),
        new("renumbering × closing date", [List(Old), File("a", New), Close("2015-06-15", "2015-05-15")],
            [[Renumber(Old, New)], [PublishClosings(Old)]],
            "a: Listed+Renumbered, tier 1, version 1, pays 2015-08-14"),
        new("listing × closing date", [File("a", Old), Close("2015-06-15", "2015-05-15")],
            [[List(Old)], [PublishClosings(Old)]], "a: Listed, tier 1, version 1, pays 2015-08-14"),
    ];

    /// <summary>What is decided or delivered is published by whoever finds that it is not.</summary>
    public static readonly Encounter[] Publications =
    [
        new("closing date × publication of another", [List(Old), File("a", Old), Close("2015-10-15", "2015-09-10")],
            [[Close("2015-06-15", "2015-05-15")], [PublishClosings(Old)]],
            "a: Listed, tier 1, version 1, pays 2015-08-14") { After = FinishClosings },
        new("closing date × a later one that is published", [List(Old), File("a", Old)],
            [[Close("2015-06-15", "2015-05-15")], [Close("2015-10-15", "2015-09-10"), FinishClosings]],
            "a: Listed, tier 1, version 1, pays 2015-08-14") { After = FinishClosings },
        new("a list in parts × in other parts", [File("a", Old), Deliver(1, false, Old)],
            [["select publish_list(1, 0, 170)"], ["select publish_list(1, 160, 255)"]], Hit),
    ];

    public static readonly Encounter[] Threes =
    [
        new("filing × listing × alias", [], [[File("a", New)], [List(Old)], [Renumber(Old, New)]], Alias),
        new("filing × two mappings of one chain", [List(Old)],
            [[File("a", Newer)], [Renumber(Old, New)], [Renumber(New, Newer)]], Alias),
        new("filing × alias × cutoff", [List(Old), Decide(1, "2015-06-10")],
            [[File("a", New, "2015-06-05")], [Renumber(Old, New)], [PublishCutoff(Old)]],
            "a: Listed+Renumbered, tier 1, version 1, pays 2015-08-14"),
        new("filing × its cancellation × listing", [], [[File("a", Old)], [Cancel("a")], [List(Old)]], Nothing),
        new("filing × lower version × replacement", [Deliver(1, false, Old), Deliver(2, true)],
            [[File("a", Old)], [PublishList(1, Old)], [PublishList(2, Old)]], Nothing),
        new("address change × account change × alias", [List(Old)],
            [[FileAddress("b", New)], [File("a", Old)], [Renumber(Old, New)]], Chain),
    ];
}
