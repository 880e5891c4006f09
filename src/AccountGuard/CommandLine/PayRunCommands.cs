using System.CommandLine;
using AccountGuard.Payments;
using AccountGuard.Screening;

namespace AccountGuard.CommandLine;

/// <summary>Splits payment files by where their payments stand, and tells what stands otherwise since.</summary>
public static class PayRunCommands
{
    private static readonly string Operator = $"operator {Environment.UserName}";

    public static IEnumerable<Command> All(Option<bool> json) => [Screen(json), Compare(json)];

    private static Command Screen(Option<bool> json)
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
                await PrepareAsync(session);
                await using var screening = new ScreenPayRun(
                    session.At, day, Operator, sender: null, keepsFiles: false);
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

    private static Command Compare(Option<bool> json)
    {
        var name = new Argument<string>("FILE") { Description = "The payment file that was screened." };
        var run = new Option<long>("--run") { Required = true, Description = "The run, as its summary says." };
        return ServiceCommands.Command(
            "compare-payrun", "Tells which payments of a pay-run stand otherwise now.", json, [name, run],
            async (session, parsed) =>
            {
                var path = parsed.GetRequiredValue(name);
                await PrepareAsync(session);
                await using var file = File.OpenRead(path);
                var changes = await PayRunChanges.SinceAsync(session.At, parsed.GetRequiredValue(run), file,
                    Path.GetFileName(path), Operator, session.Cancel);
                Printing.Write(session, changes, Printing.Table(
                    ["record", "then", "now", "yen"], changes.Changes.Select(change => (string[])
                    [
                        $"{change.Record}", Words(change.Then, change.PayToThen), Words(change.Now, change.PayToNow),
                        $"{change.Amount}",
                    ])));
                return Commands.ExitOf(changes.Count == 0);
            });

        static string Words(string standing, string? payTo) => payTo is null ? standing : $"{standing} ({payTo})";
    }

    /// <summary>No service need run beside: what it does between two questions is done here.</summary>
    private static async Task PrepareAsync(Session session)
    {
        await FactCommands.FinishAsync(session);
        await Reconcile.RunAsync(session.At, null, session.Cancel);
    }
}
