using AccountGuard.Holders;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Screening;
using Npgsql;

namespace AccountGuard.Verification.Mailing;

/// <summary>Finds batches, and does one thing to one: decided on its stream while nobody else does.</summary>
public static class Batches
{
    private const int OneAtATime = 4718;

    /// <exception cref="BadInput">There is no such batch.</exception>
    public static async Task<PrintedBatch> FindAsync(Installation at, Guid batch, CancellationToken cancel)
    {
        await using var session = at.Events.LightweightSession();
        return await session.Events.AggregateStreamAsync<PrintedBatch>(batch, token: cancel) ?? throw None;
    }

    /// <summary>The id of the batch that people know by its number.</summary>
    /// <exception cref="BadInput">There is no such batch.</exception>
    public static async Task<Guid> OfAsync(Installation at, long number, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand("select batch from letter_batch where batch_no = @no");
        find.Parameters.AddWithValue("no", number);
        return await find.ExecuteScalarAsync(cancel) as Guid? ?? throw None;
    }

    /// <summary>The number by which people know a batch.</summary>
    public static async Task<long> NumberOfAsync(Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand("select batch_no from letter_batch where batch = @batch");
        find.Parameters.AddWithValue("batch", batch);
        return (long)(await find.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>The numbers of those whose letters are in a batch.</summary>
    public static async Task<IReadOnlyList<NumberKey>> NumbersAsync(
        Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select distinct c.number_key
            from letter_outcome r join letter_claim k on k.batch = r.batch and k.letter = r.letter
            join account_change c on c.change_id = k.change_id
            where r.batch = @batch and r.row_no is not null
            """);
        find.Parameters.AddWithValue("batch", batch);
        var numbers = new List<NumberKey>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            numbers.Add(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0)));
        }

        return numbers;
    }

    /// <summary>
    /// Somebody is protected by now, or has died: to them no letter goes out (Rules 13, 17); or was erased, and still
    /// stands in what was printed, also where the number was named again since and has a newer key than the batch.
    /// </summary>
    public static async Task<bool> HasUnwritableAsync(
        Installation at, Guid batch, IReadOnlyList<NumberKey> numbers, CancellationToken cancel)
    {
        await using var known = at.Database.CreateCommand(
            """
            select count(*) from personal_key k join personal_key b on b.subject_key = @batch and b.made_at >= k.made_at
            where k.subject_key = any (@numbers)
            """);
        known.Parameters.AddWithValue("batch", LetterPrints.SubjectOf(at.Keys, batch).ToBytes());
        known.Parameters.AddWithValue("numbers", numbers.Select(n => n.ToBytes()).ToArray());
        if ((long)(await known.ExecuteScalarAsync(cancel))! < numbers.Count)
        {
            return true;
        }

        foreach (var number in numbers)
        {
            if (await HolderRecords.FactsOfAsync(at, number, cancel)
                is { IsProtected: true } or { Died.Kind: not ReportedDayKind.Missing })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What happened to a batch last of its kind.</summary>
    public static async Task<T> LastAsync<T>(Installation at, Guid batch, CancellationToken cancel)
    {
        await using var session = at.Events.LightweightSession();
        return (await session.Events.FetchStreamAsync(batch, token: cancel)).Select(e => e.Data).OfType<T>().Last();
    }

    /// <summary>Does one thing, and tells the cases of it; the service's rounds tell those that were left.</summary>
    public static async Task<Refusal?> DoAsync(
        Installation at, Guid batch, Func<PrintedBatch, DateTimeOffset, Decision> decide,
        Func<Installation, CancellationToken, Task<int>> tell, CancellationToken cancel)
    {
        var refusal = await DoAsync(at, batch, decide, cancel);
        if (refusal is null)
        {
            await tell(at, cancel);
        }

        return refusal;
    }

    /// <returns>Why it was refused, if it was; a refusal that a rule demands is on record then.</returns>
    public static Task<Refusal?> DoAsync(
        Installation at, Guid batch, Func<PrintedBatch, DateTimeOffset, Decision> decide, CancellationToken cancel) =>
        DoAsync(at, batch, (found, _, now) => Task.FromResult(decide(found, now)), cancel);

    /// <summary>The same, where the decision reads more in its transaction.</summary>
    public static Task<Refusal?> DoAsync(
        Installation at, Guid batch, Func<PrintedBatch, NpgsqlTransaction, DateTimeOffset, Task<Decision>> decide,
        CancellationToken cancel) =>
        Retry.OnConflictAsync(async () =>
        {
            await using var connection = await at.Database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await using var alone = new NpgsqlCommand(
                $"select pg_advisory_xact_lock({OneAtATime}, hashtext(@batch::text))", connection, transaction);
            alone.Parameters.AddWithValue("batch", batch);
            await alone.ExecuteNonQueryAsync(cancel);
            await using var session = at.SessionIn(transaction);
            var found = await session.Events.AggregateStreamAsync<PrintedBatch>(batch, token: cancel) ?? throw None;
            var (events, refusal) = await decide(found, transaction, at.Clock.GetUtcNow());
            if (events.Count > 0)
            {
                session.Events.Append(batch, events);
                await session.SaveChangesAsync(cancel);
            }

            await transaction.CommitAsync(cancel);
            return refusal;
        }, cancel);

    private static BadInput None => new("There is no such batch of letters.", Fault.NotFound);
}
