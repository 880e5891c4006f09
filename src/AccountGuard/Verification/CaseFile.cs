using System.Text;
using AccountGuard.AffectedLists;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Vault;
using AccountGuard.Verification.Queues;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>Why a change stands in an incident's queue, and when the new account is paid first.</summary>
public sealed record CaseHit(
    string Incident, IReadOnlyList<string> Reasons, int Tier, int ListVersion, DateOnly? FiledOn, DateOnly? ExposedOn,
    bool IsGroundGone);

/// <summary>The change as it was filed. Personal data is in clear: a case is opened against an access record.</summary>
public sealed record CaseChange(
    string Source, string RequestId, string Kind, string Number, string? Channel, string? Office, string? EnteredBy,
    string? DecidedBy, string? Proof, SeenDay Filed, SeenDay Received, SeenDay Entered,
    IReadOnlyDictionary<string, string> Details)
{
    public string? Of(string field) => Details.GetValueOrDefault(field);
}

/// <summary>A mapping that joined two of the holder's numbers (Rule 8).</summary>
/// <param name="EffectiveOn">
/// As it came, where it can be read in the incident's zone; null where none was named or the data was erased.
/// </param>
public sealed record JoinedNumbers(string Relation, string? EffectiveOn);

/// <summary>Something that happened to a case.</summary>
/// <param name="Written">What was written of it, or its file's name; null where the number's data was erased.</param>
public sealed record CaseMoment(object Event, DateTimeOffset At, string? Written);

