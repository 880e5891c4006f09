using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Queues;

/// <summary>A day of a change as a person reads it: what was reported, and whether it can be so (Rule 4).</summary>
public sealed record SeenDay(string? Text, bool IsPossible);

/// <summary>Who works on a case, by login, and until when it is theirs.</summary>
public sealed record SeenClaim(string Auditor, DateTimeOffset Until);

/// <summary>
/// A row of the queue with what the change says; numbers and accounts are masked. Of the protected neither number nor
/// account is there, nor where they filed (Rule 13).
/// </summary>
public sealed record SeenCase(
    QueueRow Row, string Number, string? Channel, string? Office, SeenDay Filed, SeenDay Received, SeenDay Entered,
    string? OldAccount, string? NewAccount, bool IsLinked, SeenClaim? Claim, bool IsProtected);

/// <summary>Rows that are paid first on the same day; null: on no day that is known.</summary>
public sealed record SeenPayDay(DateOnly? On, long? Count, IReadOnlyList<SeenCase> Cases);

/// <summary>
/// How many cases there are of each kind by itself, whatever else is asked for: exact to 10,000, and one more where
/// there are more.
/// </summary>
public sealed record QueueFigures(IReadOnlyDictionary<string, long> Counts)
{
    public const string Open = "Open";
    public const string PaidNext = "PaidNext";

    /// <summary>Open cases of protected holders that nobody has.</summary>
    public const string Protected = "Protected";

    public long Ended => Queue.EndedStates.Sum(Of);

    public long Of(string kind) => Counts.GetValueOrDefault(kind);

    /// <summary>Those of everybody, with what this person has taken and what is of an office.</summary>
    public static async Task<QueueFigures> CountAsync(
        Installation at, QueueCounted counted, int incidentNo, string login, string? office, CancellationToken cancel)
    {
        var counts = counted.Counts.ToDictionary();
        await using var reader = await at.LookUpAsync(
            "select kind, found from own_queue_counts(@incident, @login, @office)", cancel,
            ("incident", incidentNo), ("login", login), ("office", office ?? ""));
        while (await reader.ReadAsync(cancel))
        {
            counts[reader.GetString(0)] = reader.GetInt64(1);
        }

        return new QueueFigures(counts);
    }
}

/// <summary>What the pages of everybody count alike, and the offices that may be asked for.</summary>
/// <param name="Counts">Of each kind.</param>
/// <param name="PayDays">Of those that are paid first on each day; on the least, of those on no day that is known.
/// </param>
/// <param name="Offices">Those that have open cases.</param>
public sealed record QueueCounted(
    IReadOnlyDictionary<string, long> Counts, IReadOnlyDictionary<DateOnly, long> PayDays,
    IReadOnlyList<string> Offices)
{
    private const int MostOffices = 500;

    // An office stands in the address of a page; what looks like a number that somebody mistyped there does not.
    private const int MostDigits = 6;

    /// <summary>
    /// What is not verified by then is paid at the next pay-day, also where an earlier one was the first (Rule 22).
    /// </summary>
    public static async Task<QueueCounted> CountAsync(
        Installation at, int incidentNo, DateOnly? nextPayDay, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand(
            """
            select kind, found from queue_counts(@incident, @next)
            union all select 'Protected', waiting_protected(@incident, @now)
            """);
        count.Parameters.AddWithValue("now", at.Clock.GetUtcNow());
        count.Parameters.AddWithValue("incident", incidentNo);
        count.Parameters.AddWithValue("next", NpgsqlDbType.Date, nextPayDay ?? DateOnly.MinValue);
        var counts = new Dictionary<string, long>();
        await using (var reader = await count.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                counts[reader.GetString(0)] = reader.GetInt64(1);
            }
        }

        return new QueueCounted(
            counts, await PayDaysAsync(at, incidentNo, cancel), await OfficesAsync(at, incidentNo, cancel));
    }

    private static async Task<IReadOnlyDictionary<DateOnly, long>> PayDaysAsync(
        Installation at, int incidentNo, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand("select pay_on, cases from queue_pay_days(@incident)");
        count.Parameters.AddWithValue("incident", incidentNo);
        var days = new Dictionary<DateOnly, long>();
        await using var reader = await count.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            days[reader.GetFieldValue<DateOnly>(0)] = reader.GetInt64(1);
        }

        return days;
    }

    private static async Task<IReadOnlyList<string>> OfficesAsync(
        Installation at, int incidentNo, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand("select * from queue_offices(@incident, @most)");
        find.Parameters.AddWithValue("incident", incidentNo);
        find.Parameters.AddWithValue("most", MostOffices);
        var offices = new List<string>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            offices.Add(reader.GetString(0));
        }

        return [.. offices.Where(office => office.Count(char.IsDigit) <= MostDigits)];
    }
}

