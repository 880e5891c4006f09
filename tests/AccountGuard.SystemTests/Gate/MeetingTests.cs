using Xunit.Abstractions;

namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// The promise: no order in which facts meet leaves a change without its hit, or a hit without its ground.
/// </summary>
public sealed class MeetingTests(GateDatabase laid, TurnstileDatabase held, ITestOutputHelper output)
    : IClassFixture<GateDatabase>, IClassFixture<TurnstileDatabase>
{
    // The longest of three writers have 1,680 orders.
    private static readonly int Every = LongRun.IsAsked ? 2_000 : 30;
    private static readonly int Few = LongRun.IsAsked ? 1_000 : 12;
    private static readonly int Many = LongRun.IsAsked ? 150 : 30;

    public static TheoryData<Encounter> All => [.. Encounter.Pairs, .. Encounter.Threes];

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public async Task no_interleaving_misses(Encounter encounter) =>
        Counted(await laid.Meeting.RunAsync(encounter, Every)).Broken.ShouldBeEmpty();

    /// <summary>The test of the tests: with the gate off they see misses.</summary>
    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public async Task with_the_gate_off_some_do(Encounter encounter)
    {
        var broken = Counted(await held.Meeting.RunAsync(encounter, Many, "all")).Broken;
        (broken.Count > 0).ShouldBe(encounter.NeedsGate, string.Join('\n', broken));
    }

    /// <summary>
    /// Each gate has its own test: the one that is passed in this function, of requests; taken alone, where the facts
    /// of one holder depend on each other; and read again, once what was read before has changed.
    /// </summary>
    [Theory]
    [InlineData("requests", "filing × its cancellation")]
    [InlineData("on_filing", "filing × listing")]
    [InlineData("on_cancellation", "cancellation × listing")]
    [InlineData("on_listing", "filing × listing")]
    [InlineData("on_renumbering", "filing × renumbering")]
    [InlineData("on_replacement", "filing under an alias × replacement")]
    [InlineData("publish_list", "filing × replacement that lacks it")]
    [InlineData("publish_cutoff", "filing × cutoff")]
    [InlineData("publish_closings", "filing × closing date")]
    [InlineData("alone in on_filing", "address change × account change")]
    [InlineData("alone in on_cancellation", "cancelled address change × account change")]
    [InlineData("read again", "filing × listing × alias")]
    public async Task each_gate_that_is_off_alone_lets_one_through(string gate, string encounter)
    {
        var met = Encounter.Pairs.Concat(Encounter.Threes).Single(e => e.Name == encounter);
        Counted(await held.Meeting.RunAsync(met, Many, gate)).Broken.ShouldNotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public async Task none_misses_when_statements_are_held_in_their_middle(Encounter encounter) =>
        Counted(await held.Meeting.RunHeldAsync(encounter, Few)).Broken.ShouldBeEmpty();

    public static TheoryData<Encounter> Publications => [.. Encounter.Publications];

    [Theory]
    [MemberData(nameof(Publications), DisableDiscoveryEnumeration = true)]
    public async Task nothing_stays_unpublished(Encounter encounter)
    {
        Counted(await laid.Meeting.RunAsync(encounter, Every)).Broken.ShouldBeEmpty();
        Counted(await held.Meeting.RunHeldAsync(encounter, Many)).Broken.ShouldBeEmpty();
    }

    private Tally Counted(Tally tally)
    {
        output.WriteLine($"{tally.Schedules} schedules, {tally.Broken.Count} broken, {tally.Deadlocks} deadlocks");
        return tally;
    }
}
