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

        await EachRowIsReadAFewTimesAsync(hits: 4 * Count);
    }

    /// <summary>What the server knows to be empty it reads whole, and goes on so when it is full.</summary>
    [Fact(Timeout = 60_000)]
    public async Task so_it_does_where_the_server_knew_that_there_was_no_list_yet()
    {
        var (story, numbers) = (await BeginAsync(_database), FreshNumbers(Count));
        await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i}", n, "2015-05-20"))]);
        await using (var kept = new NpgsqlConnection(_database.Superuser + ";Search Path=accountguard;Pooling=false"))
        {
            await kept.OpenAsync();
            await ExecuteAsync(kept, "analyze");
            await ExecuteAsync(kept, "select settle(array(select change_id from account_change limit 10))");
            await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
            await ExecuteAsync(kept, "select settle(array(select change_id from account_change))");
        }

        await EachRowIsReadAFewTimesAsync(hits: Count);
    }

    /// <summary>Whoever may file may file as many changes of one number as they like.</summary>
    [Fact(Timeout = 60_000)]
    public async Task changes_of_one_number_are_not_held_against_each_other()
    {
        var (story, number) = (await BeginAsync(_database), Number());
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(
            [.. Enumerable.Range(0, Count).Select(i => story.Filed($"R{i}", number, "2015-05-20"))]);
        await EachRowIsReadAFewTimesAsync(hits: Count);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task EachRowIsReadAFewTimesAsync(long hits)
    {
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
        while ((long)(await rows.ExecuteScalarAsync())! < hits)
        {
        }

        ((string)(await read.ExecuteScalarAsync())!).ShouldBe("");
    }
}
