using AccountGuard.Deliveries;
using AccountGuard.Numbers;

namespace AccountGuard.Intake;

/// <summary>Takes in a file of replaced numbers: each mapping joins two numbers of one holder (Rule 8).</summary>
public static class ImportRenumbering
{
    // A batch passes all gates alone, and filings wait for its half second. With smaller ones the whole file takes
    // twice as long: each look into an index goes another way than the last.
    private const int BatchLength = 5_000;

    public static async Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, string? deliveryId, DateTimeOffset receivedAt,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel, string? deliveredBy = null)
    {
        var label = new DeliveryLabel("renumbering", deliveryId, file.ReadContentKey(at.Keys, "renumbering", cancel),
            receivedAt, new Dictionary<string, string>(), deliveredBy);
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        using var personalKeys = new PersonalKeys(at.Keys);
        return await BatchedDelivery.RunAsync(
            at, label, BatchLength, file, progress,
            DeliveredRows.OfCsv(file, Mapping.Columns, ["old_number", "new_number"]),
            async (connection, rows) =>
            {
                var mappings = rows.Select(row => Mapping.Read(row, at.Keys)).ToList();
                var numbers = mappings.SelectMany(m => new[] { m.Old, m.New }).OfType<KeyedNumber>()
                    .DistinctBy(n => n.Key).ToDictionary(n => n.Key, n => n.Number);
                await personalKeys.EnsureAsync(connection, numbers, cancel);
                var sealing = mappings.Where(m => m.Effective.Kind == ReportedDayKind.Unreadable)
                    .Select(m => m.Old).OfType<KeyedNumber>()
                    .DistinctBy(n => n.Key).ToDictionary(n => n.Key, n => (PensionNumber?)n.Number);
                sealing[nobody] = null;
                var keys = await personalKeys.ForAsync(connection, sealing, cancel);
                return new MappingBatch(mappings, keys, keys[nobody]);
            },
            (transaction, _, delivery, batch) => batch.WriteAsync(transaction, delivery, cancel),
            cancel);
    }
}
