using System.Buffers.Binary;
using System.Text.Json;
using AccountGuard.Numbers;
using Marten;
using Npgsql;

namespace AccountGuard.Deliveries;

/// <summary>
/// How a delivery names itself: what it is, the sender's id, its content, and when it reached the payer.
/// </summary>
public sealed record DeliveryLabel(
    string Kind, string? Id, UInt128 ContentKey, DateTimeOffset ReceivedAt,
    IReadOnlyDictionary<string, string> Arguments, string? DeliveredBy = null)
{
    /// <summary>The content key as bytes, as the database keeps it.</summary>
    public byte[] ContentBytes => new NumberKey(ContentKey).ToBytes();
}

/// <summary>
/// A delivery while it is taken in, alone: whoever brings the same one waits, and then gets the answer or goes on where
/// a killed process stopped (Rule 7).
/// </summary>
public sealed class Delivery : IAsyncDisposable
{
    private const int LockFamily = 4713;
    private readonly NpgsqlConnection? _lock;

    private Delivery(Installation at, DeliveryLabel label, NpgsqlConnection? @lock)
    {
        (Label, _lock, ReceivedAt, Identity) = (label, @lock, label.ReceivedAt, IdentityOf(at, label));
        Stream = new Guid(new NumberKey(Identity).ToBytes(), bigEndian: true);
    }

    public DeliveryLabel Label { get; }

    /// <summary>Zero while nothing of it is stored.</summary>
    public long No { get; private set; }

    /// <summary>When it was first received: what every row of it counts with.</summary>
    public DateTimeOffset ReceivedAt { get; private set; }

    /// <summary>The answer, where the delivery was here before and is done.</summary>
    public DeliveryAnswer? Answer { get; private set; }

    /// <summary>The stream of its events.</summary>
    public Guid Stream { get; }

    private UInt128 Identity { get; }

    private int LockNo => (int)(uint)(Identity >> 96);

    /// <summary>One that nobody else can bring: its content key is of this moment.</summary>
    public static Delivery New(Installation at, DeliveryLabel label) => new(at, label, null);

