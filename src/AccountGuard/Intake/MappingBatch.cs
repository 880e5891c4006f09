using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Intake;

/// <summary>A row of a renumbering, read and keyed, or a row for quarantine.</summary>
public sealed record Mapping(
    DeliveredRow Row, PensionNumber Old, NumberKey OldKey, PensionNumber New, NumberKey NewKey, string Relation,
    DateOnly? EffectiveOn, string? Code, string Field)
{
    public static readonly string[] Columns = ["old_number", "new_number", "effective_on", "relation"];

    public static Mapping Read(DeliveredRow row, KeyFile keys)
    {
        if (row.Problem is { } problem)
        {
            return Waiting(row, problem, row.Field ?? "");
        }

        var numbers = new PensionNumber[2];
        for (var column = 0; column < 2; column++)
        {
            if (!PensionNumber.TryParse(row.Values[column], out numbers[column]))
            {
                return Waiting(row, row[column].Length == 0 ? QuarantineCode.MissingField : QuarantineCode.NotANumber,
                    Columns[column]);
            }
        }

        var relation = row[3] is "" ? "renumbered" : row[3];
        return relation is not ("renumbered" or "same-holder")
            ? Waiting(row, QuarantineCode.UnknownRelation, "relation")
            : new Mapping(row, numbers[0], NumberKey.Of(numbers[0], keys), numbers[1], NumberKey.Of(numbers[1], keys),
                relation, ReportedDay.Parse(row[2]).Day, null, "");
    }

    private static Mapping Waiting(DeliveredRow row, string code, string field) =>
        new(row, default, default, default, default, "", null, code, field);
}

/// <summary>
/// Mappings that are written and committed together. The triggers join the holders and settle their changes.
/// </summary>
public sealed class MappingBatch(IReadOnlyList<Mapping> mappings, byte[] nobodysKey)
{
    public async Task<BatchCount> WriteAsync(NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        var readable = mappings.Where(m => m.Code is null).ToList();
        var fresh = await InsertAsync(transaction, readable, delivery, cancel);
        var clashing = await ClashingAsync(transaction, fresh, delivery, cancel);
        var waiting = mappings.Where(m => m.Code is not null).ToList();
        await Quarantine.StoreAsync(transaction, delivery.No, [.. waiting.Select(m => new QuarantinedRow(
            m.Row.No, m.Code!, m.Field, null, null, Quarantine.Seal(nobodysKey, m.Row)))], cancel);
        return new BatchCount(
            fresh.Count - clashing.Count, readable.Count - fresh.Count, clashing.Count + waiting.Count);
    }

    private static async Task<HashSet<long>> InsertAsync(
        NpgsqlTransaction transaction, List<Mapping> readable, Delivery delivery, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into renumbering (old_key, new_key, relation, effective_on, delivery_no, row_no)
            select m.old, m.new, m.relation, m.effective, @delivery, m.row_no
            from unnest(@olds, @news, @relations, @effective, @rows) as m (old, new, relation, effective, row_no)
            order by m.old
            on conflict do nothing
            returning row_no
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivery", delivery.No);
        insert.Parameters.AddWithValue("olds", readable.Select(m => m.OldKey.ToBytes()).ToArray());
        insert.Parameters.AddWithValue("news", readable.Select(m => m.NewKey.ToBytes()).ToArray());
        insert.Parameters.AddWithValue("relations", readable.Select(m => m.Relation).ToArray());
        insert.Parameters.AddWithValue(
            "effective", NpgsqlDbType.Array | NpgsqlDbType.Date, readable.Select(m => m.EffectiveOn).ToArray());
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
