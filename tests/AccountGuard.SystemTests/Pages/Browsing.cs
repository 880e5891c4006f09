using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.SystemTests.Http;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Pages;

/// <summary>
/// Debian's Chromium over a service with cases in its queue: more than a page of them, two incidents, and one that
/// ended.
/// </summary>
public sealed class Browsing : IAsyncLifetime
{
    public const string Incident = "leak";
    public const int Cases = 130;
    public const int CardCases = 3;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public Served Service { get; } = new();

    public async Task InitializeAsync()
    {
        await Service.InitializeAsync();
        await FillAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await Service.DisposeAsync();
    }

    /// <summary>A browser of its own, whose reader prefers this language.</summary>
    public async Task<Sight> OpenAsync(
        string language, int width = 1280, ColorScheme colours = ColorScheme.Light, bool withScript = true)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Service.App.Urls.First(),
            Locale = language == "ja" ? "ja-JP" : "en-GB",
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 900 },
            ColorScheme = colours,
            JavaScriptEnabled = withScript,
        });
        return await Sight.OfAsync(context, Service.Provider.Accounts);
    }

    private async Task FillAsync()
    {
        using var manager = Service.As(Role.IncidentManager);
        foreach (var (id, name) in new[] { ("cards", "返戻はがきの誤封入"), (Incident, "2015年5月の情報流出") })
        {
            await manager.PutAsync($"/api/incidents/{id}", Json(new
            {
                id,
                name,
                timeZone = "Asia/Tokyo",
                window = new { from = "2015-05-08" },
                cutoff = new { through = "2015-06-01" },
            })).BodyAsync(HttpStatusCode.Created);
        }

        var list = new StringBuilder("number,name,kana,birth_date,address\n");
        var changes = new StringBuilder(
            "source,request_id,kind,number,filed_on,received_on,entered_on,channel,office,new_account,"
            + "previous_account\n");
        for (var i = 0; i < Cases; i++)
        {
            var number = $"00{i:0000}7{i % 10}34";
            list.Append($"{number},A. Holder,,{(i % 3 == 0 ? "1948-02-03" : "")},{(i % 6 == 0 ? "1-2-3" : "")}\n");
            var day = (i % 20) switch { 0 => "", 1 => "2015-06-31", var n => $"2015-05-{n + 10:00}" };
            changes.Append($"office,R{i:000},account,{number},{day},{day},{day},post,東町,")
                .Append($"zengin:0001-001-1-1234{i:000},yucho:14000-12345{i:000}\n");
        }

        changes.Append("office,R005,cancel,0000057534,,,,,,,\n");
        await manager.PostAsync($"/api/incidents/{Incident}/lists?version=1&liveFrom=2015-06-02&records={Cases}",
            Csv(list.ToString())).BodyAsync(HttpStatusCode.Created);
        var few = string.Join('\n', list.ToString().Split('\n').Take(1 + CardCases));
        await manager.PostAsync($"/api/incidents/cards/lists?version=1&liveFrom=2015-06-02&records={CardCases}",
            Csv(few)).BodyAsync(HttpStatusCode.Created);
        using var intake = Service.As(Role.Intake);
        await intake.PostAsync("/api/account-changes", Csv(changes.ToString())).BodyAsync(HttpStatusCode.OK);
    }
}

/// <summary>What somebody sees in a browser, and does there by keyboard.</summary>
public sealed class Sight : IAsyncDisposable
{
    /// <summary>What is left of 1280 at 400 % (WCAG 1.4.10).</summary>
    public const int Narrowest = 320;

    private const string Guid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly IBrowserContext _context;
    private readonly IReadOnlyList<DevelopmentAccount> _accounts;
    private readonly List<string> _complaints = [];

