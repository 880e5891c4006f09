namespace AccountGuard.Verification;

/// <summary>Why a request is refused.</summary>
public enum Refusal
{
    NoPerson,
    KeyedTheChange,
    OwnProposal,
    EvidenceMissing,
    LeakedFieldsOnly,
    PostOnly,
    NoLetterBefore,
    NotBackInTime,
    HolderDied,
    TakenByAnother,
    NotYours,
    AwaitsApproval,
    ProposalGone,
    HasEnded,
    IsOpen,
    NoSuchEntry,
    RestedOn,
    DayAhead,
    HoldWithoutEnd,
    NotDenied,
    ChangedMeanwhile,
    LetterIsOrdered,
    OwnBatch,
    BatchDiffers,
    BatchIsElsewhere,
    BeforeRelease,
    RecallIsRequested,
    RecallHasEnded,
    DeadlinePassed,
    MoreThanWasSent,
    NotRestored,
    ChangedWhileChecked,
    LetterIsReleased,
    RestoredBefore,
    NoPreviousAccount,
    ProtectedHolder,
    NotYoursToGive,
}

public static class Refusals
{
    /// <summary>The rule that forbids it; none where the request only comes out of turn.</summary>
    public static int? Rule(this Refusal refusal) => refusal switch
    {
        Refusal.LeakedFieldsOnly => 10,
        Refusal.PostOnly or Refusal.NoLetterBefore => 12,
        Refusal.ProtectedHolder => 13,
        Refusal.NoPerson or Refusal.KeyedTheChange or Refusal.OwnProposal or Refusal.EvidenceMissing
            or Refusal.NotYoursToGive => 14,
        Refusal.NotBackInTime => 15,
        Refusal.HolderDied or Refusal.NotRestored => 17,
        Refusal.HoldWithoutEnd => 18,
        Refusal.NoPreviousAccount => 19,
        Refusal.RecallHasEnded => 23,
        Refusal.OwnBatch or Refusal.BatchDiffers => 28,
        Refusal.TakenByAnother or Refusal.NotYours or Refusal.AwaitsApproval or Refusal.ProposalGone
            or Refusal.HasEnded or Refusal.IsOpen or Refusal.NoSuchEntry or Refusal.RestedOn or Refusal.DayAhead
            or Refusal.NotDenied or Refusal.ChangedMeanwhile or Refusal.LetterIsOrdered or Refusal.BatchIsElsewhere
            or Refusal.BeforeRelease or Refusal.RecallIsRequested or Refusal.DeadlinePassed or Refusal.MoreThanWasSent
            or Refusal.ChangedWhileChecked or Refusal.LetterIsReleased or Refusal.RestoredBefore => null,
    };

    public static string Sentence(this Refusal refusal) => refusal switch
    {
        Refusal.NoPerson => "This takes a person, named by the identity provider. Sign in yourself.",
        Refusal.KeyedTheChange => "Whoever keyed or decided the change does not verify it. A colleague has to.",
        Refusal.OwnProposal => "Whoever proposed a verdict does not approve it, under any login. Another has to.",
        Refusal.EvidenceMissing => "Evidence is missing for this verdict. The checklist says which.",
        Refusal.LeakedFieldsOnly => "Whoever calls and knows what leaked proves nothing. Only a meeting confirms.",
        Refusal.PostOnly => "The payer contacts holders by post only. Write a letter, or plan a visit.",
        Refusal.NoLetterBefore => "A visit needs a letter that was sent on an earlier day. Write the letter first.",
        Refusal.NotBackInTime => "The case has to be back before the next pay-day. Choose an earlier day.",
        Refusal.HolderDied => "The holder has died. Propose Deceased: it leads to the heirs, or to the police.",
        Refusal.TakenByAnother => "Another auditor works on this case. Take another one.",
        Refusal.NotYours => "This is not yours. Take the case first, or ask whoever did it.",
        Refusal.AwaitsApproval => "A proposal waits for approval. Take it back, or wait until it is sent back.",
        Refusal.ProposalGone => "This proposal no longer waits. Look at the case as it is now.",
        Refusal.HasEnded => "The case has ended. Reopen it first.",
        Refusal.IsOpen => "The case is open already.",
        Refusal.NoSuchEntry => "The case has no such entry. Look at the case as it is now.",
        Refusal.RestedOn => "Something rests on this entry. Take that back first, or reopen the case.",
        Refusal.ChangedMeanwhile => "The case has changed since you opened it. Look at what is new, then decide.",
        Refusal.DayAhead => "This day is still to come. Give the day on which it happened.",
        Refusal.HoldWithoutEnd => "A hold ends on a day, from today to four months ahead. Choose one of these.",
        Refusal.NotDenied => "Nobody denied this change, or its account was restored. Look at the case as it is now.",
        Refusal.LetterIsOrdered => "A letter was ordered and is not in the post yet. Wait for it, or take it back.",
        Refusal.OwnBatch => "Whoever made a batch does not release it, under any login. Another person has to.",
        Refusal.BatchDiffers => "The batch does not say what the cases say. Its letters wait again: make another one.",
        Refusal.BatchIsElsewhere => "Somebody was faster. Look at the batch as it is now.",
        Refusal.RecallIsRequested => "This payment is being recalled already. Look at the case as it is now.",
        Refusal.RecallHasEnded => "This recall has ended. A refused one is a loss, and stays one.",
        Refusal.DeadlinePassed => "The day by which the bank is to answer has passed. Choose a later one.",
        Refusal.MoreThanWasSent =>
            "This is nothing, or more than was sent or is still owed. Give the yen that it is about.",
        Refusal.NotRestored => "The account is not restored: this would be paid to the denied one. Restore it first.",
        Refusal.ChangedWhileChecked =>
            "What its letters rest on changed while they were checked. Have them checked again.",
        Refusal.LetterIsReleased => "This letter is released to be posted: it is not taken back any longer.",
        Refusal.RestoredBefore =>
            "This was reported before, or is of a day before the denial. Say since when it is restored after that.",
        Refusal.NoPreviousAccount =>
            "The change names no account before it, or the incident keeps the money. Choose that it is kept.",
        Refusal.ProtectedHolder =>
            "The holder is protected: only people with the role for it open or work on this case. Leave it to them.",
        Refusal.NotYoursToGive =>
            "A case goes to another through whoever has it, or through an approver. Take it first, or ask them.",
        Refusal.BeforeRelease => "The batch was released on a later day. Give the day on which it went into the post.",
    };
}
