using System.CommandLine;
using System.Globalization;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Screening;
using AccountGuard.Verification;

namespace AccountGuard.CommandLine;

/// <summary>Commands that bring facts: incidents, lists, changes, renumberings, holders, payments, decisions.</summary>
public static class FactCommands
{
    private static readonly Option<string?> DeliveryId = new("--delivery")
    {
        Description = "The sender's delivery id.",
    };

    private static readonly Option<string?> ReceivedAt = new("--received-at")
    {
        Description = "When the delivery was received, for replaying the past (development only).",
    };

    private static readonly Option<string?> TextEncoding = new("--encoding")
    {
        Description = "utf-8 (default) or shift_jis.",
    };

    public static IEnumerable<Command> All(Option<bool> json) =>
    [
        DeclareIncidentCommand(json), MoveCutoffCommand(json), ImportListCommand(json),
        Import("import-changes", "Takes in account changes (FILE.csv or FILE.ndjson).", json,
            (at, file, path, id, receivedAt, progress, cancel) => ImportChanges.RunAsync(
                at, file, IsNdjson(path), id, receivedAt, progress, cancel)),
        Import("import-renumbering", "Takes in replaced numbers.", json,
            (at, file, _, id, receivedAt, progress, cancel) => ImportRenumbering.RunAsync(
                at, file, id, receivedAt, progress, cancel)),
        Import("import-holders", "Takes in names, addresses, deaths and protection of holders.", json,
            (at, file, _, id, receivedAt, progress, cancel) => ImportHolders.RunAsync(
                at, file, id, receivedAt, progress, cancel)),
        Import("import-payments", "Takes in what became of payments, and stops (FILE.csv or FILE.ndjson).", json,
            (at, file, path, id, receivedAt, progress, cancel) => ImportPayments.RunAsync(
                at, file, IsNdjson(path), id, receivedAt, progress, cancel)),
    ];

    /// <summary>
    /// Finishes what stands unpublished, and opens cases: what every command that brings facts does last.
    /// </summary>
    public static async Task<HitCount> FinishAsync(Session session)
    {
        using var progress = new ProgressLine("publishing", "buckets", session.At.Clock);
        var (opened, ended) = await Publication.FinishAsync(session.At, progress, session.Cancel);
        await OpenCases.RunAsync(session.At, session.Cancel);
        return new HitCount(opened, ended);
    }

    private static Command DeclareIncidentCommand(Option<bool> json)
    {
        var file = new Argument<string>("FILE.json");
        return ServiceCommands.Command("declare-incident", "Declares an incident.", json, [file, ReceivedAt],
            async (session, parsed) =>
            {
                Declaration declaration;
                await using (var stream = OpenFile(parsed.GetRequiredValue(file)))
                {
                    declaration = Declaration.Read(stream);
                }

                var isNew = await DeclareIncident.RunAsync(
                    session.At, declaration, ReceivedAtOf(session.At, parsed), session.Cancel);
                await FinishAsync(session);
                Printing.Write(session, new { incident = declaration.Id, declared = isNew },
                    isNew ? $"{declaration.Id} is declared, cutoff through {declaration.CutoffThrough:O}."
                        : $"{declaration.Id} was declared before with the same content.");
                return 0;
            });
    }

    private static Command MoveCutoffCommand(Option<bool> json)
    {
        var incident = new Argument<string>("INCIDENT");
        var decision = new Option<int>("--decision") { Required = true };
        var through = new Option<string?>("--through") { Description = "The last exposed day." };
        var before = new Option<string?>("--before") { Description = "The first day that is not exposed." };
        var reason = new Option<string>("--reason") { Required = true };
        return ServiceCommands.Command("move-cutoff", "Moves an incident's cutoff by a numbered decision.", json,
            [incident, decision, through, before, reason, ReceivedAt], async (session, parsed) =>
            {
                var day = Cutoff.Through(
                    OptionalDayOf(parsed.GetValue(through)), OptionalDayOf(parsed.GetValue(before)));
                var isNew = await MoveCutoff.RunAsync(
                    session.At, parsed.GetRequiredValue(incident), parsed.GetRequiredValue(decision), day,
                    parsed.GetRequiredValue(reason), ReceivedAtOf(session.At, parsed), session.Cancel);
                await FinishAsync(session);
                var hits = await MoveCutoff.HitsAsync(session.At, parsed.GetRequiredValue(incident),
                    parsed.GetRequiredValue(decision), session.Cancel);
                Printing.Write(session, new { moved = isNew, through = day, hits },
                    $"{(isNew ? "Decided" : "Decided before")}: cutoff through {day:O}. {Printing.Text(hits)}");
                return 0;
            });
    }

