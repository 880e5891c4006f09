using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using Weasel.Core;

namespace AccountGuard.Schema;

/// <summary>The event store, in a schema of its own beside the facts.</summary>
public static class EventStore
{
    public const string SchemaName = "accountguard_events";

    /// <param name="lays">True for the owner, who may create tables; the application never does.</param>
    public static IDocumentStore Open(NpgsqlDataSource database, bool lays) => DocumentStore.For(options =>
    {
        options.Connection(database);
        options.DatabaseSchemaName = SchemaName;
        options.AutoCreateSchemaObjects = lays ? AutoCreate.CreateOrUpdate : AutoCreate.None;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString);

        // The gap between a sequence number and its commit is only closed for these two append modes; Rich is not kept
        // up.
        options.Events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        options.Events.AddEventTypes(Events.All);
    });
}
