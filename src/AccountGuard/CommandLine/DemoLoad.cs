using System.Globalization;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Demonstration;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Screening;
using AccountGuard.Verification.Queues;

namespace AccountGuard.CommandLine;

/// <summary>
/// Delivers the files of the demonstration in the order of the incident, as of the days on which they were received,
/// and holds the queue that comes out against the one that must.
/// </summary>
public static class DemoLoad
{
    private const int Head = 10;

    /// <returns>True where every queue came out row by row.</returns>
    public static async Task<bool> RunAsync(Session session, string folder)
    {
        var schedule = DemoSchedule.Read(folder);
        var stood = (await ListDeliveries.RunAsync(session.At, null, session.Cancel)).Count > 0;
        var agrees = true;
        foreach (var delivery in schedule.Deliveries)
        {
            if (delivery.Command == "import-payments")
            {
                agrees &= await ScreenedAsync(session, folder, delivery.File);
            }

            var answer = await DeliverAsync(session, folder, delivery);
            Console.WriteLine($"{delivery.ReceivedAt:yyyy-MM-dd HH:mm}  {delivery.Label}");
            if (answer is not null)
            {
                Console.WriteLine(
                    "                  " + Printing.Text(answer).ReplaceLineEndings("\n                  "));
                agrees &= delivery.Rows is not { } rows || Agrees(rows, answer.Rows);
            }

            // What stood in between can be held against the queue only while it is there.
            var isLast = delivery == schedule.Deliveries[^1];
            foreach (var expected in schedule.Expected
                .Where(e => e.AfterDelivery == delivery.Order && (isLast || !stood)))
            {
                agrees &= await AgreesAsync(session, schedule.Incident, folder, expected);
            }
        }

        await ShowChangesAsync(session, folder);
        agrees &= await ShowPaymentsAsync(session, folder);
        agrees &= await new DemoExercise(session, folder, schedule.Seed).RunAsync();
        Console.WriteLine("\nThe head of the queue:");
        await ShowHeadAsync(session, schedule.Incident);
        var found = await Reconcile.RunAsync(session.At, schedule.Incident, session.Cancel);
        Console.WriteLine($"\nReconciled over all facts: missing {found.Missing}, unfounded {found.Unfounded}, "
            + $"wrong reason or rank {found.Misranked}.");
        return agrees && found.IsClean;
    }

    private static async Task<DeliveryAnswer?> DeliverAsync(Session session, string folder, DemoDelivery delivery)
    {
        var (at, cancel) = (session.At, session.Cancel);
        var path = Path.Combine(folder, delivery.File);
        using var progress = new ProgressLine(delivery.File, "bytes", at.Clock);
        if (delivery.Command == "declare-incident")
        {
            await using var json = File.OpenRead(path);
            await DeclareIncident.RunAsync(at, Declaration.Read(json), delivery.ReceivedAt, cancel);
            await FactCommands.FinishAsync(session);
            return null;
        }

        using var file = DeliveredFile.Open(path, null);
        var answer = delivery.Command switch
        {
            "import-list" => await ImportList.RunAsync(at, file, OrderOf(delivery), progress, cancel),
            "import-changes" => await ImportChanges.RunAsync(
                at, file, isNdjson: false, null, delivery.ReceivedAt, progress, cancel),
            "import-payments" => await ImportPayments.RunAsync(
                at, file, isNdjson: false, null, delivery.ReceivedAt, progress, cancel),
            "import-renumbering" => await ImportRenumbering.RunAsync(
                at, file, null, delivery.ReceivedAt, progress, cancel),
            _ => throw new InvalidDataException($"The schedule names a command {delivery.Command}."),
        };
        await FactCommands.FinishAsync(session);
        return answer;
    }

