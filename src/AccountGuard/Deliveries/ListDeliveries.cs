using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGuard.Numbers;
using NpgsqlTypes;

namespace AccountGuard.Deliveries;

/// <summary>A delivery as it is listed. State: Done, Open (its import was stopped: run it again) or Refused.</summary>
public sealed record ListedDelivery(
    long? Delivery, string Kind, string? Id, string ContentKey, DateTimeOffset ReceivedAt, string State, RowCount? Rows,
    string? Reason)
{
    [JsonIgnore]
    public DeliveryPlace? Place { get; init; }
}

/// <summary>Where a page of deliveries ends. The number is negative for a refusal.</summary>
public sealed record DeliveryPlace(DateTimeOffset ReceivedAt, long No)
{
    /// <summary>The place as a caller carries it from page to page: microseconds and number.</summary>
    public override string ToString() => $"{ReceivedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}.{No}";

    /// <exception cref="BadInput">It is not a place that was given out.</exception>
    public static DeliveryPlace? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var dot = text.IndexOf('.');
        return dot > 0 && long.TryParse(text.AsSpan(0, dot), CultureInfo.InvariantCulture, out var micros)
            && long.TryParse(text.AsSpan(dot + 1), CultureInfo.InvariantCulture, out var no)
            && micros >= 0 && micros <= DateTimeOffset.MaxValue.UtcTicks / TimeSpan.TicksPerMicrosecond
            ? new DeliveryPlace(new DateTimeOffset(micros * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), no)
            : throw new BadInput("'after' is no place of the deliveries: follow the Link of a page as it came.");
    }
}

/// <summary>A row in quarantine, with what to do about it; its content is not shown.</summary>
public sealed record WaitingRow(long Delivery, string? Id, long Row, string Code, string Field, string Remedy);

/// <summary>What arrived, and which of its rows wait.</summary>
public static class ListDeliveries
{
    /// <summary>All of them, or those of an id or number, the last to be received first.</summary>
    /// <exception cref="BadInput">There is no such delivery.</exception>
    public static async Task<IReadOnlyList<ListedDelivery>> RunAsync(
        Installation at, string? idOrNo, CancellationToken cancel, string? onlyOf = null)
    {
        var deliveries = await ReadAsync(at, idOrNo, null, null, onlyOf, cancel);
        return idOrNo is null || deliveries.Count > 0 ? deliveries
            : throw new BadInput($"There is no delivery '{idOrNo}'. Run deliveries without an id to see all.",
                Fault.NotFound);
    }

    /// <summary>A page of them: those behind a place, or from the last to be received on.</summary>
    public static Task<IReadOnlyList<ListedDelivery>> PageAsync(
        Installation at, DeliveryPlace? after, int limit, string? onlyOf, CancellationToken cancel) =>
        ReadAsync(at, null, after, limit, onlyOf, cancel);

    private static async Task<IReadOnlyList<ListedDelivery>> ReadAsync(
        Installation at, string? idOrNo, DeliveryPlace? after, int? limit, string? onlyOf, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            (select d.delivery_no, d.kind, d.id, d.content_key, d.received_at,
                case when c.delivery_no is null then 'Open' else 'Done' end, c.answer::text, null, d.delivery_no
            from delivery d left join delivery_completion c using (delivery_no)
            where (@id::text is null or d.id = @id or d.delivery_no::text = @id)
              and (@by::text is null or d.delivered_by = @by)
              and (d.received_at, d.delivery_no) < (@at, @no)
            order by d.received_at desc, d.delivery_no desc limit @limit)
            union all
            (select null, r.kind, r.id, r.content_key, r.received_at, 'Refused', null, r.reason, - r.refusal_no
            from refused_delivery r
            where (@id::text is null or r.id = @id) and @by::text is null
              and (r.received_at, - r.refusal_no) < (@at, @no)
            order by r.received_at desc, r.refusal_no limit @limit)
            order by 5 desc, 9 desc limit @limit
            """);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("at", NpgsqlDbType.TimestampTz, after?.ReceivedAt ?? DateTimeOffset.MaxValue);
        find.Parameters.AddWithValue("no", after?.No ?? long.MaxValue);
        find.Parameters.AddWithValue("limit", NpgsqlDbType.Bigint, (object?)limit ?? DBNull.Value);
        find.Parameters.AddWithValue("id", NpgsqlDbType.Text, (object?)idOrNo ?? DBNull.Value);
        find.Parameters.AddWithValue("by", NpgsqlDbType.Text, (object?)onlyOf ?? DBNull.Value);
        var deliveries = new List<ListedDelivery>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            deliveries.Add(new ListedDelivery(
                reader.IsDBNull(0) ? null : reader.GetInt64(0), reader.GetString(1),
                reader.IsDBNull(2) ? null : reader.GetString(2),
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(3)).ToString(),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetString(5),
                reader.IsDBNull(6) ? null : JsonSerializer.Deserialize<DeliveryAnswer>(reader.GetString(6))!.Rows,
                reader.IsDBNull(7) ? null : reader.GetString(7))
            {
                Place = new DeliveryPlace(reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt64(8)),
            });
        }

        return deliveries;
    }

    /// <summary>
    /// Rows that nobody settled and whose change, or its cancellation, did not come in readable form since.
    /// </summary>
    public static async Task<IReadOnlyList<WaitingRow>> WaitingAsync(
        Installation at, string? idOrNo, CancellationToken cancel, int limit = int.MaxValue,
        bool byNumber = false)
    {
        await using var find = at.Database.CreateCommand(
            """
            select q.delivery_no, d.id, q.row_no, q.code, q.field
            from waiting_row q join delivery d using (delivery_no)
            where @id::text is null or (d.id = @id and not @by_number) or d.delivery_no::text = @id
            order by q.delivery_no, q.row_no
            limit @limit
            """);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("id", NpgsqlDbType.Text, (object?)idOrNo ?? DBNull.Value);
        find.Parameters.AddWithValue("by_number", byNumber);
        find.Parameters.AddWithValue("limit", limit);
        var rows = new List<WaitingRow>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(new WaitingRow(
                reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2),
                reader.GetString(3), reader.GetString(4), QuarantineCode.Remedy(reader.GetString(3))));
        }

        return rows;
    }

    /// <summary>
    /// Settles a row that waits: it was looked into, and the reason says with what result. Once is enough.
    /// </summary>
    /// <exception cref="BadInput">No such row is in quarantine.</exception>
    public static async Task SettleAsync(
        Installation at, long delivery, long row, string reason, CancellationToken cancel)
    {
        await using var insert = at.Database.CreateCommand(
            """
            insert into quarantine_settlement (delivery_no, row_no, reason, settled_at)
            select delivery_no, row_no, @reason, @at from quarantined_row
            where delivery_no = @delivery and row_no = @row
            on conflict (delivery_no, row_no) do nothing
            """);
        insert.Parameters.AddWithValue("delivery", delivery);
        insert.Parameters.AddWithValue("row", row);
        insert.Parameters.AddWithValue("reason", reason);
        insert.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        if (await insert.ExecuteNonQueryAsync(cancel) == 0)
        {
            await using var find = at.Database.CreateCommand(
                "select 1 from quarantine_settlement where delivery_no = @delivery and row_no = @row");
            find.Parameters.AddWithValue("delivery", delivery);
            find.Parameters.AddWithValue("row", row);
            if (await find.ExecuteScalarAsync(cancel) is null)
            {
                throw new BadInput($"Row {row} of delivery {delivery} is not in quarantine. See: quarantine");
            }
        }
    }
}
