using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Intake;
using AccountGuard.SystemTests.Http;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>A case over HTTP: its page, and the forms on it, as a browser without script sends them.</summary>
public sealed partial class CaseForms(HttpClient browser, Guid id)
{
    public string Path => $"/cases/{id}";

    /// <summary>A case that nobody has worked.</summary>
    public static async Task<(Story Story, Guid Id)> CaseAsync(Served service, string? number = null)
    {
        var story = await BeginAsync(service.Database);
        number ??= Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number, 4)]);
        return (story, FiledChange.IdOf(story.Incident, "R1"));
    }

    public async Task<string> PageAsync()
    {
        using var page = await browser.GetAsync(Path);
        var text = await page.Content.ReadAsStringAsync();
        page.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return text;
    }

    /// <summary>The fields of a form that nobody sees: they go with whatever is sent.</summary>
    public async Task<Dictionary<string, string>> FieldsAsync(string action) =>
        FieldsOf(await PageAsync(), $"{Path}/{action}");

    public static Dictionary<string, string> FieldsOf(string page, string action)
    {
        var start = page.IndexOf($"action=\"{action}\"", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, $"no form {action}");
        var form = page[start..page.IndexOf("</form>", start, StringComparison.Ordinal)];
        return Hidden().Matches(form).ToDictionary(
            m => WebUtility.HtmlDecode(m.Groups[1].Value), m => WebUtility.HtmlDecode(m.Groups[2].Value));
    }

    /// <summary>Sends a form with what was typed into it, and perhaps a file.</summary>
    public async Task<(HttpStatusCode Status, string Page)> SendAsync(
        string action, Dictionary<string, string> typed, byte[]? file = null, string fileName = "scan.pdf",
        Dictionary<string, string>? hidden = null)
    {
        using var form = new MultipartFormDataContent { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in (hidden ?? await FieldsAsync(action)).Concat(typed))
        {
            form.Add(new StringContent(value), name);
        }

        if (file is not null)
        {
            // As browsers do: what they declare is by the name, and the name is in UTF-8 as it stands.
            var content = new ByteArrayContent(file);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
            content.Headers.TryAddWithoutValidation(
                "Content-Disposition", $"form-data; name=\"file\"; filename=\"{fileName}\"");
            form.Add(content);
        }

        using var answer = await browser.PostAsync($"{Path}/{action}", form);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
