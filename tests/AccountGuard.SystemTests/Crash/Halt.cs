using System.Diagnostics;
using Npgsql;

namespace AccountGuard.SystemTests.Crash;

/// <summary>Where a process is stopped: at a row of a table, while it is written or when it is committed.</summary>
public sealed record Moment(string Table, string When, bool AtCommit = false);

/// <summary>A trigger of the test that lets nobody by while it stands: whoever writes such a row waits there.</summary>
public sealed class Halt : IAsyncDisposable
{
    private const int Family = 6100;
    private const int MostPolls = 20_000;

    /// <summary>
    /// How long the end of a process is waited for between two looks: who looks all the time slows it down.
    /// </summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly NpgsqlConnection _guard;

    private Halt(NpgsqlConnection guard) => _guard = guard;

    public static async Task<Halt> SetAsync(FreshDatabase database, params Moment[] moments)
    {
        var guard = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.Superuser) { SearchPath = "accountguard", Pooling = false }
                .ConnectionString);
        await guard.OpenAsync();
        var halt = new Halt(guard);
        await halt.ExecuteAsync($"""
            select pg_advisory_lock({Family}, 0);
            create schema if not exists halt;
            create or replace function halt.wait() returns trigger language plpgsql as $$
            begin perform pg_advisory_xact_lock_shared({Family}, 0); return new; end $$
            """);
        foreach (var moment in moments)
        {
            var (kind, time) = moment.AtCommit ? ("constraint trigger", "after") : ("trigger", "before");
            await halt.ExecuteAsync($"""
                create {kind} halt {time} insert on {moment.Table}
                    {(moment.AtCommit ? "deferrable initially deferred" : "")}
                    for each row when ({moment.When}) execute function halt.wait()
                """);
        }

        return halt;
    }

    /// <returns>The backends that wait here, once there are as many.</returns>
    public Task<int[]> ReachedAsync(int count, params Process[] by) =>
        WaitersAsync($"classid = {Family}", count, by);

    /// <returns>Backends that wait for another lock than this one, once there are as many.</returns>
    public Task<int[]> HeldUpAsync(int count, params Process[] by) =>
        WaitersAsync($"classid is distinct from {Family}", count, by);

    public Task OpenAsync() => ExecuteAsync($"select pg_advisory_unlock({Family}, 0)");

    public async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _guard);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Closing opens it too, and the server may have been killed; dropping waits for those who were let by.
        await _guard.CloseAsync();
        await _guard.OpenAsync();
        await ExecuteAsync("drop schema halt cascade");
        await _guard.DisposeAsync();
    }

    private async Task<int[]> WaitersAsync(string which, int count, Process[] by)
    {
        for (var polls = 0; polls < MostPolls; polls++)
        {
            await using var look = new NpgsqlCommand($"""
                select coalesce(array_agg(pid), array[]::int[]) from pg_locks
                where not granted and {which}
                  and pid in (select pid from pg_stat_activity where datname = current_database())
                """, _guard);
            var waiting = (int[])(await look.ExecuteScalarAsync())!;
            if (waiting.Length >= count)
            {
                return waiting;
            }

            foreach (var process in by)
            {
                process.WaitForExit(Pace).ShouldBeFalse("the process ended before it came to the halt");
            }
        }

        throw new InvalidOperationException("Nobody came to the halt.");
    }
}
