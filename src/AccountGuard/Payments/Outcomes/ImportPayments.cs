using AccountGuard.Deliveries;
using AccountGuard.Numbers;

namespace AccountGuard.Payments.Outcomes;

/// <summary>
/// Takes in what the payment system reports of payments and stops. They are facts beside the rule: no case begins or
/// ends by them, and no standing depends on them, also where their rows wait in quarantine.
/// </summary>
public static class ImportPayments
{
    /// <summary>What their deliveries are called: they bring no change, so no standing depends on them.</summary>
    public const string Kind = "payments";

    private const int BatchLength = 2_000;

    public static Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, bool isNdjson, string? deliveryId, DateTimeOffset receivedAt,
        IProgress<(long Done, long Total)>? progress, CancellationToken cancel, string? deliveredBy = null) =>
        RunAsync(at, file, isNdjson ? "payments ndjson" : Kind,
            isNdjson ? DeliveredRows.OfNdjson(file, PaymentReport.Columns)
                : DeliveredRows.OfCsv(
                    file, PaymentReport.Columns, ["source", "payment_id", "number", "outcome"]),
            deliveryId, receivedAt, progress, cancel, deliveredBy);

    /// <summary>One JSON object, which may go over several lines.</summary>
    /// <exception cref="BadInput">It is none, or has a member that is not known.</exception>
    public static Task<DeliveryAnswer> RunOneAsync(
        Installation at, DeliveredFile file, string? deliveryId, DateTimeOffset receivedAt, CancellationToken cancel,
        string? deliveredBy = null)
    {
        using var text = file.ReadText();
        var row = DeliveredRows.OfObject(text.ReadToEnd(), 1, PaymentReport.Columns);
        return row.Problem is null
            ? RunAsync(at, file, "payments json", [row], deliveryId, receivedAt, null, cancel, deliveredBy)
            : throw new BadInput(row.Problem == QuarantineCode.UnknownField
                ? $"The object has a member that is not known. Known are: {string.Join(", ", PaymentReport.Columns)}"
                : "The body is not one JSON object whose members are given once, each with a plain value.");
    }

    private static async Task<DeliveryAnswer> RunAsync(
        Installation at, DeliveredFile file, string deliveredAs, IEnumerable<DeliveredRow> rows, string? deliveryId,
        DateTimeOffset receivedAt, IProgress<(long Done, long Total)>? progress, CancellationToken cancel,
        string? deliveredBy)
    {
        var label = new DeliveryLabel(Kind, deliveryId, file.ReadContentKey(at.Keys, deliveredAs, cancel), receivedAt,
            new Dictionary<string, string>(), deliveredBy);
        var nobody = Quarantine.SubjectOf(at.Keys, label);
        var payDays = await PayDayCalendar.ReportableAsync(at, PayDayCalendar.DayOf(receivedAt), cancel);
        using var personalKeys = new PersonalKeys(at.Keys);
        return await BatchedDelivery.RunAsync(
            at, label, BatchLength, file, progress, rows,
            async (connection, delivered) =>
            {
                var reports = delivered.Select(row => PaymentReport.Read(row, at.Keys, payDays)).ToList();
                var subjects = new Dictionary<NumberKey, PensionNumber?>(reports.Count);
                foreach (var report in reports)
                {
                    subjects[report.Key ?? nobody] = report.Number;
                }

                return new PaymentBatch(reports, await personalKeys.ForAsync(connection, subjects, cancel), nobody);
            },
            (transaction, _, delivery, batch) => batch.WriteAsync(transaction, delivery, cancel),
            cancel);
    }
}
