using AccountGuard.Deliveries;

namespace AccountGuard.Payments.Outcomes;

/// <summary>What is known of a payment or stop by one of its rows.</summary>
public readonly record struct KnownReport(Guid Id, string Outcome, UInt128 ThingKey, UInt128 ContentKey);

/// <summary>A row that waits in quarantine, why, and for which field.</summary>
public readonly record struct WaitingReport(PaymentReport Report, string Code, string Field);

/// <summary>
/// Rows by what becomes of them, which together are all of them (Rule 7): those that are new, those that say again what
/// is known, and those that cannot be read or contradict what came before, in this batch or in any.
/// </summary>
public sealed record SortedReports(
    IReadOnlyList<PaymentReport> Fresh, long Duplicates, IReadOnlyList<WaitingReport> Waiting)
{
    public static SortedReports Of(IEnumerable<PaymentReport> reports, IEnumerable<KnownReport> known)
    {
        var contents = new Dictionary<(Guid, string), UInt128>();
        var things = new Dictionary<Guid, UInt128>();
        foreach (var row in known)
        {
            contents[(row.Id, row.Outcome)] = row.ContentKey;
            things[row.Id] = row.ThingKey;
        }

        var (fresh, waiting, duplicates) = (new List<PaymentReport>(), new List<WaitingReport>(), 0L);
        foreach (var report in reports)
        {
            if (report.Code is { } code)
            {
                waiting.Add(new WaitingReport(report, code, report.Field));
            }
            else if (things.TryGetValue(report.Id, out var thing) && thing != report.ThingKey)
            {
                waiting.Add(new WaitingReport(report, QuarantineCode.OtherContent, "payment_id"));
            }
            else if (!contents.TryGetValue((report.Id, report.Outcome), out var content))
            {
                fresh.Add(report);
                things[report.Id] = report.ThingKey;
                contents[(report.Id, report.Outcome)] = report.ContentKey;
            }
            else if (content == report.ContentKey)
            {
                duplicates++;
            }
            else
            {
                waiting.Add(new WaitingReport(report, QuarantineCode.OtherContent, "outcome"));
            }
        }

        return new SortedReports(fresh, duplicates, waiting);
    }
}