/// <summary>All that the page of a case shows.</summary>
public sealed record CaseFile(
    Guid Id, NumberKey Number, IncidentBar Bar, CaseChange Change, IReadOnlyList<CaseHit> Hits, VerificationCase Case,
    IReadOnlyList<CaseMoment> Story, IReadOnlyList<LinkedCase> Links, DateOnly? NextPayDay, Caller Reader)
{
    /// <summary>What a case is opened for, as access records say (Rule 33).</summary>
    public const string Purpose = "verification of intent";

    /// <summary>What leaked of the holder, which proves nothing (Rule 10); null where no listing is in force.</summary>
    public LeakedFields? Leaked { get; init; }

    public required IReadOnlyList<JoinedNumbers> Joined { get; init; }

    public DateOnly Today => Bar.Today;

    public bool IsMine => Case.Claim?.Auditor.IsSame(Reader) == true;

    /// <summary>Opens a case for a person, who is recorded as having seen it (Rule 33).</summary>
    /// <exception cref="BadInput">There is no such case.</exception>
    public static async Task<CaseFile> OpenAsync(
        Installation at, Guid change, Caller reader, CancellationToken cancel)
    {
        var hits = await HitsAsync(at, change, cancel);
        if (hits.Count == 0)
        {
            throw new BadInput("There is no such case.", Fault.NotFound);
        }

        await using var session = at.Events.LightweightSession();
        var events = await session.Events.FetchStreamAsync(change, token: cancel);
        if (events.Count == 0)
        {
            await OpenCases.RunAsync(at, cancel, waits: true);
            events = await session.Events.FetchStreamAsync(change, token: cancel);
        }

        var @case = CaseWork.Fold(events.Select(e => e.Data));
        var bar = (await IncidentBar.LoadAsync(at, hits[0].Incident, cancel))!;
        var (filed, number, key) = await ChangeAsync(at, change, hits[0].Incident, reader, cancel);
        var texts = await Exhibits.ReadAsync(at, change, key, cancel);
        return new CaseFile(change, number, bar, filed, hits, @case,
            [.. events.Select(e => new CaseMoment(e.Data, e.Timestamp,
                Exhibits.NamedBy(e.Data) is { } named ? texts.GetValueOrDefault(named.Id) : null))],
            await CaseLinks.OfAsync(at, change, bar.Incident.Zone, cancel),
            await QueueView.NextPayDayAsync(at, bar.Today, cancel), reader)
        {
            Leaked = await LeakedAsync(at, number, cancel),
            Joined = await JoinedAsync(at, number, bar.Incident.Zone, cancel),
        };
    }

    private static async Task<IReadOnlyList<JoinedNumbers>> JoinedAsync(
        Installation at, NumberKey number, TimeZoneInfo zone, CancellationToken cancel)
    {
        await using var reader = await at.LookUpAsync(
            """
            select r.relation, coalesce(r.effective_on, (r.effective_at at time zone @zone)::date), r.effective_sealed,
                r.old_key, k.wrapped
            from numbers_of_holder(@number) n
            cross join lateral (select * from renumbering o where o.old_key = n.number_key offset 0) r
            left join personal_key k on k.subject_key = r.old_key
            order by r.delivery_no, r.row_no
            """, cancel, ("number", number.ToBytes()), ("zone", zone.Id));
        using var personalKeys = new PersonalKeys(at.Keys);
        var joined = new List<JoinedNumbers>();
        while (await reader.ReadAsync(cancel))
        {
            var text = reader.IsDBNull(2) || reader.IsDBNull(4) ? null : Sealed.OpenUnlessErased(
                personalKeys.Unwrap(
                    NumberKey.FromBytes(reader.GetFieldValue<byte[]>(3)), reader.GetFieldValue<byte[]>(4)),
                reader.GetFieldValue<byte[]>(2), "effective_on"u8);
            joined.Add(new JoinedNumbers(
                reader.GetString(0), Day(reader, 1)?.Iso() ?? (text is null ? null : Encoding.UTF8.GetString(text))));
        }

        return joined;
    }

    /// <summary>Of all listings in force, under any of the holder's numbers, whatever incident they are of.</summary>
    private static async Task<LeakedFields?> LeakedAsync(Installation at, NumberKey number, CancellationToken cancel)
    {
        await using var fields = await at.LookUpAsync(
            """
            select bit_or(l.fields) from numbers_of_holder(@number) n cross join lateral (
                select * from listing_in_force f where f.number_key = n.number_key offset 0) l
            """, cancel, ("number", number.ToBytes()));
        await fields.ReadAsync(cancel);
        return fields.IsDBNull(0) ? null : (LeakedFields)fields.GetInt16(0);
    }

    private static async Task<IReadOnlyList<CaseHit>> HitsAsync(
        Installation at, Guid change, CancellationToken cancel)
    {
        var hits = new List<CaseHit>();
        await using var reader = await at.LookUpAsync(
            """
            select distinct on (i.id) i.id, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
                h.list_version, nullif(h.filed_on, '-infinity'), nullif(h.exposed_on, '-infinity'),
                h.ended_at is not null
            from hit h join incident i on i.incident_no = h.incident_no
            where h.change_id = @change order by i.id, h.hit_id desc
            """, cancel, ("change", change));
        while (await reader.ReadAsync(cancel))
        {
            hits.Add(new CaseHit(reader.GetString(0), reader.GetString(1).Split('+'), reader.GetInt16(2),
                reader.GetInt32(3), Day(reader, 4), Day(reader, 5), reader.GetBoolean(6)));
        }

        return [.. hits.OrderBy(h => h.IsGroundGone)];
    }

    private static async Task<(CaseChange Change, NumberKey Number, byte[]? Key)> ChangeAsync(
        Installation at, Guid change, string incident, Caller reader, CancellationToken cancel)
    {
        await using var row = await at.LookUpAsync(
            """
            select c.source, c.request_id, c.kind, c.channel, c.office, c.entered_by, c.decided_by, c.proof,
                coalesce(c.filed_on, (c.filed_at at time zone i.time_zone)::date), d.filed_known,
                coalesce(c.received_on, (c.received_at at time zone i.time_zone)::date), d.received is not null,
                coalesce(c.entered_on, (c.entered_at at time zone i.time_zone)::date),
                (c.delivered_at at time zone i.time_zone)::date, c.number_key, t.sealed, k.wrapped, k.sealed_number
            from account_change c join incident i on i.id = @incident
            cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
                c.entered_on, c.entered_at, c.delivered_at, i.time_zone, i.post_days) d
            left join account_change_detail t on t.change_id = c.change_id
            left join personal_key k on k.subject_key = c.number_key
            where c.change_id = @change
            """, cancel, ("change", change), ("incident", incident));
        await row.ReadAsync(cancel);
        var number = NumberKey.FromBytes(row.GetFieldValue<byte[]>(14));
        await AccessRecords.WriteAsync(at, [number], "case", reader.ToString(), Purpose, cancel);

        // Erased data leaves none.
        using var personalKeys = new PersonalKeys(at.Keys);
        var key = row.IsDBNull(16) ? null : personalKeys.Unwrap(number, row.GetFieldValue<byte[]>(16));
        var details = key is null || row.IsDBNull(15) ? [] : Sealed.OpenDetails(
            key, row.GetFieldValue<byte[]>(15), change.ToByteArray(bigEndian: true));
        var shown = row.IsDBNull(16) || row.IsDBNull(17) ? ShowNumbers.Erased : personalKeys.OpenNumber(
            number, row.GetFieldValue<byte[]>(16), row.GetFieldValue<byte[]>(17)).RevealDigits().Insert(4, "-");
        var entered = Day(row, 12);
        return (new CaseChange(
            row.GetString(0), row.GetString(1), row.GetString(2), shown, Text(row, 3), Text(row, 4), Text(row, 5),
            Text(row, 6), Text(row, 7), See(row, 8, row.GetBoolean(9), details, "filed_on"),
            See(row, 10, row.GetBoolean(11), details, "received_on"),
            See(row, 12, entered <= row.GetFieldValue<DateOnly>(13), details, "entered_on"), details), number, key);
    }

    private static SeenDay See(
        NpgsqlDataReader row, int column, bool isPossible, Dictionary<string, string> details, string field) =>
        Day(row, column) is { } day ? new SeenDay(day.Iso(), isPossible)
            : new SeenDay(details.GetValueOrDefault(field), IsPossible: false);

    private static DateOnly? Day(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

    private static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
