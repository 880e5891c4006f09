using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGuard.Identity;

/// <summary>
/// Who is let in: at /api machines with a known certificate, and bearers of a token of the configured OpenID Connect
/// provider or, where none is configured, of the development provider; at the pages people who have a session. A page's
/// cookie opens no route of /api, so that no other site can make a browser act there. What a revoked login was let in
/// with counts for nothing from then on.
/// </summary>
public static class SignIn
{
    public const string Audience = "accountguard";
    private const string ByAddress = "by address";

    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    private static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    /// <param name="services">Those of the application.</param>
    /// <param name="at">Where revocations stand.</param>
    /// <param name="settings">Identity:Authority and Identity:Audience, or neither.</param>
    /// <param name="development">Null where a provider is configured.</param>
    /// <param name="machines">Those that come with a certificate.</param>
    public static void Add(
        IServiceCollection services, Installation at, IConfiguration settings, DevelopmentProvider? development,
        Machines machines)
    {
        var schemes = services.AddAuthentication(ByAddress).AddPolicyScheme(ByAddress, null, policy =>
            policy.ForwardDefaultSelector = context =>
                !context.Request.Path.StartsWithSegments("/api") ? CookieAuthenticationDefaults.AuthenticationScheme
                : context.Connection.ClientCertificate is not null && context.Request.Headers.Authorization.Count == 0
                    ? CertificateAuthenticationDefaults.AuthenticationScheme : JwtBearerDefaults.AuthenticationScheme);
        var revocation = new Revocation(at);
        services.AddSingleton(revocation).AddSingleton<Persons>();
        machines.Add(schemes, revocation);
        Sessions.Add(schemes, at, revocation, settings, development);
        schemes.AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                NameClaimType = Caller.LoginClaim,
                RoleClaimType = Caller.RoleClaim,
                ClockSkew = ClockSkew,
                ValidAlgorithms = Algorithms,
                ValidAudience = settings["Identity:Audience"] ?? Audience,
                LifetimeValidator = (from, until, _, _) => until is { } end
                    && at.Clock.GetUtcNow().UtcDateTime is var now && now < end + ClockSkew
                    && (from is not { } start || now >= start - ClockSkew),
            };
            if (development is null)
            {
                options.Authority = settings["Identity:Authority"];
            }
            else
            {
                options.TokenValidationParameters.ValidIssuer = DevelopmentProvider.Issuer;
                options.TokenValidationParameters.IssuerSigningKey = development.Key;
            }

            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = context => RefuseRevokedAsync(revocation, context),
            };
        });
        services.AddAuthorization(Role.DenyByDefault);
        if (development is not null)
        {
            SessionRoutes.AddProvider(services, development);
        }
    }

    private static async Task RefuseRevokedAsync(Revocation revocation, TokenValidatedContext context)
    {
        var principal = context.Principal!;
        if (principal.FindFirst(Caller.LoginClaim) is null)
        {
            context.Fail("The token names no login.");
            return;
        }

        var caller = Caller.Of(principal);
        var issuedAt = new DateTimeOffset(((JsonWebToken)context.SecurityToken).IssuedAt, TimeSpan.Zero);
        if (await revocation.StandsAsync(caller, issuedAt, context.HttpContext.RequestAborted))
        {
            context.Fail("The login is revoked.");
        }
    }
}
