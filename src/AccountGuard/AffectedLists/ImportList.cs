using System.Threading.Channels;
using AccountGuard.Deliveries;
using AccountGuard.Incidents;
using AccountGuard.Numbers;
using AccountGuard.Screening;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.AffectedLists;

/// <summary>A version of an affected list as it is delivered, with its control totals (Rule 1).</summary>
public sealed record ListOrder(
    string Incident, int Version, DateOnly LiveFrom, ControlTotals Totals, bool Replaces, string? DeliveryId,
    DateTimeOffset ReceivedAt, string? DeliveredBy = null);

/// <summary>
/// Takes in a version of the affected list: all its records in one transaction or, where the totals do not agree, none;
/// then publishes its numbers bucket by bucket, which opens and ends the hits.
/// </summary>
public static class ImportList
{
    private const int BatchLength = 10_000;

    public static async Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, ListOrder order, IProgress<(long Done, long Total)>? progress,
        CancellationToken cancel)
    {
        if (order.Version < 1)
        {
            throw new BadInput("Versions of a list count from 1.");
        }

        var arguments = ArgumentsOf(order);
        var label = new DeliveryLabel("list", order.DeliveryId,
            file.ReadContentKey(at.Keys, "list " + string.Join(' ', arguments.Values), cancel), order.ReceivedAt,
            arguments, order.DeliveredBy);
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        var incident = await Incident.FindAsync(connection, order.Incident, cancel);
        await using var delivery = await Delivery.OpenAsync(at, label, cancel);
        if (delivery.Answer is { } before)
        {
            return before;
        }

        var listNo = delivery.No > 0
            ? await ListOfAsync(connection, delivery.No, cancel)
            : await SameVersionAsync(at, connection, order, incident, label, cancel)
                ?? await TakeInAsync(at, file, order, incident, delivery, progress, cancel);
        await Publication.FinishAsync(at, progress, cancel);
        return await ListAnswer.CompleteAsync(at, connection, listNo, delivery, cancel);
    }

    private static Dictionary<string, string> ArgumentsOf(ListOrder order) => new()
    {
        ["incident"] = order.Incident,
        ["version"] = order.Version.ToString(),
        ["liveFrom"] = order.LiveFrom.ToString("O"),
        ["records"] = order.Totals.Records.ToString(),
        ["two"] = order.Totals.Two?.ToString() ?? "-",
        ["three"] = order.Totals.Three?.ToString() ?? "-",
        ["four"] = order.Totals.Four?.ToString() ?? "-",
        ["rounding"] = order.Totals.Rounding.ToString(),
        ["replace"] = order.Replaces ? "yes" : "no",
    };

    private static async Task<int> ListOfAsync(NpgsqlConnection connection, long delivery, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select list_no from affected_list where delivery_no = @delivery", connection);
        find.Parameters.AddWithValue("delivery", delivery);
        return (int)(await find.ExecuteScalarAsync(cancel))!;
    }

    /// <returns>The list where this version was delivered before, under another id, with the same content.</returns>
    private static async Task<int?> SameVersionAsync(
        Installation at, NpgsqlConnection connection, ListOrder order, int incident, DeliveryLabel label,
        CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select l.list_no, d.content_key = @content from affected_list l join delivery d using (delivery_no)
            where l.incident_no = @incident and l.version = @version
            """, connection);
        find.Parameters.AddWithValue("content", label.ContentBytes);
        find.Parameters.AddWithValue("incident", incident);
        find.Parameters.AddWithValue("version", order.Version);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        return !await reader.ReadAsync(cancel) ? null
            : reader.GetBoolean(1) ? reader.GetInt32(0)
            : throw await Delivery.RefuseAsync(at, label, Fault.OtherContent,
                $"Version {order.Version} of the list of {order.Incident} was delivered with other content. "
                + "Nothing was taken in. Give the other content the next version.", cancel);
    }

    private static async Task<int> TakeInAsync(
        Installation at, DeliveredFile file, ListOrder order, int incident, Delivery delivery,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = at.SessionIn(transaction);
        await delivery.StoreAsync(transaction, session, cancel);
        var listNo = await NextListAsync(connection, cancel);
        var counted = await CopyRecordsAsync(at, connection, file, delivery.Label, listNo, progress, cancel);
        var refusal = order.Totals.Differences(counted).ToList();
        refusal.AddRange(await ContradictionsAsync(transaction, listNo, order, cancel));
        if (refusal.Count > 0)
        {
            await transaction.RollbackAsync(cancel);
            throw await Delivery.RefuseAsync(at, delivery.Label, Fault.TotalsDiffer,
                $"The list was refused whole, nothing of it was taken in: {string.Join("; ", refusal)}. "
                + "Ask the sender for a file and totals that agree.", cancel);
        }

        var quarantined = await StoreQuarantineAsync(transaction, listNo, delivery.No, cancel);
        await Incident.TakeTurnAsync(transaction, incident, cancel);
        if (!await StoreVersionAsync(
            transaction, order, incident, delivery.No, listNo, counted.Records, quarantined == 0, cancel))
        {
            // Another delivery brought this version while this one was read.
            await transaction.RollbackAsync(cancel);
            return (await SameVersionAsync(at, connection, order, incident, delivery.Label, cancel))!.Value;
        }

        session.Events.Append(Incident.StreamOf(order.Incident), new AffectedListDelivered(
            order.Incident, order.Version, order.LiveFrom, order.Replaces, delivery.No, counted.Records,
            counted.Tiers[2], counted.Tiers[3], counted.Tiers[4]));
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return listNo;
    }

    private static async Task<int> NextListAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var next = new NpgsqlCommand(
            "select nextval(pg_get_serial_sequence('affected_list', 'list_no'))::int", connection);
        return (int)(await next.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>
    /// A whole list with quarantined rows replaces nothing: the row that cannot be read may be the very number.
    /// </summary>
    private static async Task<bool> StoreVersionAsync(
        NpgsqlTransaction transaction, ListOrder order, int incident, long delivery, int listNo, long records,
        bool isClean, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into affected_list (list_no, incident_no, version, delivery_no, live_from, records, replaces)
            overriding system value
            values (@list, @incident, @version, @delivery, @live, @records, @replaces)
            on conflict (incident_no, version) do nothing
            """, transaction.Connection, transaction);
        insert.Parameters.AddWithValue("list", listNo);
        insert.Parameters.AddWithValue("incident", incident);
        insert.Parameters.AddWithValue("version", order.Version);
        insert.Parameters.AddWithValue("delivery", delivery);
        insert.Parameters.AddWithValue("live", order.LiveFrom);
        insert.Parameters.AddWithValue("records", records);
        insert.Parameters.AddWithValue("replaces", order.Replaces && isClean);
        return await insert.ExecuteNonQueryAsync(cancel) > 0;
    }

    /// <summary>Sealed before they leave this process: not even the log of the database sees a name.</summary>
    private static async Task<RecordCount> CopyRecordsAsync(
        Installation at, NpgsqlConnection connection, DeliveredFile file, DeliveryLabel label, int listNo,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel)
    {
        var counted = new RecordCount();
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var batches = Channel.CreateBounded<KeyedBatch>(2);
        var keying = KeyBatchesAsync(at, file, nobody, batches.Writer, stop.Token);
        try
        {
            await using var copy = await connection.BeginBinaryImportAsync(
                "copy list_record (list_no, row_no, number_key, withdraws, fields, code, field, sealed) "
                    + "from stdin (format binary)",
                cancel);
            copy.Timeout = TimeSpan.FromHours(1);
            await foreach (var batch in batches.Reader.ReadAllAsync(cancel))
            {
                foreach (var record in batch.Records)
                {
                    counted.Add(record.TierOfAddition);
                    Write(copy, record, listNo, batch.Keys[record.Key ?? nobody]);
                }

                progress?.Report((batch.Position, file.Length));
            }

            await copy.CompleteAsync(cancel);
        }
        finally
        {
            await stop.CancelAsync();
            await keying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await keying;
        return counted;
    }

    private sealed record KeyedBatch(List<ListRecord> Records, Dictionary<NumberKey, byte[]> Keys, long Position);

    private static async Task KeyBatchesAsync(
        Installation at, DeliveredFile file, NumberKey nobody, ChannelWriter<KeyedBatch> writer,
        CancellationToken cancel)
    {
        try
        {
            await using var connection = await at.Database.OpenConnectionAsync(cancel);
            using var personalKeys = new PersonalKeys(at.Keys);
            foreach (var rows in DeliveredRows.OfCsv(file, ListRecord.Columns, ["number"]).Chunk(BatchLength))
            {
                var records = rows.Select(row => ListRecord.Read(row, at.Keys)).ToList();
                var subjects = new Dictionary<NumberKey, PensionNumber?>(records.Count);
                foreach (var record in records)
                {
                    subjects[record.Key ?? nobody] = record.Number;
                }

                var keys = await personalKeys.ForAsync(connection, subjects, cancel);
                await writer.WriteAsync(new KeyedBatch(records, keys, file.Position), cancel);
            }

            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
        }
    }

    private static void Write(NpgsqlBinaryImporter copy, ListRecord record, int listNo, byte[] key)
    {
        copy.StartRow();
        copy.Write(listNo, NpgsqlDbType.Integer);
        copy.Write(record.Row.No, NpgsqlDbType.Bigint);
        copy.Write(record.Key?.ToBytes(), NpgsqlDbType.Bytea);
        copy.Write(record.Withdraws, NpgsqlDbType.Boolean);
        copy.Write((short)record.Fields, NpgsqlDbType.Smallint);
        copy.Write(record.Code, NpgsqlDbType.Text);
        copy.Write(record.Field, NpgsqlDbType.Text);
        copy.Write(
            record.Code is null
                ? Sealed.Seal(key, record.Details(), "list record"u8)
                : Quarantine.Seal(key, record.Row),
            NpgsqlDbType.Bytea);
    }

    /// <summary>What no version may do: add and withdraw one number, or withdraw from a whole list.</summary>
    private static async Task<IReadOnlyList<string>> ContradictionsAsync(
        NpgsqlTransaction transaction, int listNo, ListOrder order, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select min(row_no) filter (where withdraws), min(row_no) filter (where not withdraws)
            from list_record where list_no = @list and code is null
            group by number_key having bool_or(withdraws) and (@replaces or bool_or(not withdraws))
            order by 1 limit 10
            """, transaction.Connection, transaction);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("list", listNo);
        find.Parameters.AddWithValue("replaces", order.Replaces);
        var found = new List<string>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(order.Replaces
                ? $"row {reader.GetInt64(0)} withdraws a number from a whole list "
                    + "(with --replace, leave it out instead)"
                : $"row {reader.GetInt64(0)} withdraws the number that row {reader.GetInt64(1)} adds");
        }

        return found;
    }

    private static async Task<int> StoreQuarantineAsync(
        NpgsqlTransaction transaction, int listNo, long delivery, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into quarantined_row (delivery_no, row_no, code, field, number_key, sealed)
            select @delivery, row_no, code, field, number_key, sealed
            from list_record where list_no = @list and code is not null
            """, transaction.Connection, transaction);
        insert.CommandTimeout = 0;
        insert.Parameters.AddWithValue("delivery", delivery);
        insert.Parameters.AddWithValue("list", listNo);
        return await insert.ExecuteNonQueryAsync(cancel);
    }
}
