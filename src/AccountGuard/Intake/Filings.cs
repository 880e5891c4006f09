using System.Threading.Channels;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Screening;
using Npgsql;

namespace AccountGuard.Intake;

/// <summary>
/// What became of a change that came by itself. Code and field are set where its row waits in quarantine; incidents are
/// those that it is due for verification in.
/// </summary>
public sealed record FilingAnswer(
    Guid? ChangeId, bool IsNew, string? Code, string? Field, long Delivery, long Row, IReadOnlyList<string> Incidents);

/// <summary>
/// Changes that arrive one by one. Those that wait together are one small delivery: written, screened and committed
/// together, and only then answered.
/// </summary>
public sealed class Filings(Installation at) : BackgroundService
{
    private const int LongestWait = 2_000;
    private const int BatchLength = 200;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(LongestWait) { SingleReader = true });

    private sealed record Waiting(
        string?[] Values, string Sender, Sources Sources, TaskCompletionSource<FilingAnswer> Answer);

    /// <summary>Files a change, given by the columns of <see cref="FiledChange"/>.</summary>
    public async Task<FilingAnswer> FileAsync(
        string?[] values, string sender, Sources sources, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<FilingAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _waiting.Writer.WriteAsync(new Waiting(values, sender, sources, answer), cancel);
        }
        catch (ChannelClosedException)
        {
            throw Stopping();
        }

        // Whoever stops waiting leaves the change behind: it is filed, and answered when it comes again.
        return await answer.Task.WaitAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One connection for all batches: what is planned there stays planned.
        NpgsqlConnection? connection = null;
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                foreach (var sent in TakeBatch().GroupBy(w => w.Sender))
                {
                    connection = await WriteAsync(connection, [.. sent], sent.Key, stoppingToken);
                }
            }
        }
        finally
        {
            // Whoever still waits is told, and files again with the next service.
            _waiting.Writer.Complete();
            foreach (var left in TakeBatch(LongestWait))
            {
                left.Answer.TrySetException(Stopping());
            }

            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private static Unavailable Stopping() => new("The service is stopping: send the same again.");

    private List<Waiting> TakeBatch(int length = BatchLength)
    {
        var batch = new List<Waiting>();
        while (batch.Count < length && _waiting.Reader.TryRead(out var next))
        {
            batch.Add(next);
        }

        return batch;
    }

    /// <returns>The connection for the next batch; null where this one failed.</returns>
    private async Task<NpgsqlConnection?> WriteAsync(
        NpgsqlConnection? kept, Waiting[] batch, string sender, CancellationToken cancel)
    {
        var connection = kept;
        try
        {
            connection ??= await at.Database.OpenConnectionAsync(cancel);
            var answers = await Retry.OnConflictAsync(() => TakeInAsync(connection, batch, sender, cancel), cancel);
            foreach (var (waiting, answer) in batch.Zip(answers))
            {
                waiting.Answer.SetResult(answer);
            }

            return connection;
        }
        catch (Exception e)
        {
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            foreach (var waiting in batch)
            {
                waiting.Answer.TrySetException(e is OperationCanceledException ? Stopping() : e);
            }

            return null;
        }
    }

    private async Task<IReadOnlyList<FilingAnswer>> TakeInAsync(
        NpgsqlConnection connection, Waiting[] batch, string sender, CancellationToken cancel)
    {
        var changes = batch
            .Select((w, i) => FiledChange.Read(new DeliveredRow(i + 1, w.Values, null, null), at.Keys, w.Sources))
            .ToList();
        var now = at.Clock.GetUtcNow();
        var label = new DeliveryLabel("filings", null,
            at.Keys.Name("filings", Guid.CreateVersion7(now).ToByteArray()), now, new Dictionary<string, string>(),
            sender);
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        await using var delivery = Delivery.New(at, label);
        var subjects = ChangeBatch.SubjectsOf(changes, nobody);
        using var personalKeys = new PersonalKeys(at.Keys);
        var keys = await personalKeys.ForAsync(connection, subjects, cancel);

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = at.SessionIn(transaction);
        await delivery.StoreAsync(transaction, session, cancel);
        var written = new ChangeBatch(changes, keys, nobody);
        var count = await written.WriteAsync(transaction, session, delivery, cancel);
        var (hits, due) = await HitsAsync(transaction, changes, cancel);
        delivery.Complete(session, new DeliveryAnswer(delivery.No, new RowCount(
            batch.Length, count.Accepted, count.Duplicates, count.Quarantined), hits));
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return [.. changes.Select(change => new FilingAnswer(
            change.ChangeId, written.Accepted.Contains(change.Row.No), written.CodeOf(change),
            written.FieldOf(change), delivery.No, change.Row.No, change.ChangeId is { } id ? [.. due[id]] : []))];
    }

    /// <summary>What the batch opened and ended, and the incidents that each change is due in.</summary>
    private static async Task<(HitCount Hits, ILookup<Guid, string> Due)> HitsAsync(
        NpgsqlTransaction transaction, List<FiledChange> changes, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select hits_opened(), hits_ended(), h.change_id, h.id
            from (values (0)) as once left join (
                select h.change_id, i.id from hit h join incident i using (incident_no)
                where h.change_id = any (@ids) and h.ended_at is null) h on true
            order by h.id
            """, transaction.Connection, transaction);
        find.Parameters.AddWithValue("ids", changes.Select(c => c.ChangeId).OfType<Guid>().ToArray());
        var hits = new HitCount(0, 0);
        var due = new List<(Guid Change, string Incident)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            hits = new HitCount(reader.GetInt64(0), reader.GetInt64(1));
            if (!reader.IsDBNull(2))
            {
                due.Add((reader.GetGuid(2), reader.GetString(3)));
            }
        }

        return (hits, due.ToLookup(d => d.Change, d => d.Incident));
    }
}
