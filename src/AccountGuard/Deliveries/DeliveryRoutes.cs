using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Deliveries;

/// <summary>
/// What arrived, the last of it first, and which of its rows wait; who only takes in sees what came under the same
/// login. A page names the next one in its Link header.
/// </summary>
public static class DeliveryRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/deliveries", ListAsync).For(Role.IncidentManager, Role.Intake)
            .Example(null, null, "limit=10");
        routes.MapGet("/api/deliveries/{id:long}/quarantine", QuarantineAsync)
            .For(Role.IncidentManager, Role.Intake).Example(null, null, "id=1");
    }

    /// <summary>The answer to a request with one row, which waits in quarantine.</summary>
    /// <param name="what">What the row says, as the sentence begins.</param>
    public static IResult Waits(string what, long delivery, long row, string code, string? field)
    {
        var status = code == QuarantineCode.OtherContent ? 409 : 422;
        return Problems.Of(status, status == 409 ? "other-content" : "quarantined",
            $"{what} waits in quarantine as row {row} of delivery {delivery}: {code}, field {field}: "
                + QuarantineCode.Remedy(code),
            new Dictionary<string, object?>
            {
                ["delivery"] = delivery,
                ["row"] = row,
                ["code"] = code,
                ["field"] = field,
            });
    }

    private static async Task<IReadOnlyList<ListedDelivery>> ListAsync(
        HttpContext context, Installation at, CancellationToken cancel, string? after = null,
        int limit = PageLimit.Usual)
    {
        PageLimit.Check(limit);
        var page = await ListDeliveries.PageAsync(at, DeliveryPlace.Parse(after), limit, OnlyOf(context), cancel);
        if (page.Count == limit)
        {
            context.Response.Headers.Link = $"</api/deliveries?after={page[^1].Place}&limit={limit}>; rel=\"next\"";
        }

        return page;
    }

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
