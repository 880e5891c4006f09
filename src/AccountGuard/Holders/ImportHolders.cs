using AccountGuard.Deliveries;
using AccountGuard.Numbers;

namespace AccountGuard.Holders;

/// <summary>
/// Takes in a file of holders: names, addresses, deaths, protection and guardians. Later rows add to what was said and
/// overwrite nothing (Rule 34).
/// </summary>
public static class ImportHolders
{
    /// <summary>What their deliveries are called: they bring no change, so no standing depends on them.</summary>
    public const string Kind = "holders";

    private const int BatchLength = 2_000;

    public static async Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, string? deliveryId, DateTimeOffset receivedAt,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel, string? deliveredBy = null)
    {
        var label = new DeliveryLabel(Kind, deliveryId, file.ReadContentKey(at.Keys, Kind, cancel), receivedAt,
            new Dictionary<string, string>(), deliveredBy);
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        using var personalKeys = new PersonalKeys(at.Keys);
        return await BatchedDelivery.RunAsync(
            at, label, BatchLength, file, progress,
            DeliveredRows.OfCsv(file, HolderRow.Columns, ["number"]),
            async (connection, delivered) =>
            {
                var rows = delivered.Select(row => HolderRow.Read(row, at.Keys)).ToList();
                var subjects = new Dictionary<NumberKey, PensionNumber?>(rows.Count);
                foreach (var row in rows)
                {
                    subjects[row.Key ?? nobody] = row.Number;
                }

                return new HolderBatch(rows, await personalKeys.ForAsync(connection, subjects, cancel), nobody);
            },
            (transaction, _, delivery, batch) => batch.WriteAsync(transaction, delivery, cancel),
            cancel);
    }
}
