using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccountGuard.Identity;
using AccountGuard.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGuard.SystemTests.Http;

/// <summary>A machine comes in with its client certificate in place of a token.</summary>
public sealed class MachinesByCertificate : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();
    private readonly X509Certificate2 _auditor = Tls.Made("auditing", TimeSpan.FromDays(365));
    private readonly X509Certificate2 _expired = Tls.Made("gone", TimeSpan.FromDays(-1));
    private WebApplication _service = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        var settings = new Dictionary<string, string?>(Tls.Settings(_database.Home))
        {
            ["Machines:0:Sha256"] = _auditor.GetCertHashString(HashAlgorithmName.SHA256),
            ["Machines:0:Login"] = "auditing-system",
            ["Machines:0:Roles:0"] = Role.Auditor,
            ["Machines:1:Sha256"] = _expired.GetCertHashString(HashAlgorithmName.SHA256),
            ["Machines:1:Login"] = "gone",
            ["Machines:1:Roles:0"] = Role.Auditor,
        };
        _service = Host.Build(_database.At, new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            DevelopmentProvider.Open(_database.Home), port: 0);
        await _service.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _database.DisposeAsync();
    }

    private HttpClient With(X509Certificate2? certificate)
    {
        var handler = Tls.Trusting();
        if (certificate is not null)
        {
            handler.ClientCertificates.Add(certificate);
        }

        return new HttpClient(handler) { BaseAddress = new Uri(_service.Urls.First()) };
    }

    [Fact]
    public async Task a_machine_is_let_in_with_its_roles_and_no_others()
    {
        using var auditor = With(_auditor);
        (await auditor.GetAsync("/api/cases")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await auditor.GetAsync("/api/deliveries").ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task a_certificate_that_nobody_knows_or_that_has_ended_or_none_lets_nobody_in()
    {
        foreach (var certificate in new[] { Tls.Made("auditing", TimeSpan.FromDays(365)), _expired, null })
        {
            using var stranger = With(certificate);
            await stranger.GetAsync("/api/cases").ProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task a_revoked_machine_is_turned_away_within_a_second_on_the_same_connection()
    {
        using var auditor = With(_auditor);
        (await auditor.GetAsync("/api/cases")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Revocation.RunAsync(_database.At, "auditing-system", "test", "stolen", CancellationToken.None);
        await Served.OnceReadAnewAsync(() => auditor.GetAsync("/api/cases")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task the_certificate_that_ends_first_is_known_ours_among_them()
    {
        using var auditor = With(_auditor);
        await auditor.GetAsync("/api/cases");
        _service.Services.GetRequiredService<Machines>().FirstToExpire!.Value.Whose.ShouldBe("this service");
    }

    [Theory]
    [InlineData(null, "login", "auditor")]
    [InlineData("AB", null, "auditor")]
    [InlineData("AB", "login", "king")]
    public void a_machine_that_is_half_described_is_refused(string? sha256, string? login, string role)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Machines:0:Sha256"] = sha256,
            ["Machines:0:Login"] = login,
            ["Machines:0:Roles:0"] = role,
        };
        Should.Throw<BadInput>(() => new Machines(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
    }
}
