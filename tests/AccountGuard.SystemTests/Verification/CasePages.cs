using System.Net;
using System.Text;
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

    [Fact]
    public async Task rule_8_the_effective_day_of_each_mapping_is_shown_however_it_came()
    {
        var (story, number) = (await BeginAsync(service.Database), Number());
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number)]);
        (await TextAsync(story)).ShouldNotContain("effective");

        await story.RenumberAsync($"{Number()},{number},2015-08-24");
        var oldest = Number();
        await story.RenumberAsync(
            $"{number},{oldest},2015-08-31T15:30Z,same-holder", $"{oldest},{Number()},in autumn,same-holder");
        await story.RenumberAsync($"{number},{Number()},,same-holder");
        (await TextAsync(story)).ShouldContain("A number of the holder was replaced, effective 2015-08-24 "
            + "The holder has another number too, effective 2015-09-01 "
            + "The holder has another number too, effective in autumn "
            + "The holder has another number too, effective unknown ");
        (await TextAsync(story, "ja")).ShouldContain("番号の変更があります： 効力発生日 2015-08-24");
    }

    [Fact]
    public async Task S47_both_names_stand_there_with_kana_and_with_why_they_look_alike()
    {
        var (story, number) = (await BeginAsync(service.Database), Number());
        await story.ChangesFileAsync(Encoding.UTF8.GetBytes(
            "source,request_id,number,filed_on,account_holder\n"
            + $"{story.Incident},R1,{number},2015-05-20,ﾔﾏｻｷ ｲﾁﾛｰ\n"));
        await story.ListAsync(1, [Listed(number)]);
        await story.HoldersAsync([$"{number},山崎 一郎,ヤマザキ イチロウ"], "number,name,kana");
        (await TextAsync(story)).ShouldContain("Holder 山崎 一郎 ヤマザキ イチロウ New account's name ﾔﾏｻｷ ｲﾁﾛｰ look "
            + "A vowel is long in one of them, or its length is written in another way. "
            + "Kana with and without a voiced mark.");
        (await TextAsync(story, "ja")).ShouldContain("濁点・半濁点の有無が違います。");
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
