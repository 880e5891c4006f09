using AccountGuard.Vault;
using Marten;
using Npgsql;

namespace AccountGuard;

/// <summary>What every action works with: the database as the application's role, the event store over it, the key, the clock.</summary>
public sealed record Installation(NpgsqlDataSource Database, IDocumentStore Events, KeyFile Keys, TimeProvider Clock)
    : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        Events.Dispose();
        await Database.DisposeAsync();
    }
}

/// <summary>Input or usage that is refused whole: nothing was changed. The message names the place and the remedy.</summary>
public sealed class BadInput(string message) : Exception(message);
