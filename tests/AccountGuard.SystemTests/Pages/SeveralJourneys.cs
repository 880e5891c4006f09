using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Verification;
using Microsoft.Playwright;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Pages;

/// <summary>What auditors do with the queue all day, in a real browser, by keyboard alone.</summary>
[Collection(SharedBrowser.Name)]
public sealed class SeveralJourneys(Browsing browsing)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["find"] = "番号で探す",
            ["found"] = "••••-•••734 と同じ人の別の番号に、案件が",
            ["do"] = "探す",
            ["filter"] = "4情報",
            ["look"] = "実行前に確かめる",
            ["before"] = "実行前の確認：引き継ぐ",
            ["will"] = "変わるもの 3件、変わらないもの 0件。",
            ["result"] = "結果：引き継ぐ",
            ["done"] = "実行 3件、もとから同じ 0件、断られたもの 0件。",
            ["taken"] = "auditorが案件 office",
            ["now"] = "たった今",
        },
        ["en"] = new()
        {
            ["find"] = "Find by number",
            ["found"] = "under ••••-•••734 and the holder's other numbers",
            ["do"] = "Find",
            ["filter"] = "4 fields",
            ["look"] = "Look first",
            ["before"] = "Before it is done: Hand them over",
            ["will"] = "3 will change, 0 will not.",
            ["result"] = "Result: Hand them over",
            ["done"] = "Done: 3. Was so before: 0. Refused: 0.",
            ["taken"] = "auditor took office",
            ["now"] = "just now",
        },
    };

    private static ILocator Status(Sight sight) => sight.Page.Locator("[role=status]");

    /// <summary>Finds a number by the keys of the queue; the number stands in no address.</summary>
    private static async Task FindAsync(Sight sight, Dictionary<string, string> words)
    {
        await sight.PressAsync("/");
        await sight.ComesToAsync("/cases/find");
        (await sight.HeadingAsync()).ShouldBe(words["find"]);
        await sight.Page.Locator("#number:focus").WaitForAsync();
        await sight.Page.Keyboard.TypeAsync("００００-177734");
        await sight.PressAsync("Tab");
        await sight.PressAsync("ArrowDown");
        await sight.PressAsync("Tab");
        await sight.PressAsync("Enter");
        await Status(sight).WaitForAsync();
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task an_auditor_finds_filters_selects_three_takes_them_and_hands_them_over(string language)
    {
        var words = Words[language];
        await using var sight = await browsing.OpenAsync(language);
        await sight.SignInAsync("/cases", Role.Auditor);
        await FindAsync(sight, words);
        (await sight.FocusAsync()).ShouldContain(words["found"]);
        new Uri(sight.Page.Url).PathAndQuery.ShouldBe("/cases/find");
        (await sight.Page.ContentAsync()).ShouldNotContain("177734");
        await sight.KeepAsync($"found-{language}");

        await sight.PressAsync("[");
        await sight.ComesToAsync("/cases");
        await SelectAsync();

        // They take them first: nobody gives away what is not theirs.
        await sight.TabToAsync(words["look"]);
        await sight.PressAsync("Enter");
        await sight.ComesToAsync("/cases/several/[^/]+");
        await sight.PressAsync("Enter");
        await sight.Page.Locator("h1:focus").WaitForAsync();
        (await Status(sight).InnerTextAsync()).ShouldBe(words["done"]);
        await sight.GoAsync("/cases");
        await SelectAsync();
        (await sight.Page.Locator("[data-count]").InnerTextAsync()).ShouldContain("3");
        (await sight.Page.Locator("#live").InnerTextAsync()).ShouldContain("3");
        await sight.KeepAsync($"select-{language}");
        await sight.PressAsync("a");
        await sight.PressAsync("ArrowDown");
        await sight.PressAsync("ArrowDown");
        await sight.PressAsync("Tab");
        await sight.Page.Keyboard.TypeAsync("utsumi");
        await sight.PressAsync("Tab");
        await sight.Page.Keyboard.TypeAsync("P2");
        await sight.TabToAsync(words["look"]);
        await sight.PressAsync("Enter");
        await sight.ComesToAsync("/cases/several/[^/]+");
        (await sight.HeadingAsync()).ShouldBe(words["before"]);
        (await Status(sight).InnerTextAsync()).ShouldBe(words["will"]);
        (await sight.Page.Locator(".several tbody tr").CountAsync()).ShouldBe(3);
        await sight.KeepAsync($"preview-{language}");

        // The button has the focus.
        await sight.PressAsync("Enter");
        await sight.Page.Locator("h1:focus").WaitForAsync();
        (await sight.HeadingAsync()).ShouldBe(words["result"]);
        (await Status(sight).InnerTextAsync()).ShouldBe(words["done"]);
        await sight.KeepAsync($"result-{language}");
        sight.Complaints.ShouldBeEmpty();

        async Task SelectAsync()
        {
            await sight.TabToAsync(words["filter"]);
            await sight.EnterAsync("tier=4");
            for (var i = 0; i < (language == "ja" ? 10 : 14); i++)
            {
                await sight.PressAsync("j");
            }

            for (var i = 0; i < 3; i++)
            {
                await sight.PressAsync("x");
                await sight.PressAsync("j");
            }
        }
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task one_takes_a_case_and_another_who_has_it_in_view_is_told(string language)
    {
        var words = Words[language];
        await using var watching = await browsing.OpenAsync(language);
        await watching.SignInAsync("/cases", Role.Approver);
        await watching.Page.Locator("[data-watching=yes]").WaitForAsync();
        var before = await watching.Page.Locator(".case .ref").AllInnerTextsAsync();
        await watching.PressAsync("j");
        var at = await watching.FocusAsync();

        await using var taking = await browsing.OpenAsync(language);
        await taking.SignInAsync("/cases", Role.Auditor);
        await taking.PressAsync("t");
        await taking.OnceOfCaseAsync();
        var id = new Uri(taking.Page.Url).Segments[^1];

        var row = watching.Page.Locator($"[data-case='{id}']");
        await row.Locator(".live").WaitForAsync();
        (await row.Locator(".c-who").InnerTextAsync()).ShouldContain("auditor");
        (await row.Locator(".c-who").InnerTextAsync()).ShouldContain(words["now"]);
        (await watching.Page.Locator("#live").InnerTextAsync()).ShouldStartWith(words["taken"]);
        (await watching.Page.Locator(".case .ref").AllInnerTextsAsync()).ShouldBe(before, "rows never move");
        (await watching.FocusAsync()).ShouldBe(at, "nor does the focus");
        await watching.KeepAsync($"hint-{language}");
        watching.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_note_changes_nobodys_case_and_one_that_is_given_back_is_nobodys()
    {
        await using var working = await browsing.OpenAsync("en");
        await working.SignInAsync("/cases", Role.Auditor);
        await working.PressAsync("t");
        await working.OnceOfCaseAsync();
        var id = new Uri(working.Page.Url).Segments[^1];

        await using var watching = await browsing.OpenAsync("en");
        await watching.SignInAsync("/cases", Role.Approver);
        await watching.Page.Locator("[data-watching=yes]").WaitForAsync();
        var row = watching.Page.Locator($"[data-case='{id}']");
        (await row.Locator(".c-who").InnerTextAsync()).ShouldBe("auditor");
        await working.PressAsync("n");
        await working.TabToAsync("Note");
        await working.Page.Keyboard.TypeAsync("called at her door");
        await working.TabToAsync("Keep the note");
        await working.PressAsync("Enter");
        await working.Page.Locator("[role=status]").WaitForAsync();

        // What comes behind it is told behind it.
        var other = FiledChange.IdOf("office", "R110");
        (await CaseWork.DoAsync(browsing.Service.Database.At, other, hand => ClaimCase.Decide(
            hand.Case, new ClaimCase(hand.Now.AddHours(1)), Saeki, hand.KeyedBy, hand.Now), default)).ShouldBeNull();
        await watching.Page.Locator($"[data-case='{other}'] .live").WaitForAsync();
        (await row.Locator(".live").CountAsync()).ShouldBe(0);

        await working.PressAsync("q");
        await row.Locator(".live").WaitForAsync();
        (await row.Locator(".c-who").InnerTextAsync()).ShouldStartWith("Nobody");
        (await watching.Page.Locator("#live").InnerTextAsync()).ShouldEndWith("is nobody's now");
        watching.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task several_cases_and_finding_need_no_script_and_nothing_typed_is_lost()
    {
        await using var sight = await browsing.OpenAsync("en", withScript: false);
        await sight.GoAsync("/cases?incident=cards");
        await sight.Page.Locator("#login").FillAsync(Role.Auditor);
        await sight.Page.Locator("#password").FillAsync(
            browsing.Service.Provider.Accounts.Single(a => a.Login == Role.Auditor).Password);
        await sight.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await sight.Page.Locator("[name=all]").CheckAsync();
        await sight.Page.Locator("[name=action]").SelectOptionAsync("snooze");
        await sight.Page.GetByRole(AriaRole.Button, new() { Name = "Look first" }).ClickAsync();
        (await sight.Page.Locator("#refused").InnerTextAsync()).ShouldContain("until: give a day");
        await sight.Page.Locator("[name=until]").FillAsync("2015-06-10");
        await sight.Page.GetByRole(AriaRole.Button, new() { Name = "Look first" }).ClickAsync();
        (await sight.Page.Locator(".several tbody tr").CountAsync()).ShouldBe(Browsing.CardCases);
        await sight.Page.GetByRole(AriaRole.Link, new() { Name = "Back to the queue" }).ClickAsync();
        await sight.Page.GetByRole(AriaRole.Link, new() { Name = "Find by number" }).ClickAsync();
        await sight.Page.Locator("#number").FillAsync("12345");
        await sight.Page.Locator("#purpose").SelectOptionAsync("AnswerToHolder");
        await sight.Page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        (await sight.Page.Locator("#number-err").InnerTextAsync()).ShouldContain("ten digits");
        (await sight.Page.Locator("#purpose").InputValueAsync()).ShouldBe("AnswerToHolder");
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Dark)]
    public async Task each_page_of_it_is_accessible_keeps_the_policy_and_fits(
        string language, int width, ColorScheme colours)
    {
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.SignInAsync("/cases?incident=cards", Role.Auditor);
        await sight.PressAsync("j");
        await sight.PressAsync("x");
        await sight.Page.Locator(".filters summary").ClickAsync();
        await CheckAsync(sight, "select");
        await sight.Page.Locator("#list [name=action]").SelectOptionAsync("snooze");
        await sight.Page.Locator("[name=until]").FillAsync("2015-06-10");
        await CheckAsync(sight, "select-snooze");
        await sight.PressAsync("Enter");
        await sight.ComesToAsync("/cases/several/[^/]+");
        await CheckAsync(sight, "preview");
        await sight.GoAsync("/cases/find");
        await CheckAsync(sight, "find");
        await sight.GoAsync("/cases?incident=cards");
        await FindAsync(sight, Words[language]);
        await CheckAsync(sight, "found");
    }

    private static async Task CheckAsync(Sight sight, string name)
    {
        var language = await sight.Page.Locator("html").GetAttributeAsync("lang");
        await sight.CheckAsync($"{name}-{language}-{sight.Page.ViewportSize!.Width}");
    }
}
