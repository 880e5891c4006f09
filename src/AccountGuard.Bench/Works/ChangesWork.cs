using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Intake;
using Npgsql;

namespace AccountGuard.Bench.Works;

/// <summary>Changes from a file: durable, screened, with their events and their encrypted details.</summary>
public static class ChangesWork
{
    private const string Header =
        "source,request_id,kind,number,filed_on,received_on,entered_on,channel,office,new_account,previous_account";

    private const int RowsOfBatch = 1_000;

    public static Work FromAFile { get; } = new(
        "changes", "1M changes from a file; baseline: raw inserts of the same rows, 1,000 at once, two connections",
        async (ground, cancel) =>
        {
            var count = ground.Scaled(1_000_000);
            await ground.IncidentAsync(cancel);
            await ground.SqlAsync("""
                create table bench_change (change_id uuid primary key, number_key bytea not null, kind text not null,
                    filed_on date, source text, request_id text, channel text, office text, content_key bytea,
                    sealed bytea);
                create index on bench_change (number_key)
                """, cancel);
            var (ours, baseline) = await InTurns.TimeAsync(
                run => ImportAsync(ground, $"run-{run}", count, cancel), _ => InsertAsync(ground, count, cancel));
            return
            [
                new("changes", "rows/s", count / ours, count / baseline, 0.5, AtLeast: true, InTurns.Runs),
                new("changes", "rows/s", count / ours, null, 20_000, AtLeast: true, InTurns.Runs),
            ];
        });

    /// <summary>Under a source of its own: each is a change that nobody had. Numbers lie so far apart.</summary>
    public static async Task ImportAsync(
        Ground ground, string source, int count, CancellationToken cancel, int apart = 7)
    {
        var path = ground.File($"{source}.csv", Header, Enumerable.Range(0, count).Select(i =>
            $"{source},R{i},account,{(long)i * apart:D10},2015-05-{10 + i % 20},2015-05-{10 + i % 20},"
            + $"2015-06-0{1 + i % 9},post,"
            + $"{i % 300:D4},zengin:0001-{i % 900:D3}-1-{i % 10_000_000:D7},zengin:0005-{i % 900:D3}-1-1234567"));
        using var file = DeliveredFile.Open(path, null);
        await ImportChanges.RunAsync(ground.At, file, isNdjson: false, null, ground.At.Clock.GetUtcNow(), null, cancel,
            null, Sources.All);
        File.Delete(path);
    }

    private static async Task InsertAsync(Ground ground, int count, CancellationToken cancel)
    {
        await ground.SqlAsync("truncate bench_change", cancel);
        await Parallel.ForAsync(0, 2, cancel, async (half, _) =>
        {
            await using var connection = await ground.Superuser.OpenConnectionAsync(cancel);
            for (var done = 0; done < count / 2; done += RowsOfBatch)
            {
                await using var insert = new NpgsqlCommand(
                    """
                    insert into bench_change
                    select gen_random_uuid(), substr(sha256(int8send(n)), 1, 16), 'account', '2015-05-20', 'source',
                        'R' || n, 'post', '0001', substr(sha256(int8send(n + 1)), 1, 16), @sealed
                    from generate_series(@from, @through) as n
                    """, connection);
                insert.Parameters.AddWithValue("from", half * 1_000_000_000L + done);
                insert.Parameters.AddWithValue("through", half * 1_000_000_000L + done + RowsOfBatch - 1);
                insert.Parameters.AddWithValue("sealed", new byte[140]);
                await insert.ExecuteNonQueryAsync(cancel);
            }
        });
    }
}
