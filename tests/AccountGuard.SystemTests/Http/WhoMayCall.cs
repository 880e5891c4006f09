using System.Net;
using AccountGuard.Identity;
using AccountGuard.Service;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Http;

/// <summary>Every route names its roles; who has none of them is turned away, and nobody comes in by mistake.</summary>
[Collection(SharedService.Name)]
public sealed class WhoMayCall(Served service)
{
    private static readonly (string Method, string Path, string[] Roles)[] Routes =
    [
        ("PUT", "/api/incidents/none", [Role.IncidentManager]),
        ("POST", "/api/incidents/none/cutoff", [Role.IncidentManager]),
        ("POST", "/api/incidents/none/lists", [Role.IncidentManager]),
        ("POST", "/api/account-changes", [Role.Intake]),
        ("POST", "/api/renumberings", [Role.IncidentManager]),
        ("POST", "/api/holders", [Role.IncidentManager]),
        ("GET", "/api/deliveries", [Role.IncidentManager, Role.Intake]),
        ("GET", "/api/deliveries/1/quarantine", [Role.IncidentManager, Role.Intake]),
        ("GET", "/api/cases", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/api/payments/pay-days", [Role.PaymentSystem]),
        ("POST", "/api/payments/standing", [Role.PaymentSystem]),
        ("POST", "/api/payments/restorations", [Role.PaymentSystem]),
        ("POST", "/api/payments/results", [Role.PaymentSystem]),
        ("POST", "/api/payments/story", [Role.Auditor, Role.Compliance]),
        ("POST", "/api/payments/runs", [Role.PaymentSystem]),
        ("GET", "/api/payments/runs/key", [Role.PaymentSystem, Role.Compliance]),
        .. ((string[])["clear", "pending", "hold", "unknown", "summary", "signature", "changes"]).Select(what =>
            ("GET", $"/api/payments/runs/1/{what}", (string[])[Role.PaymentSystem])),
    ];

    /// <summary>For people: a session in place of a token, and a page in place of a problem.</summary>
    private static readonly (string Method, string Path, string[] Roles)[] Pages =
    [
        ("GET", "/", Role.All),
        ("GET", "/cases", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/cases/7e000000-0000-0000-0000-000000000000", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/cases/7e000000-0000-0000-0000-000000000000/exhibits/7e000000-0000-0000-0000-000000000000",
            [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/cases/find", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("POST", "/cases/find", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("POST", "/cases/several", [Role.Auditor]),
        ("GET", "/cases/several/7e000000-0000-0000-0000-000000000000", [Role.Auditor, Role.Approver]),
        ("POST", "/cases/several/7e000000-0000-0000-0000-000000000000", [Role.Auditor, Role.Approver]),
        ("POST", "/cases/several/7e000000-0000-0000-0000-000000000000/approval", [Role.Approver]),
        ("GET", "/cases/events", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("POST", "/cases/next", [Role.Auditor]),
        ("POST", "/cases/7e000000-0000-0000-0000-000000000000/claim", [Role.Auditor]),
        ("POST", "/cases/7e000000-0000-0000-0000-000000000000/verdict/approve", [Role.Approver]),
        ("POST", "/cases/7e000000-0000-0000-0000-000000000000/drafts/discard", [Role.Auditor, Role.Approver]),
        ("GET", "/letters", [Role.Auditor, Role.Approver]),
        ("POST", "/letters/batches", [Role.Auditor]),
        ("GET", "/letters/9", [Role.Auditor, Role.Approver]),
        ("POST", "/letters/9/release", [Role.Auditor, Role.Approver]),
        ("POST", "/letters/9/posted", [Role.Auditor, Role.Approver]),
        ("POST", "/letters/9/stop", [Role.Auditor, Role.Approver]),
        ("POST", "/letters/9/stop-answer", [Role.Auditor, Role.Approver]),
        ("GET", "/letters/9/letters.pdf", [Role.Auditor, Role.Approver]),
        ("GET", "/letters/9/manifest.csv", [Role.Auditor, Role.Approver]),
        ("GET", "/letters/reference", [Role.Auditor, Role.Approver, Role.CallCentre]),
        ("POST", "/letters/reference", [Role.Auditor, Role.Approver, Role.CallCentre]),
        ("GET", "/payments", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/payments/runs/9/changes", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("GET", "/recalls", [Role.Auditor, Role.Approver, Role.Compliance]),
        ("POST", "/sign-out", Role.All),
    ];

    private static readonly string[] ForEveryone =
    [
        "/api/docs/favicon.svg", "/api/docs/scalar.aspnetcore.js", "/api/docs/scalar.js", "/api/docs/{documentName?}",
        "/api/health/live", "/api/health/ready", "/api/openapi.json", "/development/authorize", "/language",
    ];

    private IEnumerable<RouteEndpoint> Endpoints =>
        service.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static HttpRequestMessage Request(string method, string path) => new(new HttpMethod(method), path)
    {
        Content = method == "GET" ? null
            : path.Split('/')[^1] is "lists" or "renumberings" or "holders" ? Csv("")
            : path.EndsWith("/runs") ? Text("", "text/plain") : Json(new { }),
    };

    [Fact]
    public void every_endpoint_has_a_policy_and_only_what_says_nothing_of_anyone_is_for_everyone()
    {
        Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => e.RoutePattern.RawText).Order()
            .ShouldBe(ForEveryone);
        Endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null
                && e.Metadata.GetOrderedMetadata<IAuthorizeData>().All(a => string.IsNullOrEmpty(a.Roles)))
            .Select(e => e.DisplayName).ShouldBeEmpty();
    }

    [Fact]
    public void every_other_endpoint_is_in_the_table_of_this_test() =>
        Endpoints.Count().ShouldBe(Routes.Length + Pages.Length + ForEveryone.Length,
            "Add the new route to the table, with its roles.");

    [Fact]
    public async Task a_route_that_forgot_its_roles_lets_nobody_in_and_no_route_is_not_found()
    {
        await using var forgetful = Host.Build(
            service.Database.At, new ConfigurationBuilder().Build(), service.Provider, port: 0);
        forgetful.MapGet("/api/forgotten", () => "secret");
        await forgetful.StartAsync();
        foreach (var role in Role.All)
        {
            using var client = service.As(role);
            var address = forgetful.Urls.First();
            await client.GetAsync($"{address}/api/forgotten").ProblemAsync(HttpStatusCode.Forbidden);
            await client.GetAsync($"{address}/api/nowhere").ProblemAsync(HttpStatusCode.NotFound);
            await client.DeleteAsync($"{address}/api/cases").ProblemAsync(HttpStatusCode.MethodNotAllowed);
        }

        await forgetful.StopAsync();
    }

    [Fact]
    public async Task a_caller_without_a_token_or_with_a_wrong_one_is_not_known()
    {
        var now = TimeProvider.System.GetUtcNow();
        string?[] tokens =
        [
            null, "nonsense",
            service.Provider.Issue(Role.Intake, now - DevelopmentProvider.Lifetime - TimeSpan.FromMinutes(1)),
            service.Provider.Issue(Role.Intake, now + TimeSpan.FromMinutes(5)),
            service.Provider.Issue(Role.Intake, now)[..^4] + "AAAA",
            DevelopmentProvider.Open(Directory.CreateTempSubdirectory().FullName).Issue(Role.Intake, now),
        ];
        foreach (var (method, path, _) in Routes)
        {
            foreach (var token in tokens)
            {
                using var client = service.WithToken(token);
                (await client.SendAsync(Request(method, path)).ProblemAsync(HttpStatusCode.Unauthorized))
                    .ShouldBe("unauthenticated", $"{method} {path}");
            }
        }
    }

    [Fact]
    public async Task a_role_that_a_route_does_not_name_is_turned_away_and_one_that_it_names_is_not()
    {
        foreach (var (method, path, roles) in Routes)
        {
            foreach (var role in Role.All)
            {
                using var client = service.As(role);
                if (!roles.Contains(role))
                {
                    (await client.SendAsync(Request(method, path)).ProblemAsync(HttpStatusCode.Forbidden))
                        .ShouldBe("forbidden", $"{role}: {method} {path}");
                    continue;
                }

                using var answer = await client.SendAsync(Request(method, path));
                answer.StatusCode.ShouldNotBe(HttpStatusCode.Forbidden, $"{role}: {method} {path}");
                answer.StatusCode.ShouldNotBe(HttpStatusCode.Unauthorized, $"{role}: {method} {path}");
                ((int)answer.StatusCode).ShouldBeLessThan(500, $"{role}: {method} {path}");
            }
        }
    }

    [Fact]
    public async Task a_page_sends_strangers_to_sign_in_and_turns_away_who_has_none_of_its_roles()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var stranger = new HttpClient(handler) { BaseAddress = new Uri(service.App.Urls.First()) };
        foreach (var (method, path, _) in Pages)
        {
            using var answer = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, path);
            answer.Headers.Location!.AbsolutePath.ShouldBe("/development/authorize", path);
        }

        foreach (var role in Role.All)
        {
            using var browser = await service.BrowserOfAsync(role);
            foreach (var (method, path, roles) in Pages)
            {
                // A form that another site sends has no token of ours.
                using var answer = await browser.SendAsync(
                    new HttpRequestMessage(new HttpMethod(method), path), HttpCompletionOption.ResponseHeadersRead);
                answer.StatusCode.ShouldBe(
                    !roles.Contains(role) ? HttpStatusCode.Forbidden
                    : method == "POST" ? HttpStatusCode.BadRequest
                    : path.EndsWith("00000000") || path.Contains('9') ? HttpStatusCode.NotFound
                    : HttpStatusCode.OK, $"{role}: {path}");
                answer.Content.Headers.ContentType!.MediaType.ShouldBe(
                    answer.IsSuccessStatusCode && path == "/cases/events" ? "text/event-stream" : "text/html");
            }
        }
    }

    [Theory]
    [InlineData("login-7")]
    [InlineData("person-7")]
    public async Task a_revoked_login_or_person_is_turned_away_within_a_second(string revoked)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (login, person) = ($"{revoked}-login", $"{revoked}-person");
        string Token(DateTimeOffset at) =>
            service.Provider.Issue(login, person, [Role.Auditor], at, DevelopmentProvider.Lifetime);
        using var client = service.WithToken(Token(now - TimeSpan.FromSeconds(2)));
        (await client.GetAsync("/api/cases")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Revocation.RunAsync(service.Database.At, revoked.StartsWith("login") ? login : person, "test", "left",
            CancellationToken.None);
        await Served.OnceReadAnewAsync(() => client.GetAsync("/api/cases")).ProblemAsync(HttpStatusCode.Unauthorized);

        using var again = service.WithToken(Token(now + TimeSpan.FromSeconds(20)));
        (await again.GetAsync("/api/cases")).StatusCode.ShouldBe(HttpStatusCode.OK, "what is issued later counts");
    }
}
