
namespace AccountGuard.SystemTests;

[Collection(SharedDatabase.Name)]
public sealed class HouseTests(FreshDatabase database)
{
    [Fact]
    public async Task a_reconciliation_of_nothing_is_clean()
    {
        var run = await CommandRun.OfAsync(database, "reconcile");
        run.Exit.ShouldBe(0, run.Messages);
    }
}
