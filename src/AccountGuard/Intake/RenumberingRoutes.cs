using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Intake;

/// <summary>Replaced numbers are delivered (Rule 8).</summary>
public static class RenumberingRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/renumberings", DeliverAsync).For(Role.IncidentManager).Takes(Upload.Csv)
            .Example(Upload.Csv, "old_number,new_number,effective_on\n0000-123456,0000-654321,2015-08-24\n");

    private static async Task<FileAnswer> DeliverAsync(
        HttpContext context, Installation at, IHostApplicationLifetime stopping, CancellationToken cancel)
    {
        using var file = await Upload.ReceiveAsync(context.Request, cancel);
        var answer = await ImportRenumbering.RunAsync(at, file, Upload.DeliveryId(context.Request),
            at.Clock.GetUtcNow(), null, stopping.ApplicationStopping, Upload.Sender(context));
        return await FileAnswer.OfAsync(at, answer, cancel);
    }
}
