using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Verification.Queues;

namespace AccountGuard.Verification.Mailing;

/// <summary>A letter that could not be made. The number is masked, and nothing else of the holder is told.</summary>
public sealed record StoppedLetter(
    Guid Change, string Source, string RequestId, string Number, string Reason, string? Field, DateTimeOffset TriedAt);

/// <summary>A batch by its number, with what happened to it, in its order.</summary>
public sealed record SeenBatch(long No, PrintedBatch Batch, IReadOnlyList<BatchMoment> Story)
{
    public int? Letters => Story.Select(m => m.Event).OfType<LetterBatchPrinted>().FirstOrDefault()?.Letters;
}

/// <summary>Something that happened to a batch.</summary>
public sealed record BatchMoment(object Event, DateTimeOffset At);

/// <summary>A row of a batch; of its cases it shows what letters call them.</summary>
public sealed record SeenLetter(int Row, IReadOnlyList<(Guid Change, string Reference)> Cases);

/// <summary>The letters that wait, those that could not be made, and the batches, the last one first.</summary>
public sealed record LettersView(
    IncidentBar Bar, long Waiting, DateTimeOffset? OldestAt, long StoppedCount, IReadOnlyList<StoppedLetter> Stopped,
    IReadOnlyList<SeenBatch> Batches)
{
    private const int MostStopped = 200, MostBatches = 30;

    private const string Counts = """
        select count(*), min(w.ordered_at), count(*) filter (where w.reason is not null) from waiting_letter w
        """;

    private const string Stops = """
        select w.change_id, c.source, c.request_id, c.number_key, w.reason, w.field, w.tried_at
        from waiting_letter w join account_change c on c.change_id = w.change_id
        where w.reason is not null order by w.ordered_at, w.letter limit @most
        """;

    /// <returns>Null where no incident is declared.</returns>
    public static async Task<LettersView?> LoadAsync(Installation at, CancellationToken cancel)
    {
        if (await IncidentBar.LoadAsync(at, null, cancel) is not { } bar)
        {
            return null;
        }

        await using var count = at.Database.CreateCommand(Counts);
        await using var reader = await count.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new LettersView(bar, reader.GetInt64(0),
            reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2),
            await StoppedAsync(at, cancel), await BatchesAsync(at, cancel));
    }

    /// <exception cref="BadInput">There is no such batch.</exception>
    public static async Task<SeenBatch> BatchAsync(Installation at, long number, CancellationToken cancel)
    {
        var id = await Mailing.Batches.OfAsync(at, number, cancel);
        await using var session = at.Events.LightweightSession();
        return await SeeAsync(session, number, id, cancel);
    }

    /// <summary>What is in a batch, by row.</summary>
    public static async Task<IReadOnlyList<SeenLetter>> RowsAsync(
        Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select r.row_no, o.change_id, o.reference from letter_outcome r join letter_order o on o.letter = r.letter
            where r.batch = @batch and r.row_no is not null order by r.row_no, o.reference
            """);
        find.Parameters.AddWithValue("batch", batch);
        var rows = new List<(int Row, Guid Change, string Reference)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add((reader.GetInt32(0), reader.GetGuid(1), reader.GetString(2)));
        }

        return [.. rows.GroupBy(r => r.Row).Select(g => new SeenLetter(
            g.Key, [.. g.Select(r => (r.Change, r.Reference))]))];
    }

    private static async Task<IReadOnlyList<StoppedLetter>> StoppedAsync(Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Stops);
        find.Parameters.AddWithValue("most", MostStopped);
        var found = new List<(Guid, string, string, NumberKey Number, string, string?, DateTimeOffset)>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                found.Add((reader.GetGuid(0), reader.GetString(1), reader.GetString(2),
                    NumberKey.FromBytes(reader.GetFieldValue<byte[]>(3)), reader.GetString(4),
                    reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6)));
            }
        }

        var numbers = await ShowNumbers.MaskedAsync(at, [.. found.Select(f => f.Number).Distinct()], cancel);
        return [.. found.Select(f => new StoppedLetter(f.Item1, f.Item2, f.Item3,
            numbers.GetValueOrDefault(f.Number, ShowNumbers.Erased), f.Item5, f.Item6, f.Item7))];
    }

    private static async Task<IReadOnlyList<SeenBatch>> BatchesAsync(Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select batch_no, batch from letter_batch order by batch_no desc limit @most");
        find.Parameters.AddWithValue("most", MostBatches);
        var ids = new List<(long No, Guid Id)>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                ids.Add((reader.GetInt64(0), reader.GetGuid(1)));
            }
        }

        var batches = new List<SeenBatch>();
        await using var session = at.Events.LightweightSession();
        foreach (var (no, id) in ids)
        {
            batches.Add(await SeeAsync(session, no, id, cancel));
        }

        return batches;
    }

    private static async Task<SeenBatch> SeeAsync(
        Marten.IDocumentSession session, long number, Guid id, CancellationToken cancel)
    {
        var events = await session.Events.FetchStreamAsync(id, token: cancel);
        return new SeenBatch(number, (await session.Events.AggregateStreamAsync<PrintedBatch>(id, token: cancel))!,
            [.. events.Select(e => new BatchMoment(e.Data, e.Timestamp))]);
    }
}
