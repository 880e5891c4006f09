using System.Security.Cryptography;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>The key file: without the right one nothing is done, and the message says what to do.</summary>
public sealed class Keys : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();

    private string KeyPath => Path.Combine(_database.Home, "key");

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    private async Task RefusedAsync(string remedy)
    {
        var run = await CommandRun.OfAsync(_database, "queue", "--json");
        (run.Exit, run.Output).ShouldBe((2, ""), run.Messages);
        run.Messages.ShouldContain(remedy);
    }

    [Fact]
    public async Task a_key_file_that_others_can_read_is_refused()
    {
        File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await RefusedAsync($"chmod 600 '{KeyPath}'");
    }

    [Fact]
    public async Task a_missing_key_file_is_not_made_anew_over_data()
    {
        File.Delete(KeyPath);
        await RefusedAsync("Put back the key file from your key backup");
        File.Exists(KeyPath).ShouldBeFalse();
    }

    [Fact]
    public async Task another_databases_key_file_is_refused_and_named_by_its_id()
    {
        await File.WriteAllTextAsync(KeyPath, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await RefusedAsync($"(id {_database.At.Keys.Id})");
    }

    /// <summary>Whoever runs a newer program with the key of another installation has upgraded nothing.</summary>
    [Fact]
    public async Task a_database_of_before_is_not_upgraded_with_another_key()
    {
        await using var inside = NpgsqlDataSource.Create(_database.Superuser);
        await using (var older = inside.CreateCommand("update accountguard.schema_version set digest = 'older'"))
        {
            await older.ExecuteNonQueryAsync();
        }

        await File.WriteAllTextAsync(KeyPath, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await RefusedAsync("Nothing was changed");
        File.Delete(KeyPath);
        await RefusedAsync("Nothing was changed");
        await using var laid = inside.CreateCommand(
            "select count(*) from accountguard.schema_version where digest <> 'older'");
        (await laid.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task no_connection_is_made_to_a_database_of_another_key_that_took_this_ones_place()
    {
        await using (var inside = NpgsqlDataSource.Create(_database.Superuser))
        await using (var swap = inside.CreateCommand("update accountguard.key_check set key_id = 'another'"))
        {
            await swap.ExecuteNonQueryAsync();
        }

        _database.At.Database.Clear();
        await Should.ThrowAsync<KeyTrouble>(async () =>
        {
            await using var connection = await _database.At.Database.OpenConnectionAsync();
        });
    }

    [Fact]
    public async Task a_key_file_that_holds_no_key_is_refused_without_its_content()
    {
        await File.WriteAllTextAsync(KeyPath, "not-a-key-but-secret");
        var run = await CommandRun.OfAsync(_database, "queue");
        run.Exit.ShouldBe(2);
        run.Messages.ShouldContain("does not hold a key");
        run.Messages.ShouldNotContain("secret");
    }
}
