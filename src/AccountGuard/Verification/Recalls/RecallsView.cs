using AccountGuard.Numbers;
using AccountGuard.Pages;
using AccountGuard.Verification.Queues;

namespace AccountGuard.Verification.Recalls;

/// <summary>
/// A payment to a denied account as it is listed; the number is masked, and no account is told.
/// </summary>
/// <param name="Payment">
/// Null: the holder is protected, and the reader is not one of those who are told of such payments (Rule 13).
/// </param>
public sealed record ListedRecall(
    Guid Change, string Source, string RequestId, string Number, FollowedPayment? Payment);

/// <summary>Yen and payments in one state; State is null for those that nobody asked for yet.</summary>
public sealed record RecallTotal(RecallState? State, long Payments, long Sent, long Recovered, long Lost, long Open);

/// <summary>
/// Payments to denied accounts by the day on which the bank's answer is due, those that nobody asked for yet first, and
/// the totals of all of them: what was sent is recovered, lost or open, to the last yen (Rules 17, 23).
/// </summary>
/// <param name="Replaced">Yen that two people decided to pay anew.</param>
/// <param name="NotVerified">What was paid to new accounts whose cases are still open: payments and yen.</param>
public sealed record RecallsView(
    IncidentBar Bar, IReadOnlyList<RecallTotal> Totals, long Replaced, (long Payments, long Yen) NotVerified,
    IReadOnlyList<ListedRecall> Open, IReadOnlyList<ListedRecall> Ended)
{
    public const int Most = 200;

    private const string Rows = """
        select p.change_id, c.source, c.request_id, c.number_key, p.payment_id, p.pay_on, p.amount, p.came_back,
            p.recall_id, p.state, p.due_on, p.recovered, p.lost, p.due,
            p.paid_again, is_protected(p.change_id)
        from followed_payment p join account_change c on c.change_id = p.change_id
        where (p.amount > p.recovered + p.lost) = @open
        order by p.due_on nulls first, p.pay_on, c.source, c.request_id, p.payment_id limit @most
        """;

    public long Sent => Totals.Sum(t => t.Sent);

    public long Recovered => Totals.Sum(t => t.Recovered);

    public long Lost => Totals.Sum(t => t.Lost);

    public long OpenYen => Totals.Sum(t => t.Open);

    /// <returns>Null where no incident is declared.</returns>
    public static async Task<RecallsView?> LoadAsync(
        Installation at, bool maySeeProtected, CancellationToken cancel) =>
        await IncidentBar.LoadAsync(at, null, cancel) is not { } bar ? null
            : new RecallsView(bar, await TotalsAsync(at, cancel), await ReplacedAsync(at, cancel),
                await NotVerifiedAsync(at, cancel), await RowsAsync(at, true, maySeeProtected, cancel),
                await RowsAsync(at, false, maySeeProtected, cancel));

    public static async Task<IReadOnlyList<RecallTotal>> TotalsAsync(Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select state, count(*), sum(amount)::bigint, sum(recovered)::bigint, sum(lost)::bigint
            from followed_payment group by state order by state nulls first
            """);
        var totals = new List<RecallTotal>();
        await using var row = await find.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            var (sent, recovered, lost) = (row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
            totals.Add(new RecallTotal(row.IsDBNull(0) ? null : Enum.Parse<RecallState>(row.GetString(0)),
                row.GetInt64(1), sent, recovered, lost, sent - recovered - lost));
        }

        return totals;
    }

    private static async Task<long> ReplacedAsync(Installation at, CancellationToken cancel)
    {
        await using var sum = at.Database.CreateCommand(
            "select coalesce(sum(amount), 0)::bigint from replacement_payment");
        return (long)(await sum.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<(long Payments, long Yen)> NotVerifiedAsync(Installation at, CancellationToken cancel)
    {
        await using var sum = at.Database.CreateCommand(
            """
            select count(*), coalesce(sum(n.amount), 0)::bigint from (
                select distinct p.payment_id, p.amount from payment_to_new_account p
                where not p.came_back and exists (select from hit h where h.change_id = p.change_id and h.is_open)) n
            """);
        await using var row = await sum.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt64(0), row.GetInt64(1));
    }

    private static async Task<IReadOnlyList<ListedRecall>> RowsAsync(
        Installation at, bool isOpen, bool maySeeProtected, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Rows);
        find.Parameters.AddWithValue("open", isOpen);
        find.Parameters.AddWithValue("most", Most);
        var found = new List<(
            Guid Change, string Source, string Request, NumberKey Number, FollowedPayment? Payment)>();
        await using (var row = await find.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                found.Add((row.GetGuid(0), row.GetString(1), row.GetString(2),
                    NumberKey.FromBytes(row.GetFieldValue<byte[]>(3)),
                    row.GetBoolean(15) && !maySeeProtected ? null : FollowedPayment.Read(row, 4)));
            }
        }

        var numbers = await ShowNumbers.MaskedAsync(at, [.. found.Select(f => f.Number).Distinct()], cancel);
        return [.. found.Select(f => new ListedRecall(f.Change, f.Source, f.Request,
            numbers.GetValueOrDefault(f.Number, ShowNumbers.Erased), f.Payment))];
    }
}
