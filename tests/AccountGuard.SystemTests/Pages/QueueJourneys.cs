using System.Net;
using AccountGuard.Identity;
using AccountGuard.SystemTests.Http;
using Microsoft.Playwright;

namespace AccountGuard.SystemTests.Pages;

/// <summary>What an auditor does at the queue, in a real browser, by keyboard alone.</summary>
[Collection(SharedBrowser.Name)]
public sealed class QueueJourneys(Browsing browsing)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["queue"] = "確認待ち",
            ["keys"] = "キー操作",
            ["filter"] = "4情報",
            ["other"] = "English",
            ["out"] = "サインアウト",
            ["signin"] = "サインイン",
            ["skip"] = "本文へ移る",
            ["switch"] = "1文字キー",
            ["cards"] = "返戻はがき",
        },
        ["en"] = new()
        {
            ["queue"] = "Verification queue",
            ["keys"] = "Keys",
            ["filter"] = "4 fields",
            ["other"] = "日本語",
            ["out"] = "Sign out",
            ["signin"] = "Sign in",
            ["skip"] = "Skip to the content",
            ["switch"] = "Use keys of one letter",
            ["cards"] = "返戻はがき",
        },
    };

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task an_auditor_reads_the_queue_by_keyboard_alone(string language)
    {
        var words = Words[language];
        await using var sight = await browsing.OpenAsync(language);
        await sight.SignInAsync("/cases", Role.Auditor);
        (await sight.HeadingAsync()).ShouldBe(words["queue"]);
        (await sight.Page.Locator("html").GetAttributeAsync("lang")).ShouldBe(language);

        await sight.PressAsync("Tab");
        (await sight.FocusAsync()).ShouldBe(words["skip"]);
        await sight.PressAsync("Enter");
        (await sight.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("main");

        // Row by row, and never beyond the first.
        await sight.PressAsync("j");
        var first = await sight.FocusAsync();
        await sight.PressAsync("j");
        (await sight.FocusAsync()).ShouldNotBe(first);
        await sight.PressAsync("k");
        await sight.PressAsync("k");
        (await sight.FocusAsync()).ShouldBe(first);

        // The next page goes on where the first one ends.
        (await sight.Page.Locator(".case .c-rank").Last.InnerTextAsync()).ShouldBe("100");
        await sight.PressAsync("]");
        await sight.ComesToAsync(".*after=.*");
        (await sight.Page.Locator(".case .c-rank").First.InnerTextAsync()).ShouldBe("101");
        await sight.PressAsync("[");
        await sight.ComesToAsync("(?!.*after=).*");

        await sight.TabToAsync(words["filter"]);
        await sight.EnterAsync("tier=4");
        (await sight.Page.Locator(".case").CountAsync()).ShouldBe(22);
        (await sight.Page.Locator(".pill[aria-current]").InnerTextAsync()).ShouldContain(words["filter"]);

        // The other language shows the same, and stays.
        await sight.TabToAsync(words["other"]);
        await sight.EnterAsync("tier=4");
        var other = language == "ja" ? "en" : "ja";
        await sight.Page.Locator($"html[lang={other}]").WaitForAsync();
        (await sight.Page.Locator(".case").CountAsync()).ShouldBe(22);
        await sight.PressAsync("g");
        await sight.PressAsync("q");
        await sight.ComesToAsync("/cases");
        (await sight.HeadingAsync()).ShouldBe(Words[other]["queue"]);

        await sight.TabToAsync(Words[other]["out"]);
        await sight.PressAsync("Enter");
        await sight.ComesToAsync("/development/authorize.*");
        (await sight.HeadingAsync()).ShouldBe(Words[other]["signin"]);
        sight.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task keys_of_one_letter_can_be_switched_off_and_stay_so()
    {
        await using var sight = await browsing.OpenAsync("en");
        await sight.SignInAsync("/cases", Role.Auditor);
        var dialog = sight.Page.Locator("dialog[open]");
        await sight.PressAsync("?");
        (await dialog.CountAsync()).ShouldBe(1);
        await sight.PressAsync("j");
        (await sight.FocusAsync()).ShouldNotContain("office", customMessage: "no key works under a dialog");
        await sight.Page.Locator("#keys-on").FocusAsync();
        await sight.PressAsync("Space");
        await sight.PressAsync("Escape");
        (await dialog.CountAsync()).ShouldBe(0);

        await sight.GoAsync("/cases");
        await sight.PressAsync("j");
        (await sight.FocusAsync()).ShouldNotStartWith("office R");
        await sight.TabToAsync("Keys");
        await sight.PressAsync("Enter");
        (await dialog.CountAsync()).ShouldBe(1, "the link works without them");
        await sight.Page.Locator("#keys-on").FocusAsync();
        await sight.PressAsync("Space");
        await sight.PressAsync("Escape");
        (await sight.FocusAsync()).ShouldContain("Keys", customMessage: "closing leads back to where one was");
        await sight.PressAsync("j");
        (await sight.FocusAsync()).ShouldStartWith("office R");
    }

    [Fact]
    public async Task the_queue_and_signing_in_need_no_script()
    {
        await using var sight = await browsing.OpenAsync("en", withScript: false);
        await sight.GoAsync("/cases");
        await sight.Page.Locator("#login").FillAsync(Role.Auditor);
        await sight.Page.Locator("#password").FillAsync(
            browsing.Service.Provider.Accounts.Single(a => a.Login == Role.Auditor).Password);
        await sight.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await sight.Page.GetByRole(AriaRole.Link, new() { Name = "Next page" }).ClickAsync();
        (await sight.Page.Locator(".case .c-rank").First.InnerTextAsync()).ShouldBe("101");
        await sight.Page.Locator(".context summary").ClickAsync();
        await sight.Page.GetByRole(AriaRole.Link, new() { Name = Words["en"]["cards"] }).ClickAsync();
        (await sight.Page.Locator(".case").CountAsync()).ShouldBe(Browsing.CardCases);
    }

    [Fact]
    public async Task the_queue_shows_each_case_as_it_was_filed_and_masked()
    {
        await using var sight = await browsing.OpenAsync("en");
        await sight.SignInAsync("/cases", Role.Auditor);
        var text = await sight.Page.Locator("body").InnerTextAsync();
        text.ShouldContain("••••-•••034");
        text.ShouldNotMatch(@"\d{7,}");
        var doubtful = sight.Page.Locator(".case").Filter(new() { HasText = "office R001" });
        (await doubtful.InnerTextAsync()).ShouldContain("06-31");
        (await doubtful.Locator(".chip.warn").InnerTextAsync()).Trim().ShouldBe("Date in doubt");
        (await sight.Page.Locator(".grp").First.InnerTextAsync()).ShouldStartWith("First pay-day unknown");
        (await sight.Page.Locator(".context").InnerTextAsync()).ShouldContain("version 1");
        using var auditor = browsing.Service.As(Role.Auditor);
        var open = await auditor.GetAsync($"/api/cases?incident={Browsing.Incident}&limit=1000")
            .BodyAsync(HttpStatusCode.OK);
        (await sight.Page.Locator(".counters").InnerTextAsync())
            .ShouldContain($"{open.GetProperty("cases").GetArrayLength()}");

        await sight.GoAsync($"/cases?incident={Browsing.Incident}&state=Withdrawn");
        (await sight.Page.Locator(".case").InnerTextAsync()).ShouldContain("office R005");
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Dark)]
    public async Task every_page_is_accessible_keeps_the_policy_and_fits(
        string language, int width, ColorScheme colours)
    {
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.GoAsync("/cases");
        await sight.KeepAsync($"signin-{width}");
        await sight.Page.Locator("#login").FillAsync("nobody");
        await sight.Page.Locator("#password").FillAsync("wrong");
        await sight.PressAsync("Enter");
        await sight.Page.Locator("#failed").WaitForAsync();
        await CheckAsync(sight, "signin-failed");

        // Rows of each kind, and not many of them.
        await sight.SignInAsync("/cases?incident=cards", Role.Auditor);
        await CheckAsync(sight, "queue-short");
        await sight.PressAsync("?");
        await CheckAsync(sight, "keys");
        foreach (var (path, what) in new[]
                 {
                     ("/cases?incident=cards&reason=AlertGap", "empty"), ("/nowhere", "none"),
                 })
        {
            await sight.GoAsync(path);
            await CheckAsync(sight, what);
        }
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 1280, ColorScheme.Dark)]
    [InlineData("ja", 390, ColorScheme.Light)]
    public async Task the_queue_is_there_to_be_looked_at_on_screen_and_on_paper(
        string language, int width, ColorScheme colours)
    {
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.SignInAsync("/cases", Role.Auditor);
        var name = $"queue-{language}-{width}-{colours.ToString().ToLowerInvariant()}";
        await sight.KeepAsync(name);
        await sight.FitsAsync(name);
        await sight.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await sight.KeepAsync($"print-{name}");
        (await sight.Page.Locator("nav.nav, .filters, .btn").First.IsVisibleAsync()).ShouldBeFalse();
        (await sight.Page.Locator(".paper-only").First.IsVisibleAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task the_description_is_a_page_that_loads_nothing_from_elsewhere()
    {
        await using var sight = await browsing.OpenAsync("en");
        var asked = new List<string>();
        sight.Page.Request += (_, request) => asked.Add(new Uri(request.Url).GetLeftPart(UriPartial.Authority));
        await sight.GoAsync("/api/docs/");
        await sight.Page.GetByRole(AriaRole.Heading, new() { Name = "AccountGuard" }).First.WaitForAsync();
        asked.Distinct().ShouldBe([browsing.Service.App.Urls.First()]);
        sight.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(768)]
    [InlineData(Sight.Narrowest)]
    public async Task no_page_scrolls_sideways(int width)
    {
        await using var sight = await browsing.OpenAsync("en", width);
        await sight.SignInAsync("/cases", Role.Auditor);
        var @case = await sight.Page.Locator(".c-ref a").First.GetAttributeAsync("href");
        foreach (var path in (string[])
                 ["/cases", @case!, "/cases/find", "/letters", "/letters/reference", "/payments", "/recalls"])
        {
            await sight.GoAsync(path);
            await sight.Page.EvaluateAsync(
                "() => document.querySelectorAll('main details').forEach(details => details.open = true)");
            await sight.FitsAsync($"{path} at {width}");
        }
    }

    [Fact]
    public async Task help_is_open_for_the_first_time_until_somebody_closes_it()
    {
        await using var sight = await browsing.OpenAsync("en");
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.Page.Locator(".help[open]").WaitForAsync();
        (await sight.Page.Locator(".help li").CountAsync()).ShouldBe(3);
        await sight.TabToAsync("What to do first");
        await sight.PressAsync("Enter");
        await sight.Page.Locator(".help:not([open])").WaitForAsync();

        // The browser tells the script later than it shows it, and nobody leaves the page so soon.
        await sight.Page.WaitForFunctionAsync(
            "() => Object.entries(localStorage).some(([key, closed]) => key.startsWith('accountguard-help-') "
                + "&& closed === 'true')");

        // It is open for a moment only where the script would open it.
        await sight.GoAsync("/cases");
        await sight.PressAsync("j");
        (await sight.FocusAsync()).ShouldStartWith("office R");
        (await sight.Page.Locator(".help[open]").CountAsync()).ShouldBe(0);
        await sight.PressAsync("Enter");
        await sight.OnceOfCaseAsync();
        await sight.Page.Locator(".help[open]").WaitForAsync();
        sight.Complaints.ShouldBeEmpty();
    }

    private static Task CheckAsync(Sight sight, string name) =>
        sight.CheckAsync($"{name}-{sight.Page.ViewportSize!.Width}");
}