    private static Command ImportListCommand(Option<bool> json)
    {
        var incident = new Argument<string>("INCIDENT");
        var file = new Argument<string>("FILE.csv");
        var version = new Option<int>("--version") { Required = true };
        var liveFrom = new Option<string>("--live-from") { Required = true, Description = "Day the alert went live." };
        var records = new Option<long>("--records") { Required = true, Description = "Every data row." };
        var two = new Option<long?>("--two") { Description = "Additions with two filled fields." };
        var three = new Option<long?>("--three");
        var four = new Option<long?>("--four");
        var rounding = new Option<long>("--rounding") { Description = "Each figure may differ by half of it." };
        var replace = new Option<bool>("--replace") { Description = "The file is the whole list." };
        return ServiceCommands.Command("import-list", "Takes in a version of the affected list.", json,
            [incident, file, version, liveFrom, records, two, three, four, rounding, replace, DeliveryId, ReceivedAt,
                TextEncoding],
            async (session, parsed) =>
            {
                var totals = new ControlTotals(parsed.GetRequiredValue(records), parsed.GetValue(two),
                    parsed.GetValue(three), parsed.GetValue(four), parsed.GetValue(rounding));
                var order = new ListOrder(
                    parsed.GetRequiredValue(incident), parsed.GetRequiredValue(version),
                    DayOf(parsed.GetRequiredValue(liveFrom)), totals, parsed.GetValue(replace),
                    parsed.GetValue(DeliveryId), ReceivedAtOf(session.At, parsed));
                using var delivered = DeliveredFile.Open(parsed.GetRequiredValue(file), parsed.GetValue(TextEncoding));
                using var progress = new ProgressLine("import-list", "bytes", session.At.Clock);
                return await AnswerAsync(
                    session, await ImportList.RunAsync(session.At, delivered, order, progress, session.Cancel));
            });
    }

    private static Command Import(
        string name, string description, Option<bool> json,
        Func<Installation, DeliveredFile, string, string?, DateTimeOffset, IProgress<(long, long)>, CancellationToken,
            Task<DeliveryAnswer>> run)
    {
        var file = new Argument<string>("FILE");
        return ServiceCommands.Command(name, description, json, [file, DeliveryId, ReceivedAt, TextEncoding],
            async (session, parsed) =>
            {
                var path = parsed.GetRequiredValue(file);
                using var delivered = DeliveredFile.Open(path, parsed.GetValue(TextEncoding));
                using var progress = new ProgressLine(name, "bytes", session.At.Clock);
                return await AnswerAsync(session, await run(
                    session.At, delivered, path, parsed.GetValue(DeliveryId), ReceivedAtOf(session.At, parsed),
                    progress, session.Cancel));
            });
    }

    private static async Task<int> AnswerAsync(Session session, DeliveryAnswer answer)
    {
        await FinishAsync(session);
        Printing.Write(session, answer, Printing.Text(answer));
        return Commands.ExitOf(answer.Rows.Quarantined == 0);
    }

    private static FileStream OpenFile(string path) =>
        File.Exists(path) ? File.OpenRead(path) : throw new BadInput($"There is no file {path}.");

    private static bool IsNdjson(string path) =>
        path.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase)
        || path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    private static DateOnly? OptionalDayOf(string? text) => text is null ? null : DayOf(text);

    /// <exception cref="BadInput">It is no day.</exception>
    public static DateOnly DayOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new BadInput($"'{text}' is no day. A day is written YYYY-MM-DD.");

    /// <exception cref="BadInput">It is no instant.</exception>
    public static DateTimeOffset InstantOf(string text) => ReportedDay.Parse(text).Instant
        ?? throw new BadInput($"'{text}' is no instant. An instant is written YYYY-MM-DDThh:mm with Z or ±hh:mm.");

    /// <summary>When the delivery was received: now, or in development the instant that is replayed.</summary>
    private static DateTimeOffset ReceivedAtOf(Installation at, ParseResult parsed)
    {
        if (parsed.GetValue(ReceivedAt) is not { } text)
        {
            return at.Clock.GetUtcNow();
        }

        var instant = InstantOf(text);
        return ServiceCommands.IsDevelopment ? instant
            : throw new BadInput("--received-at replays the past and is refused in production.");
    }
}
