using AccountGuard.CommandLine;
using Npgsql;

namespace AccountGuard.SystemTests;

/// <summary>
/// A database of its own for a test collection, on the throw-away server that ops/test starts, laid as a user would lay
/// it: by the owner's login, with the application's login for all the rest.
/// </summary>
public sealed class FreshDatabase : IAsyncLifetime
{
    private const string Password = "only-for-tests";

    private static readonly string ServerOfTheRun = Environment.GetEnvironmentVariable("ACCOUNTGUARD_TEST_SERVER")
        ?? throw new InvalidOperationException(
            "Run ops/test: it starts the server that ACCOUNTGUARD_TEST_SERVER names.");

    // Copied for each test, with its key: laying takes two seconds of a processor.
    private static readonly Lazy<Task<FreshDatabase>> Laid = new(LayAsync);

    /// <summary>The connection of its superuser; the server of the test run unless a test has one of its own.</summary>
    public string Server { get; init; } = ServerOfTheRun;

    public string Name { get; } = $"test_{Guid.NewGuid():N}";

    public string Home { get; } = Directory.CreateTempSubdirectory("accountguard-test-").FullName;

    /// <summary>The superuser's connection: for what no role of ours may do, such as looking into everything.</summary>
    public string Superuser => With("postgres", null);

    public string Application => With("accountguard_app", Password);

    public string Owner => With("accountguard_owner", Password);

    /// <summary>One value of a case, in spite of all rights; the statement names it as @case.</summary>
    public async Task<object?> ScalarAsync(string sql, Guid @case)
    {
        await using var connection = new NpgsqlConnection(Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("case", @case);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>
    /// Begins something while another connection holds an advisory lock, which is let go once it waits for that.
    /// </summary>
    /// <param name="holds">The statement that takes the lock.</param>
    /// <param name="waitsFor">The lock, as a condition on pg_locks.</param>
    /// <param name="meanwhile">What the other one does before it lets go; null: nothing.</param>
    /// <param name="begin">Awaited to its end.</param>
    /// <param name="beside">What somebody else does meanwhile.</param>
    public async Task<T> HaltAsync<T>(
        string holds, string waitsFor, string? meanwhile, Func<Task<T>> begin, Func<Task>? beside = null)
    {
        await using var other = new NpgsqlConnection(Superuser + ";Search Path=accountguard");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await RunAsync(holds);
        var doing = begin();
        while (await RunAsync($"""
            select count(*) from pg_locks where not granted and locktype = 'advisory' and {waitsFor}
              and database = (select oid from pg_database where datname = current_database())
            """) is 0L)
        {
            doing.IsCompleted.ShouldBeFalse("it waited for nobody");
        }

        if (meanwhile is not null)
        {
            await RunAsync(meanwhile);
        }

        await (beside?.Invoke() ?? Task.CompletedTask);

        await transaction.RollbackAsync();
        return await doing;

        async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, other);
            return await command.ExecuteScalarAsync();
        }
    }

    /// <summary>The installation that the tests of the collection share.</summary>
    public Installation At { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Server == ServerOfTheRun)
        {
            var laid = await Laid.Value;
            await CreateAsync(laid.Name);
            foreach (var file in Directory.GetFiles(laid.Home))
            {
                File.Copy(file, Path.Combine(Home, Path.GetFileName(file)));
            }
        }
        else
        {
            await CreateAsync("template0");
        }

        At = await OpenAsync();
    }

    private static async Task<FreshDatabase> LayAsync()
    {
        var laid = new FreshDatabase();
        await laid.CreateAsync("template0");
        laid.At = await laid.OpenAsync();
        await laid.At.DisposeAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => laid.DropAsync().GetAwaiter().GetResult();
        return laid;
    }

    private async Task CreateAsync(string template)
    {
        await using var server = new NpgsqlConnection(Server);
        await server.OpenAsync();
        await ExecuteAsync(server, $"""
            do $$ begin
                perform pg_advisory_xact_lock(1);
                if not exists (select from pg_roles where rolname = 'accountguard_owner') then
                    create role accountguard_owner; end if;
                if not exists (select from pg_roles where rolname = 'accountguard_app') then
                    create role accountguard_app; end if;
                alter role accountguard_owner login password '{Password}';
                alter role accountguard_app login password '{Password}';
            end $$
            """);
        await ExecuteAsync(server, $"create database {Name} owner accountguard_owner template {template}");
    }

    /// <summary>Another installation over the same database, as another process would open it.</summary>
    public Task<Installation> OpenAsync() => OpenAsync(Application);

    /// <summary>The same, over another connection of the application.</summary>
    public Task<Installation> OpenAsync(string application) => Session.OpenAsync(
        new ConfigurationBuilder().AddInMemoryCollection(Settings())
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:AccountGuard"] = application,
            }).Build(), CancellationToken.None);

    /// <summary>What a process needs in its environment to work on this database.</summary>
    public Dictionary<string, string?> Environ => Settings().ToDictionary(s => s.Key.Replace(":", "__"), s => s.Value);

    public async Task DisposeAsync()
    {
        await At.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await DropAsync();
    }

    private async Task DropAsync()
    {
        await using var server = new NpgsqlConnection(Server);
        await server.OpenAsync();
        await ExecuteAsync(server, $"drop database {Name} with (force)");
        Directory.Delete(Home, recursive: true);
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["ConnectionStrings:AccountGuard"] = Application,
        ["ConnectionStrings:AccountGuardOwner"] = Owner,
        ["ACCOUNTGUARD_HOME"] = Home,
    };

    private string With(string user, string? password)
    {
        var builder = new NpgsqlConnectionStringBuilder(Server) { Database = Name };
        if (password is not null)
        {
            (builder.Username, builder.Password) = (user, password);
        }

        return builder.ConnectionString;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

/// <summary>Tests that share one database, and keep apart by fresh incidents and numbers.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDatabase : ICollectionFixture<FreshDatabase>
{
    public const string Name = "shared database";
}
