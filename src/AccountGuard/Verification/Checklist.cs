namespace AccountGuard.Verification;

/// <summary>What a verdict needs before it closes the case.</summary>
public enum Requirement
{
    /// <summary>Somebody works on the case.</summary>
    Auditor,

    /// <summary>A letter with a reference was sent: the holder hears of the change.</summary>
    Letter,

    /// <summary>The holder, or a guardian, was met and proved it by their papers (Rule 11).</summary>
    Identity,

    /// <summary>The last word that counts says what the verdict says.</summary>
    Answer,

    /// <summary>A letter came back or was not answered or a visit failed, and nothing that counts came since.</summary>
    NoAnswer,

    /// <summary>The holder's death is recorded.</summary>
    Death,

    /// <summary>No incident has a ground for the case any longer.</summary>
    GroundGone,

    /// <summary>The verdict is proposed.</summary>
    Proposal,

    /// <summary>Another person approved it (Rule 14).</summary>
    Approval,

    /// <summary>Those who look into fraud were told of it (Rule 17).</summary>
    Referral,
}

/// <summary>The checklist of a case, by the verdict it is to end with.</summary>
public static class Checklist
{
    public static IReadOnlyList<Requirement> Of(Verdict verdict) =>
        [Requirement.Auditor, .. EvidenceFor(verdict), Requirement.Proposal, Requirement.Approval];

    /// <summary>What a verdict leads on to, once it has ended the case.</summary>
    public static IReadOnlyList<Requirement> After(Verdict verdict) =>
        verdict == Verdict.Denied ? [Requirement.Referral] : [];

    /// <summary>
    /// Before it can end, or of what its end leads on to: a case that has ended lacks no evidence, also when nobody
    /// works on it any longer.
    /// </summary>
    public static IReadOnlyList<Requirement> Missing(VerificationCase @case, Verdict verdict, DateOnly today) =>
        [.. (@case.IsEnded ? After(verdict) : Of(verdict)).Where(r => !IsMet(r, @case, verdict, today))];

    /// <summary>Whether the evidence for a verdict is complete, whoever proposes or approves it.</summary>
    public static bool IsEvident(VerificationCase @case, Verdict verdict, DateOnly today) =>
        EvidenceFor(verdict).All(requirement => IsMet(requirement, @case, verdict, today));

    public static bool IsReferred(VerificationCase @case) =>
        @case.Entries.Any(entry => entry.Kind == EntryKind.Referral);

    private static Requirement[] EvidenceFor(Verdict verdict) => verdict switch
    {
        Verdict.Confirmed => [Requirement.Letter, Requirement.Identity, Requirement.Answer],
        Verdict.Denied => [Requirement.Answer],
        Verdict.Unreachable => [Requirement.Letter, Requirement.NoAnswer],
        Verdict.Deceased => [Requirement.Death],
        Verdict.GroundGone => [Requirement.GroundGone],
    };

    private static bool IsMet(Requirement requirement, VerificationCase @case, Verdict verdict, DateOnly today) =>
        requirement switch
        {
            Requirement.Auditor => @case.Claim is not null,
            Requirement.Letter => @case.Entries.Any(entry => entry.Kind == EntryKind.LetterSent),
            Requirement.Identity => @case.Meetings.Any(),
            Requirement.Answer => verdict == Verdict.Confirmed ? IsConfirmed(@case) : IsDenied(@case),
            Requirement.NoAnswer =>
                @case.Entries.Reverse().TakeWhile(entry => !entry.Counts).Any(entry => entry.IsInVain(today)),
            Requirement.Death => @case.Death != Death.None,
            Requirement.GroundGone => @case.IsGroundGone,
            Requirement.Proposal => (@case.Proposal ?? @case.InForce)?.Verdict == verdict,
            Requirement.Approval => @case.InForce?.Verdict == verdict,
            Requirement.Referral => IsReferred(@case),
        };

    /// <summary>
    /// Only in person, for a signed answer is easily forged; and whoever denies it on a later day, even by phone, has
    /// it asked again, and so has whatever denial is recorded later.
    /// </summary>
    private static bool IsConfirmed(VerificationCase @case)
    {
        var denied = @case.Entries.Where(e => e.Said == Intent.Denied).Max(e => (DateOnly?)e.On);
        return @case.Entries.Reverse().TakeWhile(e => e.Said != Intent.Denied).Intersect(@case.Meetings)
            .Any(e => e.Said == Intent.Confirmed && !(e.On < denied));
    }

    /// <summary>The last word that counts, by its day; of one day, the one recorded last.</summary>
    private static bool IsDenied(VerificationCase @case) => @case.Entries
        .Where(e => e.Counts && e.Said != Intent.NotKnown).OrderBy(e => e.On).LastOrDefault()?.Said == Intent.Denied;
}
