using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification.Queues;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// A history on a database, kept apart there by incidents, numbers and sources of its own; with a service its facts are
/// delivered over HTTP.
/// </summary>
public sealed class World(FreshDatabase database, Served? service = null)
{
    private const int NumbersOfAWorld = 10;

    private static readonly string[] Columns =
        ["source", "request_id", "kind", "number", "filed_on", "received_on", "entered_on"];

    private static int _worlds;
    private readonly int _no = Interlocked.Increment(ref _worlds);
    private int _files;

    public Installation At => database.At;

    private string Mark => $"w{_no:D6}-";

    public string IdOf(DeclaredIncident incident) => $"{Mark}i{incident.No}";

    public async Task DeclareAsync(IEnumerable<DeclaredIncident> incidents)
    {
        foreach (var incident in incidents)
        {
            var declaration = new Declaration(
                IdOf(incident), "any order", incident.Zone, new Declaration.CutoffPart(incident.Through),
                new Declaration.WindowPart(incident.From), incident.PostDays,
                incident.VerifiesAddresses ? "verify" : "link");
            await DeclareIncident.RunAsync(database.At, declaration, DateTimeOffset.UnixEpoch, default);
        }

        await FinishAsync();
    }

    /// <summary>What every command that brings facts does last.</summary>
    public Task FinishAsync() => Publication.FinishAsync(database.At, null, default);

    public async Task DeliverAsync(Parcel parcel)
    {
        foreach (var cutoff in parcel.Facts.Cutoffs)
        {
            if (service is not null)
            {
                using var caller = service.As(Role.IncidentManager);
                await caller.PostAsync($"/api/incidents/{Mark}i{cutoff.Incident}/cutoff", Served.Json(
                    new { decision = cutoff.Decision, through = cutoff.Through, reason = "moved" }))
                    .BodyAsync(HttpStatusCode.OK);
                continue;
            }

            await MoveCutoff.RunAsync(database.At, $"{Mark}i{cutoff.Incident}", cutoff.Decision, cutoff.Through,
                "moved", DateTimeOffset.UnixEpoch, default);
            await FinishAsync();
        }

        foreach (var list in parcel.Facts.Lists)
        {
            var order = new ListOrder($"{Mark}i{list.Incident}", list.Version, list.LiveFrom,
                new ControlTotals(list.Rows.Count, null, null, null, 0), list.Replaces, IdOf(parcel),
                DateTimeOffset.UnixEpoch);
            var path = $"/api/incidents/{order.Incident}/lists?version={list.Version}&liveFrom={list.LiveFrom:O}"
                + $"&records={list.Rows.Count}&replace={list.Replaces}";
            await DeliverAsync(path, Role.IncidentManager, parcel, TextOf(list),
                file => ImportList.RunAsync(database.At, file, order, null, default));
        }

        if (parcel.Facts.Mappings.Count > 0)
        {
            await DeliverAsync("/api/renumberings", Role.IncidentManager, parcel, TextOf(parcel.Facts.Mappings),
                file => ImportRenumbering.RunAsync(
                    database.At, file, IdOf(parcel), DateTimeOffset.UnixEpoch, null, default));
        }

        if (parcel.Facts.Deaths.Count > 0)
        {
            await DeliverAsync("/api/holders", Role.IncidentManager, parcel, TextOf(parcel.Facts.Deaths),
                file => ImportHolders.RunAsync(database.At, file, IdOf(parcel), parcel.ReceivedAt, null, default));
        }

        if (parcel.Facts.Changes.Count + parcel.Facts.Cancellations.Count > 0)
        {
            var rows = RowsOf(parcel.Facts.Changes, parcel.Facts.Cancellations);
            if (service is not null && parcel.Id is null)
            {
                await FileEachAsync(service, rows);
                return;
            }

            var answer = await DeliverAsync("/api/account-changes", Role.Intake, parcel,
                string.Join('\n', rows.Select(row => string.Join(',', row)).Prepend(string.Join(',', Columns))),
                file => ImportChanges.RunAsync(
                    database.At, file, isNdjson: false, IdOf(parcel), parcel.ReceivedAt, null, default));
            answer.Rows.Quarantined.ShouldBe(0);
        }
    }

    /// <summary>The open queue of an incident, with the sources as the history names them.</summary>
    public async Task<List<QueueLine>> QueueOfAsync(DeclaredIncident incident) =>
        [.. (await RowsOfAsync(incident, null)).Select(LineOf)];

    /// <summary>Rows of a state, or all open ones.</summary>
    public async Task<List<QueueRow>> RowsOfAsync(DeclaredIncident incident, string? state)
    {
        var rows = new List<QueueRow>();
        await foreach (var row in Queue.ReadAsync(database.At, IdOf(incident), state, default))
        {
            rows.Add(row);
        }

        return rows;
    }

