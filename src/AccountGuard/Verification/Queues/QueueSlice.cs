using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Queues;

/// <summary>
/// Open cases of an incident that meet a filter, in the order of the queue (Rule 22). The smallest of the ranges that
/// are asked for is read by its index, and the rest is asked of its rows: of so many at a time, however many there are.
/// </summary>
public static class QueueSlice
{
    /// <summary>How far counts, ranks and work on several cases reach; beyond it there are more.</summary>
    public const int Exact = 10_000;

    /// <summary>How many rows of a range a page looks at.</summary>
    public const int MostSeen = 20_000;

    private const string All = "all";

    private const string Page = """
        select h.source, h.request_id, c.kind, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.filed_on, h.exposed_on, c.number_key, h.state, null::bigint, h.change_id
        from queue_slice(@way, @incident, @state, @reason, @of_tier, @office, @linked, @auditor, @exposed, @unchained,
            @tier, @filed, @source, @request, @most, @seen) with ordinality h
        cross join lateral (select * from account_change a where a.change_id = h.change_id offset 0) c
        order by h.ordinality
        """;

    private const string Ranks = """
        select r.change_id, r.rank from (
            select h.change_id, row_number() over (
                order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id) as rank
            from hit h where h.is_open and h.incident_no = @incident limit @most) r
        where r.change_id = any (@changes)
        """;

    /// <summary>
    /// A page, and the place behind it where there may be more, though it may hold fewer rows than asked. Its rows have
    /// no rank: <see cref="RanksAsync"/> gives it.
    /// </summary>
    public static async Task<(IReadOnlyList<QueueRow> Rows, QueuePlace? Next)> PageAsync(
        Installation at, int incidentNo, string incident, QueueFilter filter, QueueFigures figures, QueuePlace? after,
        int limit, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        var way = WayOf(filter, figures);
        var rows = await ReadAsync(connection, way, incidentNo, incident, filter, after, limit, MostSeen, cancel);
        var last = rows.Count == limit ? rows[^1]
            : way != All && figures.Of(way) <= Exact ? null
            : (await ReadAsync(connection, way, incidentNo, incident, Only(way, filter), after, MostSeen, MostSeen,
                cancel)).ElementAtOrDefault(MostSeen - 1);
        return (rows, last is null ? null : Queue.PlaceOf(last));
    }

    /// <summary>The ranks of cases among all open ones; a rank beyond 10,000 is left out.</summary>
    public static async Task<IReadOnlyDictionary<Guid, long>> RanksAsync(
        Installation at, int incidentNo, IEnumerable<Guid> changes, CancellationToken cancel)
    {
        var ranks = new Dictionary<Guid, long>();
        await using var reader = await at.LookUpAsync(
            Ranks, cancel, ("incident", incidentNo), ("most", Exact), ("changes", changes.ToArray()));
        while (await reader.ReadAsync(cancel))
        {
            ranks[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        return ranks;
    }

    /// <summary>The first cases that meet a filter, of so many rows that are looked at.</summary>
    public static async Task<IReadOnlyList<Guid>> CasesAsync(
        Installation at, int incidentNo, QueueFilter filter, QueueFigures figures, int most, int seen,
        CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var find = new NpgsqlCommand(
            """
            select h.change_id from queue_slice(@way, @incident, @state, @reason, @of_tier, @office, @linked, @auditor,
                @exposed, @unchained, @tier, @filed, @source, @request, @most, @seen) with ordinality h
            order by h.ordinality
            """, connection);
        AddTo(find, WayOf(filter, figures), incidentNo, filter, null, most, seen);
        var cases = new List<Guid>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            cases.Add(reader.GetGuid(0));
        }

        return cases;
    }

    private static string WayOf(QueueFilter filter, QueueFigures figures) => filter.Kinds.MinBy(figures.Of) ?? All;

    private static async Task<List<QueueRow>> ReadAsync(
        NpgsqlConnection connection, string way, int incidentNo, string incident, QueueFilter filter,
        QueuePlace? after, int most, int seen, CancellationToken cancel)
    {
        await using var page = new NpgsqlCommand(Page, connection);
        AddTo(page, way, incidentNo, filter, after, most, seen);
        await page.PrepareAsync(cancel);
        var rows = new List<QueueRow>();
        await using var reader = await page.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(Queue.Row(reader, incident));
        }

        return rows;
    }

    private static void AddTo(
        NpgsqlCommand slice, string way, int incidentNo, QueueFilter filter, QueuePlace? after, int most, int seen)
    {
        slice.Parameters.AddWithValue("way", way == "Queued" ? All
            : Queue.OpenStates.Contains(way) ? "state" : int.TryParse(way, out _) ? "tier" : way);
        slice.Parameters.AddWithValue("incident", incidentNo);
        slice.Parameters.AddWithValue("state", NpgsqlDbType.Text, (object?)filter.State ?? DBNull.Value);
        slice.Parameters.AddWithValue(
            "reason", NpgsqlDbType.Text, (object?)filter.Reason?.ToString() ?? DBNull.Value);
        slice.Parameters.AddWithValue("of_tier", NpgsqlDbType.Integer, (object?)filter.Tier ?? DBNull.Value);
        slice.Parameters.AddWithValue("office", NpgsqlDbType.Text, (object?)filter.Office ?? DBNull.Value);
        slice.Parameters.AddWithValue("linked", filter.IsLinked);
        slice.Parameters.AddWithValue("auditor", NpgsqlDbType.Text, (object?)filter.Auditor ?? DBNull.Value);
        Queue.AddPlace(slice, after);
        slice.Parameters.AddWithValue("most", most);
        slice.Parameters.AddWithValue("seen", seen);
    }

    /// <summary>The part of a filter that a range of an index answers.</summary>
    private static QueueFilter Only(string way, QueueFilter filter) => way switch
    {
        QueueFilter.OfficeKind => new(Office: filter.Office),
        QueueFilter.LinkedKind => new(IsLinked: true),
        QueueFilter.MineKind => new(Auditor: filter.Auditor),
        All or "Queued" => QueueFilter.None,
        _ when way == filter.State => new(filter.State),
        _ when way == filter.Reason?.ToString() => new(Reason: filter.Reason),
        _ => new(Tier: filter.Tier),
    };
}
