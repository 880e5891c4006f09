using AccountGuard.Screening;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// Rule 6: all 720 orders of six facts that speak of each other, each order to the model's queue. In the long run all
/// of them, else twenty of each history.
/// </summary>
public sealed class AllOrders
{
    private const int Sampled = 20;
    private static readonly DeclaredIncident Incident =
        new(1, new DateOnly(2015, 3, 17), new DateOnly(2015, 3, 22), 3, false, "Asia/Tokyo");

    private static readonly DateTimeOffset Delivered = new(2015, 4, 20, 0, 0, 0, TimeSpan.Zero);

    private static Facts Listed(int version, int live, params ListRow[] rows) => Parcel.Nothing with
    {
        Lists = [new ListVersion(1, version, new DateOnly(2015, 3, live), false, rows)],
    };

    private static Facts Joined(int old, int @new) =>
        Parcel.Nothing with { Mappings = [new NumberMapping(old, @new, "renumbered", "")] };

    private static Facts Filed(string id, string kind, int number, string filed, string received = "") =>
        Parcel.Nothing with
        {
            Changes = [new ReportedChange("s", id, kind, number, filed, received, "", Delivered)],
        };

    private static Facts Cancelled(string id, int number) =>
        Parcel.Nothing with { Cancellations = [new ChangeCancellation("s", id, number, Delivered)] };

    private static Facts Moved(int decision, int through) =>
        Parcel.Nothing with { Cutoffs = [new CutoffDecision(1, decision, new DateOnly(2015, 3, through))] };

    private static readonly Facts[][] Histories =
    [
        // A chain of aliases, whose listed number is withdrawn and listed anew.
        [
            Listed(1, 20, new ListRow(1, false, ["name"])), Listed(2, 24, new ListRow(1, true, [])),
            Listed(3, 26, new ListRow(2, false, ["name", "address"])), Joined(1, 2), Joined(2, 3),
            Filed("a", "account", 3, "2015-03-21"),
        ],

        // A cancellation that comes before its change, an address change before an account change, a list that is live
        // after the cutoff.
        [
            Listed(1, 25, new ListRow(1, false, [])), Filed("a", "account", 1, "2015-03-23"),
            Filed("b", "address", 1, "2015-03-20"), Cancelled("b", 1), Filed("c", "account", 2, "2015-03-24"),
            Joined(2, 1),
        ],

        // A cutoff that is moved both ways.
        [
            Listed(1, 18, new ListRow(1, false, ["birth_date"])), Moved(1, 28), Moved(2, 18), Moved(3, 25),
            Filed("a", "account", 1, "2015-03-24", "2015-03-27"), Filed("b", "account", 1, "", "2015-03-26"),
        ],
    ];

    public static TheoryData<int> All => [.. Enumerable.Range(0, Histories.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task every_order_gives_the_queue_of_the_rules(int history)
    {
        var database = new FreshDatabase();
        await database.InitializeAsync();
        var facts = Histories[history].Aggregate(
            Parcel.Nothing with { Incidents = [Incident] }, (all, next) => all.With(next));
        Model.QueueOf(facts, Incident).ShouldNotBeEmpty("or the orders have nothing to get wrong");
        var orders = OrdersOf([.. Enumerable.Range(0, Histories[history].Length)]).ToArray();
        orders.Length.ShouldBe(720);
        if (!LongRun.IsAsked)
        {
            new Random(history).Shuffle(orders);
            orders = orders[..Sampled];
        }

        await Parallel.ForEachAsync(orders, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (order, _) =>
        {
            var world = new World(database);
            await world.DeclareAsync([Incident]);
            foreach (var at in order)
            {
                await world.DeliverAsync(new Parcel(null, Histories[history][at]));
            }

            await AnyOrderTests.ShouldBeTheModelAsync(world, facts, string.Join(',', order));
        });
        (await Reconcile.RunAsync(database.At, null, default)).IsClean.ShouldBeTrue();
        await database.DisposeAsync();
    }

    private static IEnumerable<int[]> OrdersOf(int[] steps) => steps.Length == 0 ? [[]]
        : steps.SelectMany(first => OrdersOf([.. steps.Where(s => s != first)])
            .Select(rest => (int[])[first, .. rest]));
}
