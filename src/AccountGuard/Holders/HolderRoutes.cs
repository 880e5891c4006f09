using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Holders;

/// <summary>What the payer knows of holders is delivered (Rules 13, 17).</summary>
public static class HolderRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/holders", DeliverAsync).For(Role.IncidentManager).Takes(Upload.Csv)
            .Example(Upload.Csv, "number,name,kana,address,address_since,protected\n"
                + "0000-123456,A. Holder,ホルダー エー,1-1 Example,2001-04-01,false\n");

    private static async Task<FileAnswer> DeliverAsync(
        HttpContext context, Installation at, IHostApplicationLifetime stopping, CancellationToken cancel)
    {
        using var file = await Upload.ReceiveAsync(context.Request, cancel);
        var answer = await ImportHolders.RunAsync(at, file, Upload.DeliveryId(context.Request),
            at.Clock.GetUtcNow(), null, stopping.ApplicationStopping, Upload.Sender(context));
        return await FileAnswer.OfAsync(at, answer, cancel);
    }
}