/// <summary>A page of the queue as auditors see it.</summary>
/// <param name="Total">How many cases meet the filter, counted as figures are; null: not counted.</param>
/// <param name="Offices">Those that may be asked for.</param>
/// <param name="Login">Whose own cases are marked.</param>
public sealed record QueueView(
    IncidentBar Bar, QueueFilter Filter, QueueFigures Figures, long? Total, IReadOnlyList<string> Offices, string Login,
    DateOnly? NextPayDay, IReadOnlyList<SeenPayDay> PayDays, string? After, string? Next)
{
    private const int PageLength = 100;

    /// <param name="shared">Counts and ranks for all pages; null: they are found for this one.</param>
    /// <exception cref="BadInput">There is no such incident, state, tier or place.</exception>
    public static async Task<QueueView?> LoadAsync(
        Installation at, string? incident, QueueFilter filter, string login, string? after, CancellationToken cancel,
        QueueCounts? shared = null)
    {
        if (await IncidentBar.LoadAsync(at, incident, cancel) is not { } bar)
        {
            return null;
        }

        var (no, id) = (bar.Incident.No, bar.Incident.Id);
        var nextPayDay = await NextPayDayAsync(at, bar.Today, cancel);
        var counted = await (shared?.AskAsync(no, nextPayDay, cancel)
            ?? QueueCounted.CountAsync(at, no, nextPayDay, cancel));
        var figures = await QueueFigures.CountAsync(at, counted, no, login, filter.Office, cancel);
        var place = QueuePlace.Parse(after);
        var isWhole = filter == QueueFilter.None;
        var (rows, next) = isWhole || filter.IsEnded
            ? await Queue.PageAsync(at, id, filter, place, PageLength, cancel)
            : await SliceAsync(at, bar.Incident, filter, figures, place, shared, cancel);
        var cases = await SeeAsync(at, rows, no, cancel);
        return new QueueView(bar, filter, figures, await TotalAsync(at, no, filter, figures, cancel),
            counted.Offices, login, nextPayDay,
            [.. cases.GroupBy(c => c.Row.ExposedOn).Select(g => new SeenPayDay(
                g.Key, isWhole && counted.PayDays.TryGetValue(g.Key ?? DateOnly.MinValue, out var count) ? count : null,
                [.. g]))],
            after, next?.ToString());
    }

    /// <summary>Rows that meet a filter, with their ranks in the whole queue.</summary>
    private static async Task<(IReadOnlyList<QueueRow> Rows, QueuePlace? Next)> SliceAsync(
        Installation at, BarIncident incident, QueueFilter filter, QueueFigures figures, QueuePlace? after,
        QueueCounts? shared, CancellationToken cancel)
    {
        var (rows, next) = await QueueSlice.PageAsync(
            at, incident.No, incident.Id, filter, figures, after, PageLength, cancel);
        if (rows.Count == 0)
        {
            return (rows, next);
        }

        Guid[] changes = [.. rows.Select(r => r.Change)];
        var ranks = await (shared?.RanksAsync(incident.No, changes, cancel)
            ?? QueueSlice.RanksAsync(at, incident.No, changes, cancel));
        return ([.. rows.Select(r => ranks.TryGetValue(r.Change, out var rank) ? r with { Rank = rank } : r)], next);
    }

    private static async Task<long?> TotalAsync(
        Installation at, int incidentNo, QueueFilter filter, QueueFigures figures, CancellationToken cancel) =>
        filter.Kinds switch
        {
            [] => figures.Of(QueueFigures.Open),
            [var kind] => figures.Of(kind),
            _ when filter.IsEnded => null,
            _ => (await QueueSlice.CasesAsync(
                at, incidentNo, filter, figures, QueueSlice.Exact + 1, QueueSlice.MostSeen, cancel)).Count,
        };

    /// <summary>The first pay-day that is not over; null where the calendar has none.</summary>
    public static async Task<DateOnly?> NextPayDayAsync(Installation at, DateOnly today, CancellationToken cancel)
    {
        await using var reader = await at.LookUpAsync(
            "select min(paid_on) from pay_day where paid_on >= @today", cancel, ("today", today));
        await reader.ReadAsync(cancel);
        return reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0);
    }

    private static async Task<IReadOnlyList<SeenCase>> SeeAsync(
        Installation at, IReadOnlyList<QueueRow> rows, int incidentNo, CancellationToken cancel)
    {
        using var personalKeys = new PersonalKeys(at.Keys);
        var cases = new List<SeenCase>();
        await using var reader = await at.LookUpAsync(
            """
            select g.place, c.channel, c.office,
                coalesce(c.filed_on, (c.filed_at at time zone i.time_zone)::date), d.filed_known,
                coalesce(c.received_on, (c.received_at at time zone i.time_zone)::date), d.received is not null,
                coalesce(c.entered_on, (c.entered_at at time zone i.time_zone)::date),
                (c.delivered_at at time zone i.time_zone)::date, c.change_id, c.number_key, t.sealed, k.wrapped,
                k.sealed_number,
                exists (select from hit h where h.change_id = c.change_id and h.is_linked),
                v.auditor, v.claimed_until, c.number_key = any (array(select protected_among(array(
                    select a.number_key from account_change a where a.change_id = any (@ids)))))
            from unnest(@ids) with ordinality as g (change_id, place)
            join incident i on i.incident_no = @incident
            cross join lateral (select * from account_change a where a.change_id = g.change_id offset 0) c
            cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
                c.entered_on, c.entered_at, c.delivered_at, i.time_zone, i.post_days) d
            left join lateral (
                select * from account_change_detail o where o.change_id = g.change_id offset 0) t on true
            left join lateral (select * from personal_key o where o.subject_key = c.number_key offset 0) k on true
            left join lateral (select * from verification o where o.change_id = g.change_id offset 0) v on true
            order by g.place
            """, cancel, ("ids", rows.Select(r => r.Change).ToArray()), ("incident", incidentNo));
        while (await reader.ReadAsync(cancel))
        {
            var row = rows[(int)reader.GetInt64(0) - 1];
            var isProtected = reader.GetBoolean(17);
            var details = Details(reader, personalKeys);
            var entered = reader.IsDBNull(7) ? (DateOnly?)null : reader.GetFieldValue<DateOnly>(7);
            cases.Add(new SeenCase(
                row, isProtected ? ShowNumbers.Erased : Number(reader, personalKeys),
                isProtected ? null : Text(reader, 1), isProtected ? null : Text(reader, 2),
                See(reader, 3, reader.GetBoolean(4), details, "filed_on"),
                See(reader, 5, reader.GetBoolean(6), details, "received_on"),
                See(reader, 7, entered <= reader.GetFieldValue<DateOnly>(8), details, "entered_on"),
                isProtected ? null : Mask(details, "previous_account"),
                isProtected ? null : Mask(details, "new_account"), reader.GetBoolean(14),
                reader.IsDBNull(15) || reader.IsDBNull(16) ? null
                    : new SeenClaim(reader.GetString(15), reader.GetFieldValue<DateTimeOffset>(16)),
                isProtected));
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
        reader.IsDBNull(11) || reader.IsDBNull(12) ? [] : Sealed.OpenDetails(
            personalKeys.Unwrap(KeyOf(reader), reader.GetFieldValue<byte[]>(12)),
            reader.GetFieldValue<byte[]>(11), reader.GetGuid(9).ToByteArray(bigEndian: true));

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
