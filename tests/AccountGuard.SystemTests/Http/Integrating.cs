using System.Diagnostics;
using System.Text.Json;
using AccountGuard.Screening;

namespace AccountGuard.SystemTests.Http;

/// <summary>What README says to integrators is what happens.</summary>
public sealed class Integrating : IAsyncLifetime
{
    private readonly Served _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task the_commands_of_readme_lead_from_nothing_to_the_first_standing()
    {
        // The service does so when it starts; here it must have happened before the first question.
        (await Reconcile.RunAsync(_service.Database.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
        var script = Repository.Readme.Split("```bash\n")[1].Split("```")[0]
            .Replace("http://127.0.0.1:5080", _service.App.Urls.First())
            .Replace("ops/accountguard", $"dotnet {typeof(Installation).Assembly.Location}");
        var start = new ProcessStartInfo("bash", ["-euc", script]) { RedirectStandardOutput = true };
        foreach (var (name, value) in _service.Database.Environ)
        {
            start.Environment[name] = value;
        }

        using var run = Process.Start(start)!;
        var output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        run.ExitCode.ShouldBe(0, output);
        output.ShouldContain("\"due\":true");
        var standing = JsonDocument.Parse(output[output.IndexOf("{\"asOf\"", StringComparison.Ordinal)..]).RootElement;
        standing.Of<JsonElement[]>("answers").Select(a => a.Of<string>("standing")).ShouldBe(["pending", "clear"]);
    }

    [Fact]
    public void readme_lists_every_type_of_problem()
    {
        var readme = Repository.Readme;
        foreach (var type in AccountGuard.Http.Problems.Types)
        {
            readme.ShouldContain($"`{type}`");
        }
    }
}
