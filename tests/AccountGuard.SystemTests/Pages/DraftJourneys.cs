using AccountGuard.Identity;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using Microsoft.Playwright;

namespace AccountGuard.SystemTests.Pages;

/// <summary>
/// Nothing that was typed is lost: not when the session ends in the middle of a note, not when another auditor is
/// faster. In a real browser, by keyboard alone.
/// </summary>
[Collection(SharedBrowser.Name)]
public sealed class DraftJourneys(Browsing browsing) : IDisposable
{
    // Another for each test: the next case may be one that an earlier test wrote on, and left.
    private readonly string _text = $"来所の予約は 6月15日 10:30。原本の免許証を持参するよう案内済み。受付 {Guid.NewGuid():N}";

    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["note"] = "メモ",
            ["keep"] = "メモを残す",
            ["kept"] = "下書きに残っています",
            ["draft"] = "の下書き：メモ",
        },
        ["en"] = new()
        {
            ["note"] = "Note",
            ["keep"] = "Keep the note",
            ["kept"] = "is kept as a draft",
            ["draft"] = ": a note",
        },
    };

    public void Dispose() => browsing.Service.Clock.By = TimeSpan.Zero;

    /// <summary>Takes the next case and begins a note.</summary>
    private async Task<string> WriteAsync(Sight sight, string note)
    {
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.PressAsync("t");
        await sight.OnceOfCaseAsync();
        await sight.PressAsync("n");
        await sight.TabToAsync(note);
        await sight.Page.Keyboard.TypeAsync(_text);
        return new Uri(sight.Page.Url).AbsolutePath;
    }

    private static async Task SendAsync(Sight sight, string button)
    {
        await sight.TabToAsync(button);
        await sight.PressAsync("Enter");
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Dark)]
    public async Task a_session_that_expires_in_the_middle_of_a_note_loses_no_word_of_it(
        string language, int width, ColorScheme colours)
    {
        var words = Words[language];
        await using var sight = await browsing.OpenAsync(language, width, colours);
        var address = await WriteAsync(sight, words["note"]);
        browsing.Service.Clock.By = TimeSpan.FromMinutes(31);
        await SendAsync(sight, words["keep"]);
        await sight.Page.Locator("#login:focus").WaitForAsync();
        (await sight.Page.Locator("main").InnerTextAsync()).ShouldContain(words["kept"]);
        await sight.KeepAsync($"signin-draft-{language}-{width}");
        await sight.SignInAgainAsync(address, Role.Auditor);
        (await sight.Page.Locator("#draft").InnerTextAsync()).ShouldContain(words["draft"]);
        (await sight.Page.Locator("#note-note").InputValueAsync()).ShouldBe(_text);
        (await sight.Page.Locator("#story").InnerTextAsync()).ShouldNotContain(_text);
        await sight.CheckAsync($"case-draft-{language}-{width}-{colours}", whole: true);

        await sight.GoAsync(address);
        await sight.PressAsync("d");
        await sight.TabToAsync(words["note"]);
        await SendAsync(sight, words["keep"]);
        await sight.Page.Locator("[role=status]").WaitForAsync();
        (await sight.Page.Locator("#story").InnerTextAsync()).ShouldContain(_text);
        (await sight.Page.Locator("#draft").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task a_session_that_is_revoked_in_the_middle_of_a_note_loses_no_word_of_it_also_without_script()
    {
        await using var sight = await browsing.OpenAsync("en", withScript: false);
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.TabToAsync("office R");
        await sight.PressAsync("Enter");
        await sight.OnceOfCaseAsync();
        var address = new Uri(sight.Page.Url).AbsolutePath;
        await sight.TabToAsync("Write a note");
        await sight.PressAsync("Enter");
        await sight.TabToAsync("Note");
        await sight.Page.Keyboard.TypeAsync(_text);
        await Revocation.RunAsync(
            browsing.Service.Database.At, $"person-{Role.Auditor}", "test", "left", CancellationToken.None);
        using var anyone = browsing.Service.As(Role.Compliance);
        await Served.OnceReadAnewAsync(() => anyone.GetAsync("/api/cases?limit=1"));
        await SendAsync(sight, "Keep the note");
        await sight.SignInAgainAsync(address, Role.Auditor);
        (await sight.Page.Locator("#note-note").InputValueAsync()).ShouldBe(_text);
        await SendAsync(sight, "Keep the note");
        await sight.Page.Locator("[role=status]").WaitForAsync();
        (await sight.Page.Locator("#story").InnerTextAsync()).ShouldContain(_text);
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Light)]
    public async Task who_proposes_while_another_works_sees_both_and_keeps_what_was_written(
        string language, int width, ColorScheme colours)
    {
        var isJapanese = language == "ja";
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.PressAsync("t");
        await sight.OnceOfCaseAsync();
        await sight.PressAsync("p");
        await sight.TabToAsync(isJapanese ? "本人の意思と確認" : "Confirmed");
        await sight.PressAsync("ArrowDown");
        await sight.PressAsync("ArrowDown");
        await sight.TabToAsync(isJapanese ? "メモ" : "Note");
        await sight.Page.Keyboard.TypeAsync(_text);
        await CaseWork.DoAsync(browsing.Service.Database.At, Guid.Parse(new Uri(sight.Page.Url).Segments[^1]),
            at => RecordCall.Decide(at.Case, new RecordCall(Guid.NewGuid(), Intent.Denied, at.Today, null),
                new Caller("utsumi", "P2"), at.Now), CancellationToken.None);
        await SendAsync(sight, isJapanese ? "提案する" : "Propose");
        await sight.Page.Locator("#conflict").WaitForAsync();
        var both = await sight.Page.Locator("#conflict").InnerTextAsync();
        both.ShouldContain("utsumi");
        both.ShouldContain(isJapanese ? "電話を受けた（証拠にならない" : "A call, which proves nothing");
        (await sight.Page.Locator("#mine").InputValueAsync()).ShouldBe(_text);
        (await sight.Page.Locator("#propose-note").InputValueAsync()).ShouldBe(_text);
        (await sight.Page.Locator("input[name=verdict]:checked").InputValueAsync()).ShouldBe("Unreachable");
        await sight.CheckAsync($"case-conflict-{language}-{width}", whole: true);
        await sight.TabToAsync(isJapanese ? "メモだけ追加する" : "Keep it as a note only");
        await sight.PressAsync("Enter");
        await sight.Page.Locator("[role=status]").WaitForAsync();
        (await sight.Page.Locator("#story").InnerTextAsync()).ShouldContain(_text);
    }
}
