using System.CommandLine;
using AccountGuard.Payments;
using AccountGuard.Screening;

namespace AccountGuard.CommandLine;

/// <summary>Splits payment files by where their payments stand.</summary>
public static class PayRunCommand
{
    public static Command Of(Option<bool> json)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Zengin transfer files.",
        };
        var payDay = new Option<string>("--pay-day") { Required = true };
        var folder = new Option<string>("--out")
        {
            Required = true,
            Description = "Gets clear, pending, hold, unknown and summary.json; of several files a folder for each.",
        };
        var delivery = new Option<string?>("--delivery")
        {
            Description = "Your id of the run: with another one the same file is screened anew.",
        };
        return ServiceCommands.Command("screen-payrun", "Splits payment files by where their payments stand.", json,
            [files, payDay, folder, delivery], async (session, parsed) =>
            {
                var paths = parsed.GetRequiredValue(files);
                var runs = await RunAsync(session, paths, FactCommands.DayOf(parsed.GetRequiredValue(payDay)),
                    parsed.GetRequiredValue(folder), parsed.GetValue(delivery));
                var summaries = runs.Select(r => r.Summary).ToList();
                Printing.Write(session, summaries, Printing.Table(
                    ["file", "run", "", .. PayRunStandings.Names.SelectMany(n => (string[])[n, "yen"])],
                    runs.Zip(paths, (run, path) => (string[])
                    [
                        Path.GetFileName(path), $"{run.No}", run.IsNew ? "" : "as before",
                        .. run.Summary.Parts.SelectMany(p => (string[])[$"{p.Count}", $"{p.Amount}"]),
                    ])));
                return Commands.ExitOf(summaries.All(s => s.Unknown.Count == 0));
            });
    }

    private static async Task<List<PayRun>> RunAsync(
        Session session, string[] paths, DateOnly payDay, string folder, string? delivery)
    {
        foreach (var path in paths)
        {
            if (!File.Exists(path))
            {
                throw new BadInput($"There is no file {path}.");
            }
        }

        if (paths.Select(Path.GetFileName).Distinct().Count() < paths.Length)
        {
            throw new BadInput("Two of the files have one name, and each gets a folder of its name. Rename one.");
        }

        // No service need run beside: what it does between two questions is done here.
        await FactCommands.FinishAsync(session);
        await Reconcile.RunAsync(session.At, null, session.Cancel);
        await using var screening = new ScreenPayRun(
            session.At, payDay, $"operator {Environment.UserName}", sender: null, keepsFiles: false);
        var (runs, folders) = (new List<PayRun>(), new List<PayRunFolder>());
        try
        {
            foreach (var path in paths)
            {
                var name = Path.GetFileName(path);
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
                var output = new PayRunFolder(paths.Length > 1 ? Path.Combine(folder, name) : folder);
                folders.Add(output);
                var id = paths.Length > 1 && delivery is not null ? $"{delivery}/{name}" : delivery;
                var run = await screening.ScreenAsync(file, name, id, output.Outputs, session.Cancel);
                output.Complete(run);
                runs.Add(run);
            }

            // First what is known of the runs: files without it could not be made again.
            await screening.CommitAsync(session.Cancel);
            folders.ForEach(output => output.Publish());
            return runs;
        }
        finally
        {
            folders.ForEach(output => output.Dispose());
        }
    }
}
