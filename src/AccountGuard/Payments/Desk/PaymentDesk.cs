using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Queues;
using Npgsql;

namespace AccountGuard.Payments.Desk;

/// <summary>
/// Cases of a state that are paid to the new account by the next pay-day unless somebody decides, or are held on it,
/// and how many of them are held. Both exact to 10,000; one more stands for more.
/// </summary>
public sealed record UndecidedCases(string State, long Cases, long Held);

/// <summary>A pay-run as it was answered; what changed since can be asked where its file is kept.</summary>
public sealed record SeenRun(PayRunSummary Summary, bool IsKept, string ScreenedBy);

/// <summary>A case that is held, with the last day that any of its holds covers; the number is masked.</summary>
public sealed record SeenHold(
    Guid Change, string Source, string RequestId, string Number, string State, DateOnly Through, string PayTo,
    DateTimeOffset PlacedAt, bool IsByPolicy);

/// <summary>
/// What stands before a pay-day, over all incidents: it shows what pays and what is held, and changes nothing of it
/// (Rule 18). Days are those of Japan's banks.
/// </summary>
/// <param name="Denied">Denied changes without a restored account: held without an end (Rule 17).</param>
public sealed record PaymentDesk(
    IncidentBar? Bar, DateTimeOffset Now, IReadOnlyList<PlannedPayDay> PayDays,
    IReadOnlyList<UndecidedCases> Undecided, IReadOnlyList<SeenRun> Runs, IReadOnlyList<SeenHold> Holds,
    bool HasMoreHolds, IReadOnlyList<WaitingHolds> Waiting, long Denied)
{
    /// <summary>Up to here a figure is exact.</summary>
    public const int Exact = QueueSlice.Exact;

    private const int MostRuns = 20, MostHolds = 200, PayDaysAhead = 2;

    public DateOnly Today => PayDayCalendar.DayOf(Now);

    /// <summary>The first that is not over; null where the calendar has none.</summary>
    public PlannedPayDay? Next => PayDays.Count > 0 ? PayDays[0] : null;

    public static async Task<PaymentDesk> LoadAsync(
        Installation at, DeadlineSettings settings, CancellationToken cancel)
    {
        var now = at.Clock.GetUtcNow();
        var today = PayDayCalendar.DayOf(now);
        var payDays = await PayDayCalendar.FromAsync(at, settings, today, PayDaysAhead, cancel);
        var next = payDays.Count > 0 ? payDays[0].PayDay : DateOnly.MaxValue;
        var holds = await HoldsAsync(at, next, today, cancel);
        return new PaymentDesk(
            await IncidentBar.LoadAsync(at, null, cancel), now, payDays, await UndecidedAsync(at, next, cancel),
            await RunsAsync(at, cancel), [.. holds.Take(MostHolds)], holds.Count > MostHolds,
            await MassHolds.WaitingAsync(at, today, cancel), await DeniedAsync(at, cancel));
    }

    private static async Task<IReadOnlyList<UndecidedCases>> UndecidedAsync(
        Installation at, DateOnly payDay, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand("select state, cases, held from undecided(@day)");
        count.Parameters.AddWithValue("day", payDay);
        var found = new List<UndecidedCases>();
        await using var reader = await count.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(new UndecidedCases(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2)));
        }

        return found;
    }

    private static async Task<IReadOnlyList<SeenRun>> RunsAsync(Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select summary, is_kept, screened_by from pay_run order by run_no desc limit @most");
        find.Parameters.AddWithValue("most", MostRuns);
        var runs = new List<SeenRun>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            runs.Add(new SeenRun(
                PayRunSummary.Read(reader.GetString(0)), reader.GetBoolean(1), reader.GetString(2)));
        }

        return runs;
    }

    private static async Task<IReadOnlyList<SeenHold>> HoldsAsync(
        Installation at, DateOnly nextPayDay, DateOnly today, CancellationToken cancel)
    {
        var found = new List<(NumberKey Number, SeenHold Hold)>();
        await using (var find = at.Database.CreateCommand("select * from holds_by_age(@next, @today, @most)"))
        {
            find.Parameters.AddWithValue("next", nextPayDay);
            find.Parameters.AddWithValue("today", today);
            find.Parameters.AddWithValue("most", MostHolds + 1);
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                found.Add((NumberKey.FromBytes(reader.GetFieldValue<byte[]>(3)), Hold(reader)));
            }
        }

        var numbers = await ShowNumbers.MaskedAsync(at, [.. found.Select(f => f.Number).Distinct()], cancel);
        return [.. found.Select(f => f.Hold with { Number = numbers.GetValueOrDefault(f.Number, ShowNumbers.Erased) })];
    }

    private static SeenHold Hold(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), ShowNumbers.Erased, row.GetString(4),
        row.GetFieldValue<DateOnly>(5), row.GetString(6), row.GetFieldValue<DateTimeOffset>(7), row.GetBoolean(8));

    private static async Task<long> DeniedAsync(Installation at, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand(
            "select count(*) from (select from verification v where v.denied limit @most) d");
        count.Parameters.AddWithValue("most", Exact + 1);
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }
}
