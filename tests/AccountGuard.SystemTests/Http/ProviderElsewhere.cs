using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using AccountGuard.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGuard.SystemTests.Http;

/// <summary>
/// Another service's OpenID Connect provider over https, each a process of its own: what one service's development
/// provider is to itself, a configured provider is to another.
/// </summary>
public sealed class ProviderElsewhere : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();
    private readonly List<Process> _processes = [];
    private DevelopmentProvider _development = null!;
    private string _provider = "";
    private string _service = "";

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _development = DevelopmentProvider.Open(_database.Home);
        var settings = Tls.Settings(_database.Home);
        settings["SSL_CERT_FILE"] = Tls.CertificateIn(_database.Home);
        _provider = await StartAsync(settings);
        settings["Identity:Authority"] = _provider;
        settings["DOTNET_ENVIRONMENT"] = "Production";
        _service = await StartAsync(settings);
    }

    public async Task DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await _database.DisposeAsync();
    }

    private async Task<string> StartAsync(Dictionary<string, string?> settings)
    {
        var (process, address) = await CommandRun.ServeAsync(
            _database, [.. settings.Select(s => (s.Key.Replace(":", "__"), s.Value))]);
        _processes.Add(process);
        return address.GetLeftPart(UriPartial.Authority);
    }

    private HttpClient Service(CookieContainer? cookies = null)
    {
        var handler = Tls.Trusting();
        handler.CookieContainer = cookies ?? new CookieContainer();
        return new HttpClient(handler) { BaseAddress = new Uri(_service) };
    }

    [Fact]
    public async Task people_sign_in_there_and_come_back_to_the_page_that_they_asked_for()
    {
        var cookies = new CookieContainer();
        using var browser = Service(cookies);
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var account = _development.Accounts.Single(a => a.Login == Role.Auditor);
        using var page = await Served.SignInAsync(browser, "/cases?reason=AlertGap", account.Login, account.Password);
        page.StatusCode.ShouldBe(HttpStatusCode.OK, await page.Content.ReadAsStringAsync());
        page.RequestMessage!.RequestUri!.ShouldBe(new Uri(new Uri(_service), "/cases?reason=AlertGap"));
        (await page.Content.ReadAsStringAsync()).ShouldContain(account.Name);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain($"form-action 'self' {_provider}");
        cookies.GetAllCookies().Single(c => c.Name == Sessions.Cookie).Secure.ShouldBeTrue();

        // It has no sign-in page of its own then.
        using var own = await browser.GetAsync("/development/authorize");
        own.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task its_tokens_let_machines_in_and_those_that_name_another_issuer_do_not()
    {
        using var machine = Service();
        foreach (var (issuer, audience, status) in new[]
                 {
                     (_provider + "/", SignIn.Audience, HttpStatusCode.OK),
                     (DevelopmentProvider.Issuer, SignIn.Audience, HttpStatusCode.Unauthorized),
                     (_provider + "/", "another-system", HttpStatusCode.Unauthorized),
                 })
        {
            machine.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", Token(issuer, audience));
            using var answer = await machine.GetAsync("/api/cases");
            answer.StatusCode.ShouldBe(status, $"{issuer} {audience}");
        }
    }

    [Fact]
    public async Task a_page_says_that_the_provider_does_not_answer()
    {
        _processes[0].Kill();
        await _processes[0].WaitForExitAsync();
        using var browser = Service();
        using var page = await browser.GetAsync("/cases");
        page.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await page.Content.ReadAsStringAsync()).ShouldContain("認証サービスが応答しません");
    }

    private string Token(string issuer, string audience) => new JsonWebTokenHandler().CreateToken(
        new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = new Dictionary<string, object>
            {
                [Caller.LoginClaim] = "auditing-system",
                [Caller.RoleClaim] = Role.Auditor,
            },
            SigningCredentials = new SigningCredentials(_development.Key, SecurityAlgorithms.EcdsaSha256),
        });
}