    private static async Task<bool> ScreenedAsync(Session session, string folder, string reports)
    {
        var payDay = DateOnly.ParseExact(
            reports["payments-".Length..^".csv".Length], "O", CultureInfo.InvariantCulture);
        var sent = (await SentAsync(folder, payDay, session.Cancel)).Where(payment => payment.IsInJapan).ToList();
        return await ScreenAsync(
            session, Path.Combine(folder, Path.ChangeExtension(reports, "txt")), payDay,
            (sent.Count, sent.Sum(payment => payment.Amount))) is not null;
    }

    /// <summary>Splits the transfer file of a pay-day by what is known when its payments are reported.</summary>
    /// <returns>Its parts, by standing; null where they do not add up to what was sent.</returns>
    public static async Task<IReadOnlyList<PayRunPart>?> ScreenAsync(
        Session session, string path, DateOnly payDay, (int Count, long Amount) sent)
    {
        // As the command does: standing is unknown where nothing was reconciled of late.
        await Reconcile.RunAsync(session.At, null, session.Cancel);
        await using var file = File.OpenRead(path);
        await using var screening = new ScreenPayRun(session.At, payDay, "demo", sender: null, keepsFiles: true);
        var run = await screening.ScreenAsync(
            file, Path.GetFileName(path), null, [.. PayRunStandings.Names.Select(_ => Stream.Null)], session.Cancel);
        await screening.CommitAsync(session.Cancel);
        var parts = run.Summary.Parts;
        var addsUp = (parts.Sum(p => p.Count), parts.Sum(p => p.Amount)) == sent;
        Console.WriteLine($"Pay-day {payDay:O}: the transfer file of {sent.Count:N0} payments is screened"
            + (addsUp ? ", and its parts add up to it." : ", BUT ITS PARTS DO NOT ADD UP TO IT."));
        foreach (var (standing, part) in PayRunStandings.Names.Zip(parts))
        {
            Console.WriteLine($"                  {standing,-8}{part.Count,8:N0} payments {part.Amount,16:N0} yen");
        }

        return addsUp ? parts : null;
    }

    private static ListOrder OrderOf(DemoDelivery delivery)
    {
        var list = delivery.Arguments!;
        return new ListOrder(list.Incident, list.Version, list.LiveFrom,
            new ControlTotals(list.Records, list.Two, list.Three, list.Four, 0), false, null, delivery.ReceivedAt);
    }

    private static bool Agrees(DeliveryRows expected, RowCount found)
    {
        var agrees = (found.Received, found.Accepted, found.Duplicates, found.Quarantined)
            == (expected.Received, expected.Accepted, expected.Duplicates, expected.Quarantined);
        if (!agrees)
        {
            Console.WriteLine($"                  NOT AS BUILT: {expected}");
        }

        return agrees;
    }

    private static async Task<bool> AgreesAsync(Session session, string incident, string folder, ExpectedFile expected)
    {
        string?[] states = expected.File.Contains("ended") ? ["ListedInError", "Withdrawn"] : [null];
        var found = new List<string>();
        foreach (var state in states)
        {
            await foreach (var row in Queue.ReadAsync(session.At, incident, state, session.Cancel))
            {
                found.Add(QueueOutput.CsvLine(row));
            }
        }

        var wanted = (await File.ReadAllLinesAsync(Path.Combine(folder, expected.File), session.Cancel))
            .Skip(1).ToList();
        if (states.Length > 1)
        {
            // The contract gives ended rows no order.
            found.Sort(StringComparer.Ordinal);
            wanted.Sort(StringComparer.Ordinal);
        }

        var agrees = found.SequenceEqual(wanted);
        Console.WriteLine(agrees
            ? $"                  {expected.Label}: all {found.Count:N0} rows as they must be."
            : $"                  {expected.Label}: {found.Except(wanted).Count():N0} rows too many, "
                + $"{wanted.Except(found).Count():N0} missing, or another order ({expected.File}).");
        return agrees;
    }

