using System.Threading.Channels;
using AccountGuard.Screening;
using Marten;
using Npgsql;

namespace AccountGuard.Deliveries;

/// <summary>
/// A delivery whose rows are taken in batch by batch, each in a transaction of its own and in the order of the rows,
/// since of two contents under one id, and of mappings that clash, the first decides. The next batch is read and keyed
/// while the one before it is written. The same file has the same batches, so a killed import finds those that are
/// done.
/// </summary>
public static class BatchedDelivery
{
    /// <param name="prepare">Outside any transaction: reads and keys the rows; may be thrown away.</param>
    /// <param name="write">Inside the batch's transaction; runs again after a deadlock or a lost connection.</param>
    public static async Task<DeliveryAnswer> RunAsync<TBatch>(
        Installation at, DeliveryLabel label, int batchLength, DeliveredFile file,
        IProgress<(long Done, long Total)>? progress, IEnumerable<DeliveredRow> rows,
        Func<NpgsqlConnection, DeliveredRow[], Task<TBatch>> prepare,
        Func<NpgsqlTransaction, IDocumentSession, Delivery, TBatch, Task<BatchCount>> write, CancellationToken cancel)
    {
        await using var delivery = await Delivery.OpenAsync(at, label, cancel);
        if (delivery.Answer is { } before)
        {
            return before;
        }

        // The header is read before anything is stored: a file that is refused for it leaves nothing behind.
        using var source = rows.GetEnumerator();
        var hasRows = source.MoveNext();
        if (delivery.No == 0)
        {
            await InTransactionAsync(at, async (transaction, session) =>
            {
                await delivery.StoreAsync(transaction, session, cancel);
                return true;
            }, cancel);
        }

        var done = await BatchesDoneAsync(at, delivery.No, cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var prepared = Channel.CreateBounded<(long Through, TBatch Batch, long Position)>(2);
        var preparing = PrepareAsync(
            at, hasRows ? Remaining(source) : [], batchLength, done, file, prepare, prepared.Writer, stop.Token);
        try
        {
            await foreach (var next in prepared.Reader.ReadAllAsync(cancel))
            {
                await WriteBatchAsync(at, delivery, next.Through, next.Batch, write, cancel);
                progress?.Report((next.Position, file.Length));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await ((Task)preparing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await CompleteAsync(at, delivery, await preparing, cancel);
    }

    private static IEnumerable<DeliveredRow> Remaining(IEnumerator<DeliveredRow> rows)
    {
        do
        {
            yield return rows.Current;
        }
        while (rows.MoveNext());
    }

    /// <returns>How many rows there are, those that were done before among them.</returns>
    private static async Task<long> PrepareAsync<TBatch>(
        Installation at, IEnumerable<DeliveredRow> rows, int batchLength, HashSet<long> done, DeliveredFile file,
        Func<NpgsqlConnection, DeliveredRow[], Task<TBatch>> prepare,
        ChannelWriter<(long Through, TBatch Batch, long Position)> writer, CancellationToken cancel)
    {
        long received = 0;
        try
        {
            await using var connection = await at.Database.OpenConnectionAsync(cancel);
            foreach (var batch in rows.Chunk(batchLength))
            {
                received += batch.Length;
                if (!done.Contains(batch[^1].No))
                {
                    await writer.WriteAsync((batch[^1].No, await prepare(connection, batch), file.Position), cancel);
                }
            }

            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
        }

        return received;
    }

    /// <summary>
    /// Writes a batch once. Where a process that was killed had it committed after all, while this one wrote, what this
    /// one wrote is rolled back.
    /// </summary>
    private static async Task WriteBatchAsync<TBatch>(
        Installation at, Delivery delivery, long through, TBatch batch,
        Func<NpgsqlTransaction, IDocumentSession, Delivery, TBatch, Task<BatchCount>> write, CancellationToken cancel)
    {
        await Retry.OnConflictAsync(async () =>
        {
            await InTransactionAsync(at, async (transaction, session) =>
            {
                var count = await write(transaction, session, delivery, batch);
                var (opened, ended) = await HitsOfTransaction.ReadAsync(transaction, cancel);
                await using var insert = new NpgsqlCommand(
                    """
                    insert into delivery_batch
                    values (@no, @through, @accepted, @duplicates, @quarantined, @opened, @ended)
                    on conflict do nothing
                    """, transaction.Connection, transaction);
                insert.Parameters.AddWithValue("no", delivery.No);
                insert.Parameters.AddWithValue("through", through);
                insert.Parameters.AddWithValue("accepted", count.Accepted);
                insert.Parameters.AddWithValue("duplicates", count.Duplicates);
                insert.Parameters.AddWithValue("quarantined", count.Quarantined);
                insert.Parameters.AddWithValue("opened", opened);
                insert.Parameters.AddWithValue("ended", ended);
                return await insert.ExecuteNonQueryAsync(cancel) > 0;
            }, cancel);
            return true;
        }, cancel);
    }

    /// <summary>Commits the work, or rolls it back where it says so.</summary>
    private static async Task InTransactionAsync(
        Installation at, Func<NpgsqlTransaction, IDocumentSession, Task<bool>> work, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = at.SessionIn(transaction);
        if (await work(transaction, session))
        {
            await session.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
    }

    private static async Task<HashSet<long>> BatchesDoneAsync(Installation at, long delivery, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select rows_through from delivery_batch where delivery_no = @no");
        find.Parameters.AddWithValue("no", delivery);
        return await RowNumbers.ReadAsync(find, cancel);
    }

    private static async Task<DeliveryAnswer> CompleteAsync(
        Installation at, Delivery delivery, long received, CancellationToken cancel)
    {
        await InTransactionAsync(at, async (transaction, session) =>
        {
            await delivery.CompleteAsync(transaction, session,
                await SumAsync(transaction, delivery.No, received, isWhole: true, cancel), cancel);
            foreach (var other in await delivery.BrokenOffAsync(at, transaction, cancel))
            {
                await other.CompleteAsync(transaction, session,
                    await SumAsync(transaction, other.No, received, isWhole: false, cancel), cancel);
            }

            return true;
        }, cancel);
        return delivery.Answer!;
    }

    /// <param name="isWhole">Whether it came to all rows; those that it did not come to are there by another.</param>
    private static async Task<DeliveryAnswer> SumAsync(
        NpgsqlTransaction transaction, long delivery, long received, bool isWhole, CancellationToken cancel)
    {
        await using var sum = new NpgsqlCommand(
            """
            select coalesce(sum(accepted), 0)::bigint, coalesce(sum(duplicates), 0)::bigint,
                coalesce(sum(quarantined), 0)::bigint, coalesce(sum(hits_opened), 0)::bigint,
                coalesce(sum(hits_ended), 0)::bigint
            from delivery_batch where delivery_no = @no
            """, transaction.Connection, transaction);
        sum.Parameters.AddWithValue("no", delivery);
        await using var reader = await sum.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var (accepted, quarantined) = (reader.GetInt64(0), reader.GetInt64(2));
        return new DeliveryAnswer(delivery,
            new RowCount(received, accepted, isWhole ? reader.GetInt64(1) : received - accepted - quarantined,
                quarantined),
            new HitCount(reader.GetInt64(3), reader.GetInt64(4)));
    }
}

/// <summary>What became of the rows of a batch; together they are its length.</summary>
public readonly record struct BatchCount(long Accepted, long Duplicates, long Quarantined);

/// <summary>The rows of a delivery that a statement names by their numbers.</summary>
public static class RowNumbers
{
    public static async Task<HashSet<long>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var rows = new HashSet<long>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(reader.GetInt64(0));
        }

        return rows;
    }
}
