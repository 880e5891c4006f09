using System.Globalization;
using System.Security.Claims;
using AccountGuard.Vault;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AccountGuard.Identity;

/// <summary>
/// People sign in at the OpenID Connect provider (code flow) and have a session here: a cookie that ends after half an
/// hour without a request, at the latest after twelve hours, and at the request after a revocation.
/// </summary>
public static class Sessions
{
    public const string Cookie = "accountguard-session";

    /// <summary>Asks the development provider to say that the session before has ended.</summary>
    public const string Expired = "expired";

    /// <summary>Asks it to say too that what was typed is kept.</summary>
    public const string DraftKept = "draft_kept";

    /// <summary>AccountGuard as the provider knows it, unless Identity:ClientId says otherwise.</summary>
    public const string Client = "accountguard";
    public const string SignedInPath = "/signed-in";

    private const string SignedInAt = "signed_in_at";
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);
    private static readonly string[] KeptClaims =
        [Caller.LoginClaim, Caller.PersonClaim, Caller.RoleClaim, Caller.NameClaim, Sources.Claim];

    public static void Add(
        AuthenticationBuilder schemes, Installation at, Revocation revocation, IConfiguration settings,
        DevelopmentProvider? development)
    {
        // Every service of the installation has the key, so that a session holds at all of them.
        schemes.Services.AddDataProtection().DisableAutomaticKeyGeneration();
        schemes.Services.AddSingleton<IDataProtectionProvider>(new KeyProtection(at.Keys));
        schemes.AddCookie(cookie =>
        {
            Guard(cookie.Cookie, development);
            cookie.Cookie.Name = Cookie;
            cookie.TimeProvider = at.Clock;
            cookie.ExpireTimeSpan = Idle;
            cookie.SlidingExpiration = true;
            cookie.ForwardChallenge = OpenIdConnectDefaults.AuthenticationScheme;
            cookie.Events = new CookieAuthenticationEvents
            {
                OnValidatePrincipal = context => RefuseRevokedAsync(at, revocation, context),
                OnCheckSlidingExpiration = context =>
                {
                    context.ShouldRenew &= context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<Unasked>() is null;
                    return Task.CompletedTask;
                },
                OnRedirectToAccessDenied = context =>
                {
                    context.Response.StatusCode = StatusCodes.Status403Forbidden;
                    return Task.CompletedTask;
                },
            };
        });
        schemes.AddOpenIdConnect(oidc =>
        {
            Guard(oidc.CorrelationCookie, development);
            Guard(oidc.NonceCookie, development);
            oidc.ClientId = settings["Identity:ClientId"] ?? Client;
            oidc.ClientSecret = settings["Identity:ClientSecret"];
            oidc.ResponseType = "code";
            oidc.ResponseMode = "query";
            oidc.CallbackPath = SignedInPath;
            oidc.MapInboundClaims = false;
            oidc.DisableTelemetry = true;
            oidc.TokenValidationParameters.NameClaimType = Caller.NameClaim;
            oidc.TokenValidationParameters.RoleClaimType = Caller.RoleClaim;
            oidc.Events = new OpenIdConnectEvents
            {
                OnRedirectToIdentityProvider = context =>
                {
                    if (context.Request.Cookies.ContainsKey(Cookie))
                    {
                        context.ProtocolMessage.SetParameter(Expired, "true");
                    }

                    // A form's own address is no page to come back to.
                    if (HttpMethods.IsPost(context.Request.Method)
                        && context.Properties.RedirectUri == context.Request.Path)
                    {
                        context.Properties.RedirectUri = "/";
                    }

                    if (context.Properties.GetParameter<bool>(DraftKept))
                    {
                        context.ProtocolMessage.SetParameter(DraftKept, "true");
                    }

                    return Task.CompletedTask;
                },
                OnTokenValidated = context => BeginAsync(at, context),
                OnRemoteFailure = context =>
                {
                    context.HandleResponse();
                    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                    return Task.CompletedTask;
                },
            };
            oidc.Authority = settings["Identity:Authority"];
        });
        if (development is not null)
        {
            // The provider is this service itself, wherever it came to listen.
            schemes.Services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
                .Configure<IServer>((oidc, server) =>
                {
                    oidc.Authority = OwnAddress(server);
                    oidc.RequireHttpsMetadata = false;
                });
        }
    }

    /// <summary>
    /// Whose session a cookie is that is authentic and lets in no longer: too old, or revoked. Good for nothing but to
    /// know whose something is.
    /// </summary>
    /// <param name="context">The request, which nobody was found to be signed in for.</param>
    /// <param name="atMost">How long ago the cookie may have been issued.</param>
    public static ClaimsPrincipal? OwnerOfEnded(HttpContext context, TimeSpan atMost)
    {
        var cookies = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(CookieAuthenticationDefaults.AuthenticationScheme);
        return cookies.CookieManager.GetRequestCookie(context, Cookie) is { } cookie
            && cookies.TicketDataFormat.Unprotect(cookie) is { Properties.IssuedUtc: { } issuedAt } ticket
            && cookies.TimeProvider!.GetUtcNow() - issuedAt < atMost ? ticket.Principal : null;
    }

    /// <summary>No script reads the cookie, and no other site's form sends it.</summary>
    private static void Guard(CookieBuilder cookie, DevelopmentProvider? development)
    {
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = development is null ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
    }

    private static string OwnAddress(IServer server)
    {
        var address = new UriBuilder(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()
            .Replace("//+", "//127.0.0.1").Replace("//*", "//127.0.0.1"));
        address.Host = address.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : address.Host;
        return address.Uri.GetLeftPart(UriPartial.Authority);
    }

    /// <summary>The session keeps what we ask for, and its beginning: a renewed cookie does not say it.</summary>
    private static async Task BeginAsync(Installation at, TokenValidatedContext context)
    {
        if (context.Principal!.FindFirst(Caller.LoginClaim) is null)
        {
            context.Fail("The provider names no login.");
            return;
        }

        var identity = new ClaimsIdentity(
            context.Principal.Claims.Where(c => KeptClaims.Contains(c.Type)), context.Scheme.Name, Caller.NameClaim,
            Caller.RoleClaim);
        identity.AddClaim(new Claim(
            SignedInAt, at.Clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
        context.Principal = new ClaimsPrincipal(identity);
        await context.HttpContext.RequestServices.GetRequiredService<Persons>().NoteAsync(
            Caller.Of(context.Principal), context.HttpContext.RequestAborted);
    }

    private static async Task RefuseRevokedAsync(
        Installation at, Revocation revocation, CookieValidatePrincipalContext context)
    {
        if (!await StandsAsync(at, revocation, context.Principal!, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
        }
    }

    /// <summary>A session that was let in still is: it is neither too old nor revoked.</summary>
    public static async Task<bool> StandsAsync(
        Installation at, Revocation revocation, ClaimsPrincipal principal, CancellationToken cancel)
    {
        var signedInAt = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(
            principal.FindFirstValue(SignedInAt)!, CultureInfo.InvariantCulture));
        return at.Clock.GetUtcNow() - signedInAt <= Longest
            && !await revocation.StandsAsync(Caller.Of(principal), signedInAt, cancel);
    }

    /// <summary>Protects cookies under the key file: what it makes is good for as long as that key is.</summary>
    private sealed class KeyProtection(KeyFile keys, string purpose = "") : IDataProtector
    {
        private readonly byte[] _key = keys.SessionKey(purpose);

        public IDataProtector CreateProtector(string inner) => new KeyProtection(keys, $"{purpose}/{inner}");

        public byte[] Protect(byte[] plaintext) => Sealed.Seal(_key, plaintext, []);

        public byte[] Unprotect(byte[] protectedData) => Sealed.Open(_key, protectedData, []);
    }
}

/// <summary>A route that pages ask by themselves: nobody's presence, so it keeps no session alive.</summary>
public sealed record Unasked;