    /// <summary>Every yen of the files of the pay-days is paid or came back, whoever is queued (rule 18).</summary>
    private static async Task<bool> ShowPaymentsAsync(Session session, string folder)
    {
        await using var sum = session.At.Database.CreateCommand(
            """
            select p.pay_on, count(*), sum(p.amount)::bigint,
                coalesce(sum(p.amount) filter (where p.came_back), 0)::bigint,
                coalesce(sum(p.amount) filter (where not p.came_back and n.payment_id is not null), 0)::bigint,
                coalesce(sum(p.amount) filter (where not p.came_back and n.payment_id is null), 0)::bigint,
                (select count(distinct x.change_id) from standing_hold x where x.through_on >= p.pay_on)
            from payment p
            left join (
                select distinct n.payment_id from payment_to_new_account n
                where exists (select from hit h where h.change_id = n.change_id and h.is_open)) n
              on n.payment_id = p.payment_id
            where p.source = 'demo-payer' group by p.pay_on order by p.pay_on
            """);
        var addsUp = true;
        await using (var row = await sum.ExecuteReaderAsync(session.Cancel))
        {
            Console.WriteLine();
            while (await row.ReadAsync(session.Cancel))
            {
                var (sent, back, pending, other) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
                var payDay = row.GetFieldValue<DateOnly>(0);
                addsUp &= back + pending + other
                    == (await SentAsync(folder, payDay, session.Cancel)).Sum(payment => payment.Amount);
                Console.WriteLine($"Paid on {payDay:yyyy-MM-dd} (invented): "
                    + $"{row.GetInt64(1):N0} payments, {sent:N0} yen: {pending:N0} to new accounts that are not "
                    + $"verified, {other:N0} to others, {back:N0} came back, {row.GetInt64(6):N0} held.");
            }
        }

        Console.WriteLine("Being queued stopped no payment (rule 18)"
            + (addsUp ? ", and the yen add up." : ", BUT THE YEN DO NOT ADD UP."));
        return addsUp;
    }

    /// <summary>All payments in the reports of a pay-day, as they were written.</summary>
    private static async Task<List<(long Amount, bool IsInJapan)>> SentAsync(
        string folder, DateOnly payDay, CancellationToken cancel) =>
    [
        .. (await File.ReadAllLinesAsync(Path.Combine(folder, $"payments-{payDay:yyyy-MM-dd}.csv"), cancel)).Skip(1)
            .Select(line => line.Split(',')).Where(cells => cells[3] == "sent")
            .Select(cells => (long.Parse(cells[5]), cells[6].Split(':')[0] is "zengin" or "yucho")),
    ];

    private static async Task ShowChangesAsync(Session session, string folder)
    {
        var before = await ReadRowsAsync(folder, "expected-queue-before.csv", session.Cancel);
        var after = await ReadRowsAsync(folder, "expected-queue-after.csv", session.Cancel);
        Console.WriteLine($"\nWhat the corrected list changed on 14 June: {before.Count:N0} open rows before, "
            + $"{after.Count:N0} after; {after.Keys.Except(before.Keys).Count():N0} came, "
            + $"{before.Keys.Except(after.Keys).Count():N0} went, "
            + $"{after.Count(row => before.TryGetValue(row.Key, out var was) && was != row.Value):N0} "
            + "have other reasons.");
    }

    private static async Task<Dictionary<string, string>> ReadRowsAsync(
        string folder, string file, CancellationToken cancel) =>
        (await File.ReadAllLinesAsync(Path.Combine(folder, file), cancel)).Skip(1)
            .Select(line => line.Split(',', 3))
            .ToDictionary(
                cells => cells[1] + ',' + cells[2].Split(',')[0],
                cells => string.Join(',', cells[2].Split(',')[3..6]));

    private static async Task ShowHeadAsync(Session session, string incident)
    {
        await using var table = QueueOutput.Open("table", showsNumbers: false, Head);
        await foreach (var row in Queue.ReadAsync(session.At, incident, null, session.Cancel))
        {
            table.Write([row], new Dictionary<Numbers.NumberKey, string>());
        }

        table.Finish();
    }
}
