using AccountGuard.Deliveries;
using AccountGuard.Http;
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
public sealed class Filings : BackgroundService
{
    private readonly Installation _at;
    private readonly Together<Filing, FilingAnswer> _together;

    // One connection for all batches: what is planned there stays planned. Null after a batch that failed.
    private NpgsqlConnection? _connection;

    public Filings(Installation at) => (_at, _together) = (at, new(filing => filing.Sender, WriteAsync));

    private sealed record Filing(string?[] Values, string Sender, Sources Sources);

    /// <summary>
    /// Files a change, given by the columns of <see cref="FiledChange"/>. Whoever stops waiting leaves it behind: it is
    /// filed, and answered when it comes again.
    /// </summary>
    public Task<FilingAnswer> FileAsync(string?[] values, string sender, Sources sources, CancellationToken cancel) =>
        _together.AskAsync(new Filing(values, sender, sources), cancel);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await _together.RunAsync(stoppingToken);
        }
        finally
        {
            await CloseAsync();
        }
    }

    private async Task CloseAsync()
    {
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        _connection = null;
    }

    private async Task<IReadOnlyList<FilingAnswer>> WriteAsync(IReadOnlyList<Filing> batch, CancellationToken cancel)
    {
        try
        {
            var connection = _connection ??= await _at.Database.OpenConnectionAsync(cancel);
            return await Retry.OnConflictAsync(() => TakeInAsync(connection, batch, cancel), cancel);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    private async Task<IReadOnlyList<FilingAnswer>> TakeInAsync(
        NpgsqlConnection connection, IReadOnlyList<Filing> batch, CancellationToken cancel)
    {
        var changes = batch
            .Select((w, i) => FiledChange.Read(new DeliveredRow(i + 1, w.Values, null, null), _at.Keys, w.Sources))
            .ToList();
        var now = _at.Clock.GetUtcNow();
        var label = new DeliveryLabel("filings", null,
            _at.Keys.Name("filings", Guid.CreateVersion7(now).ToByteArray()), now, new Dictionary<string, string>(),
            batch[0].Sender);
        var nobody = Quarantine.SubjectOf(_at.Keys, label);
        await using var delivery = Delivery.New(_at, label);
        var subjects = ChangeBatch.SubjectsOf(changes, nobody);
        using var personalKeys = new PersonalKeys(_at.Keys);
        var keys = await personalKeys.ForAsync(connection, subjects, cancel);

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = _at.SessionIn(transaction);
        await delivery.StoreAsync(transaction, session, cancel);
        var written = new ChangeBatch(changes, keys, nobody);
        var count = await written.WriteAsync(transaction, session, delivery, cancel);
        var (hits, due) = await HitsAsync(transaction, changes, cancel);
        delivery.Complete(session, new DeliveryAnswer(delivery.No, new RowCount(
            batch.Count, count.Accepted, count.Duplicates, count.Quarantined), hits));
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
