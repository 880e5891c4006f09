using System.Text.Json;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Deliveries;

/// <summary>
/// A row that waits in quarantine: where it stands, why, and when known whose number it names, and the other of a
/// mapping.
/// </summary>
public readonly record struct QuarantinedRow(
    long RowNo, string Code, string Field, Guid? ChangeId, NumberKey? NumberKey, byte[] Sealed, bool Cancels = false,
    NumberKey? OtherKey = null);

/// <summary>The rows that wait, with reason codes: nothing that was delivered is lost (Rule 7).</summary>
public static class Quarantine
{
    private const int LongestKept = 64 * 1024;

    /// <summary>
    /// A row as it came, sealed under the key of its number or, where it names none, of its delivery. Of a row beyond
    /// 64 KB
    /// its beginning is kept; the sender has the rest.
    /// </summary>
    public static byte[] Seal(byte[] key, DeliveredRow row)
    {
        var values = JsonSerializer.SerializeToUtf8Bytes(row.Values);
        return Sealed.Seal(key, values.AsSpan(0, Math.Min(values.Length, LongestKept)), "quarantine"u8);
    }

    /// <summary>The subject under whose key rows without a readable number are sealed.</summary>
    public static NumberKey SubjectOf(KeyFile keys, DeliveryLabel label) =>
        new(keys.Name("quarantine of delivery", label.ContentBytes));

    public static async Task StoreAsync(
        NpgsqlTransaction transaction, long delivery, IReadOnlyList<QuarantinedRow> rows, CancellationToken cancel)
    {
        if (rows.Count == 0)
        {
            return;
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into quarantined_row (delivery_no, row_no, code, field, change_id, number_key, other_key, sealed,
                cancels)
            select @delivery, * from unnest(@rows, @codes, @fields, @changes, @numbers, @others, @sealed, @cancels)
            on conflict do nothing
            """, transaction.Connection, transaction);
        insert.Parameters.AddWithValue("delivery", delivery);
        insert.Parameters.AddWithValue("rows", rows.Select(r => r.RowNo).ToArray());
        insert.Parameters.AddWithValue("codes", rows.Select(r => r.Code).ToArray());
        insert.Parameters.AddWithValue("fields", rows.Select(r => r.Field).ToArray());
        insert.Parameters.AddWithValue(
            "changes", NpgsqlDbType.Array | NpgsqlDbType.Uuid, rows.Select(r => r.ChangeId).ToArray());
        insert.Parameters.AddWithValue(
            "numbers", NpgsqlDbType.Array | NpgsqlDbType.Bytea, rows.Select(r => r.NumberKey?.ToBytes()).ToArray());
        insert.Parameters.AddWithValue(
            "others", NpgsqlDbType.Array | NpgsqlDbType.Bytea, rows.Select(r => r.OtherKey?.ToBytes()).ToArray());
        insert.Parameters.AddWithValue("sealed", rows.Select(r => r.Sealed).ToArray());
        insert.Parameters.AddWithValue("cancels", rows.Select(r => r.Cancels).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
    }
}
