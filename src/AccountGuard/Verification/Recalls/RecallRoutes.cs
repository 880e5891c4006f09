using System.Security.Claims;
using AccountGuard.Identity;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Verification.Recalls;

/// <summary>Payments to denied accounts, and what became of them (Rules 17, 23).</summary>
public static class RecallRoutes
{
    public static readonly NavPage Page =
        new("/recalls", "Recalls", "g m", [Role.Auditor, Role.Approver, Role.Compliance]);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Page.Path, ShowAsync).For(Page.Roles).ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(Installation at, ClaimsPrincipal reader, CancellationToken cancel) =>
        await RecallsView.LoadAsync(at, reader.IsInRole(Role.Protected), cancel) is { } view
            ? new RazorComponentResult<RecallsPage>(new { View = view })
            : new RazorComponentResult<MessagePage>(new
            {
                Heading = "No incident yet",
                Text = "An incident manager declares one with declare-incident or PUT /api/incidents/{id}.",
            });
}
