using System.Buffers.Text;
using System.Data;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccountGuard.Numbers;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Queues;

/// <summary>
/// A row of the queue: a change in an incident. Rank is empty for ended rows, days where no day is possible.
/// </summary>
public sealed record QueueRow(
    long? Rank, string Source, string RequestId, string Kind, string Incident, string Reasons, string State, int Tier,
    int ListVersion, DateOnly? FiledOn, DateOnly? ExposedOn, NumberKey Number, Guid Change);

/// <summary>Where a page of the queue ended; the next one begins behind it.</summary>
public sealed record QueuePlace(
    string Incident, long? Rank, DateOnly ExposedOn, bool Unchained, int NegativeTier, DateOnly FiledOn, string Source,
    string RequestId)
{
    /// <summary>The place as a caller carries it from page to page.</summary>
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <exception cref="BadInput">It is not a place that was given out.</exception>
    public static QueuePlace? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<QueuePlace>(Base64Url.DecodeFromChars(text));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new BadInput("'after' is no place of the queue: take the 'next' of a page as it came.");
        }
    }
}

/// <summary>The verification queue in its order (Rule 22): every hit, whether or not its case is opened yet.</summary>
public static class Queue
{
    public static readonly string[] OpenStates = ["Queued", "InContact", "Proposed", "Unreachable"];
    public static readonly string[] EndedStates = ["Confirmed", "Denied", "Deceased", "ListedInError", "Withdrawn"];

    private const int PageLength = 1_000;

    // -infinity stands for a day that is not known.
    private static readonly DateOnly Unknown = DateOnly.MinValue;

    // Ranks count every open row, also where only some of them are asked for.
    private const string OpenPage = """
        select h.source, h.request_id, c.kind, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.filed_on, h.exposed_on, c.number_key, h.state, h.rank, h.change_id
        from (
            select o.*, not o.chain as unchained, - o.tier as minus_tier, @rank + row_number() over (
                order by o.exposed_on, not o.chain, - o.tier, o.filed_on, o.source, o.request_id) as rank
            from hit o
            where o.is_open and o.incident_no = @incident
              and (o.exposed_on, not o.chain, - o.tier, o.filed_on, o.source, o.request_id)
                > (@exposed, @unchained, @tier, @filed, @source, @request)) h
        join account_change c using (change_id)
        where @state = '' or h.state = @state
        order by h.exposed_on, h.unchained, h.minus_tier, h.filed_on, h.source, h.request_id
        limit @limit
        """;

    private const string Ended = """
        select h.source, h.request_id, c.kind, reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier,
            h.list_version, h.filed_on, h.exposed_on, c.number_key, h.state, null::bigint, h.change_id
        from hit h join account_change c using (change_id)
        where h.incident_no = @incident and not h.is_open and h.state = @state and not exists (
                select from hit o
                where o.change_id = h.change_id and o.incident_no = h.incident_no and o.hit_id > h.hit_id)
          and case @reason when 'AddressChain' then h.chain when 'AlertGap' then h.alert_gap
                when 'DateDoubt' then h.date_doubt when 'Renumbered' then h.renumbered else true end
          and (@of_tier = 0 or h.tier = @of_tier)
          and (@office = '' or h.office = @office and h.change_id <> all (array(select protected_cases(@incident))))
          and (not @linked or h.is_linked)
          and (@auditor = '' or exists (
                select from verification v where v.change_id = h.change_id and v.auditor = @auditor))
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (@exposed, @unchained, @tier, @filed, @source, @request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id
        limit @limit
        """;

    /// <summary>
    /// All rows of a state, or all open ones, by incident and then in the order of the queue; all in one snapshot, and
    /// no more than a page of them in memory.
    /// </summary>
    /// <exception cref="BadInput">There is no such incident or state.</exception>
    public static async IAsyncEnumerable<QueueRow> ReadAsync(
        Installation at, string? incident, string? state, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        QueuePlace? place = null;
        do
        {
            (var rows, place) = await PageAsync(
                connection, incident, new QueueFilter(state), place, PageLength, cancel);
            foreach (var row in rows)
            {
                yield return row;
            }
        }
        while (place is not null);
    }

    /// <summary>
    /// The rows behind a place (null: from the beginning), found by index however deep it lies, and the place behind
    /// them where there may be more. Ended rows have no rank. Of open ones all but the state is asked for elsewhere,
    /// by <see cref="QueueSlice"/>: here each has its rank, which counts all that come before.
    /// </summary>
    /// <exception cref="BadInput">There is no such incident or state.</exception>
    public static async Task<(IReadOnlyList<QueueRow> Rows, QueuePlace? Next)> PageAsync(
        Installation at, string? incident, QueueFilter filter, QueuePlace? after, int limit,
        CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);

