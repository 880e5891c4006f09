using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace AccountGuard.Pages;

/// <summary>A page that the head of every page leads to, for those of its roles, by its keys.</summary>
public sealed record NavPage(string Path, string Text, string Keys, string[] Roles)
{
    public bool IsFor(ClaimsPrincipal person) => Roles.Any(person.IsInRole);
}

/// <summary>
/// What all pages have in common: the head's links, files for the browser, two languages, and headers that keep a page
/// from loading or sending anything elsewhere.
/// </summary>
public sealed class Site(bool isForDevelopment, IReadOnlyList<NavPage> pages)
{
    private const string AssetsPath = "/assets";
    private const string LanguageCookie = "accountguard-language";
    public const string Japanese = "ja";
    private static readonly string[] Languages = [Japanese, "en"];
    private static readonly EmbeddedFileProvider Assets = new(typeof(Site).Assembly, "AccountGuard.Pages.Assets");

    // Its address changes with its content, so that no browser keeps an old one.
    private static readonly Dictionary<string, string> Addresses = Assets.GetDirectoryContents("").ToDictionary(
        file => file.Name, file => $"{AssetsPath}/{file.Name}?v={DigestOf(file)}");

    public bool IsForDevelopment => isForDevelopment;

    public IEnumerable<NavPage> PagesFor(ClaimsPrincipal? person) =>
        person is null ? [] : pages.Where(page => page.IsFor(person));

    public static string Asset(string name) => Addresses[name];

    /// <summary>All but /api is pages.</summary>
    public static bool Has(HttpContext context) => !context.Request.Path.StartsWithSegments("/api");

    public static void Add(IServiceCollection services, Site site)
    {
        services.AddSingleton(site).AddHttpContextAccessor().AddLocalization();
        services.AddRazorComponents();

        // Japanese stays Japanese: as entities a page would be three times as long.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddAntiforgery(options => options.Cookie.Name = "accountguard-form");
        services.AddRequestLocalization(options =>
        {
            options.SetDefaultCulture(Languages[0]).AddSupportedCultures(Languages).AddSupportedUICultures(Languages);
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider { CookieName = LanguageCookie },
                new CustomRequestCultureProvider(context => Task.FromResult(Preferred(context.Request))),
            ];
        });
    }

    /// <param name="app">The pages' part of the service.</param>
    /// <param name="provider">Where signing out may lead to; null: nowhere else.</param>
    public static void Use(IApplicationBuilder app, string? provider)
    {
        var policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; "
            + $"frame-ancestors 'none'; form-action 'self' {OriginOf(provider)}".TrimEnd();
        app.Use((context, next) =>
        {
            // At the last moment: an error page begins with none.
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = StringValues.IsNullOrEmpty(headers.ContentSecurityPolicy)
                    ? policy : headers.ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers["Cross-Origin-Opener-Policy"] = "same-origin";
                headers.CacheControl = StringValues.IsNullOrEmpty(headers.CacheControl)
                    ? "no-store" : headers.CacheControl;
                return Task.CompletedTask;
            });
            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = Assets,
            RequestPath = AssetsPath,
            OnPrepareResponse = file =>
                file.Context.Response.Headers.CacheControl = "public, max-age=31536000, immutable",
        });
        app.UseRequestLocalization();
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/language", (string to, string? back, HttpContext context) =>
        {
            context.Response.Cookies.Append(
                LanguageCookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(
                    Languages.Contains(to) ? to : Languages[0])),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax });
            return Results.LocalRedirect(RedirectHttpResult.IsLocalUrl(back) ? back : "/");
        }).AllowAnonymous().ExcludeFromDescription();

    /// <summary>The browser's first language that is one of ours, in whatever country it is spoken.</summary>
    private static ProviderCultureResult? Preferred(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value.ToString().Split("-")[0])
        .FirstOrDefault(Languages.Contains) is { } first ? new ProviderCultureResult(first) : null;

    private static string OriginOf(string? address) =>
        string.IsNullOrEmpty(address) ? "" : new Uri(address).GetLeftPart(UriPartial.Authority);

    private static string DigestOf(IFileInfo file)
    {
        using var content = file.CreateReadStream();
        return Convert.ToHexStringLower(SHA256.HashData(content))[..12];
    }
}
