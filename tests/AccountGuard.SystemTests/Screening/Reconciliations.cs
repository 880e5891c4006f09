using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using Npgsql;

namespace AccountGuard.SystemTests.Screening;

/// <summary>Of several reconciliations the one with the last snapshot counts, and is as old as that snapshot.</summary>
public sealed class Reconciliations : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task a_slow_one_that_began_before_does_not_hide_what_a_later_one_found()
    {
        await using (var record = _database.At.Database.CreateCommand("""
            insert into reconciliation (ran_at, missing, unfounded, misranked, pending)
            values ('2015-06-01T00:02Z', 3, 0, 0, 0), ('2015-06-01T00:00Z', 0, 0, 0, 0)
            """))
        {
            await record.ExecuteNonQueryAsync();
        }

        (await Reconcile.LastAsync(_database.At, CancellationToken.None))!.Missing.ShouldBe(3);
    }

    [Fact]
    public async Task one_that_takes_twenty_minutes_is_not_fresh_when_it_ends()
    {
        var clock = new Ahead();
        await using var other = new NpgsqlConnection(_database.Superuser + ";Search Path=accountguard");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await RunAsync("lock table hit");
        var running = Reconcile.RunAsync(_database.At with { Clock = clock }, null, CancellationToken.None);
        while (await RunAsync("""
            select count(*) from pg_locks
            where not granted and relation = 'hit'::regclass
              and database = (select oid from pg_database where datname = current_database())
            """) is 0L)
        {
            running.IsCompleted.ShouldBeFalse("it waited for nobody");
        }

        clock.By = TimeSpan.FromMinutes(20);
        await transaction.RollbackAsync();
        (await running).IsFresh(clock.GetUtcNow()).ShouldBeFalse();

        async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, other);
            return await command.ExecuteScalarAsync();
        }
    }
}
