using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Recalls;

namespace AccountGuard;

/// <summary>Every event that is stored, forever. A shape changes only together with events.approved.txt.</summary>
public static class Events
{
    public static readonly Type[] All =
    [
        typeof(IncidentDeclared), typeof(CutoffMoved),
        typeof(DeliveryReceived), typeof(RowsAccounted),
        typeof(AffectedListDelivered),
        typeof(AccountChangeFiled), typeof(AccountChangeCancelled),
        typeof(ClosingDateSet), typeof(HandOffSet), typeof(DecisionDeadlineSet), typeof(CorrectionDayAdded),
        typeof(BankHolidayAdded), typeof(PayRunScreened),
        typeof(VerificationRequired), typeof(CaseEnded), typeof(GroundGone), typeof(DeathReported),
        typeof(CaseClaimed), typeof(CaseLeft), typeof(CaseReassigned), typeof(CaseSnoozed),
        typeof(LetterOrdered), typeof(LetterSent), typeof(LetterReturned), typeof(LetterAnswered),
        typeof(LetterStopped),
        typeof(VisitPlanned), typeof(VisitFailed), typeof(MeetingHeld), typeof(CallRecorded),
        typeof(SuspicionReported), typeof(CaseReferred), typeof(NoteWritten), typeof(EvidenceAttached),
        typeof(VerdictProposed), typeof(VerdictSentBack), typeof(VerdictApproved), typeof(CaseReopened),
        typeof(EntryTakenBack), typeof(AttemptRefused),
        typeof(HoldPlaced), typeof(HoldProposed), typeof(HoldApproved), typeof(HoldSentBack),
        typeof(HoldReleaseProposed), typeof(HoldReleased), typeof(AccountRestored),
        typeof(RecallRequested), typeof(RecallAnswered), typeof(ReplacementProposed), typeof(ReplacementApproved),
        typeof(LetterBatchBegun), typeof(LetterBatchPrinted), typeof(LetterBatchAbandoned),
        typeof(LetterBatchRefused), typeof(LetterBatchReleased), typeof(LetterBatchPosted),
        typeof(LetterBatchStopAsked), typeof(LetterBatchStopAnswered),
    ];
}
