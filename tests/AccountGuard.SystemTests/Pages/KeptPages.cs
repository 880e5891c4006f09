using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AccountGuard.SystemTests.Pages;

/// <summary>
/// Pages as the service rendered them for any test, in artifacts/html, where ops/test looks whether they are valid
/// HTML. Pages that differ in words, addresses, ids and figures alone are kept once.
/// </summary>
public sealed partial class KeptPages(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Html = "text/html";

    private static readonly string Folder = Directory.CreateDirectory(
        Path.Combine(Repository.Root, "artifacts", "html")).FullName;

    /// <summary>The description under /api is a page of another's.</summary>
    public static void Keep(Uri address, string? mediaType, string html)
    {
        if (mediaType == Html && !address.AbsolutePath.StartsWith("/api/"))
        {
            var form = SHA256.HashData(Encoding.UTF8.GetBytes(Passing().Replace(html, "x")));
            var path = Path.Combine(Folder, $"{Convert.ToHexStringLower(form)[..16]}.html");
            var own = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllText(own, html);
            File.Move(own, path, overwrite: true);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        if (answer.Content.Headers.ContentType?.MediaType == Html)
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            Keep(request.RequestUri!, Html, await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        return answer;
    }

    /// <summary>
    /// Whether words are there counts, and a <c>&amp;</c> in them that is not written as it must be; how long they are
    /// matters in titles alone.
    /// </summary>
    [GeneratedRegex("""
        (?<=>\s*)(?<!<title>)(?!\s)(?:[^<&]|&\#?\w+;)+(?=<)
        | (?<=\ (?:value|href|action|title|datetime|aria-label)=")(?:[^"&]|&\#?\w+;)+
        | [0-9a-f]{8}-[0-9a-f-]{27}
        | [0-9]+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Passing();
}
