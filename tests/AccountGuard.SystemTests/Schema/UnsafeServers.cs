using AccountGuard.Schema;
using Npgsql;

namespace AccountGuard.SystemTests.Schema;

/// <summary>Start-up refuses a database on which what is answered as done could be lost or go unscreened.</summary>
public sealed class UnsafeServers : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("alter database # set synchronous_commit = off", "reset synchronous_commit")]
    [InlineData("alter database # set default_transaction_isolation = 'serializable'",
        "reset default_transaction_isolation")]
    [InlineData("alter database # set session_replication_role = replica", "reset session_replication_role")]
    [InlineData("alter table accountguard.account_change disable trigger screen", "enable trigger all")]
    [InlineData("alter table accountguard.listing enable replica trigger screen", "enable trigger all")]
    [InlineData("alter table accountguard_events.mt_events disable trigger meet", "enable trigger all")]
    [InlineData("alter role accountguard_app in database # set synchronous_commit = off", "reset synchronous_commit")]
    public async Task a_setting_of_the_database_is_refused_with_what_to_do(string setting, string remedy)
    {
        await RunAsync(setting.Replace("#", _database.Name));
        NpgsqlConnection.ClearAllPools();
        (await Should.ThrowAsync<NotLayable>(_database.OpenAsync())).Message.ShouldContain(remedy);
        var run = await CommandRun.OfAsync(_database, "queue");
        run.Exit.ShouldBe(2, run.Messages);
        run.Messages.ShouldContain(remedy);
    }

    [Theory]
    [InlineData("listing", "screen")]
    [InlineData("account_change", "keep")]
    [InlineData("delivery", "open")]
    [InlineData("mt_events", "meet")]
    public async Task a_trigger_that_was_dropped_is_refused_until_the_schema_is_laid_again(string table, string trigger)
    {
        var schema = table == "mt_events" ? "accountguard_events" : "accountguard";
        await RunAsync($"drop trigger {trigger} on {schema}.{table}");
        (await Should.ThrowAsync<NotLayable>(_database.OpenAsync())).Message.ShouldContain($"({table} {trigger})");
        var refused = await CommandRun.OfAsync(_database, "lay-schema");
        refused.Exit.ShouldBe(2, refused.Messages);
        refused.Messages.ShouldContain("delete from accountguard.schema_version");

        await RunAsync("delete from accountguard.schema_version");
        (await CommandRun.OfAsync(_database, "lay-schema")).Exit.ShouldBe(0);
        await RunAsync($"alter table {schema}.{table} enable trigger {trigger}");
    }

    private async Task RunAsync(string sql)
    {
        await using var inside = NpgsqlDataSource.Create(_database.Superuser + ";Pooling=false");
        await using var run = inside.CreateCommand(sql);
        await run.ExecuteNonQueryAsync();
    }
}
