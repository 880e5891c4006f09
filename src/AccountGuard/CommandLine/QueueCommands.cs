using System.CommandLine;
using AccountGuard.Deliveries;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;

namespace AccountGuard.CommandLine;

/// <summary>Commands that ask: deliveries, quarantine, queue, verdicts, standing, pay-runs, reconcile.</summary>
public static class QueueCommands
{
    public static IEnumerable<Command> All(Option<bool> json) =>
    [
        DeliveriesCommand(json), QuarantineCommand(json), SettleCommand(json), QueueCommand(json),
        VerdictsCommand(json), StandingCommand(json), .. PayRunCommands.All(json), ReconcileCommand(json),
    ];

    private static Command DeliveriesCommand(Option<bool> json)
    {
        var id = new Argument<string?>("ID")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Sender's id or number.",
        };
        return ServiceCommands.Command("deliveries", "What arrived, with hashes and rows.", json, [id],
            async (session, parsed) =>
            {
                var listed = (await ListDeliveries.RunAsync(session.At, parsed.GetValue(id), session.Cancel))
                    .Reverse().ToList();
                Printing.Write(session, listed, Printing.Table(
                    [
                        "no", "kind", "id", "received", "state", "rows", "accepted", "duplicates", "quarantined",
                        "content",
                    ],
                    listed.Select(d => new[]
                    {
                        $"{d.Delivery}", d.Kind, d.Id ?? "", $"{d.ReceivedAt:yyyy-MM-ddTHH:mm:ssZ}", d.State,
                        $"{d.Rows?.Received}", $"{d.Rows?.Accepted}", $"{d.Rows?.Duplicates}", $"{d.Rows?.Quarantined}",
                        d.Reason ?? d.ContentKey,
                    })));
                return 0;
            });
    }

    private static Command QuarantineCommand(Option<bool> json)
    {
        var delivery = new Option<string?>("--delivery");
        return ServiceCommands.Command("quarantine", "Rows that wait, with reason codes.", json, [delivery],
            async (session, parsed) =>
            {
                var rows = await ListDeliveries.WaitingAsync(session.At, parsed.GetValue(delivery), session.Cancel);
                Printing.Write(session, rows, Printing.Table(["delivery", "id", "row", "code", "field", "remedy"],
                    rows.Select(r => new[] { $"{r.Delivery}", r.Id ?? "", $"{r.Row}", r.Code, r.Field, r.Remedy })));
                return 0;
            });
    }

    private static Command SettleCommand(Option<bool> json)
    {
        var delivery = new Argument<long>("DELIVERY") { Description = "Number of the delivery." };
        var row = new Argument<long>("ROW");
        var reason = new Option<string>("--reason") { Required = true };
        return ServiceCommands.Command("settle", "Settles a row in quarantine that was looked into.", json,
            [delivery, row, reason], async (session, parsed) =>
            {
                await ListDeliveries.SettleAsync(session.At, parsed.GetRequiredValue(delivery),
                    parsed.GetRequiredValue(row), parsed.GetRequiredValue(reason), session.Cancel);
                Printing.Write(session, new { settled = true }, "Settled.");
                return 0;
            });
    }

    private static Command QueueCommand(Option<bool> json)
    {
        var incident = new Option<string?>("--incident");
        var state = new Option<string?>("--state") { Description = "One state; without it the open ones." };
        var format = new Option<string>("--format") { DefaultValueFactory = _ => "table" };
        format.AcceptOnlyFromAmong("table", "csv", "json");
        var showNumbers = new Option<bool>("--show-numbers")
        {
            Description = "Shows numbers, against an access record.",
        };
        return ServiceCommands.Command("queue", "The verification queue in its order.", json,
            [incident, state, format, showNumbers], async (session, parsed) =>
            {
                var chosen = session.Json ? "json" : parsed.GetRequiredValue(format);
                await using var output = QueueOutput.Open(chosen, parsed.GetValue(showNumbers));
                var rows = Queue.ReadAsync(
                    session.At, parsed.GetValue(incident), parsed.GetValue(state), session.Cancel);
                await foreach (var page in rows.Chunk(1_000).WithCancellation(session.Cancel))
                {
                    // Of a table only the first rows are shown, and so recorded as shown.
                    var numbers = parsed.GetValue(showNumbers)
                        ? await ShowNumbers.ForAsync(session.At, output.Shown(page),
                            $"operator {Environment.UserName}", "queue --show-numbers", session.Cancel)
                        : [];
                    output.Write(page, numbers);
                }

                output.Finish();

                return 0;
            });
    }

    private static Command VerdictsCommand(Option<bool> json)
    {
        var incident = new Option<string?>("--incident");
        var sample = new Option<int>("--sample") { DefaultValueFactory = _ => 50, Description = "How many at most." };
        var seed = new Option<string?>("--seed") { Description = "Draws the sample of that seed again." };
        return ServiceCommands.Command("verdicts", "Cases that ended, drawn by chance, with what they were closed on.",
            json, [incident, sample, seed], async (session, parsed) =>
            {
                var drawn = await SampleVerdicts.RunAsync(session.At, parsed.GetValue(incident),
                    parsed.GetValue(sample), parsed.GetValue(seed) ?? $"{Random.Shared.Next():x8}", session.Cancel);
                Printing.Write(session, drawn, Printing.Table(
                    ["request", "verdict", "proposed by", "at", "approved by", "at", "evidence"],
                    drawn.Verdicts.Select(v => new[]
                    {
                        $"{v.Source} {v.RequestId}", $"{v.Verdict}", $"{v.ProposedBy}", $"{v.ProposedAt:u}",
                        $"{v.ApprovedBy}", $"{v.ApprovedAt:u}", string.Join(", ", v.Evidence.Select(e => e.What)),
                    })) + $"\nDraw the same again: --seed {drawn.Seed}");
                return 0;
            });
    }

    private static Command StandingCommand(Option<bool> json)
    {
        var payDay = new Option<string>("--pay-day") { Required = true };
        var file = new Argument<string>("FILE") { Description = "Numbers, one a line; - reads standard input." };
        return ServiceCommands.Command("standing", "Where the payments to numbers stand before a pay-day.", json,
            [payDay, file], async (session, parsed) =>
            {
                var path = parsed.GetRequiredValue(file);
                if (path != "-" && !File.Exists(path))
                {
                    throw new BadInput($"There is no file {path}.");
                }

                using var text = path == "-" ? Console.In : File.OpenText(path);
                var numbers = new List<string>();
                while (await text.ReadLineAsync(session.Cancel) is { } line)
                {
                    numbers.Add(line);
                }

                // No service need run beside: what it does between two questions is done here.
                var day = FactCommands.DayOf(parsed.GetRequiredValue(payDay));
                await FactCommands.FinishAsync(session);
                await Reconcile.RunAsync(session.At, null, session.Cancel);
                await using var standing = await Standing.OpenAsync(
                    session.At, day, $"operator {Environment.UserName}", session.Cancel);
                var answers = await standing.AnswerAsync(numbers, session.Cancel);

                // By its line: the asker has the number, and no output repeats it.
                var lines = answers.Select((a, i) => new { Line = i + 1, a.Standing, a.PayTo, a.Cases, a.Reasons });
                Printing.Write(session, new { standing.AsOf, Answers = lines }, string.Join('\n', lines.Select(
                    a => $"line {a.Line}: {string.Join(' ', a.Reasons.Prepend(a.Standing))}")));
                return Commands.ExitOf(answers.All(a => a.Standing != "unknown"));
            });
    }

    private static Command ReconcileCommand(Option<bool> json)
    {
        var incident = new Option<string?>("--incident");
        return ServiceCommands.Command("reconcile", "Compares the hits with the rule over all facts.", json, [incident],
            async (session, parsed) =>
            {
                var found = await Reconcile.RunAsync(session.At, parsed.GetValue(incident), session.Cancel);
                Printing.Write(session, found,
                    $"missing {found.Missing}, unfounded {found.Unfounded}, wrong reason or rank {found.Misranked}, "
                    + $"not yet published {found.Pending}");
                return Commands.ExitOf(found.IsClean);
            });
    }
}
