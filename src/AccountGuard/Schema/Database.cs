using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Schema;

/// <summary>
/// The database by its two roles: the owner lays the schema; the application reads and adds. Where one connection
/// string is given it serves for both, and the application's sessions take the role accountguard_app.
/// </summary>
public sealed class Database(string application, string? owner)
{
    public const string ApplicationRole = "accountguard_app";
    private const string SchemaName = "accountguard";
    private const int MostConnections = 40;

    /// <summary>A message for people: where the database was looked for, without its password.</summary>
    public string Where
    {
        get
        {
            var builder = new NpgsqlConnectionStringBuilder(application);
            return $"{builder.Host}, database {builder.Database}";
        }
    }

    public NpgsqlDataSource OpenAsOwner() =>
        Open(new NpgsqlConnectionStringBuilder(owner ?? application), "owner").Build();

    /// <summary>
    /// Each of its connections is to the database of this key: under another one every number would be a stranger, also
    /// where another database took this one's place while we ran.
    /// </summary>
    public NpgsqlDataSource OpenAsApplication(KeyFile keys)
    {
        var builder = new NpgsqlConnectionStringBuilder(application);
        if (owner is null)
        {
            builder.Options = $"{builder.Options} -c role={ApplicationRole}".Trim();
        }

        return Open(builder, "app").UsePhysicalConnectionInitializer(
            connection => Laying.ProveKeyAsync(connection, keys, CancellationToken.None).GetAwaiter().GetResult(),
            connection => Laying.ProveKeyAsync(connection, keys, CancellationToken.None)).Build();
    }

    private static NpgsqlDataSourceBuilder Open(NpgsqlConnectionStringBuilder builder, string name)
    {
        builder.SearchPath = SchemaName;
        builder.ApplicationName = $"accountguard {name}";
        builder.Timeout = Math.Min(builder.Timeout, 15);

        // A server takes 100 by default, and commands run beside the service: a burst waits here, not there.
        builder.MaxPoolSize = Math.Min(builder.MaxPoolSize, MostConnections);

        // A reset between two uses of a pooled connection throws away its plans, and planning takes longer than
        // screening; no session of ours leaves settings behind, and session locks are given back by who took them.
        builder.NoResetOnClose = true;

        // Errors of the database may quote a row; personal data stays out of messages and logs (Rule 33).
        builder.IncludeErrorDetail = false;
        return new NpgsqlDataSourceBuilder(builder.ConnectionString);
    }
}
