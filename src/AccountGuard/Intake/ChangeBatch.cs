using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Marten;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Intake;

/// <summary>Account changes and cancellations that are written, screened and committed together.</summary>
public sealed class ChangeBatch(
    IReadOnlyList<FiledChange> changes, IReadOnlyDictionary<NumberKey, byte[]> keys, NumberKey nobody)
{
    private const NpgsqlDbType Array = NpgsqlDbType.Array;

    // Sealed when the batch is made: the batch before it may still be written then.
    private readonly Dictionary<long, byte[]> _sealed = changes.Where(c => c is { Code: null, IsCancellation: false })
        .ToDictionary(c => c.Row.No, c => Sealed.Seal(
            keys[c.Key!.Value], c.Details(), c.ChangeId!.Value.ToByteArray(bigEndian: true)));

    private HashSet<long> _contradicting = [];

    /// <summary>Rows that became facts when the batch was written.</summary>
    public IReadOnlySet<long> Accepted { get; private set; } = new HashSet<long>();

    /// <summary>Whose keys the batch is sealed under; nobody's, where a row names no number.</summary>
    public static Dictionary<NumberKey, PensionNumber?> SubjectsOf(
        IReadOnlyCollection<FiledChange> changes, NumberKey nobody)
    {
        var subjects = new Dictionary<NumberKey, PensionNumber?>(changes.Count);
        foreach (var change in changes)
        {
            subjects[change.Key ?? nobody] = change.Number;
        }

        return subjects;
    }

    /// <summary>Why a row of the batch waits in quarantine once it is written; null where it does not.</summary>
    public string? CodeOf(FiledChange change) =>
        change.Code ?? (_contradicting.Contains(change.Row.No) ? QuarantineCode.OtherContent : null);

    /// <summary>The field that keeps it there.</summary>
    public string FieldOf(FiledChange change) => change.Code is null ? "request_id" : change.Field ?? "";

    /// <summary>
    /// Writes the facts with their details and events, and quarantines what contradicts a fact that was received before
    /// (Rule 7). The triggers pass the gates and the hits follow; both kinds together pass theirs first, in order.
    /// </summary>
    public async Task<BatchCount> WriteAsync(
        NpgsqlTransaction transaction, IDocumentSession session, Delivery delivery, CancellationToken cancel)
    {
        var readable = changes.Where(c => c.Code is null).ToList();
        var filed = readable.Where(c => !c.IsCancellation).ToList();
        var cancelled = readable.Where(c => c.IsCancellation).ToList();
        if (filed.Count > 0 && cancelled.Count > 0)
        {
            await PassGatesAsync(transaction, filed, cancelled, cancel);
        }

        var accepted = await InsertChangesAsync(transaction, filed, delivery, cancel);
        accepted.UnionWith(await InsertCancellationsAsync(transaction, cancelled, delivery, cancel));
        var fresh = readable.Where(c => accepted.Contains(c.Row.No)).ToList();
        Accepted = accepted;
        _contradicting = await ContradictingAsync(
            transaction, readable.Where(c => !accepted.Contains(c.Row.No)).ToList(), cancel);
        var quarantined = changes.Where(c => CodeOf(c) is not null).ToList();
        await Quarantine.StoreAsync(transaction, delivery.No, quarantined.Select(Quarantined).ToList(), cancel);
        if (fresh.Count > 0)
        {
            session.Events.Append(delivery.Stream, fresh.Select(c => EventOf(c, delivery.No)).ToArray());
        }

        return new BatchCount(fresh.Count, readable.Count - fresh.Count - _contradicting.Count, quarantined.Count);
    }

    private static async Task PassGatesAsync(
        NpgsqlTransaction transaction, List<FiledChange> filed, List<FiledChange> cancelled, CancellationToken cancel)
    {
        await using var pass = new NpgsqlCommand(
            "select pass_gates(@filed, @cancelled, @numbers, @address_numbers)", transaction.Connection, transaction);
        pass.CommandTimeout = 0;
        pass.Parameters.AddWithValue("filed", filed.Select(c => c.ChangeId!.Value).ToArray());
        pass.Parameters.AddWithValue("cancelled", cancelled.Select(c => c.ChangeId!.Value).ToArray());
        pass.Parameters.AddWithValue(
            "numbers", filed.Where(c => c.Kind == "account").Select(c => c.Key!.Value.ToBytes()).ToArray());
        pass.Parameters.AddWithValue(
            "address_numbers", filed.Where(c => c.Kind == "address").Select(c => c.Key!.Value.ToBytes()).ToArray());
        await pass.ExecuteNonQueryAsync(cancel);
    }

    private async Task<HashSet<long>> InsertChangesAsync(
        NpgsqlTransaction transaction, List<FiledChange> filed, Delivery delivery, CancellationToken cancel)
    {
        if (filed.Count == 0)
        {
            return [];
        }

        await using var insert = new NpgsqlCommand(
            """
            with fresh as (
                insert into account_change (change_id, number_key, kind, filed_on, filed_at, received_on, received_at,
                    entered_on, entered_at, delivered_at, source, request_id, channel, office, entered_by, decided_by,
                    proof, new_account_key, previous_account_key, proxy_key, unreadable, content_key, delivery_no,
                    row_no)
                select id, number, kind, filed_on, filed_at, received_on, received_at, entered_on, entered_at,
                    @delivered, source, request, channel, office, entered_by, decided_by, proof, new_account,
                    previous_account, proxy, string_to_array(unreadable, ','), content, @delivery, row_no
                from unnest(@ids, @numbers, @kinds, @filed_on, @filed_at, @received_on, @received_at, @entered_on,
                    @entered_at, @sources, @requests, @channels, @offices, @entered_by, @decided_by, @proofs,
                    @new_accounts, @previous_accounts, @proxies, @unreadable, @contents, @rows)
                    as f (id, number, kind, filed_on, filed_at, received_on, received_at, entered_on, entered_at,
                        source, request, channel, office, entered_by, decided_by, proof, new_account, previous_account,
                        proxy, unreadable, content, row_no)
                on conflict (change_id) do nothing
                returning row_no, change_id, number_key),
            detail as (
                insert into account_change_detail (change_id, number_key, sealed)
                select f.change_id, f.number_key, d.sealed
                from fresh f join unnest(@rows, @sealed) as d (row_no, sealed) using (row_no))
            select row_no from fresh
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivered", delivery.ReceivedAt.ToUniversalTime());
        insert.Parameters.AddWithValue("delivery", delivery.No);
        AddIds(insert, filed);
        Add(insert, "kinds", NpgsqlDbType.Text, filed.Select(c => c.Kind));
        Add(insert, "filed_on", NpgsqlDbType.Date, filed.Select(c => c.Filed.Day));
        Add(insert, "filed_at", NpgsqlDbType.TimestampTz, filed.Select(c => c.Filed.Instant));
        Add(insert, "received_on", NpgsqlDbType.Date, filed.Select(c => c.Received.Day));
        Add(insert, "received_at", NpgsqlDbType.TimestampTz, filed.Select(c => c.Received.Instant));
        Add(insert, "entered_on", NpgsqlDbType.Date, filed.Select(c => c.Entered.Day));
        Add(insert, "entered_at", NpgsqlDbType.TimestampTz, filed.Select(c => c.Entered.Instant));
        Add(insert, "channels", NpgsqlDbType.Text, filed.Select(c => c.Channel));
        Add(insert, "offices", NpgsqlDbType.Text, filed.Select(c => c.Office));
        Add(insert, "entered_by", NpgsqlDbType.Text, filed.Select(c => c.EnteredBy));
        Add(insert, "decided_by", NpgsqlDbType.Text, filed.Select(c => c.DecidedBy));
        Add(insert, "proofs", NpgsqlDbType.Text, filed.Select(c => c.Proof));
        Add(insert, "new_accounts", NpgsqlDbType.Bytea, filed.Select(c => Bytes(c.NewAccountKey)));
        Add(insert, "previous_accounts", NpgsqlDbType.Bytea, filed.Select(c => Bytes(c.PreviousAccountKey)));
        Add(insert, "proxies", NpgsqlDbType.Bytea, filed.Select(c => Bytes(c.ProxyKey)));
        Add(insert, "unreadable", NpgsqlDbType.Text, filed.Select(c => string.Join(',', c.Unreadable)));
        Add(insert, "sealed", NpgsqlDbType.Bytea, filed.Select(c => _sealed[c.Row.No]));
        return await RowNumbers.ReadAsync(insert, cancel);
    }

    private static async Task<HashSet<long>> InsertCancellationsAsync(
        NpgsqlTransaction transaction, List<FiledChange> cancelled, Delivery delivery, CancellationToken cancel)
    {
        if (cancelled.Count == 0)
        {
            return [];
        }

        await using var insert = new NpgsqlCommand(
            """
            insert into cancellation (change_id, number_key, source, request_id, content_key, delivered_at, delivery_no,
                row_no)
            select id, number, source, request, content, @delivered, @delivery, row_no
            from unnest(@ids, @numbers, @sources, @requests, @contents, @rows)
                as c (id, number, source, request, content, row_no)
            on conflict (change_id) do nothing
            returning row_no
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivered", delivery.ReceivedAt.ToUniversalTime());
        insert.Parameters.AddWithValue("delivery", delivery.No);
        AddIds(insert, cancelled);
        return await RowNumbers.ReadAsync(insert, cancel);
    }

    private static void AddIds(NpgsqlCommand insert, List<FiledChange> rows)
    {
        Add(insert, "ids", NpgsqlDbType.Uuid, rows.Select(c => c.ChangeId!.Value));
        Add(insert, "numbers", NpgsqlDbType.Bytea, rows.Select(c => c.Key!.Value.ToBytes()));
        Add(insert, "sources", NpgsqlDbType.Text, rows.Select(c => c.SourceText));
        Add(insert, "requests", NpgsqlDbType.Text, rows.Select(c => c.RequestText));
        Add(insert, "contents", NpgsqlDbType.Bytea, rows.Select(c => new NumberKey(c.ContentKey).ToBytes()));
        Add(insert, "rows", NpgsqlDbType.Bigint, rows.Select(c => c.Row.No));
    }

    private static void Add<T>(NpgsqlCommand command, string name, NpgsqlDbType type, IEnumerable<T> values) =>
        command.Parameters.AddWithValue(name, Array | type, values.ToArray());

    private static byte[]? Bytes(UInt128? key) => key is { } value ? new NumberKey(value).ToBytes() : null;

    /// <summary>
    /// In a statement of its own: what another delivery committed while this one waited for it is visible only now.
    /// </summary>
    private static async Task<HashSet<long>> ContradictingAsync(
        NpgsqlTransaction transaction, List<FiledChange> again, CancellationToken cancel)
    {
        if (again.Count == 0)
        {
            return [];
        }

        await using var compare = new NpgsqlCommand(
            """
            select g.row_no
            from unnest(@ids, @contents, @rows, @cancels) as g (id, content, row_no, is_cancel)
            left join account_change a on a.change_id = g.id and not g.is_cancel
            left join cancellation c on c.change_id = g.id and g.is_cancel
            where coalesce(a.content_key, c.content_key) <> g.content
            """, transaction.Connection, transaction);
        Add(compare, "ids", NpgsqlDbType.Uuid, again.Select(c => c.ChangeId!.Value));
        Add(compare, "contents", NpgsqlDbType.Bytea, again.Select(c => new NumberKey(c.ContentKey).ToBytes()));
        Add(compare, "rows", NpgsqlDbType.Bigint, again.Select(c => c.Row.No));
        Add(compare, "cancels", NpgsqlDbType.Boolean, again.Select(c => c.IsCancellation));
        return await RowNumbers.ReadAsync(compare, cancel);
    }

    private QuarantinedRow Quarantined(FiledChange change) => new(
        change.Row.No, CodeOf(change)!, FieldOf(change), change.ChangeId, change.Key,
        Quarantine.Seal(keys[change.Key ?? nobody], change.Row), change.IsCancellation, change.OtherKey);

    private static object EventOf(FiledChange c, long delivery) => c.IsCancellation
        ? new AccountChangeCancelled(
            c.ChangeId!.Value, c.SourceText, c.RequestText, c.Key!.Value, new NumberKey(c.ContentKey).ToString(),
            delivery, c.Row.No)
        : new AccountChangeFiled(
            c.ChangeId!.Value, c.SourceText, c.RequestText, c.Kind, c.Key!.Value, c.Filed.Day, c.Filed.Instant,
            c.Received.Day, c.Received.Instant, c.Entered.Day, c.Entered.Instant, c.Channel, c.Office, c.EnteredBy,
            c.DecidedBy, c.Proof, Hex(c.NewAccountKey), Hex(c.PreviousAccountKey), Hex(c.ProxyKey), c.Unreadable,
            new NumberKey(c.ContentKey).ToString(), delivery, c.Row.No);

    private static string? Hex(UInt128? key) => key?.ToString("x32");
}
