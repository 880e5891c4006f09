using System.Net.Http.Headers;
using AccountGuard.CommandLine;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace AccountGuard.Bench;

/// <summary>A database of its own for a work, laid as an operator would lay it, with what a work needs on it.</summary>
public sealed class Ground : IAsyncDisposable
{
    // max_wal_size of ops/database.
    private const long LogOfServer = 4_000_000_000;

    private readonly string _name = $"bench_{Guid.NewGuid():N}";
    private int _incidents;

    private Ground(string server, double scale) => (Server, Scale) = (server, scale);

    /// <summary>The superuser's connection to the server that is measured.</summary>
    public string Server { get; }

    public double Scale { get; }

    public Installation At { get; private set; } = null!;

    /// <summary>The superuser's: for baselines, and for facts that are made by SQL.</summary>
    public NpgsqlDataSource Superuser { get; private set; } = null!;

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("accountguard-bench-");

    public Dictionary<string, string?> Settings => new()
    {
        ["ConnectionStrings:AccountGuard"] = Here("ConnectionStrings__AccountGuard"),
        ["ConnectionStrings:AccountGuardOwner"] = Here("ConnectionStrings__AccountGuardOwner"),
        ["ACCOUNTGUARD_HOME"] = Folder.FullName,
    };

    public int Scaled(int atFull) => (int)(atFull * Scale);

    public static async Task<Ground> OpenAsync(string server, double scale, CancellationToken cancel)
    {
        var ground = new Ground(server, scale);
        await using (var connection = new NpgsqlConnection(server))
        {
            await connection.OpenAsync(cancel);
            await RunAsync(connection,
                $"create database {ground._name} owner accountguard_owner template template0", cancel);
        }

        ground.At = await Session.OpenAsync(
            new ConfigurationBuilder().AddInMemoryCollection(ground.Settings).Build(), cancel);
        ground.Superuser = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server)
        {
            Database = ground._name,
            SearchPath = "accountguard",
            MaxPoolSize = 64,
            CommandTimeout = 0,
        }.ConnectionString);
        return ground;
    }

    public async Task SqlAsync(string sql, CancellationToken cancel)
    {
        await using var connection = await Superuser.OpenConnectionAsync(cancel);
        await RunAsync(connection, sql, cancel);
    }

    /// <summary>What is measured on a full disk says nothing: so many bytes fit beside the server's log.</summary>
    public async Task NeedsAsync(long bytes, CancellationToken cancel)
    {
        await using var find = Superuser.CreateCommand("show data_directory");
        foreach (var folder in new[] { (string)(await find.ExecuteScalarAsync(cancel))!, Folder.FullName })
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            if (free < bytes + LogOfServer)
            {
                throw new NoRoom(
                    $"The disk of {folder} has {free / 1e9:0.0} GB left of {(bytes + LogOfServer) / 1e9:0.0} that the "
                    + "work needs. Make room, or measure at a smaller --scale.");
            }
        }
    }

    public async Task<string> IncidentAsync(CancellationToken cancel)
    {
        var id = $"bench-{++_incidents}";
        await DeclareIncident.RunAsync(At, new Declaration(id, "A leak", "Asia/Tokyo",
            new Declaration.CutoffPart(Through: new DateOnly(2015, 6, 1)),
            new Declaration.WindowPart(new DateOnly(2015, 5, 8))), At.Clock.GetUtcNow(), cancel);
        await Screening.Publication.FinishAsync(At, null, cancel);
        return id;
    }

    /// <summary>A file of this work; rows are written one a line below the header.</summary>
    public string File(string name, string header, IEnumerable<string> rows)
    {
        var path = Path.Combine(Folder.FullName, name);
        System.IO.File.WriteAllLines(path, rows.Prepend(header));
        return path;
    }

    /// <summary>The service on this ground, and a caller of this role.</summary>
    public async Task<(WebApplication Service, HttpClient Caller)> ServeAsync(string role)
    {
        var service = Service.Host.Build(
            At, new ConfigurationBuilder().Build(), DevelopmentProvider.Open(Folder.FullName), port: 0);
        await service.StartAsync();
        return (service, CallerOf(service.Urls.First(), TokenOf(role)));
    }

    public string TokenOf(string role) => DevelopmentProvider.Open(Folder.FullName).Issue(
        "bench", null, [role], TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(2), Sources.Every);

    public static HttpClient CallerOf(string address, string? token = null)
    {
        var caller = new HttpClient { BaseAddress = new Uri(address) };
        if (token is not null)
        {
            caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return caller;
    }

    public async ValueTask DisposeAsync()
    {
        await At.DisposeAsync();
        await Superuser.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await RunAsync(connection, $"drop database {_name} with (force)", CancellationToken.None);
        Folder.Delete(recursive: true);
    }

    /// <summary>The connection that ops/bench gives, to the database of this work.</summary>
    private string Here(string variable) =>
        new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(variable)) { Database = _name }
            .ConnectionString;

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>The disk is too small for a work at its scale.</summary>
public sealed class NoRoom(string message) : Exception(message);
