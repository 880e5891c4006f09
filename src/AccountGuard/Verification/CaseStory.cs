using System.Globalization;
using AccountGuard.Pages;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;

namespace AccountGuard.Verification;

/// <summary>
/// A line of the story of a case: what happened, in words that the page translates, and who did it. Mark: a thief's
/// doing perhaps, which is told in another colour.
/// </summary>
public sealed record StoryLine(DateOnly On, string Icon, string Text, object[] Arguments, string? By, string? Note)
{
    /// <summary>The entry that a wrong click may have made, which its maker may take back.</summary>
    public Guid? Entry { get; init; }

    public bool IsMark { get; init; }

    /// <summary>When it was recorded; the day of the line is that on which it happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>There was a note, and the number's data was erased since.</summary>
    public bool IsErased { get; init; }

    /// <summary>What was attached to the entry.</summary>
    public IReadOnlyList<StoryEvidence> Evidence { get; init; } = [];
}

/// <summary>A paper or a file in the story of a case.</summary>
/// <param name="Text">The paper's reference, or the file's name; null where the number's data was erased.</param>
public sealed record StoryEvidence(EvidenceAttached Attached, DateTimeOffset At, string? Text)
{
    public bool IsFile => Attached.Kind != EvidenceKind.PaperReference;
}

/// <summary>Tells the events of a case, in the order in which they were recorded.</summary>
public static class CaseStory
{
    public static IEnumerable<StoryLine> Tell(CaseFile file) => Tell(file, file.Story);

    /// <summary>What came after so many events, but for what the reader was refused.</summary>
    public static IReadOnlyList<StoryLine> Since(CaseFile file, int seen) => [.. Tell(file, file.Story.Skip(seen)
        .Where(m => m.Event is not AttemptRefused refused || !refused.By.IsSame(file.Reader)))];

    private static IEnumerable<StoryLine> Tell(CaseFile file, IEnumerable<CaseMoment> story)
    {
        var evidence = file.Story.Where(m => m.Event is EvidenceAttached)
            .Select(m => new StoryEvidence((EvidenceAttached)m.Event, m.At, m.Written))
            .ToLookup(e => e.Attached.Entry);
        return from moment in story
               where moment.Event is not EvidenceAttached
               let line = Line(moment, file.Bar.DayOf(moment.At))
               select line with
               {
                   At = moment.At,
                   Note = moment.Written,
                   IsErased = moment.Written is null && Exhibits.NamedBy(moment.Event) is not null,
                   Evidence = line.Entry is { } entry ? [.. evidence[entry]] : [],
               };
    }

