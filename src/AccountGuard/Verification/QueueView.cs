using System.Text.Json;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>A day of a change as a person reads it: what was reported, and whether it can be so (Rule 4).</summary>
public sealed record SeenDay(string? Text, bool IsPossible);

/// <summary>A row of the queue with what the change says; numbers and accounts are masked.</summary>
public sealed record SeenCase(
    QueueRow Row, string Number, string? Channel, string? Office, SeenDay Filed, SeenDay Received, SeenDay Entered,
    string? OldAccount, string? NewAccount);

/// <summary>Rows that are paid first on the same day; null: on no day that is known.</summary>
public sealed record SeenPayDay(DateOnly? On, long? Count, IReadOnlyList<SeenCase> Cases);

/// <summary>How many open cases there are, and of which kind.</summary>
public sealed record QueueFigures(
    long Open, long PaidNext, IReadOnlyDictionary<QueueFilter, long> Filtered, IReadOnlyDictionary<string, long> States,
    IReadOnlyDictionary<string, long> Ended);

/// <summary>A page of the queue as auditors see it.</summary>
public sealed record QueueView(
    IncidentBar Bar, string? State, QueueFilter? Filter, QueueFigures Figures, DateOnly? NextPayDay,
    IReadOnlyList<SeenPayDay> PayDays, string? After, string? Next)
{
    private const int PageLength = 100;

    /// <exception cref="BadInput">There is no such incident, state or place.</exception>
    public static async Task<QueueView?> LoadAsync(
        Installation at, string? incident, string? state, QueueFilter? filter, string? after, CancellationToken cancel)
    {
        if (await IncidentBar.LoadAsync(at, incident, cancel) is not { } bar)
        {
            return null;
        }

        var (rows, next) = await Queue.PageAsync(
            at, bar.Incident.Id, state, filter, QueuePlace.Parse(after), PageLength, cancel);
        var nextPayDay = await NextPayDayAsync(at, bar.Today, cancel);
        var (figures, counts) = await CountAsync(at, bar.Incident.No, filter, nextPayDay, cancel);
        var cases = await SeeAsync(at, rows, bar.Incident.No, cancel);
        return new QueueView(bar, state, filter, figures, nextPayDay,
            [.. cases.GroupBy(c => c.Row.ExposedOn).Select(g => new SeenPayDay(
                g.Key, state is null ? counts.GetValueOrDefault(g.Key ?? DateOnly.MinValue) : null, [.. g]))],
            after, next?.ToString());
    }

    /// <summary>The first pay-day that is not over; null where the calendar has none.</summary>
    public static async Task<DateOnly?> NextPayDayAsync(Installation at, DateOnly today, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand("select min(pay_on) from pay_day where pay_on >= @today");
        find.Parameters.AddWithValue("today", today);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0);
    }

    /// <summary>
    /// What is not verified by then is paid at the next pay-day, also where an earlier one was the first (Rule 22).
    /// </summary>
    private static async Task<(QueueFigures, Dictionary<DateOnly, long> ByPayDay)> CountAsync(
        Installation at, int incidentNo, QueueFilter? filter, DateOnly? nextPayDay, CancellationToken cancel)
    {
        var filters = Enum.GetValues<QueueFilter>();
        await using var count = at.Database.CreateCommand(
            """
            select h.exposed_on, count(*), count(*) filter (where h.chain), count(*) filter (where h.alert_gap),
                count(*) filter (where h.date_doubt), count(*) filter (where h.renumbered),
                count(*) filter (where h.tier = 4), count(*) filter (where h.state = 'Queued'),
                count(*) filter (where h.state = 'InContact'), count(*) filter (where h.state = 'Proposed'),
                count(*) filter (where h.state = 'Unreachable')
            from hit h where h.incident_no = @incident and h.is_open
            group by h.exposed_on
            """);
        count.Parameters.AddWithValue("incident", incidentNo);
        var byPayDay = new Dictionary<DateOnly, long>();
        var filtered = filters.ToDictionary(f => f, _ => 0L);
        var states = Queue.OpenStates.ToDictionary(s => s, _ => 0L);
        var (open, paidNext) = (0L, 0L);
        await using (var reader = await count.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var on = reader.GetFieldValue<DateOnly>(0);
                open += reader.GetInt64(1);
                paidNext += on <= nextPayDay ? reader.GetInt64(1) : 0;
                foreach (var (f, column) in filters.Select((f, i) => (f, i + 2)))
                {
                    filtered[f] += reader.GetInt64(column);
                }

                foreach (var (s, column) in Queue.OpenStates.Select((s, i) => (s, i + 2 + filters.Length)))
                {
                    states[s] += reader.GetInt64(column);
                }

                byPayDay[on] = reader.GetInt64(filter is { } chosen ? 2 + Array.IndexOf(filters, chosen) : 1);
            }
        }

        return (new QueueFigures(open, paidNext, filtered, states, await Queue.CountEndedAsync(at, incidentNo, cancel)),
            byPayDay);
    }

    private static async Task<IReadOnlyList<SeenCase>> SeeAsync(
        Installation at, IReadOnlyList<QueueRow> rows, int incidentNo, CancellationToken cancel)
    {
        using var personalKeys = new PersonalKeys(at.Keys);
        await using var find = at.Database.CreateCommand(
            """
            select g.place, c.channel, c.office,
                coalesce(c.filed_on, (c.filed_at at time zone i.time_zone)::date), d.filed_known,
                coalesce(c.received_on, (c.received_at at time zone i.time_zone)::date), d.received is not null,
                coalesce(c.entered_on, (c.entered_at at time zone i.time_zone)::date),
                (c.delivered_at at time zone i.time_zone)::date, c.change_id, c.number_key, t.sealed, k.wrapped,
                k.sealed_number
            from unnest(@ids) with ordinality as g (change_id, place)
            join account_change c on c.change_id = g.change_id
            join incident i on i.incident_no = @incident
            cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
                c.entered_on, c.entered_at, c.delivered_at, i.time_zone, i.post_days) d
            left join account_change_detail t on t.change_id = c.change_id
            left join personal_key k on k.subject_key = c.number_key
            order by g.place
            """);
        find.Parameters.AddWithValue("ids", NpgsqlDbType.Array | NpgsqlDbType.Uuid,
            rows.Select(r => r.Change).ToArray());
        find.Parameters.AddWithValue("incident", incidentNo);
        var cases = new List<SeenCase>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var row = rows[(int)reader.GetInt64(0) - 1];
            var details = Details(reader, personalKeys);
            var entered = reader.IsDBNull(7) ? (DateOnly?)null : reader.GetFieldValue<DateOnly>(7);
            cases.Add(new SeenCase(
                row, Number(reader, personalKeys), Text(reader, 1), Text(reader, 2),
                See(reader, 3, reader.GetBoolean(4), details, "filed_on"),
                See(reader, 5, reader.GetBoolean(6), details, "received_on"),
                See(reader, 7, entered <= reader.GetFieldValue<DateOnly>(8), details, "entered_on"),
                Mask(details, "previous_account"), Mask(details, "new_account")));
        }

        return cases;
    }

    /// <summary>The number that the change was filed under, masked; it may be erased.</summary>
    private static string Number(NpgsqlDataReader reader, PersonalKeys personalKeys) =>
        reader.IsDBNull(12) || reader.IsDBNull(13) ? ShowNumbers.Erased : personalKeys.OpenNumber(
            KeyOf(reader), reader.GetFieldValue<byte[]>(12), reader.GetFieldValue<byte[]>(13)).ToString();

    private static NumberKey KeyOf(NpgsqlDataReader reader) =>
        NumberKey.FromBytes(reader.GetFieldValue<byte[]>(10));

    /// <summary>Erased data leaves none.</summary>
    private static Dictionary<string, string> Details(NpgsqlDataReader reader, PersonalKeys personalKeys) =>
        reader.IsDBNull(11) || reader.IsDBNull(12) ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(
            Sealed.Open(
                personalKeys.Unwrap(KeyOf(reader), reader.GetFieldValue<byte[]>(12)),
                reader.GetFieldValue<byte[]>(11), reader.GetGuid(9).ToByteArray(bigEndian: true)))!;

    /// <summary>What cannot be read as a day may be anything: of it only what looks like one is shown.</summary>
    private static SeenDay See(
        NpgsqlDataReader reader, int column, bool isPossible, Dictionary<string, string> details, string field) =>
        !reader.IsDBNull(column) ? new SeenDay(reader.GetFieldValue<DateOnly>(column).Iso(), isPossible)
        : !details.TryGetValue(field, out var written) ? new SeenDay(null, IsPossible: false)
        : new SeenDay(
            LooksLikeADay(written) ? written : "?", IsPossible: false);

    private static bool LooksLikeADay(string written) => written.Length == 10
        && written.Select((c, i) => i is 4 or 7 ? c is '-' or '/' : char.IsAsciiDigit(c)).All(fits => fits);

    private static string? Mask(Dictionary<string, string> details, string field) =>
        !details.TryGetValue(field, out var written) ? null
        : PayeeAccount.TryParse(written, out var account) ? $"{account.Scheme} {account}" : "?";

    private static string? Text(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
