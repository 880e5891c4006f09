using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using CsCheck;
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
    private const int HistoriesOfADatabase = 250;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ACCOUNTGUARD_LONG") == "1";

    [Fact]
    public Task facts_delivered_in_any_order_and_at_once_give_the_queue_of_the_rules() =>
        SampleAsync(IsLong ? 5_000 : 60, async (world, history) =>
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
            await SampleOnAsync(service.Database, IsLong ? 500 : 25, async (world, history) =>
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
        SampleAsync(IsLong ? 500 : 25, async (world, history) =>
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

    /// <summary>Plays histories, two at once; what they left behind in their database must reconcile.</summary>
    private async Task SampleAsync(int histories, Func<World, History, Task> property)
    {
        for (var left = histories; left > 0; left -= HistoriesOfADatabase)
        {
            var database = new FreshDatabase();
            await database.InitializeAsync();
            try
            {
                await SampleOnAsync(database, Math.Min(left, HistoriesOfADatabase), property);
            }
            finally
            {
                await database.DisposeAsync();
            }
        }
    }

    private async Task SampleOnAsync(
        FreshDatabase database, int histories, Func<World, History, Task> property, Served? service = null)
    {
        // Each history is played to its end on a thread of its own: CsCheck's asynchronous sampling lets two
        // tasks draw from one thread's generator, and then the seed that it prints is not the history's.
        await Task.Run(() => Histories.Any.Sample(
            history => PlayAsync(database, history, property, service).GetAwaiter().GetResult(),
            iter: Check.Seed is null ? histories : Check.Iter, threads: 2,
            writeLine: output.WriteLine,
            print: history => $"{history}\n\nWithout what is not needed for it:\n{Pruned(history)}"));

        History Pruned(History failing) =>
            failing.Prunings().FirstOrDefault(Fails) is { } less ? Pruned(less) : failing;
        bool Fails(History history)
        {
            try
            {
                PlayAsync(database, history, property, service).GetAwaiter().GetResult();
                return false;
            }
            catch (Exception)
            {
                return true;
            }
        }

        var found = await Reconcile.RunAsync(database.At, null, default);
        found.IsClean.ShouldBeTrue(found.ToString());
    }

    private static async Task PlayAsync(
        FreshDatabase database, History history, Func<World, History, Task> property, Served? service)
    {
        var world = new World(database, service);
        await world.DeclareAsync(history.Facts.Incidents);
        await property(world, history);
    }
}
