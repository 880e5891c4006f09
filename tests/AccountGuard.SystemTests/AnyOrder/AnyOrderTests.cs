using AccountGuard.Screening;
using CsCheck;
using Xunit.Abstractions;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// Rule 6: whatever the order in which accepted facts arrive, the open queue is the same. A failure prints its seed; the
/// same history, and smaller ones if there are any, is played again by <c>CsCheck_Seed=SEED ops/test --filter AnyOrder</c>.
/// </summary>
public sealed class AnyOrderTests(FreshDatabase database, ITestOutputHelper output) : IClassFixture<FreshDatabase>
{
    private const int Senders = 3;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ACCOUNTGUARD_LONG") == "1";

    [Fact]
    public async Task facts_delivered_in_any_order_and_at_once_give_the_queue_of_the_rules()
    {
        await SampleAsync(IsLong ? 5_000 : int.Parse(Environment.GetEnvironmentVariable("N") ?? "200"), async history =>
        {
            var world = new World(database);
            await world.DeclareAsync(history.Facts.Incidents);
            var parcels = Arrival.Of(history);
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
            {
                foreach (var parcel in parcels.Where((_, at) => at % Senders == sender))
                {
                    await world.DeliverAsync(parcel);
                }
            })));
            await Publication.FinishAsync(database.At, null, default);
            await ShouldBeTheModelAsync(world, history.Facts);
        });
        (await Reconcile.RunAsync(database.At, null, default)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public async Task after_each_delivery_the_queue_is_that_of_the_facts_so_far()
    {
        await SampleAsync(IsLong ? 500 : int.Parse(Environment.GetEnvironmentVariable("N") ?? "40"), async history =>
        {
            var world = new World(database);
            await world.DeclareAsync(history.Facts.Incidents);
            var soFar = Parcel.Nothing with { Incidents = history.Facts.Incidents };
            foreach (var parcel in Arrival.Of(history))
            {
                await world.DeliverAsync(parcel);
                soFar = new Facts(soFar.Incidents, [.. soFar.Cutoffs.Union(parcel.Facts.Cutoffs)],
                    [.. soFar.Lists.Union(parcel.Facts.Lists)], [.. soFar.Changes.Union(parcel.Facts.Changes)],
                    [.. soFar.Cancellations.Union(parcel.Facts.Cancellations)],
                    [.. soFar.Mappings.Union(parcel.Facts.Mappings)]);
                await ShouldBeTheModelAsync(world, soFar);
            }
        });
    }

    private static async Task ShouldBeTheModelAsync(World world, Facts facts)
    {
        foreach (var incident in facts.Incidents)
        {
            var found = string.Join('\n', await world.QueueOfAsync(incident));
            var wanted = string.Join('\n', Model.QueueOf(facts, incident));
            if (found != wanted)
            {
                Assert.Fail($"The queue of i{incident.No} is\n{found}\nand by the rules\n{wanted}");
            }
        }
    }

    /// <summary>
    /// Several histories at once. Each is played on a thread of its own to its end: CsCheck's asynchronous sampling lets
    /// two tasks draw from one thread's generator, and then the seed that it prints is not that of the history.
    /// </summary>
    private Task SampleAsync(int histories, Func<History, Task> property) => Task.Run(() => Histories.Any.Sample(
        history => property(history).GetAwaiter().GetResult(),
        writeLine: output.WriteLine, iter: histories, threads: 4, print: history => history.ToString()));
}
