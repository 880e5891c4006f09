using System.CommandLine;
using System.Text.Json;
using AccountGuard.Bench;
using AccountGuard.Bench.Works;

// Measures works against what the database alone takes for the same rows, in the same minute: ops/bench calls it.
Work[] all =
[
    ListWork.Whole, ListWork.NewVersion, ChangesWork.FromAFile, FilingWork.OneByOne, WhileFilingWork.List,
    WhileFilingWork.NewVersion, WhileFilingWork.Renumbering, ReconcileWork.AllFacts, QueueWork.Page, PagesWork.Queue,
    PagesWork.Case, PagesWork.Next, StandingWork.Many, StandingWork.One, PayRunWork.Files, StartWork.ToReady,
    GrowthWork.Facts, GrowingWork.Nodes, GrowingWork.Partitioned, GrowingWork.Replica, GrowingWork.Shards,
];
var works = new Argument<string[]>("WORK")
{
    Arity = ArgumentArity.ZeroOrMore,
    Description = $"Of {string.Join(", ", all.Select(w => w.Name))}; all unless named.",
};
var scale = new Option<double>("--scale")
{
    DefaultValueFactory = _ => 0.1,
    Description = "1 is 1.25 million numbers and up to 10 million changes.",
};
var json = new Option<bool>("--json");
var command = new RootCommand("Measures works against what the database alone takes for the same, in the same minute.")
    { works, scale, json };
command.SetAction(async (parsed, cancel) =>
{
    var server = Environment.GetEnvironmentVariable("ACCOUNTGUARD_BENCH_SERVER")
        ?? throw new InvalidOperationException("Run ops/bench: it starts the server that is measured.");
    var named = parsed.GetValue(works) is { Length: > 0 } names ? names : [.. all.Select(w => w.Name)];
    var unknown = named.Except(all.Select(w => w.Name)).ToList();
    if (unknown.Count > 0)
    {
        await Console.Error.WriteLineAsync($"There is no work {string.Join(", ", unknown)}.");
        return 2;
    }

    var measured = new List<Measured>();
    foreach (var work in all.Where(w => named.Contains(w.Name)))
    {
        await Console.Error.WriteLineAsync($"{work.Name}: {work.What}");
        await using var ground = await Ground.OpenAsync(server, parsed.GetValue(scale), cancel);
        try
        {
            measured.AddRange(await work.MeasureAsync(ground, cancel));
        }
        catch (NoRoom e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }

    Console.WriteLine(parsed.GetValue(json)
        ? JsonSerializer.Serialize(
            measured, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true })
        : Measured.Table(measured));
    return measured.All(m => m.IsMet) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
