using System.Net;
using AccountGuard.Identity;

namespace AccountGuard.SystemTests.Http;

/// <summary>People sign in at the provider and have a session, which opens pages and no route of /api.</summary>
[Collection(SharedService.Name)]
public sealed class SessionTests(Served service) : IDisposable
{
    private const string ReadyToSignIn = "For staff who check account changes";

    public void Dispose() => service.Clock.By = TimeSpan.Zero;

    private static async Task<string> TextAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        return await answer.Content.ReadAsStringAsync();
    }

    [Fact]
    public async Task who_signs_in_comes_to_the_page_that_was_asked_for()
    {
        using var browser = service.Browser(out _);
        using var page = await service.SignInAsync(browser, "/cases?reason=AlertGap", Role.Auditor);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.RequestMessage!.RequestUri!.PathAndQuery.ShouldBe("/cases?reason=AlertGap");
        (await page.Content.ReadAsStringAsync()).ShouldContain("佐伯 遥");
    }

    [Theory]
    [InlineData("auditor", "wrong")]
    [InlineData("auditor", "")]
    [InlineData("nobody", "wrong")]
    [InlineData("", "")]
    public async Task a_wrong_name_or_password_is_told_and_begins_no_session(string login, string password)
    {
        using var browser = service.Browser(out var cookies);
        using var page = await Served.SignInAsync(browser, "/cases", login, password);
        page.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await page.Content.ReadAsStringAsync()).ShouldContain("The sign-in name or the password is wrong");
        cookies.GetAllCookies().ShouldNotContain(c => c.Name == Sessions.Cookie);
    }

    [Fact]
    public async Task a_session_opens_no_route_of_the_api_and_a_token_opens_no_page()
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        await browser.GetAsync("/api/cases").ProblemAsync(HttpStatusCode.Unauthorized);
        using var machine = service.As(Role.Auditor);
        machine.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        (await TextAsync(machine, "/cases")).ShouldContain(ReadyToSignIn);
    }

    [Fact]
    public async Task the_cookie_is_for_no_script_and_no_other_site_and_one_that_was_altered_counts_for_nothing()
    {
        using var browser = service.Browser(out var cookies);
        (await service.SignInAsync(browser, "/cases", Role.Auditor)).Dispose();
        var cookie = cookies.GetAllCookies().Single(c => c.Name == Sessions.Cookie);
        cookie.HttpOnly.ShouldBeTrue();
        cookie.Value = cookie.Value[..^8] + (cookie.Value[^8] == 'A' ? 'B' : 'A') + cookie.Value[^7..];
        (await TextAsync(browser, "/cases")).ShouldContain(ReadyToSignIn);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(31, true)]
    public async Task a_session_ends_after_half_an_hour_without_a_request(int minutes, bool hasEnded)
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        service.Clock.By = TimeSpan.FromMinutes(minutes);
        var page = await TextAsync(browser, "/cases");
        page.Contains(ReadyToSignIn).ShouldBe(hasEnded);
        page.Contains("You were signed out").ShouldBe(hasEnded);
    }

    [Fact]
    public async Task a_session_ends_after_twelve_hours_of_work()
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        for (var minutes = 20; minutes <= 12 * 60; minutes += 20)
        {
            service.Clock.By = TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(30);
            (await TextAsync(browser, "/cases")).Contains(ReadyToSignIn).ShouldBeFalse($"after {minutes} minutes");
        }

        service.Clock.By = TimeSpan.FromHours(12) + TimeSpan.FromSeconds(30);
        (await TextAsync(browser, "/cases")).ShouldContain(ReadyToSignIn);
    }

    [Fact]
    public async Task what_is_revoked_has_no_session_within_a_second_and_may_sign_in_anew()
    {
        using var browser = await service.BrowserOfAsync(Role.Compliance);
        await Revocation.RunAsync(
            service.Database.At, $"person-{Role.Compliance}", "test", "left", CancellationToken.None);
        (await Served.OnceReadAnewAsync(() => TextAsync(browser, "/cases"))).ShouldContain(ReadyToSignIn);
        using var again = await service.SignInAsync(browser, "/cases", Role.Compliance);
        again.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/cases");
    }

    [Fact]
    public async Task signing_out_ends_the_session_and_no_other_site_can_do_it()
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        using var forged = await browser.PostAsync("/sign-out", new FormUrlEncodedContent([]));
        forged.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await TextAsync(browser, "/cases");
        page.ShouldNotContain(ReadyToSignIn);

        var token = Between(page, "name=\"__RequestVerificationToken\" value=\"", "\"");
        using var ended = await browser.PostAsync(
            "/sign-out", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        (await TextAsync(browser, "/cases")).ShouldContain(ReadyToSignIn);
    }

    [Fact]
    public async Task only_our_own_client_and_way_back_are_signed_in_for()
    {
        using var browser = service.Browser(out _);
        using var asked = await browser.GetAsync("/cases");
        var address = asked.RequestMessage!.RequestUri!.PathAndQuery;
        foreach (var (from, to) in new[]
                 {
                     ("client_id=accountguard", "client_id=stranger"),
                     (WebUtility.UrlEncode(service.App.Urls.First()), "https%3A%2F%2Fevil.example"),
                     ("%2Fsigned-in", "%2Felsewhere"),
                     ("code_challenge=", "no_challenge="),
                 })
        {
            address.ShouldContain(from);
            using var refused = await browser.GetAsync(address.Replace(from, to));
            refused.StatusCode.ShouldBeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized);
            refused.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/development/authorize", to);
        }
    }

    [Theory]
    [InlineData("/signed-in?code=x&state=y")]
    [InlineData("/signed-in?error=access_denied")]
    public async Task a_way_back_that_nobody_was_sent_on_begins_no_session(string path)
    {
        using var browser = service.Browser(out var cookies);
        using var page = await browser.GetAsync(path);
        page.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await page.Content.ReadAsStringAsync()).ShouldContain("Signing in did not succeed");
        cookies.GetAllCookies().ShouldNotContain(c => c.Name == Sessions.Cookie);
    }

    [Theory]
    [InlineData("/cases?state=Withdrawn", "/cases?state=Withdrawn")]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData(null, "/")]
    public async Task choosing_a_language_leads_back_to_a_page_of_ours(string? back, string leadsTo)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        { BaseAddress = new Uri(service.App.Urls.First()) };
        using var answer = await client.GetAsync(
            "/language?to=en" + (back is null ? "" : $"&back={WebUtility.UrlEncode(back)}"));
        answer.Headers.Location!.OriginalString.ShouldBe(leadsTo);
    }

    [Fact]
    public async Task every_page_keeps_the_browser_from_loading_or_sending_anything_elsewhere()
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        foreach (var path in new[] { "/cases", "/cases?state=nonsense", "/nowhere", "/assets/keys.js" })
        {
            using var answer = await browser.GetAsync(path);
            answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                + "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'", path);
            answer.Headers.CacheControl!.NoStore.ShouldBe(!path.StartsWith("/assets"), path);
        }
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }
}
