using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.AffectedLists;

/// <summary>Versions of an affected list are delivered (Rules 1, 5, 6).</summary>
public static class ListRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/incidents/{id}/lists", DeliverAsync).For(Role.IncidentManager).Takes(Upload.Csv)
            .Produces<DeliveryAnswer>(StatusCodes.Status201Created)
            .Example(Upload.Csv, "number,name,birth_date,address\n0000-123456,A. Holder,1948-02-03,\n",
                "id=example-leak&version=1&liveFrom=2015-06-02&records=1&two=0&three=1&four=0");

    private static async Task<IResult> DeliverAsync(
        string id, int version, DateOnly liveFrom, long records, HttpContext context, Installation at,
        IHostApplicationLifetime stopping, CancellationToken cancel, long? two = null, long? three = null,
        long? four = null, long rounding = 0, bool replace = false)
    {
        var order = new ListOrder(
            id, version, liveFrom, new ControlTotals(records, two, three, four, rounding), replace,
            Upload.DeliveryId(context.Request), at.Clock.GetUtcNow(), Upload.Sender(context));
        using var file = await Upload.ReceiveAsync(context.Request, cancel);

        // What arrived whole is taken in whole, whether or not the sender waits for the answer.
        var answer = await ImportList.RunAsync(at, file, order, null, stopping.ApplicationStopping);
        return Results.Created((string?)null, answer);
    }
}
