using System.Text;
using System.Text.Json;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>A database of its own for the commands, with files to give them and an incident to speak of.</summary>
public sealed class CommandFixture : IAsyncLifetime
{
    public FreshDatabase Database { get; } = new();

    /// <summary>A number and a name that no message may show.</summary>
    public string Canary { get; } = "8765432109";

    public string CanaryName { get; } = "金糸雀花子";

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        var declared = await RunAsync("declare-incident", Incident("leak"));
        declared.Exit.ShouldBe(0, declared.Messages);
        var list = Write("list.csv", $"number,name\n{Canary},{CanaryName}\n1111111111,\n");
        var listed = await RunAsync("import-list", "leak", list, "--version", "1", "--live-from",
            "2015-06-02", "--records", "2", "--two", "1", "--received-at", "2015-06-02T08:00+09:00");
        listed.Exit.ShouldBe(0, listed.Messages);
    }

    public Task DisposeAsync() => Database.DisposeAsync();

    /// <summary>Runs a command; whatever it says, nothing personal is in it.</summary>
    public async Task<CommandRun> RunAsync(params string[] args)
    {
        var run = await CommandRun.OfAsync(Database, args);
        if (!args.Contains("--show-numbers"))
        {
            (run.Output + run.Messages).ShouldNotContain(Canary);
        }

        (run.Output + run.Messages).ShouldNotContain(CanaryName);
        run.Messages.ShouldNotContain("Exception");
        return run;
    }

    /// <summary>Runs a command for its one JSON value.</summary>
    public async Task<JsonElement> JsonAsync(int exit, params string[] args)
    {
        var run = await RunAsync([.. args, "--json"]);
        run.Exit.ShouldBe(exit, run.Messages);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Database.Home, $"{Guid.NewGuid():N}-{name}");
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Incident(string id, string cutoff = "\"through\":\"2015-06-01\"") =>
        Write("incident.json", $$"""
            {
              "id": "{{id}}", "name": "A leak", "timeZone": "Asia/Tokyo", "window": { "from": "2015-05-08" },
              "cutoff": { {{cutoff}} }
            }
            """);
}
