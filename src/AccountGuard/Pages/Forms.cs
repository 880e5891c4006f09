using Microsoft.AspNetCore.Antiforgery;

namespace AccountGuard.Pages;

/// <summary>Routes that a form of our pages posts to.</summary>
public static class Forms
{
    /// <summary>What another site makes a browser send is refused.</summary>
    public static RouteHandlerBuilder AsForm(this RouteHandlerBuilder route) => route.AddEndpointFilter(
        async (context, next) =>
        {
            await context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>()
                .ValidateRequestAsync(context.HttpContext);
            return await next(context);
        }).ExcludeFromDescription();
}
