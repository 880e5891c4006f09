using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.SystemTests.Http;
using Microsoft.Playwright;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Pages;

/// <summary>The money of a denied change, from the case to the list of recalls, by keyboard alone.</summary>
[Collection(SharedBrowser.Name)]
public sealed class RecallJourneys(Browsing browsing)
{
    private static readonly Dictionary<string, Dictionary<string, string>> Words = new()
    {
        ["ja"] = new()
        {
            ["paid"] = "新口座にすでに1回支払い済み：2015-06-15。",
            ["request"] = "組戻しを依頼する",
            ["result"] = "組戻しの結果を記録する",
            ["record"] = "結果を記録する",
            ["what"] = "結果",
            ["where"] = "保管場所",
            ["lost"] = "送金120,000円：回収0円、損失120,000円、未決0円。",
            ["chip"] = "損失120,000円",
        },
        ["en"] = new()
        {
            ["paid"] = "Already paid once to the new account: 2015-06-15.",
            ["request"] = "Request a recall",
            ["result"] = "Record what became of a recall",
            ["record"] = "Record what became of it",
            ["what"] = "What became of it",
            ["where"] = "Where the paper is kept",
            ["lost"] = "Sent 120,000 yen: recovered 0, lost 120,000, open 0.",
            ["chip"] = "120,000 yen lost",
        },
    };

    private async Task<(string Path, Guid Case)> PaidAsync(int i)
    {
        using var payer = browsing.Service.As(Role.PaymentSystem);
        await payer.PostAsync("/api/payments/results", Csv(
            "source,payment_id,number,outcome,pay_day,amount,account\n"
            + $"payer,journey-{i},00{i:0000}7{i % 10}34,sent,2015-06-15,120000,zengin:0001-001-1-1234{i:000}\n"))
            .BodyAsync(HttpStatusCode.OK);
        var @case = FiledChange.IdOf("office", $"R{i:000}");
        return ($"/cases/{@case}", @case);
    }

    [Theory]
    [InlineData("ja", 43, 1280, ColorScheme.Light)]
    [InlineData("en", 46, 390, ColorScheme.Dark)]
    public async Task a_payment_to_a_denied_account_is_recalled_refused_and_stays_a_loss(
        string language, int i, int width, ColorScheme colours)
    {
        var (words, name) = (Words[language], $"{language}-{width}-{colours}");
        var (path, @case) = await PaidAsync(i);
        await using var auditor = await browsing.OpenAsync(language, width, colours);
        await auditor.SignInAsync(path, Role.Auditor);
        (await auditor.Page.Locator("#payments").InnerTextAsync()).ShouldContain(words["paid"]);
        await auditor.CheckAsync($"payments-case-{name}", whole: true);

        await DenyAsync(browsing.Service.Database.At, @case);
        await auditor.GoAsync(path);
        await auditor.TabToAsync(words["request"]);
        await auditor.PressAsync("Enter");
        await auditor.Page.Locator("#form-recall [name=reference]").WaitForAsync();
        await auditor.Page.Locator("#form-recall button").FocusAsync();
        await auditor.PressAsync("Enter");
        await auditor.Page.Locator("[role=status]").WaitForAsync();

        // Without a paper or file nothing is recorded, and what was chosen stays.
        await auditor.Page.Locator("#recalls summary").FocusAsync();
        await auditor.PressAsync("Enter");
        await auditor.Page.Locator("#recall-answer-outcome").SelectOptionAsync("Refused");
        await auditor.Page.Locator("#form-recall-answer button").FocusAsync();
        await auditor.PressAsync("Enter");
        await auditor.Page.Locator("#refused").WaitForAsync();
        (await auditor.Page.Locator("#recall-answer-outcome").InputValueAsync()).ShouldBe("Refused");
        await auditor.CheckAsync($"recall-refused-form-{name}", whole: true);
        await auditor.Page.Locator("#recall-answer-reference").FillAsync("棚7");
        await auditor.Page.Locator("#form-recall-answer button").FocusAsync();
        await auditor.PressAsync("Enter");
        await auditor.Page.Locator("[role=status]").WaitForAsync();
        (await auditor.Page.Locator("#recalls").InnerTextAsync()).ShouldContain(words["lost"]);
        await auditor.CheckAsync($"recalls-case-{name}", whole: true);

        await auditor.GoAsync("/cases");
        await auditor.PressAsync("g");
        await auditor.PressAsync("m");
        await auditor.ComesToAsync("/recalls");
        var list = await auditor.Page.Locator("main").InnerTextAsync();
        list.ShouldContain(words["chip"]);
        list.ShouldNotContain($"00{i:0000}7", Case.Sensitive, "numbers are masked outside a case");
        list.ShouldNotContain($"1234{i:000}");
        await auditor.CheckAsync($"recalls-{name}", whole: true);
    }
}
