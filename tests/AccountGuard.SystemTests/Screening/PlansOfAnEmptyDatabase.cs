using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Screening;

/// <summary>
/// A service is started before its first list arrives, and its connections keep the plans that were made then: they
/// have to be those of a full database.
/// </summary>
public sealed class PlansOfAnEmptyDatabase : IAsyncLifetime
{
    private const int Count = 1_000;
    private readonly FreshDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task screening_reads_a_few_rows_for_each_change()
    {
        var numbers = FreshNumbers(Count);
        foreach (var incident in (int[])[1, 2])
        {
            var story = await BeginAsync(_database);
            await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
            await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i}", n, "2015-05-20"))]);
        }

        // Each connection tells its counts when it ends.
        await _database.At.Database.DisposeAsync();
        await using var superuser = NpgsqlDataSource.Create(_database.Superuser + ";Pooling=false");
        await using var rows = superuser.CreateCommand(
            "select n_tup_ins from pg_stat_user_tables where relname = 'hit'");
        await using var read = superuser.CreateCommand(
            """
            select coalesce(string_agg(indexrelname || ' read ' || idx_tup_read || ' rows', ', '), '')
            from pg_stat_user_indexes where schemaname = 'accountguard' and idx_tup_read > @most
            """);
        read.Parameters.AddWithValue("most", 10L * Count);
        while ((long)(await rows.ExecuteScalarAsync())! < 4 * Count)
        {
        }

        ((string)(await read.ExecuteScalarAsync())!).ShouldBe("");
    }
}
