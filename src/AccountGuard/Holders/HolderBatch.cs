using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Holders;

/// <summary>Rows of holders that are written and committed together.</summary>
public sealed class HolderBatch(
    IReadOnlyList<HolderRow> rows, IReadOnlyDictionary<NumberKey, byte[]> keys, NumberKey nobody)
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;

    // Sealed when the batch is made: the batch before it may still be written then.
    private readonly (HolderRow Row, byte[] Sealed)[] _readable = [.. rows.Where(r => r.Code is null)
        .Select(r => (r, Sealed.Seal(keys[r.Key!.Value], r.Details(), new NumberKey(r.ContentKey).ToBytes())))];

    private readonly QuarantinedRow[] _waiting = [.. rows.Where(r => r.Code is not null)
        .Select(r => new QuarantinedRow(
            r.Row.No, r.Code!, r.Field, null, r.Key, Quarantine.Seal(keys[r.Key ?? nobody], r.Row)))];

    /// <summary>
    /// Every readable row becomes a fact, also one that repeats what was said before: what another delivery says
    /// between the two may still be on its way. Those that repeat are counted as duplicates.
    /// </summary>
    public async Task<BatchCount> WriteAsync(NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        await InsertAsync(transaction, delivery, cancel);
        var repeated = await RepeatedAsync(transaction, delivery, cancel);
        await Quarantine.StoreAsync(transaction, delivery.No, _waiting, cancel);
        return new BatchCount(_readable.Length - repeated, repeated, _waiting.Length);
    }

    private async Task InsertAsync(NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into holder_record (delivery_no, row_no, number_key, received_at, protected, died_on, died_at,
                lives, content_key, sealed)
            select @delivery, row_no, number, @received, protected, died_on, died_at, lives, content, sealed
            from unnest(@rows, @numbers, @protected, @died_on, @died_at, @lives, @contents, @sealed)
                as h (row_no, number, protected, died_on, died_at, lives, content, sealed)
            order by number
            on conflict do nothing
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivery", delivery.No);
        insert.Parameters.AddWithValue("received", delivery.ReceivedAt.ToUniversalTime());
        Add(insert, "rows", NpgsqlDbType.Bigint, r => r.Row.No);
        Add(insert, "numbers", NpgsqlDbType.Bytea, r => r.Key!.Value.ToBytes());
        Add(insert, "protected", NpgsqlDbType.Boolean, r => r.Protected);
        Add(insert, "died_on", NpgsqlDbType.Date, r => r.Died.Day);
        Add(insert, "died_at", NpgsqlDbType.TimestampTz, r => r.Died.Instant);
        Add(insert, "lives", NpgsqlDbType.Boolean, r => r.Lives);
        Add(insert, "contents", NpgsqlDbType.Bytea, r => new NumberKey(r.ContentKey).ToBytes());
        insert.Parameters.AddWithValue("sealed", Array | NpgsqlDbType.Bytea, _readable.Select(r => r.Sealed).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Rows that say the same as the one said of their number before them.</summary>
    private async Task<long> RepeatedAsync(
        NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        await using var count = new NpgsqlCommand(
            """
            select count(*)
            from unnest(@rows, @numbers, @contents) as h (row_no, number, content)
            cross join lateral (
                select r.content_key from holder_record r
                where r.number_key = h.number
                  and (r.received_at, r.delivery_no, r.row_no) < (@received, @delivery, h.row_no)
                order by r.received_at desc, r.delivery_no desc, r.row_no desc limit 1) b
            where b.content_key = h.content
            """, transaction.Connection, transaction);
        count.CommandTimeout = 0;
        count.Parameters.AddWithValue("delivery", delivery.No);
        count.Parameters.AddWithValue("received", delivery.ReceivedAt.ToUniversalTime());
        Add(count, "rows", NpgsqlDbType.Bigint, r => r.Row.No);
        Add(count, "numbers", NpgsqlDbType.Bytea, r => r.Key!.Value.ToBytes());
        Add(count, "contents", NpgsqlDbType.Bytea, r => new NumberKey(r.ContentKey).ToBytes());
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    private void Add<T>(NpgsqlCommand command, string name, NpgsqlDbType type, Func<HolderRow, T> value) =>
        command.Parameters.AddWithValue(name, Array | type, _readable.Select(r => value(r.Row)).ToArray());
}
