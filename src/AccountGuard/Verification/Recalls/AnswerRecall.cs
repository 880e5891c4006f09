using AccountGuard.Identity;

namespace AccountGuard.Verification.Recalls;

/// <summary>
/// What became of a recall, as a paper or file says. It ends once: a refused recall is a loss, and nobody makes it
/// anything else (Rule 23). Money that comes back in another way is another fact.
/// </summary>
/// <param name="Consented">Yen that the receiver agreed to; only of a consent.</param>
public sealed record AnswerRecall(
    Guid Entry, Guid Recall, RecallState Outcome, long? Consented, DateOnly On, Exhibit? Note)
{
    public static Decision Decide(
        VerificationCase @case, AnswerRecall request, Caller by, IReadOnlyCollection<string> keyedBy,
        DateTimeOffset now)
    {
        var recall = @case.Recalls.FirstOrDefault(r => r.Id == request.Recall);
        var recovered = request.Outcome switch
        {
            RecallState.ReturnedBeforeCredit => recall?.Amount ?? 0,
            RecallState.ConsentGiven => request.Consented ?? 0,
            RecallState.Requested or RecallState.Refused or RecallState.NoContact => 0,
        };
        Refusal? refusal = Separation.Bars(by, keyedBy) is { } barred ? barred
            : recall is null || request.Outcome == RecallState.Requested ? Refusal.NoSuchEntry
            : recall.IsEnded ? Refusal.RecallHasEnded
            : request.On > DateOnly.FromDateTime(now.DateTime) ? Refusal.DayAhead
            : recovered > recall.Amount || (request.Outcome == RecallState.ConsentGiven && recovered < 1)
                ? Refusal.MoreThanWasSent
            : null;
        return @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new RecallAnswered(
                request.Entry, request.Recall, request.Outcome, recovered, request.On, request.Note, by, now));
    }
}

/// <summary>Recovered: yen that are back.</summary>
public sealed record RecallAnswered(
    Guid Entry, Guid Recall, RecallState Outcome, long Recovered, DateOnly AnsweredOn, Exhibit? Note, Caller Auditor,
    DateTimeOffset RecordedAt);
