using Npgsql;

namespace AccountGuard.Screening;

/// <summary>
/// Gives force to what was decided or delivered, one bucket of numbers in one short transaction: lists, cutoffs,
/// closing dates. What is left over from a killed process is found in the view unpublished; anyone may finish it.
/// </summary>
public static class Publication
{
    private const int Buckets = 256;
    private const int RowsOfTransaction = 1_000;
    private const int AtOnce = 2;
    private const int MostPasses = 1_000;

    /// <summary>Publishes all that is not; safe beside others that do the same.</summary>
    /// <returns>Hits opened and ended by it.</returns>
    public static async Task<(long Opened, long Ended)> FinishAsync(
        Installation at, IProgress<(long Done, long Total)>? progress, CancellationToken cancel)
    {
        long opened = 0, ended = 0;

        // Another process at the same work may have taken parts of other sizes: look again until nothing is left.
        for (var pass = 0; await FindPartsAsync(at, cancel) is { Count: > 0 } parts; pass++)
        {
            if (pass == MostPasses)
            {
                throw new InvalidOperationException($"{parts.Count} parts stay unpublished, whatever is published.");
            }

            long done = 0;
            var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
            await Parallel.ForEachAsync(parts, options, async (part, stop) =>
            {
                var hits = await Retry.OnConflictAsync(() => PublishAsync(at, part, stop), stop);
                Interlocked.Add(ref opened, hits.Opened);
                Interlocked.Add(ref ended, hits.Ended);
                progress?.Report((Interlocked.Increment(ref done), parts.Count));
            });
        }

        return (opened, ended);
    }

    private sealed record Part(string What, int No, int FirstBucket, int LastBucket);

    private static async Task<List<Part>> FindPartsAsync(Installation at, CancellationToken cancel)
    {
        var parts = new List<Part>();
        await using var find = at.Database.CreateCommand(
            "select what, no, bucket, weight::bigint from unpublished order by what, no, bucket");
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (what, no, bucket) = (reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2));
            var longest = Math.Clamp(Buckets * RowsOfTransaction / Math.Max(reader.GetInt64(3), 1), 1, Buckets);
            if (parts.LastOrDefault() is { } last && (last.What, last.No) == (what, no)
                && last.LastBucket == bucket - 1 && bucket - last.FirstBucket < longest)
            {
                parts[^1] = last with { LastBucket = bucket };
            }
            else
            {
                parts.Add(new Part(what, no, bucket, bucket));
            }
        }

        // Filings pass gates upwards: going the same way, they would wait behind each part in turn.
        return [.. parts.OrderByDescending(part => part.FirstBucket)];
    }

    private static async Task<(long Opened, long Ended)> PublishAsync(
        Installation at, Part part, CancellationToken cancel)
    {
        var publish = part.What switch
        {
            "cutoff" => "select publish_cutoff(@no, @first, @last)",
            "list" => "select publish_list(@no, @first, @last)",
            "closing" => "select publish_closings(@first, @last)",
            _ => throw new InvalidOperationException($"Nothing publishes '{part.What}'."),
        };
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var command = new NpgsqlCommand(publish, connection, transaction))
        {
            command.CommandTimeout = 0;
            command.Parameters.AddWithValue("no", part.No);
            command.Parameters.AddWithValue("first", part.FirstBucket);
            command.Parameters.AddWithValue("last", part.LastBucket);
            await command.ExecuteNonQueryAsync(cancel);
        }

        var hits = await HitsOfTransaction.ReadAsync(transaction, cancel);
        await transaction.CommitAsync(cancel);
        return hits;
    }
}

/// <summary>What the screening triggers opened and ended in a transaction.</summary>
public static class HitsOfTransaction
{
    public static async Task<(long Opened, long Ended)> ReadAsync(
        NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var read = new NpgsqlCommand(
            "select hits_opened(), hits_ended()", transaction.Connection, transaction);
        await using var reader = await read.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
