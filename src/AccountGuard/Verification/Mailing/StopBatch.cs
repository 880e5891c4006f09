using AccountGuard.Identity;

namespace AccountGuard.Verification.Mailing;

/// <summary>Why a batch is to be stopped: a choice, for a text might name somebody.</summary>
public enum StopReason
{
    WrongLetter,
    ProtectedSince,
    DiedSince,
    Other,
}

/// <summary>What became of a stop (Rule 28).</summary>
public enum StopState
{
    Asked,
    Confirmed,
    TooLate,
}

/// <summary>
/// Somebody asks for a released batch to be stopped, on its way to the post or in it (Rule 28). Until that is answered
/// nobody takes its letters out or records them as sent.
/// </summary>
public sealed record StopBatch(Guid Batch, StopReason Reason)
{
    public static Decision Decide(PrintedBatch batch, StopBatch request, Caller by, DateTimeOffset now) =>
        Decision.Of(by.Person is null ? Refusal.NoPerson
            : batch.State is not (BatchState.Released or BatchState.Posted) ? Refusal.BatchIsElsewhere
            : null, request, by, now, new LetterBatchStopAsked(request.Batch, request.Reason, by, now));
}

/// <summary>
/// What the post, or whoever has the letters, answered. Confirmed puts them back to those that wait and tells each
/// case, one after the other, as <see cref="PostBatch"/> does; too late changes nothing.
/// </summary>
public sealed record AnswerStop(Guid Batch, StopState Outcome, DateOnly AnsweredOn)
{
    private const string Untold = """
        select r.batch, r.letter, o.change_id
        from letter_batch b
        join letter_outcome r on r.batch = b.batch and r.row_no is not null
        join letter_order o on o.letter = r.letter
        where b.state = 'Stopped' and not exists (
            select from letter_stop s where s.batch = r.batch and s.letter = r.letter)
        order by b.batch_no, r.row_no
        """;

    public static Decision Decide(
        PrintedBatch batch, AnswerStop request, Caller by, DateOnly today, DateTimeOffset now) =>
        Decision.Of(by.Person is null ? Refusal.NoPerson
            : batch.State != BatchState.StopAsked || request.Outcome == StopState.Asked ? Refusal.BatchIsElsewhere
            : request.AnsweredOn > today ? Refusal.DayAhead
            : null, request, by, now,
            new LetterBatchStopAnswered(request.Batch, request.Outcome, request.AnsweredOn, by, now));

    /// <returns>Why it was refused, if it was.</returns>
    public static Task<Refusal?> RunAsync(
        Installation at, AnswerStop request, Caller by, DateOnly today, CancellationToken cancel) =>
        Batches.DoAsync(at, request.Batch, (batch, now) => Decide(batch, request, by, today, now), FinishAsync, cancel);

    /// <summary>Tells the cases of all batches that were stopped.</summary>
    /// <returns>How many were told.</returns>
    public static async Task<int> FinishAsync(Installation at, CancellationToken cancel)
    {
        var untold = await UntoldAsync(at, cancel);
        foreach (var letters in untold.GroupBy(l => l.Batch))
        {
            var answer = await Batches.LastAsync<LetterBatchStopAnswered>(at, letters.Key, cancel);
            foreach (var (batch, letter, change) in letters)
            {
                var stopped = new RecordLetterStopped(
                    ClaimLetters.IdOf(letter, batch), batch, letter, ClaimLetters.IdOf(batch, letter));
                await CaseWork.DoAsync(
                    at, change, hand => RecordLetterStopped.Decide(hand.Case, stopped, answer.By, hand.Now), cancel);
            }
        }

        return untold.Count;
    }

    private static async Task<List<(Guid Batch, Guid Letter, Guid Change)>> UntoldAsync(
        Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(Untold);
        var letters = new List<(Guid, Guid, Guid)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            letters.Add((reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2)));
        }

        return letters;
    }
}

public sealed record LetterBatchStopAsked(Guid Batch, StopReason Reason, Caller By, DateTimeOffset AskedAt);

public sealed record LetterBatchStopAnswered(
    Guid Batch, StopState Outcome, DateOnly AnsweredOn, Caller By, DateTimeOffset RecordedAt);
