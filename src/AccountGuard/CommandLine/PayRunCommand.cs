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
                var day = FactCommands.DayOf(parsed.GetRequiredValue(payDay));

                // No service need run beside: what it does between two questions is done here.
                await FactCommands.FinishAsync(session);
                await Reconcile.RunAsync(session.At, null, session.Cancel);
                await using var screening = new ScreenPayRun(
                    session.At, day, $"operator {Environment.UserName}", sender: null, keepsFiles: false);
                var runs = await screening.IntoFoldersAsync(
                    paths, parsed.GetRequiredValue(folder), parsed.GetValue(delivery), session.Cancel);
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
}
