using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Deliveries;

/// <summary>What arrived, and which of its rows wait; who only takes in sees what came under the same login.</summary>
public static class DeliveryRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/deliveries", ListAsync).For(Role.IncidentManager, Role.Intake);
        routes.MapGet("/api/deliveries/{id:long}/quarantine", QuarantineAsync)
            .For(Role.IncidentManager, Role.Intake).Example(null, null, "id=1");
    }

    private static Task<IReadOnlyList<ListedDelivery>> ListAsync(
        HttpContext context, Installation at, CancellationToken cancel) =>
        ListDeliveries.RunAsync(at, null, cancel, OnlyOf(context));

    private static async Task<IReadOnlyList<WaitingRow>> QuarantineAsync(
        long id, HttpContext context, Installation at, CancellationToken cancel)
    {
        // Another sender's delivery is not there, rather than forbidden: its number says nothing.
        var visible = await ListDeliveries.RunAsync(at, $"{id}", cancel, OnlyOf(context));
        return visible.Any(d => d.Delivery == id)
            ? await ListDeliveries.WaitingAsync(at, $"{id}", cancel, byNumber: true)
            : throw new BadInput($"There is no delivery {id}.", Fault.NotFound);
    }

    private static string? OnlyOf(HttpContext context) =>
        context.User.IsInRole(Role.IncidentManager) ? null : Upload.Sender(context);
}
