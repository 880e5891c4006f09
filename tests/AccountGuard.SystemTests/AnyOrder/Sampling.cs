using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using CsCheck;
using Xunit.Abstractions;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>Plays histories of a kind on databases, and prints the seed of one that failed.</summary>
internal sealed class Sampling(Gen<History> histories, ITestOutputHelper output)
{
    private const int HistoriesOfADatabase = 250;

    /// <summary>Plays histories, two at once; what they left behind in their database must reconcile.</summary>
    public async Task SampleAsync(
        int count, Func<World, History, Task> property, Func<FreshDatabase, Task>? afterwards = null)
    {
        for (var left = count; left > 0; left -= HistoriesOfADatabase)
        {
            var database = new FreshDatabase();
            await database.InitializeAsync();
            try
            {
                await SampleOnAsync(database, Math.Min(left, HistoriesOfADatabase), property);
                await (afterwards?.Invoke(database) ?? Task.CompletedTask);
            }
            finally
            {
                await database.DisposeAsync();
            }
        }
    }

    public async Task SampleOnAsync(
        FreshDatabase database, int count, Func<World, History, Task> property, Served? service = null)
    {
        // Each history is played to its end on a thread of its own: CsCheck's asynchronous sampling lets two
        // tasks draw from one thread's generator, and then the seed that it prints is not the history's.
        await Task.Run(() => histories.Sample(
            history => PlayAsync(database, history, property, service).GetAwaiter().GetResult(),
            iter: Check.Seed is null ? count : Check.Iter, threads: 2,
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