        // The rows of one incident come by one statement, which is a snapshot by itself.
        await using var snapshot = incident is not null ? null
            : await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        return await PageAsync(connection, incident, filter, after, limit, cancel);
    }

    private static async Task<(IReadOnlyList<QueueRow> Rows, QueuePlace? Next)> PageAsync(
        NpgsqlConnection connection, string? incident, QueueFilter filter, QueuePlace? after, int limit,
        CancellationToken cancel)
    {
        filter = filter.Checked();
        var rows = new List<QueueRow>();
        foreach (var (no, id) in await IncidentsAsync(connection, incident, cancel))
        {
            if (string.CompareOrdinal(id, after?.Incident) < 0)
            {
                continue;
            }

            var place = after?.Incident == id ? after : null;
            await ReadPageAsync(connection, no, id, filter, place, limit - rows.Count, rows, cancel);
            if (rows.Count == limit)
            {
                return (rows, PlaceOf(rows[^1]));
            }
        }

        return (rows, null);
    }

    /// <summary>The place of a row.</summary>
    internal static QueuePlace PlaceOf(QueueRow row) => new(
        row.Incident, row.Rank, row.ExposedOn ?? Unknown, !row.Reasons.Contains("AddressChain"), -row.Tier,
        row.FiledOn ?? Unknown, row.Source, row.RequestId);

    private static async Task ReadPageAsync(
        NpgsqlConnection connection, int incidentNo, string incident, QueueFilter filter, QueuePlace? after, int limit,
        List<QueueRow> rows, CancellationToken cancel)
    {
        await using var page = new NpgsqlCommand(filter.IsEnded ? Ended : OpenPage, connection);
        page.CommandTimeout = 0;
        page.Parameters.AddWithValue("incident", incidentNo);
        page.Parameters.AddWithValue("state", filter.State ?? "");
        if (filter.IsEnded)
        {
            page.Parameters.AddWithValue("reason", filter.Reason?.ToString() ?? "");
            page.Parameters.AddWithValue("of_tier", filter.Tier ?? 0);
            page.Parameters.AddWithValue("office", filter.Office ?? "");
            page.Parameters.AddWithValue("linked", filter.IsLinked);
            page.Parameters.AddWithValue("auditor", filter.Auditor ?? "");
        }
        else
        {
            page.Parameters.AddWithValue("rank", after?.Rank ?? 0);
        }

        AddPlace(page, after);
        page.Parameters.AddWithValue("limit", limit);
        await page.PrepareAsync(cancel);
        await using var reader = await page.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(Row(reader, incident));
        }
    }

    /// <summary>Where a page begins; the first one at a place before all rows.</summary>
    internal static void AddPlace(NpgsqlCommand page, QueuePlace? after)
    {
        page.Parameters.AddWithValue("exposed", NpgsqlDbType.Date, after?.ExposedOn ?? Unknown);
        page.Parameters.AddWithValue("unchained", after?.Unchained ?? false);
        page.Parameters.AddWithValue("tier", (short)(after?.NegativeTier ?? short.MinValue));
        page.Parameters.AddWithValue("filed", NpgsqlDbType.Date, after?.FiledOn ?? Unknown);
        page.Parameters.AddWithValue("source", after?.Source ?? "");
        page.Parameters.AddWithValue("request", after?.RequestId ?? "");
    }

    internal static QueueRow Row(NpgsqlDataReader reader, string incident) => new(
        reader.IsDBNull(10) ? null : reader.GetInt64(10), reader.GetString(0), reader.GetString(1),
        reader.GetString(2), incident, reader.GetString(3),
        reader.GetString(9),
        reader.GetInt16(4), reader.GetInt32(5), Known(reader.GetFieldValue<DateOnly>(6)),
        Known(reader.GetFieldValue<DateOnly>(7)), NumberKey.FromBytes(reader.GetFieldValue<byte[]>(8)),
        reader.GetGuid(11));

    private static DateOnly? Known(DateOnly day) => day == Unknown ? null : day;

    private static async Task<IReadOnlyList<(int No, string Id)>> IncidentsAsync(
        NpgsqlConnection connection, string? incident, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select incident_no, id from incident where @id::text is null or id = @id order by id", connection);
        find.Parameters.AddWithValue("id", NpgsqlDbType.Text, (object?)incident ?? DBNull.Value);
        await find.PrepareAsync(cancel);
        var incidents = new List<(int, string)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            incidents.Add((reader.GetInt32(0), reader.GetString(1)));
        }

        return incidents.Count == 0 && incident is not null
            ? throw BadInput.NoIncident
            : incidents;
    }
}
