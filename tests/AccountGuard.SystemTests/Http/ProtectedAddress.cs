using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Verification;
using AccountGuard.Verification.Mailing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>
/// Rule 13: the address of a protected holder comes out nowhere. No endpoint of the running service gives it to
/// anybody, nor does a command.
/// </summary>
public sealed class ProtectedAddress(Served service) : IClassFixture<Served>
{
    private const string Address = "架空県金糸雀市9番地";

    private static readonly Caller Maker = new("maker", "P1"), Other = new("other", "P2");

    /// <summary>What never ends, and says who takes a case.</summary>
    private const string Stream = "/cases/events";

    [Fact]
    public async Task s32_it_is_shown_by_no_endpoint_to_anybody_and_by_no_command()
    {
        var (story, number) = (await BeginAsync(service.Database), Number());
        var (at, change) = (service.Database.At, FiledChange.IdOf(story.Incident, "P32"));
        await story.ListAsync(1, [Listed(number, 4)]);
        await story.ChangesTextAsync(
            "source,request_id,kind,number,filed_on,new_account,address_of_record,address_since\n"
            + $"{story.Incident},A32,address,{number},2015-05-12,,{Address},2015-05-12\n"
            + $"{story.Incident},P32,account,{number},2015-05-20,zengin:0001-001-1-7654321,{Address},2015-05-12\n");
        string Holder(string rest) => $"{number},架空 花子,,,1000001,{Address},2001-04-01,{rest}";
        await story.HoldersAsync([Holder(",,,")]);
        await OpenCases.RunAsync(at, default);

        // A letter that is released before anybody says that the holder is protected.
        var order = new OrderLetter(Guid.NewGuid(), $"{CaseReferences.Of(at.Keys, change)}", null);
        await CaseWork.DoAsync(at, change, hand => OrderLetter.Decide(hand.Case, order, Maker, hand.Now), default);
        var room = service.App.Services.GetRequiredService<PrintRoom>();
        var batch = (await PrintLetters.RunAsync(at, room, Maker, 10, default)).ShouldNotBeNull();
        (await ReleaseBatch.RunAsync(at, room, batch, Other, default)).ShouldBeNull();
        using (var auditor = await service.BrowserOfAsync(Role.Auditor))
        {
            Shows(await auditor.GetStringAsync($"/cases/{change}")).ShouldBeTrue("or there is nothing to hide");
            (await auditor.GetAsync("/letters/1/letters.pdf")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await story.HoldersAsync([Holder($"true,,,{Address}")]);
        var (found, asked) = (new List<string>(), new HashSet<HttpStatusCode>());
        foreach (var login in service.Provider.Accounts.Select(account => account.Login))
        {
            using var browser = await service.BrowserOfAsync(login);
            using var caller = service.As(login);
            var requests = Paths(story.Incident, change).Select(path => new HttpRequestMessage(HttpMethod.Get, path))
                .Concat(await FormsAsync(browser, number, $"{order.Reference}")).ToList();
            foreach (var request in requests)
            {
                using var answer = await (request.RequestUri!.OriginalString.StartsWith("/api") ? caller : browser)
                    .SendAsync(request);
                asked.Add(answer.StatusCode);
                if (Shows(await answer.Content.ReadAsStringAsync())
                    || (answer.IsSuccessStatusCode && request.RequestUri.OriginalString.EndsWith(".pdf")))
                {
                    found.Add($"{login}: {request.RequestUri}");
                }
            }
        }

        found.ShouldBeEmpty();
        asked.ShouldContain(HttpStatusCode.OK, "or nothing was answered");
        foreach (var command in (string[][])[["queue", "--show-numbers"], ["verdicts"], ["deliveries"], ["quarantine"]])
        {
            var run = await CommandRun.OfAsync(service.Database, command);
            Shows(run.Output + run.Messages).ShouldBeFalse(command[0]);
        }
    }

    private static bool Shows(string text) =>
        Canaries.AsWritten(Address).Any(canary => text.Contains(canary, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every endpoint that is read, as the service that runs says it, of the case and of what is around it.
    /// </summary>
    private IEnumerable<string> Paths(string incident, Guid change) =>
        from endpoint in service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let pattern = $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}"
        where pattern != Stream && !pattern.StartsWith("/development")
            && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
        select pattern.Replace("{id:guid}", $"{change}").Replace("{exhibit:guid}", $"{Guid.NewGuid()}")
                .Replace("{number:long}", "1").Replace("{id:long}", "1").Replace("{documentName?}", "")
            + (pattern is "/cases" or "/api/cases" ? $"?incident={incident}" : "");

    /// <summary>What is asked by a form, or with a body: by number and by reference, and of the case itself.</summary>
    private static async Task<IEnumerable<HttpRequestMessage>> FormsAsync(
        HttpClient browser, string number, string reference)
    {
        var token = (await browser.GetStringAsync("/")) is var page && page.Contains("__RequestVerificationToken")
            ? TokenOf(page) : "";
        return
        [
            Post("/cases/find", new FormUrlEncodedContent([
                new("__RequestVerificationToken", token), new("number", number), new("purpose", "CaseWork")])),
            Post("/letters/reference", new FormUrlEncodedContent([
                new("__RequestVerificationToken", token), new("reference", reference)])),
            Post("/letters/batches", new FormUrlEncodedContent([new("__RequestVerificationToken", token)])),
            Post("/api/payments/standing", Json(new { payDay = "2015-06-15", numbers = new[] { number } })),
            Post("/api/payments/story", Json(new { number, purpose = "CaseWork" })),
        ];

        static HttpRequestMessage Post(string path, HttpContent content) =>
            new(HttpMethod.Post, path) { Content = content };
    }
}
