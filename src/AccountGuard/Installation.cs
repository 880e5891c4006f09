using System.Data;
using AccountGuard.Payments;
using AccountGuard.Schema;
using AccountGuard.Vault;
using Marten;
using Npgsql;

namespace AccountGuard;

/// <summary>
/// What every action works with: the database as the application's role, the event store over it, the key, the clock,
/// and the number of the schema that it was opened on.
/// </summary>
public sealed record Installation(NpgsqlDataSource Database, KeyFile Keys, TimeProvider Clock, int SchemaNumber)
    : IAsyncDisposable
{
    // Whoever only reads does without: it takes a while to set up.
    private readonly Lazy<IDocumentStore> _events = new(() => EventStore.Open(Database, lays: false));

    public IDocumentStore Events => _events.Value;

    /// <summary>Whether the numbers of the sandbox are answered: only where the development provider is on.</summary>
    public bool HasSandbox { get; init; }

    /// <summary>Where payments may go; null: anywhere.</summary>
    public BankBranches? Branches { get; init; }

    /// <summary>
    /// A session of the event store inside the caller's transaction, which stays the caller's to commit.
    /// </summary>
    public IDocumentSession SessionIn(NpgsqlTransaction transaction) =>
        Events.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));

    /// <summary>
    /// A question of a page, which asks for little by its key, and would take longer to plan than to answer: the
    /// connection keeps its plan, until the tables that it reads are analysed anew. Only for what an index finds,
    /// however much there is.
    /// </summary>
    /// <returns>The rows; the connection goes back with their reader.</returns>
    public async Task<NpgsqlDataReader> LookUpAsync(
        string sql, CancellationToken cancel, params (string Name, object Value)[] values)
    {
        var connection = await Database.OpenConnectionAsync(cancel);
        try
        {
            var find = new NpgsqlCommand(sql, connection);
            foreach (var (name, value) in values)
            {
                find.Parameters.AddWithValue(name, value);
            }

            await find.PrepareAsync(cancel);
            return await find.ExecuteReaderAsync(CommandBehavior.CloseConnection, cancel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_events.IsValueCreated)
        {
            _events.Value.Dispose();
        }

        await Database.DisposeAsync();
    }
}

/// <summary>
/// Input or usage that is refused whole: nothing was changed. The message names the place and the remedy.
/// </summary>
public sealed class BadInput(string message, Fault fault = Fault.Invalid) : Exception(message)
{
    public Fault Fault => fault;

    /// <summary>It does not quote what was asked for: somebody may have put a number there.</summary>
    public static BadInput NoIncident =>
        new("No incident of this id is declared. Declare it with declare-incident FILE.json.", Fault.NotFound);
}

/// <summary>What is wrong with the input: the command line says it in words, HTTP by a status too.</summary>
public enum Fault
{
    Invalid,
    NotFound,
    OtherContent,
    TotalsDiffer,
}

/// <summary>Nothing was taken in, and the same may be sent again.</summary>
public sealed class Unavailable(string message) : Exception(message);
