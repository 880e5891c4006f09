using AccountGuard.SystemTests.Http;
using Xunit.Abstractions;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// Rule 6: whatever the order in which accepted facts arrive, the open queue is the same. A failure prints its seed:
/// <c>CsCheck_Seed=SEED CsCheck_Iter=1 ops/test --filter "FullyQualifiedName~AnyOrder"</c> plays that history again,
/// and without <c>CsCheck_Iter</c> a hundred more in search of a smaller one.
/// </summary>
public sealed class AnyOrderTests(ITestOutputHelper output)
{
    private const int Senders = 3;
    private readonly Sampling _sampling = new(Histories.Any, output);
    [Fact]
    public Task facts_delivered_in_any_order_and_at_once_give_the_queue_of_the_rules() =>
        _sampling.SampleAsync(LongRun.IsAsked ? 1_000 : 60, async (world, history) =>
        {
            var parcels = Arrival.Of(history);
            await DeliverAtOnceAsync(world, parcels);
            await world.FinishAsync();
            await ShouldBeTheModelAsync(world, history.Facts);
        });

    [Fact]
    public async Task over_http_too_and_the_filings_that_come_one_by_one()
    {
        var service = new Served();
        await service.InitializeAsync();
        try
        {
            await _sampling.SampleOnAsync(service.Database, LongRun.IsAsked ? 200 : 25, async (world, history) =>
            {
                // The service receives them now, whenever the history says.
                var now = service.Database.At.Clock.GetUtcNow();
                var received = history with
                {
                    Facts = history.Facts with
                    {
                        Changes = [.. history.Facts.Changes.Select(c => c with { DeliveredAt = now })],
                        Cancellations = [.. history.Facts.Cancellations.Select(c => c with { DeliveredAt = now })],
                    },
                };
                await DeliverAtOnceAsync(world, Arrival.Of(received));
                await ShouldBeTheModelAsync(world, received.Facts);
            }, service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static Task DeliverAtOnceAsync(World world, List<Parcel> parcels) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            foreach (var parcel in parcels.Where((_, at) => at % Senders == sender))
            {
                await world.DeliverAsync(parcel);
            }
        })));

    [Fact]
    public Task after_each_delivery_the_queue_is_that_of_the_facts_so_far() =>
        _sampling.SampleAsync(LongRun.IsAsked ? 200 : 25, async (world, history) =>
        {
            var soFar = Parcel.Nothing with { Incidents = history.Facts.Incidents };
            foreach (var parcel in Arrival.Of(history))
            {
                await world.DeliverAsync(parcel);
                soFar = soFar.With(parcel.Facts);
                await ShouldBeTheModelAsync(world, soFar);
            }
        });

    internal static async Task ShouldBeTheModelAsync(World world, Facts facts, string order = "")
    {
        foreach (var incident in facts.Incidents)
        {
            var found = string.Join('\n', await world.QueueOfAsync(incident));
            var wanted = string.Join('\n', Model.QueueOf(facts, incident));
            if (found != wanted)
            {
                Assert.Fail($"{order} The queue of i{incident.No} is\n{found}\nand by the rules\n{wanted}");
            }
        }
    }
}
