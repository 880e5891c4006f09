using System.Net;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.SystemTests.Http;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>What the page of a case says of the holder.</summary>
public sealed partial class CasePages(Served service) : IClassFixture<Served>
{
    private async Task<string> TextAsync(Story story, string language = "en")
    {
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        browser.DefaultRequestHeaders.AcceptLanguage.Clear();
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        var page = await new CaseForms(browser, FiledChange.IdOf(story.Incident, "R1")).PageAsync();
        return Space().Replace(WebUtility.HtmlDecode(Tag().Replace(page, " ")), " ");
    }

    [Fact]
    public async Task rule_10_what_leaked_of_the_holder_is_named_as_no_proof_and_nothing_else()
    {
        var (story, number, older) = (await BeginAsync(service.Database), Number(), Number());
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number, 2)]);
        (await TextAsync(story)).ShouldContain("No proof: knowing number, name (leaked, rule 10).");

        await story.ListAsync(2, [$"{older},,,東京都,,"]);
        await story.RenumberAsync($"{older},{number},,renumbered");
        (await TextAsync(story)).ShouldContain("No proof: knowing number, name, address (leaked, rule 10).");
        (await TextAsync(story, "ja")).ShouldContain("証拠にならないもの：番号、氏名、住所を知っていること");

        await story.ListAsync(3, [Withdrawn(number), Withdrawn(older)]);
        (await TextAsync(story)).ShouldNotContain("No proof: knowing");
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
