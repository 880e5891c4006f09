using Xunit.Abstractions;

namespace AccountGuard.SystemTests.Gate;

/// <summary>The promise: no order in which facts meet leaves a change without its hit, or a hit without its ground.</summary>
public sealed class MeetingTests(GateDatabase laid, TurnstileDatabase held, ITestOutputHelper output)
    : IClassFixture<GateDatabase>, IClassFixture<TurnstileDatabase>
{
    private const int Sampled = 40;
    private const int SampledOfThree = 60;

    public static TheoryData<Encounter> Pairs => [.. Encounter.Pairs];

    public static TheoryData<Encounter> Threes => [.. Encounter.Threes];

    public static TheoryData<Encounter> All => [.. Encounter.Pairs, .. Encounter.Threes];

    [Theory]
    [MemberData(nameof(Pairs), DisableDiscoveryEnumeration = true)]
    public async Task no_interleaving_of_two_transactions_misses(Encounter encounter)
    {
        await using var meeting = await new Meeting(laid).OpenAsync(2);
        await meeting.RunAllAsync(encounter);
        Report(meeting);
        meeting.Broken.ShouldBeEmpty();
    }

    /// <summary>The test of the tests: with the gate off they see misses.</summary>
    [Theory]
    [MemberData(nameof(Pairs), DisableDiscoveryEnumeration = true)]
    public async Task with_the_gate_off_some_do(Encounter encounter)
    {
        await using var meeting = await new Meeting(held).OpenAsync(2, "set turnstile.gates = off");
        await meeting.RunAllAsync(encounter);
        Report(meeting);
        (meeting.Broken.Count > 0).ShouldBe(encounter.NeedsGate, string.Join('\n', meeting.Broken));
    }

    [Theory]
    [MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public async Task none_misses_when_statements_are_held_in_their_middle(Encounter encounter)
    {
        await using var meeting = await new Meeting(held).OpenAsync(encounter.Writers.Length);
        await meeting.RunSampleAsync(encounter, encounter.Writers.Length == 2 ? Sampled : SampledOfThree);
        Report(meeting);
        meeting.Broken.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Threes), DisableDiscoveryEnumeration = true)]
    public async Task with_the_gate_off_some_of_three_do(Encounter encounter)
    {
        await using var meeting = await new Meeting(held).OpenAsync(3, "set turnstile.gates = off");
        await meeting.RunSampleAsync(encounter, SampledOfThree);
        Report(meeting);
        meeting.Broken.ShouldNotBeEmpty();
    }

    private void Report(Meeting meeting) => output.WriteLine(
        $"{meeting.Schedules} schedules, {meeting.Broken.Count} broken, {meeting.Deadlocks} deadlocks");
}
