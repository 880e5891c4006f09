using System.Net;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Screening;

namespace AccountGuard.SystemTests.Http;

/// <summary>The description says what the routes do: its examples are sent, in the order of the flow.</summary>
public sealed class DescribedRoutes : IAsyncLifetime
{
    private static readonly (string Method, string Path)[] Flow =
    [
        ("put", "/api/incidents/{id}"), ("post", "/api/incidents/{id}/cutoff"), ("post", "/api/incidents/{id}/lists"),
        ("post", "/api/account-changes"), ("post", "/api/renumberings"), ("post", "/api/holders"),
        ("get", "/api/deliveries"), ("get", "/api/deliveries/{id}/quarantine"), ("get", "/api/cases"),
        ("get", "/api/payments/pay-days"), ("post", "/api/payments/standing"), ("post", "/api/payments/restorations"),
        ("post", "/api/payments/results"), ("post", "/api/payments/story"),
        ("post", "/api/payments/runs"), ("get", "/api/payments/runs/key"),
        .. ((string[])["clear", "pending", "hold", "unknown", "summary", "signature", "changes"]).Select(what =>
            ("get", $"/api/payments/runs/{{id}}/{what}")),
        ("get", "/api/health/live"), ("get", "/api/health/ready"),
    ];

    private readonly Served _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task every_example_is_taken_by_its_route_from_a_role_that_it_names()
    {
        using var anyone = _service.As(null);
        var document = await anyone.GetAsync("/api/openapi.json").BodyAsync(HttpStatusCode.OK);
        var paths = document.GetProperty("paths");
        paths.EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => (m.Name, p.Name))).Order()
            .ShouldBe(Flow.Select(f => (f.Method, f.Path)).Order());
        (await Reconcile.RunAsync(_service.Database.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
        foreach (var (method, path) in Flow)
        {
            if (path.EndsWith("/restorations"))
            {
                // Only a denied change has an account to restore, and not before that.
                var morning = new DateTimeOffset(2015, 6, 20, 9, 0, 0, TimeSpan.FromHours(9));
                await TwoPeople.DenyAsync(_service.Database.At with
                {
                    Clock = new Ahead { By = morning - TimeProvider.System.GetUtcNow() },
                }, FiledChange.IdOf("counter", "2015-000017"));
            }

            var operation = paths.GetProperty(path).GetProperty(method);
            using var client = _service.As(RoleOf(operation));
            foreach (var body in BodiesOf(operation))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Filled(path, operation))
                {
                    Content = body,
                };
                using var answer = await client.SendAsync(request);
                ((int)answer.StatusCode).ShouldBeInRange(200, 299,
                    $"{method} {path}: {await answer.Content.ReadAsStringAsync()}");
            }
        }
    }

    private static string? RoleOf(JsonElement operation) =>
        operation.TryGetProperty("security", out _)
            ? Role.All.First(role => operation.Of<string>("description").Split(' ', ',', '.').Contains(role))
            : null;

    private static string Filled(string path, JsonElement operation)
    {
        var query = new List<string>();
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateArray().Where(p => p.TryGetProperty("example", out _)))
            {
                var (name, value) = (parameter.Of<string>("name"), parameter.GetProperty("example").ToString());
                path = path.Replace($"{{{name}}}", value);
                if (parameter.Of<string>("in") == "query")
                {
                    query.Add($"{name}={value}");
                }
            }
        }

        return path + (query.Count > 0 ? "?" + string.Join('&', query) : "");
    }

    private static IEnumerable<HttpContent?> BodiesOf(JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body))
        {
            yield return null;
            yield break;
        }

        foreach (var content in body.GetProperty("content").EnumerateObject())
        {
            if (content.Value.TryGetProperty("example", out var example))
            {
                var text = example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText();
                yield return Served.Text(text, content.Name);
            }
        }
    }
}
