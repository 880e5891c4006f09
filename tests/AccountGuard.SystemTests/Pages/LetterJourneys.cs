using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.SystemTests.Http;
using Microsoft.Playwright;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Pages;

/// <summary>A letter from its order to the post, in a real browser, by keyboard alone.</summary>
[Collection(SharedBrowser.Name)]
public sealed class LetterJourneys(Browsing browsing)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["order"] = "手紙を頼む",
            ["waits"] = "印刷待ち",
            ["printed"] = "照合待ち",
            ["own"] = "束を作った人は、別のログインでも出せません",
            ["release"] = "照合して出す",
            ["released"] = "発送してよい",
            ["sent"] = "発送を記録する",
            ["posted"] = "発送済み",
            ["stop"] = "差し止めを依頼する",
            ["asked"] = "差し止め依頼中",
            ["answer"] = "返事を記録する",
            ["look"] = "調べる",
            ["ours"] = "当方の手紙です",
        },
        ["en"] = new()
        {
            ["order"] = "Order a letter",
            ["waits"] = "Waits to be printed",
            ["printed"] = "Waits for release",
            ["own"] = "Whoever made a batch does not release it",
            ["release"] = "Check and release",
            ["released"] = "Released",
            ["sent"] = "Record as sent",
            ["posted"] = "In the post",
            ["stop"] = "Have it stopped",
            ["asked"] = "To be stopped",
            ["answer"] = "Record the answer",
            ["look"] = "Look it up",
            ["ours"] = "This letter is ours",
        },
    };

    /// <summary>The holder of a case of the shared service becomes known.</summary>
    private async Task<string> KnownAsync(int i, string rest)
    {
        using var manager = browsing.Service.As(Role.IncidentManager);
        await manager.PostAsync("/api/holders", Csv(
            $"number,name,postal_code,address,address_since,protected\n00{i:0000}7{i % 10}34,{rest}\n"))
            .BodyAsync(HttpStatusCode.OK);
        return $"/cases/{FiledChange.IdOf("office", $"R{i:000}")}";
    }

    /// <summary>How often the approver took a letter out.</summary>
    private async Task<long> AccessRecordsAsync()
    {
        await using var count = browsing.Service.Database.At.Database.CreateCommand(
            "select count(*) from access_record where fields = 'letter' and who = 'approver (person-approver)'");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static Task<string> PanelAsync(Sight sight) => sight.Page.Locator("#letter").InnerTextAsync();

    private static async Task OrderAsync(Sight sight, string order)
    {
        await sight.PressAsync("l");
        await sight.TabToAsync(order);
        await sight.PressAsync("Enter");
        await sight.Page.Locator("[role=status]:focus").WaitForAsync();
    }

    private static async Task<string> AccessibleAsync(Sight sight, string name)
    {
        await sight.CheckAsync(name, whole: true);
        return new Uri(sight.Page.Url).AbsolutePath;
    }

    [Theory]
    [InlineData("ja", 10, 1280, ColorScheme.Light)]
    [InlineData("en", 11, 390, ColorScheme.Dark)]
    public async Task a_letter_is_ordered_printed_released_by_another_and_posted(
        string language, int i, int width, ColorScheme colours)
    {
        var words = Words[language];
        var name = $"{language}-{width}-{colours}";
        var path = await KnownAsync(i, "架空 花子,1000001,架空県夢見市桜見1番地,2001-04-01,");
        var hidden = await KnownAsync(i + 20, "架空 隠子,1000002,架空県虹ヶ浜市2番地,2001-04-01,true");
        await using var auditor = await browsing.OpenAsync(language, width, colours);
        await auditor.SignInAsync(hidden, "protected-auditor");
        (await PanelAsync(auditor)).ShouldNotContain("架空県");
        await OrderAsync(auditor, words["order"]);
        await auditor.GoAsync(path);
        (await PanelAsync(auditor)).ShouldContain("架空県夢見市桜見1番地");
        await OrderAsync(auditor, words["order"]);
        (await PanelAsync(auditor)).ShouldContain(words["waits"]);

        await auditor.GoAsync("/letters");
        await auditor.PressAsync("p");
        await auditor.ComesToAsync("/letters/[^/]+");
        var batch = await AccessibleAsync(auditor, $"batch-{name}");
        (await auditor.Page.Locator(".head .state").InnerTextAsync()).ShouldContain(words["printed"]);
        await auditor.PressAsync("a");
        await auditor.Page.Locator("#refused:focus").WaitForAsync();
        (await auditor.Page.Locator("#refused").InnerTextAsync()).ShouldContain(words["own"]);
        (await auditor.Page.APIRequest.GetAsync($"{batch}/letters.pdf")).Status.ShouldBe(404, "it is not released");

        await using var approver = await browsing.OpenAsync(language, width, colours);
        await approver.SignInAsync(batch, Role.Approver);
        await approver.TabToAsync(words["release"]);
        await approver.PressAsync("Enter");
        await approver.Page.Locator("[role=status]:focus").WaitForAsync();
        (await approver.Page.Locator(".head .state").InnerTextAsync()).ShouldContain(words["released"]);
        var seen = await AccessRecordsAsync();
        var pdf = await approver.Page.APIRequest.GetAsync($"{batch}/letters.pdf");
        (pdf.Status, pdf.Headers["content-type"]).ShouldBe((200, "application/pdf"));
        (await (await approver.Page.APIRequest.GetAsync($"{batch}/manifest.csv")).TextAsync())
            .ShouldStartWith("row,first_page,last_page,references,address_sha256\r\n1,1,");
        (await AccessRecordsAsync()).ShouldBe(seen + 2, "one for the letters, one for the manifest (Rule 33)");
        await AccessibleAsync(approver, $"batch-released-{name}");
        await approver.TabToAsync(words["sent"]);
        await approver.PressAsync("Enter");
        await approver.Page.WaitForFunctionAsync(
            "words => document.querySelector('.head .state').innerText.includes(words)", words["posted"]);
        await AccessibleAsync(approver, $"batch-posted-{name}");

        await KnownAsync(i, ",,,,true");
        (await approver.Page.APIRequest.GetAsync($"{batch}/letters.pdf")).Status.ShouldBe(409, "protected since");
        await approver.GoAsync(batch);
        await approver.TabToAsync(words["stop"]);
        await approver.PressAsync("Enter");
        await approver.Page.WaitForFunctionAsync(
            "words => document.querySelector('.head .state').innerText.includes(words)", words["asked"]);
        (await approver.Page.APIRequest.GetAsync($"{batch}/letters.pdf")).Status.ShouldBe(404, "it is being stopped");
        await AccessibleAsync(approver, $"batch-stop-{name}");
        await approver.Page.Locator("[value=TooLate]").FocusAsync();
        await approver.PressAsync("Space");
        await approver.TabToAsync(words["answer"]);
        await approver.PressAsync("Enter");
        await approver.Page.WaitForFunctionAsync(
            "words => document.querySelector('.head .state').innerText.includes(words)", words["posted"]);
        await AccessibleAsync(approver, $"batch-too-late-{name}");
        await auditor.GoAsync(path);
        (await PanelAsync(auditor)).ShouldContain(words["posted"]);
        var reference = await auditor.Page.Locator("#letter h2 .code").InnerTextAsync();
        await AccessibleAsync(auditor, $"case-letter-{name}");
        await auditor.GoAsync("/letters");
        (await auditor.Page.Locator("table").First.InnerTextAsync()).ShouldContain($"R{i + 20:000}");
        (await auditor.Page.ContentAsync()).ShouldNotContain("架空県");
        await AccessibleAsync(auditor, $"letters-{name}");
        await auditor.GoAsync("/letters?none=true");
        await auditor.Page.Locator("[role=status]:focus").WaitForAsync();

        await using var call = await browsing.OpenAsync(language, width, colours);
        await call.SignInAsync("/letters/reference", Role.CallCentre);
        await call.Page.Locator("#reference:focus").WaitForAsync();
        await call.Page.Keyboard.TypeAsync(reference[..^1]);
        await call.PressAsync("Enter");
        await call.Page.Locator("#wrong").WaitForAsync();
        await AccessibleAsync(call, $"reference-wrong-{name}");
        await call.Page.Locator("#reference:focus").WaitForAsync();
        await call.PressAsync("End");
        await call.Page.Keyboard.TypeAsync(reference[^1..]);
        await call.PressAsync("Enter");
        await call.Page.Locator("[role=status]:focus").WaitForAsync();
        (await call.Page.Locator("[role=status]").InnerTextAsync()).ShouldContain(words["ours"]);
        (await call.Page.Locator("a[href^='/cases/']").CountAsync()).ShouldBe(0);
        await AccessibleAsync(call, $"reference-{name}");
    }
}
