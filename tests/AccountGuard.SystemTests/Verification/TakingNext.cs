using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Many auditors take cases until none is left.</summary>
public sealed class TakingNext(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private static readonly int Cases = LongRun.IsAsked ? 10_000 : 150;
    private static readonly int Auditors = LongRun.IsAsked ? 200 : 30;

    [Fact]
    public async Task no_case_is_taken_twice_and_none_is_skipped()
    {
        var (story, numbers) = (await BeginAsync(database), FreshNumbers(Cases));
        await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i}", n, $"2015-05-{10 + i % 20}"))]);
        await story.ListAsync(1, [.. numbers.Select((n, i) => Listed(n, 1 + i % 4))]);
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        var incident = (await IncidentBar.LoadAsync(story.At, story.Incident, CancellationToken.None))!.Incident.No;
        var taken = await Task.WhenAll(Enumerable.Range(0, Auditors).Select(async i =>
        {
            var own = new List<Guid>();
            while (await TakeNext.RunAsync(
                story.At, incident, new Caller($"auditor-{i}", $"A{i}"), CancellationToken.None) is { } change)
            {
                own.Add(change);
            }

            return own;
        }));
        taken.SelectMany(own => own).Order().ShouldBe(
            Enumerable.Range(0, Cases).Select(i => FiledChange.IdOf(story.Incident, $"R{i}")).Order());
    }
}
