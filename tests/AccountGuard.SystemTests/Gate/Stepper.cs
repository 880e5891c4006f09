using Npgsql;

namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// What became of a schedule: transactions that were deadlock victims and ran again, and errors of others.
/// </summary>
public sealed record Outcome(int Deadlocks, IReadOnlyList<string> Errors);

/// <summary>
/// Runs transactions on real connections in one given order of their steps. A step is a statement or, where the
/// database has turnstiles, a statement as far as its next turnstile. A step that waits for a lock is left pending, and
/// its writer's turns pass until it is released; a deadlock victim runs again, whole, at the end.
/// </summary>
public sealed class Stepper : IAsyncDisposable
{
    public const int TurnstileFamily = 6000;
    private const int Turnstiles = 24;
    private const int MostPolls = 100_000;

    private readonly NpgsqlConnection _control;
    private readonly List<Lane> _lanes;

    private Stepper(NpgsqlConnection control, List<Lane> lanes) => (_control, _lanes) = (control, lanes);

    /// <summary>Lanes work with the application's rights.</summary>
    public static async Task<Stepper> OpenAsync(GateDatabase database, int lanes)
    {
        var opened = new List<Lane>();
        for (var no = 0; no < lanes; no++)
        {
            var connection = await database.OpenAsync();
            await GateDatabase.ExecuteAsync(connection, "set deadlock_timeout = 20; set role accountguard_app");
            opened.Add(new Lane(connection, no));
        }

        return new Stepper(await database.OpenAsync(), opened);
    }

    /// <summary>How many turns a transaction takes alone.</summary>
    public async Task<int> CountAsync(string[] transaction)
    {
        await CloseTurnstilesAsync(stops: true, lanes: 1);
        var (lane, count) = (_lanes[0], 0);
        await lane.PrepareAsync(transaction, off: "", stops: true);
        for (var polls = 0; !lane.IsOver; polls++)
        {
            // What waits for a moment, as for a page that is added to a table, has not come to its end.
            polls.ShouldBeLessThan(MostPolls, "a transaction that is alone waits");
            count += await AdvanceAsync(lane) ? 1 : 0;
        }

        await OpenTurnstilesAsync();
        return count;
    }

    public async Task<Outcome> RunAsync(string[][] transactions, int[] turns, string off, bool stops)
    {
        await CloseTurnstilesAsync(stops, transactions.Length);
        for (var i = 0; i < transactions.Length; i++)
        {
            await _lanes[i].PrepareAsync(transactions[i], off, stops);
        }

        foreach (var turn in turns)
        {
            await AdvanceAsync(_lanes[turn]);
        }

        var running = _lanes.Take(transactions.Length).ToList();
        for (var polls = 0; running.Any(l => !l.IsOver); polls++)
        {
            polls.ShouldBeLessThan(MostPolls, "the transactions wait for each other, and the database does not see it");
            foreach (var lane in running)
            {
                await AdvanceAsync(lane);
            }
        }

        await OpenTurnstilesAsync();
        var victims = running.Where(l => l.IsVictim).ToList();
        foreach (var lane in victims)
        {
            await lane.RunAgainAsync();
        }

        return new Outcome(victims.Count, [.. running.Select(l => l.Error).OfType<string>()]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
        {
            await lane.DisposeAsync();
        }

        await _control.DisposeAsync();
    }

    /// <returns>False where the lane has nothing left to do, or waits for another.</returns>
    private async Task<bool> AdvanceAsync(Lane lane)
    {
        if (lane.IsBlocked)
        {
            await StandAsync(lane);
        }

        if (lane.IsBlocked || lane.IsOver)
        {
            return false;
        }

        if (lane.Turnstile is { } turnstile)
        {
            await GateDatabase.ExecuteAsync(
                _control, $"select pg_advisory_unlock({TurnstileFamily + lane.No}, {turnstile})");
        }
        else
        {
            lane.StartNext();
        }

        await StandAsync(lane);
        return true;
    }

    /// <summary>
    /// Until the lane has come to a stand: its statement has ended, or its backend waits. Whoever releases a lock
    /// grants it to those who wait, so that nobody seems to wait for a turnstile that is open.
    /// </summary>
    private async Task StandAsync(Lane lane)
    {
        for (var polls = 0; polls < MostPolls; polls++)
        {
            if (await lane.IsIdleAsync())
            {
                return;
            }

            await using var look = new NpgsqlCommand(
                "select classid::int, objid::int from pg_locks where pid = $1 and not granted", _control);
            look.Parameters.Add(new NpgsqlParameter<int> { TypedValue = lane.Pid });
            await using var reader = await look.ExecuteReaderAsync();
            if (await reader.ReadAsync())
            {
                var isTurnstile = !reader.IsDBNull(0) && reader.GetInt32(0) == TurnstileFamily + lane.No;
                (lane.IsBlocked, lane.Turnstile) = (!isTurnstile, isTurnstile ? reader.GetInt32(1) : null);
                return;
            }
        }

        throw new InvalidOperationException("A step neither ends nor waits for a lock.");
    }

    private Task CloseTurnstilesAsync(bool stops, int lanes) => stops
        ? GateDatabase.ExecuteAsync(_control,
            $"""
            select pg_advisory_lock({TurnstileFamily} + lane, turnstile)
            from generate_series(0, {lanes - 1}) as lane, generate_series(1, {Turnstiles}) as turnstile
            """)
        : Task.CompletedTask;

    private Task OpenTurnstilesAsync() => GateDatabase.ExecuteAsync(_control, "select pg_advisory_unlock_all()");

    /// <summary>A connection and the transaction that runs on it.</summary>
    private sealed class Lane(NpgsqlConnection connection, int no) : IAsyncDisposable
    {
        private string[] _statements = [];
        private int _next;
        private Task? _running;

        public int No => no;

        public int Pid => connection.ProcessID;

        public bool IsBlocked { get; set; }

        public int? Turnstile { get; set; }

        public bool IsVictim { get; private set; }

        public string? Error { get; private set; }

        public bool IsOver => _running is null && (IsVictim || Error is not null || _next == _statements.Length);

        public Task PrepareAsync(string[] transaction, string off, bool stops)
        {
            // Begin takes neither a snapshot nor a lock: a step of its own would only repeat schedules.
            (_statements, _next, _running, IsBlocked, Turnstile, IsVictim, Error) =
                ([$"begin; {transaction[0]}", .. transaction[1..], "commit"], 0, null, false, null, false, null);
            return GateDatabase.ExecuteAsync(connection,
                $"set turnstile.passed = 0; set turnstile.off = '{off}'; "
                + $"set turnstile.lane = '{(stops ? $"{no}" : "")}'");
        }

        public void StartNext() => _running = GateDatabase.ExecuteAsync(connection, _statements[_next++]);

        public async Task<bool> IsIdleAsync()
        {
            if (_running is null)
            {
                return true;
            }

            if (!_running.IsCompleted)
            {
                return false;
            }

            (IsBlocked, Turnstile) = (false, null);
            try
            {
                await _running;
            }
            catch (PostgresException e)
            {
                IsVictim = e.SqlState == PostgresErrorCodes.DeadlockDetected;
                Error = IsVictim ? null : e.MessageText;
                await GateDatabase.ExecuteAsync(connection, "rollback");
            }

            _running = null;
            return true;
        }

        public Task RunAgainAsync() =>
            GateDatabase.ExecuteAsync(connection, string.Join(';', ["set turnstile.lane = ''", .. _statements]));

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