    /// <exception cref="BadInput">The sender's id was here before with other content (exit 2); the refusal is
    /// recorded.</exception>
    public static async Task<Delivery> OpenAsync(Installation at, DeliveryLabel label, CancellationToken cancel)
    {
        var connection = await at.Database.OpenConnectionAsync(cancel);
        var delivery = new Delivery(at, label, connection);
        try
        {
            await using var take = new NpgsqlCommand("select pg_advisory_lock(@family, @lock)", connection);
            take.CommandTimeout = 0;
            take.Parameters.AddWithValue("family", LockFamily);
            take.Parameters.AddWithValue("lock", delivery.LockNo);
            await take.ExecuteNonQueryAsync(cancel);
            await delivery.FindAsync(at, cancel);
            return delivery;
        }
        catch
        {
            await delivery.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Deliveries of the same content that were begun and not finished, each for the caller's transaction alone: that
    /// content is in, whoever brought it and under whatever id. Whoever is still at one finishes it himself.
    /// </summary>
    public async Task<IReadOnlyList<Delivery>> BrokenOffAsync(
        Installation at, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select d.delivery_no, d.id, d.received_at, d.delivered_by
            from open_delivery join delivery d using (delivery_no)
            where d.kind = @kind and d.content_key = @content and d.delivery_no <> @no
            """, transaction.Connection, transaction);
        find.Parameters.AddWithValue("kind", Label.Kind);
        find.Parameters.AddWithValue("content", Label.ContentBytes);
        find.Parameters.AddWithValue("no", No);
        var open = new List<Delivery>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                var (id, by) = (reader.IsDBNull(1) ? null : reader.GetString(1),
                    reader.IsDBNull(3) ? null : reader.GetString(3));
                var label = Label with
                {
                    Id = id,
                    DeliveredBy = by,
                    ReceivedAt = reader.GetFieldValue<DateTimeOffset>(2),
                };
                open.Add(new Delivery(at, label, null) { No = reader.GetInt64(0) });
            }
        }

        var left = new List<Delivery>();
        foreach (var delivery in open)
        {
            await using var take = new NpgsqlCommand(
                "select pg_try_advisory_xact_lock(@family, @lock)", transaction.Connection, transaction);
            take.Parameters.AddWithValue("family", LockFamily);
            take.Parameters.AddWithValue("lock", delivery.LockNo);
            if (await take.ExecuteScalarAsync(cancel) is true)
            {
                left.Add(delivery);
            }
        }

        return left;
    }

    /// <summary>Stores the delivery in the caller's transaction: its row, and the first event of its stream.</summary>
    public async Task StoreAsync(NpgsqlTransaction transaction, IDocumentSession session, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            """
            insert into delivery (kind, id, content_key, received_at, arguments, delivered_by)
            values (@kind, @id, @content, @received, @arguments, @by) on conflict do nothing returning delivery_no
            """, transaction.Connection, transaction);
        insert.Parameters.AddWithValue("kind", Label.Kind);
        insert.Parameters.AddWithValue("id", (object?)Label.Id ?? DBNull.Value);
        insert.Parameters.AddWithValue("content", Label.ContentBytes);
        insert.Parameters.AddWithValue("received", Label.ReceivedAt.ToUniversalTime());
        insert.Parameters.AddWithValue(
            "arguments", NpgsqlTypes.NpgsqlDbType.Jsonb, JsonSerializer.Serialize(Label.Arguments));
        insert.Parameters.AddWithValue("by", (object?)Label.DeliveredBy ?? DBNull.Value);
        No = await insert.ExecuteScalarAsync(cancel) as long?
            ?? throw new BadInput("The same delivery was being taken in by a process that was killed. Run it again.");
        session.Events.StartStream(Stream, new DeliveryReceived(
            No, Label.Kind, Label.Id, new NumberKey(Label.ContentKey).ToString(), Label.ReceivedAt.ToUniversalTime(),
            Label.Arguments));
    }

    /// <summary>Stores the answer and the account of rows in the caller's transaction: the delivery is done.</summary>
    public async Task CompleteAsync(
        NpgsqlTransaction transaction, IDocumentSession session, DeliveryAnswer answer, CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            "insert into delivery_completion (delivery_no, answer) values (@no, @answer) on conflict do nothing",
            transaction.Connection, transaction);
        insert.Parameters.AddWithValue("no", No);
        insert.Parameters.AddWithValue("answer", NpgsqlTypes.NpgsqlDbType.Jsonb, JsonSerializer.Serialize(answer));
        if (await insert.ExecuteNonQueryAsync(cancel) > 0)
        {
            Account(session, answer);
        }

        Answer = answer;
    }

    /// <summary>The same for a delivery that nobody else can bring: it goes with the events.</summary>
    public void Complete(IDocumentSession session, DeliveryAnswer answer)
    {
        session.QueueSqlCommand("insert into delivery_completion (delivery_no, answer) values (?, ?::jsonb)",
            No, JsonSerializer.Serialize(answer));
        Account(session, answer);
        Answer = answer;
    }

    private void Account(IDocumentSession session, DeliveryAnswer answer)
    {
        var rows = answer.Rows;
        session.Events.Append(Stream, new RowsAccounted(
            No, rows.Received, rows.Accepted, rows.Duplicates, rows.Quarantined));
    }

    /// <summary>Records that this delivery was refused, and gives the error to throw.</summary>
    public static async Task<BadInput> RefuseAsync(
        Installation at, DeliveryLabel label, Fault fault, string reason, CancellationToken cancel)
    {
        await using var command = at.Database.CreateCommand(
            """
            insert into refused_delivery (kind, id, content_key, received_at, reason)
            values (@kind, @id, @content, @received, @reason)
            """);
        command.Parameters.AddWithValue("kind", label.Kind);
        command.Parameters.AddWithValue("id", (object?)label.Id ?? DBNull.Value);
        command.Parameters.AddWithValue("content", label.ContentBytes);
        command.Parameters.AddWithValue("received", label.ReceivedAt.ToUniversalTime());
        command.Parameters.AddWithValue("reason", reason);
        await command.ExecuteNonQueryAsync(cancel);
        return new BadInput(reason, fault);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is null)
        {
            return;
        }

        // Closing the connection alone would give the lock back with it into the pool.
        if (_lock.State == System.Data.ConnectionState.Open)
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all()", _lock);
            await command.ExecuteNonQueryAsync();
        }

        await _lock.DisposeAsync();
    }

    private static UInt128 IdentityOf(Installation at, DeliveryLabel label) => label.Id is null
        ? at.Keys.Name("delivery content", label.ContentBytes)
        : at.Keys.Name("delivery id", System.Text.Encoding.UTF8.GetBytes(
            label.DeliveredBy is null ? label.Id : $"{label.Id}\0{label.DeliveredBy}"));

    private async Task FindAsync(Installation at, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select d.delivery_no, d.content_key, d.received_at, c.answer::text
            from delivery d left join delivery_completion c using (delivery_no)
            where case when @id::text is null then d.id is null and d.content_key = @content
                else d.id = @id and d.delivered_by is not distinct from @by end
            """, _lock);
        find.Parameters.AddWithValue("id", NpgsqlTypes.NpgsqlDbType.Text, (object?)Label.Id ?? DBNull.Value);
        find.Parameters.AddWithValue("by", NpgsqlTypes.NpgsqlDbType.Text, (object?)Label.DeliveredBy ?? DBNull.Value);
        find.Parameters.AddWithValue("content", Label.ContentBytes);
        bool other;
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            if (!await reader.ReadAsync(cancel))
            {
                return;
            }

            No = reader.GetInt64(0);
            ReceivedAt = reader.GetFieldValue<DateTimeOffset>(2);
            other = BinaryPrimitives.ReadUInt128BigEndian(reader.GetFieldValue<byte[]>(1)) != Label.ContentKey;
            Answer = reader.IsDBNull(3) ? null : JsonSerializer.Deserialize<DeliveryAnswer>(reader.GetString(3));
        }

        if (other)
        {
            throw await RefuseAsync(at, Label, Fault.OtherContent,
                $"The delivery id '{Label.Id}' was here before with other content (delivery {No}). Nothing was taken "
                + "in. Deliver the same content again, or give the other content an id of its own.", cancel);
        }
    }
}
