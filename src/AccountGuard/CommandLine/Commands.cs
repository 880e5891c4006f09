using System.CommandLine;
using AccountGuard.Schema;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.CommandLine;

/// <summary>
/// The command line: one command, one exit code. Results go to stdout, progress and messages to stderr.
/// </summary>
public static class Commands
{
    private const int Done = 0;
    private const int CheckFailed = 1;
    private const int NothingChanged = 2;
    private const int DatabaseDoesNotAnswer = 3;
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        var root = new RootCommand("AccountGuard verifies account changes filed for leaked numbers.");
        var json = new Option<bool>("--json") { Description = "Answer with one JSON value.", Recursive = true };
        root.Options.Add(json);
        foreach (var command in FactCommands.All(json)
            .Concat(CalendarCommands.All(json)).Concat(QueueCommands.All(json)).Concat(ServiceCommands.All(json)))
        {
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync("See --help.");
            return NothingChanged;
        }

        try
        {
            var settings = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(settings, cancel);
        }
        catch (Exception e)
        {
            return await ExplainAsync(e, cancel);
        }
    }

    /// <summary>The exit code of an import: 1 where rows wait in quarantine.</summary>
    public static int ExitOf(bool isClean) => isClean ? Done : CheckFailed;

    private static async Task<int> ExplainAsync(Exception e, CancellationToken cancel)
    {
        switch (e)
        {
            case OperationCanceledException when cancel.IsCancellationRequested:
                await Console.Error.WriteLineAsync(
                    "Stopped. What was committed stands; the same command again goes on from there.");
                return Interrupted;
            case BadInput or NotLayable or KeyTrouble or Unavailable:
                await Console.Error.WriteLineAsync(e.Message);
                return NothingChanged;
            case NoDatabase:
                await Console.Error.WriteLineAsync(e.Message);
                return DatabaseDoesNotAnswer;
            case NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException }
                or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown }:
                await Console.Error.WriteLineAsync($"The connection to the database was lost: {e.Message} What was "
                    + "committed stands; the same command again goes on from there.");
                return DatabaseDoesNotAnswer;
            default:
                // A fault of ours. A database error may quote values in its details, but not in its message and code.
                await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}\n{e.StackTrace}");
                return CheckFailed;
        }
    }
}
