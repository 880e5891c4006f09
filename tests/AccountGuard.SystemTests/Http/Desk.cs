using System.Net;
using System.Text.RegularExpressions;
using AccountGuard.Verification;

namespace AccountGuard.SystemTests.Http;

/// <summary>Somebody at the page of a case, without script.</summary>
internal sealed partial class Desk
{
    private readonly HttpClient _browser;
    private readonly string _token;
    private readonly Guid _case;

    private Desk(HttpClient browser, string token, Guid @case) => (_browser, _token, _case) = (browser, token, @case);

    private static string Today => $"{TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(),
        TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")):yyyy-MM-dd}";

    public static async Task<Desk> OpenAsync(Served service, string role, Guid @case)
    {
        var browser = service.Browser(out _);
        using var first = await service.SignInAsync(browser, "/", role);
        return new Desk(browser, FormToken().Match(await first.Content.ReadAsStringAsync()).Groups[1].Value, @case);
    }

    /// <summary>The case, or another page, as its reader reads it.</summary>
    public async Task<string> PageAsync(string? path = null) =>
        WebUtility.HtmlDecode(await _browser.GetStringAsync(path ?? $"/cases/{_case}"));

    public Task<Refusal?> ProposeAsync(Verdict verdict) => SendAsync("propose", ("verdict", $"{verdict}"));

    /// <summary>Sends a form of the case's page, on this day.</summary>
    /// <returns>Why it was refused, if it was.</returns>
    public async Task<Refusal?> SendAsync(string form, params (string Name, string Value)[] fields)
    {
        (string Name, string Value)[] common =
            [("__RequestVerificationToken", _token), ("entry", $"{Guid.NewGuid()}"), ("on", Today)];
        var proposal = ProposalOnPage().Match(await _browser.GetStringAsync($"/cases/{_case}"));
        using var answer = await _browser.PostAsync($"/cases/{_case}/{form}", new FormUrlEncodedContent(
            common.Concat(fields).Append(("proposal", proposal.Groups[1].Value))
                .Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return null;
        }

        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict, page);
        var said = Refused().Match(page).Value;
        return Enum.GetValues<Refusal>().Single(refusal => said.Contains(refusal.Sentence()));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex FormToken();

    [GeneratedRegex("name=\"proposal\" value=\"([^\"]+)\"")]
    private static partial Regex ProposalOnPage();

    [GeneratedRegex("id=\"refused\".*?</div>", RegexOptions.Singleline)]
    private static partial Regex Refused();
}
