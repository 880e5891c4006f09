using AccountGuard.Identity;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// A released batch went into the post: each of its cases is told, one after the other. Whatever breaks it off, the
/// rounds of the service go on with it; a case is told once.
/// </summary>
public sealed record PostBatch(Guid Batch, DateOnly PostedOn)
{
    private const string Untold = """
        select b.batch, o.letter, o.change_id, exists (
            select from account_change c where c.change_id = o.change_id and c.channel = 'abroad' offset 0)
        from (select o.* from letter_order o where o.over_by is null and o.sent_on is null offset 0) o
        cross join lateral (
            select r.* from letter_outcome r where r.letter = o.letter and r.row_no is not null offset 0) r
        join letter_batch b on b.batch = r.batch and b.state = 'Posted'
        order by b.batch_no, r.row_no
        """;

    /// <param name="zone">The payer's, in which days are days.</param>
    public static Decision Decide(
        PrintedBatch batch, PostBatch request, Caller by, TimeZoneInfo zone, DateTimeOffset now)
    {
        DateOnly DayOf(DateTimeOffset instant) =>
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
        Refusal? refusal = by.Person is null ? Refusal.NoPerson
            : batch.State != BatchState.Released ? Refusal.BatchIsElsewhere
            : request.PostedOn > DayOf(now) ? Refusal.DayAhead
            : request.PostedOn < DayOf(batch.ReleasedAt) ? Refusal.BeforeRelease
            : null;
        return batch.PostedOn == request.PostedOn
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new LetterBatchPosted(request.Batch, request.PostedOn, by, now));
    }

    /// <returns>Why it was refused, if it was.</returns>
    public static Task<Refusal?> RunAsync(
        Installation at, PostBatch request, Caller by, TimeZoneInfo zone, CancellationToken cancel) =>
        Batches.DoAsync(at, request.Batch, (batch, now) => Decide(batch, request, by, zone, now), FinishAsync, cancel);

    /// <summary>Tells the cases of all batches that are in the post.</summary>
    /// <returns>How many were told.</returns>
    public static async Task<int> FinishAsync(Installation at, CancellationToken cancel)
    {
        var told = 0;
        foreach (var letters in (await UntoldAsync(at, cancel)).GroupBy(l => l.Batch))
        {
            var posted = await Batches.LastAsync<LetterBatchPosted>(at, letters.Key, cancel);
            foreach (var (batch, letter, change, isAbroad) in letters)
            {
                var sent = new RecordLetterSent(ClaimLetters.IdOf(batch, letter), letter, posted.PostedOn,
                    RecordLetterSent.DueOn(posted.PostedOn, isAbroad));
                await CaseWork.DoAsync(
                    at, change, hand => RecordLetterSent.Decide(hand.Case, sent, posted.By, hand.Now), cancel);
                told++;
            }
        }

        return told;
    }

    private static async Task<List<(Guid Batch, Guid Letter, Guid Change, bool IsAbroad)>> UntoldAsync(
        Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Untold);
        var letters = new List<(Guid, Guid, Guid, bool)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            letters.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetBoolean(3)));
        }

        return letters;
    }
}
