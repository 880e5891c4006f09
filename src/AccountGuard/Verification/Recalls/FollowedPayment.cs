using Npgsql;

namespace AccountGuard.Verification.Recalls;

/// <summary>
/// A payment that was sent to a denied account, followed to its last yen: recovered, lost and open are all of it,
/// always (Rules 17, 23).
/// </summary>
/// <param name="State">Null while nobody has asked for it back.</param>
/// <param name="Due">Yen that the holder should have had by it; none where it made up for another of these.</param>
/// <param name="PaidAgain">Yen of them that reached the holder by later payments.</param>
public sealed record FollowedPayment(
    Guid Payment, DateOnly PayOn, long Amount, bool CameBack, Guid? Recall, RecallState? State, DateOnly? DueOn,
    long Recovered, long Lost, long Due, long PaidAgain)
{
    public long Open => Amount - Recovered - Lost;

    /// <summary>Nobody asked for it back, and it did not come back by itself.</summary>
    public bool IsToRequest => State is null && !CameBack;

    /// <summary>The payment system says that it came back, and people recorded a loss: both cannot be.</summary>
    public bool IsContradicted => CameBack && Lost > 0;

    /// <summary>Those of a case; none where it was never denied.</summary>
    public static async Task<IReadOnlyList<FollowedPayment>> OfAsync(
        Installation at, Guid change, CancellationToken cancel)
    {
        var payments = new List<FollowedPayment>();
        await using var row = await at.LookUpAsync(
            """
            select payment_id, pay_on, amount, came_back, recall_id, state, due_on, recovered, lost,
                due, paid_again
            from followed_payment where change_id = @change order by pay_on, source, sent_id
            """, cancel, ("change", change));
        while (await row.ReadAsync(cancel))
        {
            payments.Add(Read(row, 0));
        }

        return payments;
    }

    internal static FollowedPayment Read(NpgsqlDataReader row, int from) => new(
        row.GetGuid(from), row.GetFieldValue<DateOnly>(from + 1), row.GetInt64(from + 2), row.GetBoolean(from + 3),
        row.IsDBNull(from + 4) ? null : row.GetGuid(from + 4),
        row.IsDBNull(from + 5) ? null : Enum.Parse<RecallState>(row.GetString(from + 5)),
        row.IsDBNull(from + 6) ? null : row.GetFieldValue<DateOnly>(from + 6), row.GetInt64(from + 7),
        row.GetInt64(from + 8), row.GetInt64(from + 9), row.GetInt64(from + 10));
}
