using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Payments.Outcomes;

/// <summary>Reports of payments and stops that are written and committed together.</summary>
public sealed class PaymentBatch(
    IReadOnlyList<PaymentReport> reports, IReadOnlyDictionary<NumberKey, byte[]> keys, NumberKey nobody)
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;
    private const int OneAtATime = 4719;

    // Sealed when the batch is made: the batch before it may still be written then.
    private readonly Dictionary<long, byte[]> _sealed = reports.Where(r => r.Code is null).ToDictionary(
        r => r.Row.No, r => Sealed.Seal(keys[r.Key!.Value], r.Details(), new NumberKey(r.ContentKey).ToBytes()));

    /// <summary>
    /// The first content of an id stands (Rule 7): rows of one payment that contradict each other, whichever delivery
    /// brought them, would make its yen count twice, so batches are written one at a time.
    /// </summary>
    public async Task<BatchCount> WriteAsync(NpgsqlTransaction transaction, Delivery delivery, CancellationToken cancel)
    {
        await using (var turn = new NpgsqlCommand(
            "select pg_advisory_xact_lock(@lock, 0)", transaction.Connection, transaction))
        {
            turn.CommandTimeout = 0;
            turn.Parameters.AddWithValue("lock", OneAtATime);
            await turn.ExecuteNonQueryAsync(cancel);
        }

        var sorted = SortedReports.Of(reports, await KnownAsync(transaction, cancel));
        await InsertAsync(transaction, sorted.Fresh, delivery, cancel);
        await Quarantine.StoreAsync(transaction, delivery.No, [.. sorted.Waiting.Select(w => new QuarantinedRow(
            w.Report.Row.No, w.Code, w.Field, null, w.Report.Key,
            Quarantine.Seal(keys[w.Report.Key ?? nobody], w.Report.Row)))], cancel);
        return new BatchCount(sorted.Fresh.Count, sorted.Duplicates, sorted.Waiting.Count);
    }

    private async Task<List<KnownReport>> KnownAsync(NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select r.payment_id, r.outcome, r.thing_key, r.content_key
            from unnest(@ids) as i (id)
            cross join lateral (select * from payment_report p where p.payment_id = i.id offset 0) r
            """, transaction.Connection, transaction);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("ids", reports.Where(r => r.Code is null).Select(r => r.Id).Distinct().ToArray());
        var known = new List<KnownReport>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            known.Add(new KnownReport(reader.GetGuid(0), reader.GetString(1),
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(2)).Value,
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(3)).Value));
        }

        return known;
    }

    private async Task InsertAsync(
        NpgsqlTransaction transaction, IReadOnlyList<PaymentReport> fresh, Delivery delivery, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into payment_report (payment_id, outcome, number_key, source, sent_id, pay_on, amount, account_key,
                code, reason, happened_on, pays_for, thing_key, content_key, sealed, received_at, delivery_no, row_no)
            select id, outcome, number, source, sent_id, pay_on, amount, account, code, reason, happened_on, pays_for,
                thing, content, sealed, @received, @delivery, row_no
            from unnest(@ids, @outcomes, @numbers, @sources, @sent_ids, @pay_on, @amounts, @accounts, @codes, @reasons,
                @happened_on, @pays_for, @things, @contents, @sealed, @rows)
                as r (id, outcome, number, source, sent_id, pay_on, amount, account, code, reason, happened_on,
                    pays_for, thing, content, sealed, row_no)
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("received", delivery.ReceivedAt.ToUniversalTime());
        insert.Parameters.AddWithValue("delivery", delivery.No);
        Add("ids", NpgsqlDbType.Uuid, r => r.Id);
        Add("outcomes", NpgsqlDbType.Text, r => r.Outcome);
        Add("numbers", NpgsqlDbType.Bytea, r => r.Key!.Value.ToBytes());
        Add("sources", NpgsqlDbType.Text, r => r.SourceText);
        Add("sent_ids", NpgsqlDbType.Text, r => r.IdText);
        Add("pay_on", NpgsqlDbType.Date, r => r.PayOn);
        Add("amounts", NpgsqlDbType.Bigint, r => r.Amount);
        Add("accounts", NpgsqlDbType.Bytea, r => r.AccountKey is { } key ? new NumberKey(key).ToBytes() : null);
        Add("codes", NpgsqlDbType.Text, r => r.BankCode);
        Add("reasons", NpgsqlDbType.Text, r => r.Reason);
        Add("happened_on", NpgsqlDbType.Date, r => r.On);
        Add("pays_for", NpgsqlDbType.Uuid, r => r.PaysFor);
        Add("things", NpgsqlDbType.Bytea, r => new NumberKey(r.ThingKey).ToBytes());
        Add("contents", NpgsqlDbType.Bytea, r => new NumberKey(r.ContentKey).ToBytes());
        Add("sealed", NpgsqlDbType.Bytea, r => _sealed[r.Row.No]);
        Add("rows", NpgsqlDbType.Bigint, r => r.Row.No);
        await insert.ExecuteNonQueryAsync(cancel);

        void Add<T>(string name, NpgsqlDbType type, Func<PaymentReport, T> value) =>
            insert.Parameters.AddWithValue(name, Array | type, fresh.Select(value).ToArray());
    }
}
