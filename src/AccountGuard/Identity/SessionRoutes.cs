using System.Security.Claims;
using System.Security.Cryptography;
using AccountGuard.Pages;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AccountGuard.Identity;

/// <summary>
/// Signing in at the development provider, whose sign-in page is the only one of ours; the first page; signing out.
/// </summary>
public static class SessionRoutes
{
    private const string AuthorizePath = "/development/authorize";
    private const string TokenPath = "/development/token";

    public static void AddProvider(IServiceCollection services, DevelopmentProvider development)
    {
        services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris(AuthorizePath).SetTokenEndpointUris(TokenPath);
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.RegisterScopes(Scopes.Profile);
            server.AddSigningKey(development.Key)
                .AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
            server.UseAspNetCore().EnableAuthorizationEndpointPassthrough().DisableTransportSecurityRequirement();

            // It has no store: one client, and codes that carry what they stand for.
            server.EnableDegradedMode();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(request =>
            {
                if (request.ClientId != Sessions.Client
                    || !IsOurs(request.RedirectUri, request.Transaction.GetHttpRequest()!.Host.Value))
                {
                    request.Reject(Errors.InvalidClient, "Only AccountGuard itself signs in here.");
                }

                return ValueTask.CompletedTask;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(request =>
            {
                if (request.ClientId != Sessions.Client)
                {
                    request.Reject(Errors.InvalidClient, "Only AccountGuard itself signs in here.");
                }

                return ValueTask.CompletedTask;
            }));
        });
    }

    public static void Map(IEndpointRouteBuilder routes, DevelopmentProvider? development)
    {
        routes.MapGet("/", (Site site, ClaimsPrincipal person) => site.PagesFor(person).FirstOrDefault() is { } first
            ? Results.Redirect(first.Path)
            : new RazorComponentResult<MessagePage>(new
            {
                Heading = "No page for your role yet",
                Text = "What your role does is done over /api or the command line: see README.",
            })).For(Role.All).ExcludeFromDescription();
        routes.MapPost("/sign-out", SignOutAsync).AsForm().For(Role.All);
        if (development is not null)
        {
            routes.MapMethods(AuthorizePath, ["GET", "POST"], (HttpContext context) => Authorize(context, development))
                .AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static IResult Authorize(HttpContext context, DevelopmentProvider development)
    {
        var request = context.GetOpenIddictServerRequest()
            ?? throw new InvalidOperationException("The provider was passed by.");
        var (login, password) = ((string?)request["login"], (string?)request[Parameters.Password]);
        if (context.Request.Method != HttpMethods.Post || development.Find(login, password) is not { } account)
        {
            context.Response.StatusCode = context.Request.Method == HttpMethods.Post
                ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK;
            return new RazorComponentResult<SignInPage>(new
            {
                Action = AuthorizePath,
                Login = login,
                HasFailed = context.Request.Method == HttpMethods.Post,
                HasExpired = (string?)request[Sessions.Expired] == "true",
                HasDraft = (string?)request[Sessions.DraftKept] == "true",
                Asked = request.GetParameters().Where(p => p.Key is not ("login" or Parameters.Password))
                    .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value ?? "")).ToList(),
            });
        }

        var identity = new ClaimsIdentity(DevelopmentProvider.Issuer, Caller.NameClaim, Caller.RoleClaim);
        identity.SetClaim(Caller.LoginClaim, account.Login).SetClaim(Caller.PersonClaim, account.Person)
            .SetClaim(Caller.NameClaim, account.Name).SetClaims(Caller.RoleClaim, [.. account.Roles])
            .SetDestinations(_ => [Destinations.IdentityToken]);
        identity.SetScopes(request.GetScopes());
        return Results.SignIn(
            new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    /// <summary>Also at the provider where it can: else whoever comes next would be signed in as before.</summary>
    private static async Task<IResult> SignOutAsync(
        IOptionsMonitor<OpenIdConnectOptions> options, HttpContext context, CancellationToken cancel)
    {
        var provider = await options.Get(OpenIdConnectDefaults.AuthenticationScheme).ConfigurationManager!
            .GetConfigurationAsync(cancel);
        string[] schemes = string.IsNullOrEmpty(provider.EndSessionEndpoint)
            ? [CookieAuthenticationDefaults.AuthenticationScheme]
            : [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme];
        return Results.SignOut(new() { RedirectUri = "/" }, schemes);
    }

    private static bool IsOurs(string? redirect, string? host) =>
        Uri.TryCreate(redirect, UriKind.Absolute, out var uri) && uri.AbsolutePath == Sessions.SignedInPath
        && (uri.IsLoopback || uri.Authority == host);
}
