using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Intake;

/// <summary>
/// A row of a renumbering, read and keyed, or a row for quarantine; a number is null where it cannot be read.
/// </summary>
public sealed record Mapping(DeliveredRow Row, KeyedNumber? Old, KeyedNumber? New, string? Code, string Field)
{
    public static readonly string[] Columns = ["old_number", "new_number", "effective_on", "relation"];

    public string Relation => Row[3] is "" ? "renumbered" : Row[3];

    /// <summary>It decides nothing, and is kept however it came (Rule 8).</summary>
    public ReportedDay Effective { get; } = ReportedDay.Parse(Row[2]);

    /// <summary>The text of a day that cannot be read, sealed under the key of the old number.</summary>
    public byte[]? SealDay(IReadOnlyDictionary<NumberKey, byte[]> keys) =>
        Effective.Kind == ReportedDayKind.Unreadable && Old is { } old
            ? Sealed.Seal(keys[old.Key], Encoding.UTF8.GetBytes(Row[2]), "effective_on"u8) : null;

    public static Mapping Read(DeliveredRow row, KeyFile keys)
    {
        // Whatever else is wrong with the row, its numbers are in doubt where they can be read.
        var (one, other) = row.Problem == QuarantineCode.BrokenRow ? KeyedNumber.InAny(row.Values, keys)
            : (KeyedNumber.Of(row.Values[0], keys), KeyedNumber.Of(row.Values[1], keys));
        var read = new Mapping(row, one, other, null, "");
        return row.Problem is { } problem ? read with { Code = problem, Field = row.Field ?? "" }
            : read.Old is null ? read.WithoutNumber(0)
            : read.New is null ? read.WithoutNumber(1)
            : read.Relation is "renumbered" or "same-holder" ? read
            : read with { Code = QuarantineCode.UnknownRelation, Field = Columns[3] };
    }

    private Mapping WithoutNumber(int column) => this with
    {
        Code = Row[column].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber,
        Field = Columns[column],
    };
}

/// <summary>
/// Mappings that are written and committed together. The triggers join the holders and settle their changes.
/// </summary>
public sealed class MappingBatch(
    IReadOnlyList<Mapping> mappings, IReadOnlyDictionary<NumberKey, byte[]> keys, byte[] nobodysKey)
{
    public async Task<BatchCount> WriteAsync(NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        var readable = mappings.Where(m => m.Code is null).ToList();
        var fresh = await InsertAsync(transaction, readable, delivery, cancel);
        var clashing = await ClashingAsync(transaction, fresh, delivery, cancel);
        var waiting = mappings.Where(m => m.Code is not null).ToList();
        await Quarantine.StoreAsync(transaction, delivery.No, [.. waiting.Select(m => new QuarantinedRow(
            m.Row.No, m.Code!, m.Field, null, m.Old?.Key, Quarantine.Seal(nobodysKey, m.Row),
            OtherKey: m.New?.Key))], cancel);
        return new BatchCount(
            fresh.Count - clashing.Count, readable.Count - fresh.Count, clashing.Count + waiting.Count);
    }

    private async Task<HashSet<long>> InsertAsync(
        NpgsqlTransaction transaction, List<Mapping> readable, Delivery delivery, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into renumbering (
                old_key, new_key, relation, effective_on, effective_at, effective_sealed, delivery_no, row_no)
            select m.old, m.new, m.relation, m.on_day, m.at_instant, m.sealed, @delivery, m.row_no
            from unnest(@olds, @news, @relations, @days, @instants, @sealed, @rows)
                as m (old, new, relation, on_day, at_instant, sealed, row_no)
            order by m.old
            on conflict do nothing
            returning row_no
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivery", delivery.No);
        insert.Parameters.AddWithValue("olds", readable.Select(m => m.Old!.Value.Key.ToBytes()).ToArray());
        insert.Parameters.AddWithValue("news", readable.Select(m => m.New!.Value.Key.ToBytes()).ToArray());
        insert.Parameters.AddWithValue("relations", readable.Select(m => m.Relation).ToArray());
        insert.Parameters.AddWithValue(
            "days", NpgsqlDbType.Array | NpgsqlDbType.Date, readable.Select(m => m.Effective.Day).ToArray());
        insert.Parameters.AddWithValue("instants", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
            readable.Select(m => m.Effective.Instant).ToArray());
        insert.Parameters.AddWithValue("sealed", NpgsqlDbType.Array | NpgsqlDbType.Bytea,
            readable.Select(m => m.SealDay(keys)).ToArray());
        insert.Parameters.AddWithValue("rows", readable.Select(m => m.Row.No).ToArray());
        return await RowNumbers.ReadAsync(insert, cancel);
    }

    /// <summary>Rows just inserted that the trigger put in quarantine, since they clash (Rule 8).</summary>
    private static async Task<HashSet<long>> ClashingAsync(
        NpgsqlTransaction transaction, HashSet<long> fresh, Delivery delivery, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select row_no from quarantined_row where delivery_no = @delivery and row_no = any (@rows)",
            transaction.Connection, transaction);
        find.Parameters.AddWithValue("delivery", delivery.No);
        find.Parameters.AddWithValue("rows", fresh.ToArray());
        return await RowNumbers.ReadAsync(find, cancel);
    }
}
