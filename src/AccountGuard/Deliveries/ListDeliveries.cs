using System.Text.Json;
using AccountGuard.Numbers;
using NpgsqlTypes;

namespace AccountGuard.Deliveries;

/// <summary>A delivery as it is listed. State: Done, Open (its import was stopped: run it again) or Refused.</summary>
public sealed record ListedDelivery(
    long? Delivery, string Kind, string? Id, string ContentKey, DateTimeOffset ReceivedAt, string State, RowCount? Rows,
    string? Reason);

/// <summary>A row in quarantine, with what to do about it; its content is not shown.</summary>
public sealed record WaitingRow(long Delivery, string? Id, long Row, string Code, string Field, string Remedy);

/// <summary>What arrived, and which of its rows wait.</summary>
public static class ListDeliveries
{
    public static async Task<IReadOnlyList<ListedDelivery>> RunAsync(
        Installation at, string? idOrNo, CancellationToken cancel, string? onlyOf = null)
    {
        await using var find = at.Database.CreateCommand(
            """
            select d.delivery_no, d.kind, d.id, d.content_key, d.received_at,
                case when c.delivery_no is null then 'Open' else 'Done' end, c.answer::text, null
            from delivery d left join delivery_completion c using (delivery_no)
            where (@id::text is null or d.id = @id or d.delivery_no::text = @id)
              and (@by::text is null or d.delivered_by = @by)
            union all
            select null, r.kind, r.id, r.content_key, r.received_at, 'Refused', null, r.reason
            from refused_delivery r where (@id::text is null or r.id = @id) and @by::text is null
            order by 5, 1 nulls last
            """);
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
                reader.IsDBNull(7) ? null : reader.GetString(7)));
        }

        return idOrNo is null || deliveries.Count > 0 ? deliveries
            : throw new BadInput($"There is no delivery '{idOrNo}'. Run deliveries without an id to see all.",
                Fault.NotFound);
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