    private Sight(IBrowserContext context, IPage page, IReadOnlyList<DevelopmentAccount> accounts)
    {
        (_context, Page, _accounts) = (context, page, accounts);
        page.Response += async (_, answer) =>
        {
            try
            {
                if (answer.Request.ResourceType == "document")
                {
                    KeptPages.Keep(new Uri(answer.Url),
                        answer.Headers.GetValueOrDefault("content-type")?.Split(';')[0], await answer.TextAsync());
                }
            }
            catch (PlaywrightException)
            {
                // A page that leads on at once, or is left at once, has nothing to keep.
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // An error page is a failed load to the browser.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: the server responded"))
            {
                _complaints.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts and breaches of the Content-Security-Policy so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public static async Task<Sight> OfAsync(IBrowserContext context, IReadOnlyList<DevelopmentAccount> accounts) =>
        new(context, await context.NewPageAsync(), accounts);

    public ValueTask DisposeAsync() => new(_context.CloseAsync());

    public async Task GoAsync(string path) => await Page.GotoAsync(path);

    /// <summary>
    /// The browser comes to an address whose path and query are like this, and its page is loaded. The browser's side
    /// is asked: <see cref="IPage.WaitForURLAsync(string, PageWaitForURLOptions)"/> looks first and listens then, and
    /// waits in vain for a page that comes between the two.
    /// </summary>
    public async Task ComesToAsync(string pattern)
    {
        await Assertions.Expect(Page).ToHaveURLAsync(
            new Regex($"^https?://[^/]+{pattern}$"), new() { Timeout = 30_000 });
        await Page.WaitForLoadStateAsync();
    }

    public Task PressAsync(string key) => Page.Keyboard.PressAsync(key);

    /// <summary>Goes to a page and signs in on the way, by keyboard.</summary>
    public async Task SignInAsync(string path, string role)
    {
        await GoAsync(path);
        await SignInAgainAsync(path, role);
    }

    /// <summary>Signs in where the page of it is shown, and comes to the path.</summary>
    public async Task SignInAgainAsync(string path, string role)
    {
        await Page.Locator("#login:focus").WaitForAsync();
        await Page.Keyboard.TypeAsync(role);
        await PressAsync("Tab");
        await Page.Keyboard.TypeAsync(_accounts.Single(a => a.Login == role).Password);
        await PressAsync("Enter");
        await ComesToAsync(Regex.Escape(path));
    }

    /// <summary>Tab, again and again, until what has the focus says this.</summary>
    public async Task TabToAsync(string text)
    {
        for (var i = 0; i < 60; i++)
        {
            await PressAsync("Tab");
            if ((await FocusAsync()).Contains(text))
            {
                return;
            }
        }

        throw new InvalidOperationException($"The key Tab never came to '{text}'.");
    }

    public Task<string> FocusAsync() =>
        Page.EvaluateAsync<string>("""
            () => {
              const at = document.activeElement;
              return at === document.body ? '' : (at.labels?.[0] ?? at).textContent.replace(/\s+/g, ' ').trim();
            }
            """);

    public Task<string> HeadingAsync() => Page.Locator("h1").InnerTextAsync();

    /// <summary>Opens what has the focus, and waits for its page.</summary>
    public async Task EnterAsync(string path)
    {
        await PressAsync("Enter");
        await ComesToAsync($".*{Regex.Escape(path)}.*");
    }

    /// <summary>
    /// What is drawn breaks no policy, fits the window and can be used by everybody; it is kept as a picture.
    /// </summary>
    /// <param name="whole">Also what lies below the window.</param>
    public async Task CheckAsync(string name, bool whole = false)
    {
        await KeepAsync(name, whole);

        // What is said so far: axe brings styles of its own, which the policy refuses.
        Complaints.ToList().ShouldBeEmpty(name);
        await FitsAsync(name);
        (await ViolationsAsync()).ShouldBeEmpty(name);
        var size = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(Narrowest, size.Height);
        await FitsAsync($"{name} at {Narrowest}");
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }

    /// <summary>
    /// What axe finds. Its own call for Playwright opens a second page to gather the results of frames, which no page
    /// has, and takes three times as long; and nobody reads what it says of elements that are as they should be.
    /// </summary>
    private async Task<string[]> ViolationsAsync()
    {
        await Page.EvaluateAsync(Axe);
        return await Page.EvaluateAsync<string[]>("""
            async () => (await axe.run({ resultTypes: ['violations'], selectors: false })).violations.map(
              v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(', ')}`)
            """);
    }

    /// <summary>On paper nothing can be pressed or filled in, and ink is dark on white whatever the screen's colours.
    /// </summary>
    public async Task IsPaperAsync(string name)
    {
        await Page.EmulateMediaAsync(new() { Media = Media.Print });
        await KeepAsync($"print-{name}", whole: true);
        (await Page.EvaluateAsync<string[]>("""
            () => {
              const light = colour => {
                const parts = colour.match(/[\d.]+/g).map(Number), whole = colour.startsWith('rgb') ? 255 : 1;
                const [r, g, b] = parts.map(v => v / whole).map(v => v > .04 ? ((v + .055) / 1.055) ** 2.4 : v / 12.92);
                return parts[3] === 0 ? null : .2126 * r + .7152 * g + .0722 * b;
              };
              return [...document.querySelectorAll('body, body *')]
                .filter(at => at.checkVisibility({ visibilityProperty: true }) && at.getClientRects().length)
                .filter(at => at.matches('button, input, select, textarea, main summary')
                  || (light(getComputedStyle(at).backgroundColor) ?? 1) < .9
                  || [...at.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim())
                     && light(getComputedStyle(at).color) > .18)
                .map(at => at.outerHTML.slice(0, 120));
            }
            """)).ShouldBeEmpty(name);
        await Page.EmulateMediaAsync(new() { Media = Media.Screen });
    }

    /// <summary>Nobody scrolls sideways.</summary>
    public async Task FitsAsync(string name) => (await Page.EvaluateAsync<string[]>("""
        () => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth <= clientWidth ? [] : [...document.querySelectorAll('body *')]
            .filter(at => at.getBoundingClientRect().right > clientWidth).map(at => at.outerHTML.slice(0, 80));
        }
        """)).ShouldBeEmpty(name);

    /// <summary>The page of a case is there.</summary>
    public Task OnceOfCaseAsync() => ComesToAsync($".*/{Guid}(\\?.*)?");

    /// <summary>A picture in artifacts/pages, to be looked at.</summary>
    public async Task KeepAsync(string name, bool whole = false)
    {
        await Page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Repository.Root, "artifacts", "pages", $"{name}.png"),
            FullPage = whole,
        });
    }
}

/// <summary>Tests that share a browser.</summary>
[CollectionDefinition(Name)]
public sealed class SharedBrowser : ICollectionFixture<Browsing>
{
    public const string Name = "shared browser";
}
