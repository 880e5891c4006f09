using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace AccountGuard.SystemTests.Http;

/// <summary>The network to the database, which can fail: by breaking off, or by saying nothing.</summary>
public sealed class Network : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Task<Socket>> _connect;
    private readonly Task _accepting;
    private readonly List<Socket> _open = [];
    private TaskCompletionSource _flows = Flowing();
    private byte[]? _statement;
    private Socket? _committing;
    private Socket? _losing;

    public Network(string server)
    {
        var to = new NpgsqlConnectionStringBuilder(server);
        _connect = async () =>
        {
            var isSocket = to.Host!.StartsWith('/');
            var socket = new Socket(
                isSocket ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream,
                ProtocolType.Unspecified);
            await socket.ConnectAsync(isSocket
                ? new UnixDomainSocketEndPoint(Path.Combine(to.Host, $".s.PGSQL.{to.Port}"))
                : new IPEndPoint(IPAddress.Parse(to.Host), to.Port));
            return socket;
        };
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>A connection string, led through this network.</summary>
    public string Through(string connection) => new NpgsqlConnectionStringBuilder(connection)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
    }.ConnectionString;

    /// <summary>Every connection breaks off.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _open.ForEach(socket => socket.Close(0));
            _open.Clear();
        }
    }

    /// <summary>The commit behind this statement is done, and its connection breaks off before it says so.</summary>
    public void LoseAnswerOfCommitBehind(string statement) => _statement = Encoding.UTF8.GetBytes(statement);

    /// <summary>Nothing more arrives, and nobody is told.</summary>
    public void Stall() => _flows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Flow() => _flows.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Flow();
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var from = await _listener.AcceptSocketAsync();
                var to = await _connect();
                lock (_open)
                {
                    _open.AddRange([from, to]);
                }

                _ = CarryAsync(from, to, isQuestion: true);
                _ = CarryAsync(to, from, isQuestion: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task CarryAsync(Socket from, Socket to, bool isQuestion)
    {
        try
        {
            var bytes = new byte[8192];
            while (await from.ReceiveAsync(bytes) is > 0 and var count && from != _losing)
            {
                await _flows.Task;
                if (isQuestion && _statement is not null)
                {
                    _losing = to == _committing && bytes.AsSpan(0, count).IndexOf("COMMIT"u8) >= 0 ? to : _losing;
                    _committing = bytes.AsSpan(0, count).IndexOf(_statement) >= 0 ? to : _committing;
                }

                await to.SendAsync(bytes.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        finally
        {
            from.Close();
            to.Close();
        }
    }
}

/// <summary>A PostgreSQL of its own on a disk that is too small: a tmpfs, which takes root to mount.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const int Megabytes = 256;
    private readonly string _folder = Directory.CreateTempSubdirectory("accountguard-disk-").FullName;
    private OwnServer _server = null!;

    public string Server => _server.Connection;

    private string Filler => Path.Combine(_folder, "filler");

    public async Task StartAsync()
    {
        await OwnServer.AsSelfAsync(
            "mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=0755", "tmpfs", _folder);
        _server = await OwnServer.MakeAsync(
            _folder, "max_wal_size = 64MB", "min_wal_size = 32MB", "wal_init_zero = off");
    }

    /// <summary>Nothing is left to write on, and the database has come to notice: it breaks down.</summary>
    public async Task FillAsync()
    {
        using var file = File.Create(Filler);
        var block = new byte[64 << 10];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }

        // More of the log than fits into what it keeps ready; those who ask may have broken it down before us.
        await Should.ThrowAsync<NpgsqlException>(async () =>
        {
            await using var connection = new NpgsqlConnection(Server + ";Pooling=false");
            await connection.OpenAsync();
            await using var log = new NpgsqlCommand(
                "select count(pg_logical_emit_message(false, 'full', repeat('x', 1000000))) "
                + "from generate_series(1, 200)", connection);
            await log.ExecuteNonQueryAsync();
        });
    }

    /// <summary>There is room again, and the database runs: by itself, or because it is started.</summary>
    public async Task EmptyAsync()
    {
        File.Delete(Filler);
        while (!await AcceptsAsync())
        {
            if (!File.Exists($"{_server.Data}/postmaster.pid"))
            {
                await _server.StartAsync();
            }
        }
    }

    private async Task<bool> AcceptsAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(Server + ";Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await OwnServer.AsSelfAsync("umount", "-l", _folder);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A test that takes root; it is skipped for others.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() =>
        Skip = Environment.UserName == "root" ? null! : "It takes root to mount a small disk.";
}
