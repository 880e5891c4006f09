using System.Security.Claims;
using AccountGuard.Identity;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AccountGuard.Verification;

/// <summary>
/// A form of a case that comes after its session has ended changes nothing, and what was typed into it is kept for the
/// person who typed it. The old cookie says whose that is and opens nothing; the form's token says that it is a form of
/// ours, made for that person, and no other site's.
/// </summary>
public static class LateForms
{
    /// <summary>What is sent to this route too late is kept as a draft.</summary>
    public static RouteHandlerBuilder KeepsDrafts(this RouteHandlerBuilder route) => route.WithMetadata(new Marker());

    /// <summary>
    /// Between authentication, which knows that the session has ended, and authorization, which turns away.
    /// </summary>
    public static void Use(IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.User.Identity?.IsAuthenticated == true
            || context.GetEndpoint()?.Metadata.GetMetadata<Marker>() is null)
        {
            await next(context);
            return;
        }

        var change = Guid.Parse((string)context.GetRouteValue("id")!);
        var way = new AuthenticationProperties { RedirectUri = CaseRoutes.PathOf(change) };
        if (Sessions.OwnerOfEnded(context, Drafts.Kept) is { } owner && IsLetIn(context, owner)
            && await ReadAsync(context, owner) is { } form)
        {
            way.SetParameter(Sessions.DraftKept, await Drafts.KeepAsync(
                context.RequestServices.GetRequiredService<Installation>(), change, form, Caller.Of(owner),
                context.RequestAborted));
        }

        await context.ChallengeAsync(way);
    });

    private static bool IsLetIn(HttpContext context, ClaimsPrincipal owner) =>
        context.GetEndpoint()!.Metadata.GetOrderedMetadata<IAuthorizeData>()
            .All(asked => asked.Roles?.Split(',').Any(owner.IsInRole) == true);

    /// <summary>Null where it is no form of ours for this person, or holds nothing that was typed.</summary>
    private static async Task<CaseForm?> ReadAsync(HttpContext context, ClaimsPrincipal owner)
    {
        await Forms.ReceiveAsync(context.Request, Exhibits.LargestFile, context.RequestAborted);
        var nobody = context.User;
        try
        {
            // For this one question: a token is only good together with the person it was made for.
            context.User = owner;
            if (!await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
            {
                return null;
            }
        }
        finally
        {
            context.User = nobody;
        }

        var form = new CaseForm((string)context.GetRouteValue("action")!, context.Request.Form);
        return form.IsTyped() && Guid.TryParse(form["entry"], out _) ? form : null;
    }

    private sealed class Marker;
}
