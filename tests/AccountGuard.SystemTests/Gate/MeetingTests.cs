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
    private static readonly int Few = LongRun.IsAsked ? 150 : 12;
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
        var broken = Counted(await held.Meeting.RunAsync(encounter, Many, gates: false)).Broken;
        (broken.Count > 0).ShouldBe(encounter.NeedsGate, string.Join('\n', broken));
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
