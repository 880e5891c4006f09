using System.Diagnostics;
using Npgsql;

namespace AccountGuard.SystemTests;

/// <summary>A PostgreSQL that a test may stop, break and restore, in a folder of its own.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    private readonly string _binaries;
    private readonly string _folder;

    private OwnServer(string binaries, string folder) => (_binaries, _folder) = (binaries, folder);

    /// <summary>The connection of its superuser.</summary>
    public string Connection => $"Host={_folder};Username=postgres;Database=postgres";

    /// <summary>The same, as PostgreSQL's programs take it.</summary>
    public string Conninfo => $"host={_folder} user=postgres dbname=postgres";

    /// <summary>The folder of its data.</summary>
    public string Data => $"{_folder}/data";

    /// <summary>A new one, running.</summary>
    /// <param name="folder">Empty; nothing in it is left.</param>
    /// <param name="settings">Lines of postgresql.conf.</param>
    public static async Task<OwnServer> MakeAsync(string folder, params string[] settings)
    {
        var server = await InAsync(folder);
        await server.RunAsync("initdb", "-D", server.Data, "-A", "trust", "-U", "postgres", "--locale=C.UTF-8");
        File.AppendAllLines($"{server.Data}/postgresql.conf",
        [
            $"unix_socket_directories = '{folder}'", "listen_addresses = ''", "max_locks_per_transaction = 128",
            "max_connections = 150", "jit = off", .. settings,
        ]);
        await server.StartAsync();
        return server;
    }

    /// <summary>One whose data is still to come: a copy of another's.</summary>
    public static async Task<OwnServer> InAsync(string folder)
    {
        // The programs of the server of the test run.
        await using var source = NpgsqlDataSource.Create(new FreshDatabase().Server);
        await using var find = source.CreateCommand("select setting from pg_config where name = 'BINDIR'");
        var server = new OwnServer((string)(await find.ExecuteScalarAsync())!, folder);
        if (Environment.UserName == "root")
        {
            await AsSelfAsync("chown", "postgres", folder);
        }

        return server;
    }

    /// <param name="options">Of the server's command line, such as -c fsync=off.</param>
    public Task StartAsync(string options = "") =>
        RunAsync("pg_ctl", "-D", Data, "-l", $"{_folder}/log", "-o", options, "-w", "start");

    public Task StopAsync(string mode = "fast") => RunAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");

    /// <summary>Ended as by a power failure, all processes of it.</summary>
    public async Task KillAsync()
    {
        var postmaster = int.Parse(File.ReadLines($"{Data}/postmaster.pid").First());
        await AsSelfAsync("sh", "-c", $"kill -9 {postmaster} $(pgrep -P {postmaster})");
        while (Directory.Exists($"/proc/{postmaster}") && !IsDead(postmaster))
        {
            await Task.Yield();
        }

        File.Delete($"{Data}/postmaster.pid");
        File.Delete($"{_folder}/.s.PGSQL.5432.lock");
    }

    /// <summary>A program of PostgreSQL, as whoever the server runs as.</summary>
    public Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.UserName == "root"
            ? AsSelfAsync("sh", [
                "-c", "exec runuser -u postgres -- \"$@\" > /dev/null", "sh", path, .. arguments])
            : AsSelfAsync("sh", ["-c", "exec \"$@\" > /dev/null", "sh", path, .. arguments]);
    }

    /// <summary>Commands of a runbook, with PostgreSQL's programs at hand.</summary>
    public Task RunAsync(string commands, params (string Name, string Value)[] variables) => RunAsync(
        "/usr/bin/env", [
            $"PATH={_binaries}:{Environment.GetEnvironmentVariable("PATH")}",
            .. variables.Select(v => $"{v.Name}={v.Value}"), "bash", "-euc", commands,
        ]);

    public static async Task AsSelfAsync(string program, params string[] arguments)
    {
        // Its output would be held open by the server.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (File.Exists($"{Data}/postmaster.pid"))
        {
            await StopAsync("immediate");
        }
    }

    private static bool IsDead(int process) =>
        File.ReadAllText($"/proc/{process}/stat").Split(") ").Last().StartsWith('Z');
}
