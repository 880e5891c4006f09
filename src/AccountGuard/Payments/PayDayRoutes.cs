using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Payments;

/// <summary>The pay-days, as the payment system plans its files by (Rule 21).</summary>
public static class PayDayRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/payments/pay-days", ListAsync).For(Role.PaymentSystem)
            .Example(null, null, "from=2015-06-01&limit=6");

    /// <summary>From a day on, today in Japan unless it is said.</summary>
    private static async Task<IResult> ListAsync(
        Installation at, DeadlineSettings settings, CancellationToken cancel, DateOnly? from = null,
        int limit = PageLimit.Usual)
    {
        PageLimit.Check(limit);
        return Results.Json(new
        {
            payDays = await PayDayCalendar.FromAsync(
                at, settings, from ?? PayDayCalendar.DayOf(at.Clock.GetUtcNow()), limit, cancel),
        });
    }
}