    private static StoryLine Line(CaseMoment moment, DateOnly on) => moment.Event switch
    {
        VerificationRequired e => New(on, "list", "Listed in version {0}: verification is required", e.ListVersion),
        CaseEnded e => New(on, "list", e.EndedAs == CaseGround.Withdrawn
            ? "The change was cancelled: the case ended" : "No longer listed: the case ended"),
        GroundGone e => New(on, "warn", e.GoneAs == CaseGround.Withdrawn
            ? "The change was cancelled: ground gone" : "No longer listed: ground gone"),
        CaseClaimed e => New(on, "user", "{0} took the case", e.Auditor.Login),
        CaseLeft e => New(on, "user", "{0} left the case", e.Auditor.Login),
        CaseReassigned e => By(e.ReassignedBy.Login, New(on, "user", "The case went to {0}", e.Auditor.Login)),
        CaseSnoozed e => By(e.Auditor.Login, New(on, "clock", "Put aside until {0}", e.Until.Iso()), e.Entry),
        LetterOrdered e => By(e.OrderedBy.Login, New(on, "mail", "Letter {0} ordered", e.Reference), e.Letter),
        LetterSent e => By(e.Clerk.Login, New(e.SentOn, "mail", e.IsByHand
            ? "Letter sent by hand, answer due {0}" : "Letter sent, answer due {0}", e.AnswerDueOn.Iso()), e.Entry),
        LetterReturned e => By(e.Clerk.Login, New(e.ReturnedOn, "warn", "Letter came back"), e.Entry),
        LetterAnswered e => By(e.Clerk.Login, New(e.ReceivedOn, "mail", e.FromItsAddress
            ? "Letter answered: {0}" : "Letter answered from another address, which does not count: {0}",
            Said(e.Said)), e.Entry),
        LetterStopped e => By(e.Clerk.Login, New(on, "cross", "Its batch was stopped: the letter reached nobody")),
        VisitPlanned e => By(e.Auditor.Login, New(e.VisitOn, "user", "Visit planned"), e.Entry),
        VisitFailed e => By(e.Clerk.Login, New(e.FailedOn, "warn", "Visited and met nobody"), e.Entry),
        MeetingHeld e => By(e.Clerk.Login, New(e.HeldOn, "user", e.IsIdentityProven
            ? "Met {0}, identity proven: {1}" : "Met {0}, identity not proven (rule 11): {1}",
            new Word($"PersonMet {e.Met}"), Said(e.Said)), e.Entry),
        CallRecorded e => By(e.Clerk.Login, New(e.CalledOn, "tel", "A call, which proves nothing (rule 10): {0}",
            Said(e.Said)), e.Entry) with
        { IsMark = true },
        SuspicionReported e => By(e.Clerk.Login, New(e.OccurredOn, "stop", "Suspicious contact: {0}",
            new Word($"Suspicion {e.Suspicion}")), e.Entry) with
        { IsMark = true },
        CaseReferred e => By(e.Auditor.Login, New(e.ReferredOn, "stop", "Referred for fraud: {0}",
            new Word($"ReferredTo {e.To}")), e.Entry),
        NoteWritten e => By(e.WrittenBy.Login, New(on, "note", "Note"), e.Entry),
        DeathReported e => By(e.ReportedBy.Login, New(on, "warn", e.Death switch
        {
            Death.None => "The holder lives",
            Death.BeforeFiling => "The holder died before the change was filed",
            Death.AfterFiling => "The holder died after the change was filed",
        })),
        VerdictProposed e => By(e.Auditor.Login, New(on, "check", "Proposed: {0}", new Word($"{e.Verdict}")), e.Entry),
        VerdictApproved e => By(e.Approver.Login, New(on, "check", "Approved: {0}", new Word($"{e.Verdict}"))),
        VerdictSentBack e => By(e.Approver.Login, New(on, "cross", "Sent back")),
        CaseReopened e => By(e.ReopenedBy.Login, New(on, "open", "Opened again")),
        HoldPlaced e => New(on, "stop", "Policy placed a hold through {0}", e.Through.Iso()),
        HoldProposed e => By(e.Auditor.Login, New(on, "stop", "Hold through {0} proposed: {1}", e.Through.Iso(),
            new Word($"HoldReason {e.Reason}")), e.Hold),
        HoldApproved e => By(e.Approver.Login, New(on, "stop", "Hold approved")),
        HoldSentBack e => By(e.Approver.Login, New(on, "cross", "Hold or release sent back")),
        HoldReleaseProposed e => By(e.Auditor.Login, New(on, "stop", "Release of the hold proposed"), e.Release),
        HoldReleased e => By(e.Approver.Login, New(on, "check", "Hold released")),
        AccountRestored e => By(e.ReportedBy.Login, New(on, "check", "The payer restored the account")),
        RecallRequested e => By(e.Auditor.Login, New(on, "stop", "Recall of {0} yen requested, answer due {1}",
            Yen(e.Amount), e.DueOn.Iso()), e.Recall),
        RecallAnswered e => By(e.Auditor.Login, New(e.AnsweredOn, e.Outcome == RecallState.Refused ? "warn" : "info",
            "Recall: {0}, {1} yen are back", new Word($"Recall {e.Outcome}"), Yen(e.Recovered)), e.Entry),
        ReplacementProposed e => By(e.Auditor.Login,
            New(on, "check", "Replacement payment of {0} yen proposed", Yen(e.Amount)), e.Replacement),
        ReplacementApproved e => By(e.Approver.Login, New(on, "check", "Replacement payment approved")),
        EntryTakenBack e => By(e.TakenBackBy.Login, New(on, "cross", "An entry was taken back")),
        AttemptRefused e => By(e.By.Login, New(on, "stop", "Refused: {0}", new Word(e.Refusal.Sentence()))),
        var other => throw new InvalidOperationException($"The story of a case does not know {other.GetType().Name}."),
    };

    private static string Yen(long amount) => amount.ToString("N0", CultureInfo.InvariantCulture);

    private static Word Said(Intent intent) => new($"Said{intent}");

    private static StoryLine New(DateOnly on, string icon, string text, params object[] arguments) =>
        new(on, icon, text, arguments, null, null);

    private static StoryLine By(string by, StoryLine line, Guid? entry = null) =>
        line with { By = by, Entry = entry };
}

/// <summary>A word that the page translates too.</summary>
public sealed record Word(string Text);
