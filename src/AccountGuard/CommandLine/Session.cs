using AccountGuard.Payments;
using AccountGuard.Schema;
using Npgsql;

namespace AccountGuard.CommandLine;

/// <summary>
/// What a command runs in: the configuration, the installation opened from it, and whether it answers in JSON.
/// </summary>
public sealed record Session(Installation At, bool Json, CancellationToken Cancel)
{
    /// <summary>Lays the schema where needed and opens the installation that the configuration names.</summary>
    public static async Task<Installation> OpenAsync(IConfiguration configuration, CancellationToken cancel)
    {
        var application = configuration.GetConnectionString("AccountGuard")
            ?? throw new BadInput("No database is named. Use ops/accountguard, which starts the embedded one, or set "
                + "ConnectionStrings__AccountGuard.");
        var database = new Database(application, configuration.GetConnectionString("AccountGuardOwner"));
        try
        {
            var keys = await Laying.EnsureAsync(
                database, configuration["AccountGuard:Key"], KeyPath(configuration), cancel);
            var source = database.OpenAsApplication(keys);
            await using (var connection = await source.OpenConnectionAsync(cancel))
            {
                await SafeServer.EnsureAsync(connection, cancel);
            }

            return new Installation(source, keys, TimeProvider.System, Laying.Number)
            {
                Branches = BankBranches.From(configuration),
            };
        }
        catch (NpgsqlException e) when (e is not PostgresException || IsRefusedConnection(e))
        {
            throw new NoDatabase($"The database does not answer ({database.Where}): {e.Message} "
                + "Start it, or correct ConnectionStrings__AccountGuard.");
        }
        catch (Exception e) when (e is ArgumentException or FormatException
            && e.StackTrace?.Contains("ConnectionString") == true)
        {
            throw new BadInput("ConnectionStrings__AccountGuard cannot be read. It looks like "
                + "Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static string KeyPath(IConfiguration configuration) =>
        Path.Combine(configuration["ACCOUNTGUARD_HOME"] ?? ".accountguard", "key");

    // A wrong password, a database that is missing or starting up: it does not answer us.
    private static bool IsRefusedConnection(NpgsqlException e) =>
        e.SqlState is { } state && (state.StartsWith("28") || state.StartsWith("57P") || state is "3D000" or "53300");
}

/// <summary>The named database does not answer: exit 3.</summary>
public sealed class NoDatabase(string message) : Exception(message);
