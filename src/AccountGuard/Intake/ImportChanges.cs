using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Numbers;

namespace AccountGuard.Intake;

/// <summary>
/// Takes in a file of account changes and cancellations, batch by batch: each batch is durable and screened when it is
/// committed, and a killed import goes on behind the last one.
/// </summary>
public static class ImportChanges
{
    private const int BatchLength = 1_000;

    public static async Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, bool isNdjson, string? deliveryId, DateTimeOffset receivedAt,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel, string? deliveredBy = null,
        Sources? sources = null)
    {
        // The same bytes are another delivery where they are to be read in another way, or by other rights: rows that
        // one sender may not file wait in quarantine, and must not be the answer to the one who may.
        var deliveredAs = (isNdjson ? "changes ndjson" : "changes") + (sources?.Written is { Length: > 0 } written
            ? $"\u001f{written}" : "");
        var label = new DeliveryLabel(
            "changes", deliveryId, file.ReadContentKey(at.Keys, deliveredAs, cancel), receivedAt,
            new Dictionary<string, string>(), deliveredBy);
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        using var personalKeys = new PersonalKeys(at.Keys);
        return await BatchedDelivery.RunAsync(
            at, label, BatchLength, file, progress,
            isNdjson ? DeliveredRows.OfNdjson(file, FiledChange.Columns)
                : DeliveredRows.OfCsv(file, FiledChange.Columns, ["source", "request_id", "number"]),
            async (connection, rows) =>
            {
                var changes = rows.Select(row => FiledChange.Read(row, at.Keys, sources ?? Sources.All)).ToList();
                var subjects = ChangeBatch.SubjectsOf(changes, nobody);
                return new ChangeBatch(changes, await personalKeys.ForAsync(connection, subjects, cancel), nobody);
            },
            (transaction, session, delivery, batch) => batch.WriteAsync(transaction, session, delivery, cancel),
            cancel);
    }
}
