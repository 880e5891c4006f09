using System.Security.Cryptography;
using AccountGuard.Identity;
using AccountGuard.Verification;
using Microsoft.Playwright;

namespace AccountGuard.SystemTests.Pages;

/// <summary>A file is attached by one person and looked at by another, in a real browser.</summary>
[Collection(SharedBrowser.Name)]
public sealed class EvidenceJourneys(Browsing browsing)
{
    private static readonly byte[] Pdf =
        [.. "%PDF-1.7\n"u8, .. RandomNumberGenerator.GetBytes(5_000), .. "\n%%EOF\n"u8];

    private static FilePayload File(string name, byte[] content) =>
        new() { Name = name, MimeType = "application/pdf", Buffer = content };

    private static async Task<string> TakeAsync(Sight sight)
    {
        await sight.SignInAsync("/cases", Role.Auditor);
        await sight.PressAsync("t");
        await sight.OnceOfCaseAsync();
        return new Uri(sight.Page.Url).AbsolutePath;
    }

    private static async Task ThenAsync(Sight sight, string button)
    {
        await sight.TabToAsync(button);
        await sight.PressAsync("Enter");
        await sight.Page.Locator("[role=status]").WaitForAsync();
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Dark)]
    [InlineData("en", 390, ColorScheme.Light)]
    public async Task a_file_stands_in_the_story_and_the_approver_gets_its_very_bytes(
        string language, int width, ColorScheme colours)
    {
        var isJapanese = language == "ja";
        await using var auditor = await browsing.OpenAsync(language, width, colours);
        var address = await TakeAsync(auditor);
        await auditor.PressAsync("m");
        await auditor.TabToAsync(isJapanese ? "旅券" : "Passport");
        await auditor.PressAsync("Space");
        await auditor.TabToAsync(isJapanese ? "届出について本人は" : "The holder says of the change");
        await auditor.PressAsync("End");
        await auditor.TabToAsync(isJapanese ? "書類の保管場所" : "Where the paper is kept");
        await auditor.Page.Keyboard.TypeAsync("棚 7、綴り 12");
        await auditor.Page.SetInputFilesAsync("#meeting-file", File("旅券の写し.pdf", Pdf));
        await ThenAsync(auditor, isJapanese ? "面談を記録する" : "Record the meeting");
        (await auditor.Page.Locator("#story").InnerTextAsync()).ShouldContain("棚 7、綴り 12");
        await auditor.PressAsync("p");
        await auditor.TabToAsync(isJapanese ? "本人の意思と確認" : "Confirmed");
        await auditor.PressAsync("ArrowDown");
        await ThenAsync(auditor, isJapanese ? "提案する" : "Propose");
        await auditor.CheckAsync($"case-evidence-{language}-{width}", whole: true);

        await using var approver = await browsing.OpenAsync(language, width, colours);
        await approver.SignInAsync(address, Role.Approver);
        await approver.Page.Locator("#approval .papers a").FocusAsync();
        (await approver.FocusAsync()).ShouldBe("旅券の写し.pdf");
        var download = await approver.Page.RunAndWaitForDownloadAsync(() => approver.PressAsync("Enter"));
        download.SuggestedFilename.ShouldBe("旅券の写し.pdf");
        download.Url.ShouldNotContain("pdf");
        (await System.IO.File.ReadAllBytesAsync((await download.PathAsync())!)).ShouldBe(Pdf);
        await approver.CheckAsync($"case-evidence-approve-{language}-{width}", whole: true);
    }

    [Fact]
    public async Task a_file_that_is_too_large_or_of_another_type_is_refused_and_the_text_stays()
    {
        await using var sight = await browsing.OpenAsync("en");
        await TakeAsync(sight);
        await sight.PressAsync("n");
        await sight.TabToAsync("Note");
        await sight.Page.Keyboard.TypeAsync("what I wrote");
        await ChooseAsync(sight, [.. Pdf, .. new byte[Exhibits.LargestFile], .. "\n%%EOF\n"u8]);
        (await sight.Page.EvaluateAsync<string>("document.querySelector('#note-file').validationMessage"))
            .ShouldBe(Exhibits.TooLarge);
        await sight.Page.SetInputFilesAsync("#note-file", File("page.pdf", "<script>alert(1)</script>"u8.ToArray()));
        await sight.TabToAsync("Keep the note");
        await sight.PressAsync("Enter");
        (await sight.Page.Locator("#refused").InnerTextAsync()).ShouldContain(Exhibits.Unknown);
        (await sight.Page.Locator("#note-note").InputValueAsync()).ShouldBe("what I wrote");
        await sight.CheckAsync("case-file-refused", whole: true);
    }

    [Fact]
    public async Task without_script_a_file_that_is_too_large_is_refused_by_the_server_and_the_text_stays()
    {
        string address;
        await using (var sight = await browsing.OpenAsync("ja"))
        {
            address = await TakeAsync(sight);
        }

        await using var without = await browsing.OpenAsync("ja", withScript: false);
        await without.SignInAsync(address, Role.Auditor);
        await without.TabToAsync("メモを書く");
        await without.PressAsync("Enter");
        await without.TabToAsync("メモ");
        await without.Page.Keyboard.TypeAsync("書いたこと");
        await ChooseAsync(without, new byte[Exhibits.LargestFile + 1]);
        await without.TabToAsync("メモを残す");
        await without.PressAsync("Enter");
        (await without.Page.Locator("#refused").InnerTextAsync()).ShouldContain("10 MB");
        (await without.Page.Locator("#note-note").InputValueAsync()).ShouldBe("書いたこと");
    }

    /// <summary>From the disk: so many bytes would go to the browser in JSON otherwise, in ten seconds.</summary>
    private async Task ChooseAsync(Sight sight, byte[] content)
    {
        var path = Path.Combine(browsing.Service.Database.Home, $"{Guid.NewGuid():N}.pdf");
        await System.IO.File.WriteAllBytesAsync(path, content);
        await sight.Page.SetInputFilesAsync("#note-file", path);
    }
}
