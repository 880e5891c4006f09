using System.Globalization;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Payments.Desk;

/// <summary>
/// The payment desk, for those who may see cases: what stands before the next pay-day, and what changed since a file
/// was handed off (Rules 18, 21, 23). The payment system asks over /api and has no pages.
/// </summary>
public static class DeskRoutes
{
    public static readonly NavPage Page =
        new("/payments", "Payments", "g p", [Role.Auditor, Role.Approver, Role.Compliance]);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page.Path, ShowAsync).For(Page.Roles).ExcludeFromDescription();
        routes.MapGet(Page.Path + "/runs/{id:long}/changes", ChangesAsync).For(Page.Roles)
            .RequireRateLimiting(Upload.Few).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, Installation at, DeadlineSettings settings, CancellationToken cancel) =>
        new RazorComponentResult<DeskPage>(new
        {
            Desk = await PaymentDesk.LoadAsync(at, settings, cancel),
            MayApprove = context.User.IsInRole(Role.Approver),
        });

    /// <summary>Where it is told what changed since a pay-run.</summary>
    public static string ChangesOf(long run) =>
        string.Create(CultureInfo.InvariantCulture, $"{Page.Path}/runs/{run}/changes");

    private static async Task<IResult> ChangesAsync(
        HttpContext context, Installation at, long id, CancellationToken cancel) =>
        new RazorComponentResult<RunChangesPage>(new
        {
            Bar = await IncidentBar.LoadAsync(at, null, cancel),
            Since = await PayRunChanges.SinceAsync(at, id, Caller.Of(context.User).ToString(), cancel),
        });
}
