using AccountGuard.Identity;
using Microsoft.Playwright;

namespace AccountGuard.SystemTests.Pages;

/// <summary>
/// What an auditor and an approver do with a case, in a real browser, by keyboard alone: the letter of a key, Tab,
/// Space, arrows and Enter.
/// </summary>
[Collection(SharedBrowser.Name)]
public sealed class CaseJourneys(Browsing browsing)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["case"] = "案件",
            ["order"] = "手紙を頼む",
            ["paper"] = "書類の保管場所",
            ["sent"] = "発送を記録する",
            ["passport"] = "旅券",
            ["said"] = "届出について本人は",
            ["met"] = "面談を記録する",
            ["confirmed"] = "本人の意思と確認",
            ["propose"] = "提案する",
            ["approve"] = "承認する",
            ["back"] = "差し戻す",
        },
        ["en"] = new()
        {
            ["case"] = "Case",
            ["order"] = "Order a letter",
            ["paper"] = "Where the paper is kept",
            ["sent"] = "Record as sent",
            ["passport"] = "Passport",
            ["said"] = "The holder says of the change",
            ["met"] = "Record the meeting",
            ["confirmed"] = "Confirmed",
            ["propose"] = "Propose",
            ["approve"] = "Approve",
            ["back"] = "Send back",
        },
    };

    private static ILocator State(Sight sight) => sight.Page.Locator(".head .state");

    private static async Task DoneAsync(Sight sight, string key, string button)
    {
        await sight.PressAsync(key);
        await ThenAsync(sight, button);
    }

    private static async Task ThenAsync(Sight sight, string button)
    {
        await sight.TabToAsync(button);
        await sight.PressAsync("Enter");
        await sight.Page.Locator("[role=status]:focus").WaitForAsync();
    }

    /// <summary>Takes the next case and writes to its holder.</summary>
    private static async Task<string> WriteAsync(Sight sight, Dictionary<string, string> words)
    {
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.PressAsync("t");
        await sight.OnceOfCaseAsync();
        await sight.Page.Locator("h1:focus").WaitForAsync();
        (await sight.HeadingAsync()).ShouldStartWith(words["case"]);
        await DoneAsync(sight, "l", words["order"]);
        await sight.PressAsync("l");
        await sight.TabToAsync(words["paper"]);
        await sight.Page.Keyboard.TypeAsync("binder 7");
        await ThenAsync(sight, words["sent"]);
        return new Uri(sight.Page.Url).AbsolutePath;
    }

    /// <summary>Takes the next case and works it until only the verdict is missing.</summary>
    private static async Task<string> WorkAsync(Sight sight, Dictionary<string, string> words)
    {
        var address = await WriteAsync(sight, words);
        await sight.PressAsync("m");
        await sight.TabToAsync(words["passport"]);
        await sight.PressAsync("Space");
        await sight.TabToAsync(words["said"]);
        await sight.PressAsync("ArrowDown");
        await ThenAsync(sight, words["met"]);
        return address;
    }

    /// <param name="down">How far the verdict stands below Confirmed.</param>
    private static async Task ProposeAsync(Sight sight, Dictionary<string, string> words, int down = 0)
    {
        await sight.PressAsync("p");
        await sight.TabToAsync(words["confirmed"]);
        await sight.PressAsync("Space");
        for (var i = 0; i < down; i++)
        {
            await sight.PressAsync("ArrowDown");
        }

        await ThenAsync(sight, words["propose"]);
    }

    /// <summary>Another person approves what is proposed.</summary>
    private async Task<string> ApprovedAsync(string language, string address)
    {
        await using var approver = await browsing.OpenAsync(language);
        await approver.SignInAsync(address, Role.Approver);
        await approver.PressAsync("a");
        await ThenAsync(approver, Words[language]["approve"]);
        approver.Complaints.ShouldBeEmpty();
        return await State(approver).InnerTextAsync();
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task a_case_is_taken_worked_proposed_sent_back_proposed_again_and_approved(string language)
    {
        var words = Words[language];
        await using var auditor = await browsing.OpenAsync(language);
        var address = await WorkAsync(auditor, words);
        await auditor.KeepAsync($"case-{language}", whole: true);
        await ProposeAsync(auditor, words);

        await using var approver = await browsing.OpenAsync(language);
        await approver.SignInAsync(address, Role.Approver);
        await approver.KeepAsync($"case-approve-{language}", whole: true);
        await approver.PressAsync("a");
        await approver.TabToAsync(words["approve"]);
        await approver.PressAsync("Tab");
        await approver.Page.Keyboard.TypeAsync("the passport had ended");
        await ThenAsync(approver, words["back"]);
        (await approver.Page.Locator("#story").InnerTextAsync()).ShouldContain("the passport had ended");

        await auditor.GoAsync(address);
        await ProposeAsync(auditor, words);
        await approver.GoAsync(address);
        await approver.PressAsync("a");
        await ThenAsync(approver, words["approve"]);
        (await State(approver).InnerTextAsync()).ShouldContain(words["confirmed"]);
        auditor.Complaints.ShouldBeEmpty();
        approver.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_letter_is_answered_with_a_denial_that_one_proposes_and_another_approves()
    {
        var words = Words["ja"];
        await using var auditor = await browsing.OpenAsync("ja");
        var address = await WriteAsync(auditor, words);
        await auditor.PressAsync("l");
        await auditor.TabToAsync("手紙を送った住所から届いた");
        await auditor.PressAsync("Space");
        await auditor.TabToAsync(words["said"]);
        await auditor.PressAsync("End");
        await ThenAsync(auditor, "返事を記録する");
        (await auditor.Page.Locator("#story").InnerTextAsync()).ShouldContain("自分ではない");
        await ProposeAsync(auditor, words, down: 1);
        (await ApprovedAsync("ja", address)).ShouldContain("本人が否認");
        auditor.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task a_letter_comes_back_and_two_people_keep_the_holder_as_unreachable()
    {
        var words = Words["en"];
        await using var auditor = await browsing.OpenAsync("en");
        var address = await WriteAsync(auditor, words);
        await DoneAsync(auditor, "l", "Record as returned");
        await ProposeAsync(auditor, words, down: 2);
        var proposed = auditor.Page.Locator("#story li").Filter(new() { HasText = "Proposed: Unreachable" });
        (await proposed.InnerTextAsync()).ShouldContain("Take back");
        (await ApprovedAsync("en", address)).ShouldContain("Unreachable");

        await auditor.GoAsync(address);
        (await proposed.InnerTextAsync()).ShouldNotContain("Take back", customMessage: "two people decided it");
        auditor.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task what_is_refused_says_why_and_keeps_what_was_written()
    {
        await using var sight = await browsing.OpenAsync("en");
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.PressAsync("t");
        await sight.OnceOfCaseAsync();
        await sight.PressAsync("p");
        await sight.TabToAsync("Confirmed");
        await sight.PressAsync("ArrowDown");
        await sight.PressAsync("Tab");
        await sight.Page.Keyboard.TypeAsync("she said so on the phone");
        await sight.TabToAsync("Propose");
        await sight.PressAsync("Enter");
        await sight.Page.Locator("#refused:focus").WaitForAsync();
        (await sight.Page.Locator("#refused").InnerTextAsync()).ShouldContain("Evidence is missing for this verdict.");
        (await sight.Page.Locator("#propose-note").InputValueAsync()).ShouldBe("she said so on the phone");
        (await sight.Page.Locator("input[name=verdict]:checked").InputValueAsync()).ShouldBe("Denied");
        (await sight.Page.Locator("#story").InnerTextAsync()).ShouldContain("Refused: Evidence is missing");
        await sight.KeepAsync("case-refused", whole: true);
        sight.Complaints.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Dark)]
    public async Task the_page_of_a_case_is_accessible(string language, int width, ColorScheme colours)
    {
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.Page.Locator(".c-ref a").First.ClickAsync();
        await sight.OnceOfCaseAsync();
        foreach (var summary in await sight.Page.Locator("#work summary").AllAsync())
        {
            await summary.ClickAsync();
        }

        await sight.CheckAsync($"case-{language}-{width}-{colours}", whole: true);
        await sight.IsPaperAsync($"case-{language}-{width}-{colours}");
    }
}