    public QueueLine LineOf(QueueRow row) => new(row.Rank!.Value, row.Source[Mark.Length..], row.RequestId, row.Kind,
        row.Reasons, row.Tier, row.ListVersion, row.FiledOn, row.ExposedOn);

    /// <summary>The state of a case in an incident's queue; null where it never stood there.</summary>
    public async Task<string?> StateOfAsync(DeclaredIncident incident, Guid @case)
    {
        await using var find = database.At.Database.CreateCommand(
            """
            select h.state from hit h join incident i on i.incident_no = h.incident_no
            where i.id = @incident and h.change_id = @case order by h.hit_id desc limit 1
            """);
        find.Parameters.AddWithValue("incident", IdOf(incident));
        find.Parameters.AddWithValue("case", @case);
        return await find.ExecuteScalarAsync() as string;
    }

    /// <summary>The id of a change, and of its case.</summary>
    public Guid CaseOf(ReportedChange change) => FiledChange.IdOf(Mark + change.Source, change.Request);

    /// <summary>Where the payments to these numbers stand.</summary>
    public async Task<IReadOnlyList<StandingAnswer>> StandingsAsync(IEnumerable<int> numbers)
    {
        await using var standing = await Standing.OpenAsync(database.At, new DateOnly(2015, 6, 15), "test", default);
        return await standing.AnswerAsync([.. numbers.Select(Text)], default);
    }

    private string? IdOf(Parcel parcel) => parcel.Id is { } id ? Mark + id : null;

    /// <summary>A number of the history, as it is delivered.</summary>
    public string Text(int number) =>
        ((_no * NumbersOfAWorld) + number).ToString("D10", CultureInfo.InvariantCulture);

    private string TextOf(ListVersion list) => list.Rows.Aggregate(
        new StringBuilder("number,name,birth_date,address,action\n"), (text, row) => text.AppendLine(string.Join(',',
            Text(row.Number), row.Fields.Contains("name") ? "N" : "",
            row.Fields.Contains("birth_date") ? "1950-01-01" : "", row.Fields.Contains("address") ? "A" : "",
            row.Withdraws ? "withdraw" : ""))).ToString();

    private string TextOf(IEnumerable<NumberMapping> mappings) => mappings.Aggregate(
        new StringBuilder("old_number,new_number,effective_on,relation\n"),
        (text, m) => text.AppendLine($"{Text(m.Old)},{Text(m.New)},{m.EffectiveOn},{m.Relation}")).ToString();

    private string TextOf(IEnumerable<HolderDeath> deaths) => deaths.Aggregate(
        new StringBuilder("number,died_on\n"), (text, d) => text.AppendLine($"{Text(d.Number)},{d.DiedOn:O}"))
        .ToString();

    private List<string?[]> RowsOf(
        IEnumerable<ReportedChange> changes, IEnumerable<ChangeCancellation> cancellations) =>
    [
        .. changes.Select(c => new string?[]
            { Mark + c.Source, c.Request, c.Kind, Text(c.Number), $"{c.Filed}", $"{c.Received}", $"{c.Entered}" }),
        .. cancellations.Select(c => new string?[]
            { Mark + c.Source, c.Request, "cancel", Text(c.Number), "", "", "" }),
    ];

    /// <summary>One by one, at once.</summary>
    private static Task FileEachAsync(Served service, List<string?[]> rows) => Task.WhenAll(rows.Select(async row =>
    {
        using var caller = service.As(Role.Intake);
        using var answer = await caller.PostAsync("/api/account-changes", Served.Json(
            Columns.Zip(row).ToDictionary(c => c.First, c => c.Second)));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }));

    private async Task<DeliveryAnswer> DeliverAsync(
        string path, string role, Parcel parcel, string text, Func<DeliveredFile, Task<DeliveryAnswer>> import)
    {
        if (service is null)
        {
            return await WithFileAsync(text, import);
        }

        using var caller = service.As(role);
        if (IdOf(parcel) is { } id)
        {
            caller.DefaultRequestHeaders.Add("Idempotency-Key", id);
        }

        using var answer = await caller.PostAsync(path, Served.Csv(text));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeliveryAnswer>())!;
    }

    private async Task<DeliveryAnswer> WithFileAsync(string text, Func<DeliveredFile, Task<DeliveryAnswer>> import)
    {
        var path = Path.Combine(database.Home, $"{Mark}{Interlocked.Increment(ref _files)}.csv");
        await File.WriteAllTextAsync(path, text);
        try
        {
            using var file = DeliveredFile.Open(path, null);
            var answer = await import(file);
            answer.Rows.Received.ShouldBe(answer.Rows.Accepted + answer.Rows.Duplicates + answer.Rows.Quarantined);
            return answer;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
