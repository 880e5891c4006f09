using AccountGuard.Holders;
using AccountGuard.Letters;

namespace AccountGuard.Verification.Mailing;

/// <summary>Where the letter of a case stands.</summary>
public enum LetterStage
{
    None,
    Waits,
    Stopped,
    InBatch,
    Released,
    Posted,
}

/// <summary>
/// What the page of a case says of its letter: where it stands, and where one written today would go, and why (Rule
/// 13). The last order decides.
/// </summary>
public sealed record LetterStanding(
    CaseReference Reference, LetterStage Stage, long? Batch, DateOnly? SentOn, string? Reason, LetterDraft Draft)
{
    private const string Find = """
        select o.sent_on, o.over_by = o.letter, b.batch_no, b.state, w.letter is not null, w.reason,
            exists (
                select from letter_claim k join letter_batch m on m.batch = k.batch and m.state = 'Begun'
                where k.letter = o.letter)
        from letter_order o
        left join lateral (
            select b.* from letter_claim k join letter_batch b on b.batch = k.batch
            join letter_outcome r on r.batch = k.batch and r.letter = k.letter and r.row_no is not null
            where k.letter = o.letter and b.state not in ('Abandoned', 'Refused', 'Stopped')
            order by b.batch_no desc limit 1) b on true
        left join lateral (
            select w.letter, w.reason from waiting_letter w where w.letter = o.letter offset 0) w on true
        where o.change_id = @change order by o.ordered_at desc limit 1
        """;

    /// <summary>Why no letter can be made now, or the printer refused it; null where nothing is in the way.</summary>
    public RefusalReason? Why => Draft.Refusal is { Reason: not RefusalReason.NothingToAsk } refusal
        ? refusal.Reason
        : Enum.TryParse<RefusalReason>(Reason, out var told) && told is RefusalReason.MissingGlyph
            or RefusalReason.NumberInText or RefusalReason.DoesNotFit ? told : null;

    /// <summary>The drawing beside its words.</summary>
    public string Icon => Stage switch
    {
        LetterStage.None or LetterStage.Waits => "open",
        LetterStage.Stopped => "warn",
        LetterStage.InBatch => "clock",
        LetterStage.Released => "check",
        LetterStage.Posted => "mail",
    };

    /// <param name="at">The installation.</param>
    /// <param name="file">The case, which was opened against a record of access.</param>
    /// <param name="holder">What is known of its holder.</param>
    public static async Task<LetterStanding> OfAsync(
        Installation at, CaseFile file, HolderRecord? holder, CancellationToken cancel)
    {
        var cases = await HolderCases.OfAsync(at, file.Id, null, cancel);
        var draft = LetterDraft.Of(cases, holder, c => c.IsOpen || c.Id == file.Id,
            change => CaseReferences.Of(at.Keys, change), file.Today, file.NextPayDay);
        var (stage, batch, sentOn, reason) = await StageAsync(at, file.Id, cancel);
        return new LetterStanding(CaseReferences.Of(at.Keys, file.Id), stage, batch, sentOn, reason, draft);
    }

    private static async Task<(LetterStage Stage, long? Batch, DateOnly? SentOn, string? Reason)> StageAsync(
        Installation at, Guid change, CancellationToken cancel)
    {
        await using var reader = await at.LookUpAsync(Find, cancel, ("change", change));
        if (!await reader.ReadAsync(cancel) || (!reader.IsDBNull(1) && reader.GetBoolean(1)))
        {
            return (LetterStage.None, null, null, null);
        }

        DateOnly? sentOn = reader.IsDBNull(0) ? null : reader.GetFieldValue<DateOnly>(0);
        long? batch = reader.IsDBNull(2) ? null : reader.GetInt64(2);
        var reason = reader.IsDBNull(5) ? null : reader.GetString(5);
        return (sentOn is not null ? LetterStage.Posted
            : batch is not null ? reader.GetString(3) is "Released" or "Posted" or "StopAsked" ? LetterStage.Released
                : LetterStage.InBatch
            : reason is not null ? LetterStage.Stopped
            : reader.GetBoolean(4) ? LetterStage.Waits
            : reader.GetBoolean(6) ? LetterStage.InBatch : LetterStage.None, batch, sentOn, reason);
    }
}
