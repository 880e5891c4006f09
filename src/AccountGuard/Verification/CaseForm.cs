using System.Globalization;
using AccountGuard.Identity;
using AccountGuard.Letters;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;
using Microsoft.Extensions.Primitives;

namespace AccountGuard.Verification;

/// <summary>
/// What a form of a case's page sends, by the route's last word; a field that cannot be read is named, and nothing is
/// done.
/// </summary>
public sealed class CaseForm(string action, IFormCollection fields)
{
    private static readonly string[] WithEvidence =
        ["note", "letter-sent", "letter-answered", "letter-returned", "meeting", "call", "suspicion", "referral",
            "propose", "recall", "recall-answer", "replacement"];

    private const string ActionField = "action";
    private const string Token = "__RequestVerificationToken";
    private static readonly string[] NotTyped = [Token, ActionField, "entry", "seen", "proposal", "taken", "letter"];

    /// <summary>A page that nobody has sent yet.</summary>
    public static readonly CaseForm Empty = new("", FormCollection.Empty);

    public string Action => action;

    /// <summary>As <see cref="Fields"/> gave it.</summary>
    public static CaseForm Of(Dictionary<string, StringValues> fields) =>
        new(fields[ActionField].ToString(), new FormCollection(fields));

    /// <summary>All that was sent but for the session's token; of a file, that there was one.</summary>
    public IEnumerable<KeyValuePair<string, StringValues>> Fields =>
    [
        .. fields.Where(f => f.Key is not (Token or ActionField)), new(ActionField, action),
        .. fields.Files.Take(1).Select(_ => KeyValuePair.Create("file", new StringValues("chosen"))),
    ];

    /// <summary>Somebody typed or chose something, and would have to do it again.</summary>
    public bool IsTyped() => HadFile || fields.Any(
        f => !NotTyped.Contains(f.Key) && f.Value.Any(value => value is { Length: > 0 }));

    public bool IsOfApprover => action is "approve" or "send-back" or "approve-hold" or "send-back-hold"
        or "approve-replacement" or "reassign";

    private bool IsDecision => action is "propose" or "approve" or "send-back" or "approve-hold"
        or "approve-replacement";

    public string? this[string name] => fields[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Made with the page: a form that is sent twice is one entry.</summary>
    public Guid Entry => Id("entry");

    /// <summary>What was typed into a field of this form, for the page that shows it again.</summary>
    public string? Typed(string form, string name) => form == action ? this[name] : null;

    public bool IsTyped(string form, string name, string value) => form == action && fields[name].Contains(value);

    /// <summary>A browser is not given a file back: it has to be chosen again.</summary>
    public bool HadFile => fields.Files.Count > 0 || this["file"] is not null;

    /// <summary>The file that it brought, of a type that is known by its content.</summary>
    /// <exception cref="BadInput">It is too large, or none of those.</exception>
    public EvidenceFile? File()
    {
        if (fields.Files["file"] is not { } file)
        {
            return null;
        }

        if (file.Length > Exhibits.LargestFile)
        {
            throw new BadInput(Exhibits.TooLarge);
        }

        var content = new byte[file.Length];
        using var from = file.OpenReadStream();
        from.ReadExactly(content);
        return EvidenceKinds.Of(content) is { } kind ? new EvidenceFile(kind, kind.NameOf(file.FileName), content)
            : throw new BadInput(Exhibits.Unknown);
    }

    public Guid Id(string name) =>
        Guid.TryParse(this[name], out var id) ? id : throw new BadInput($"{name}: choose one.");

    public DateOnly Day(string name) => DateOnly.TryParseExact(
        this[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day : throw new BadInput($"{name}: give a day as YYYY-MM-DD.");

    /// <param name="barred">What people cannot choose.</param>
    public T Choice<T>(string name, params IEnumerable<T> barred)
        where T : struct, Enum =>
        Enum.TryParse<T>(this[name], out var choice) && Enum.IsDefined(choice) && !barred.Contains(choice) ? choice
            : throw new BadInput($"{name}: choose one.");

    public bool IsTicked(string name) => this[name] == "yes";

    /// <summary>The form asks for papers that are valid and in the person's own name, and for no others.</summary>
    public IReadOnlyList<ShownPaper> Papers() => [.. fields["paper"].OfType<string>().Select(kind =>
        Enum.TryParse<PaperKind>(kind, out var paper) && Enum.IsDefined(paper) ? new ShownPaper(paper, InOwnName: true)
            : throw new BadInput("paper: choose from those of the form."))];

    /// <summary>How many events the case had when the page was made; null where the form does not say.</summary>
    public int? Seen => int.TryParse(this["seen"], CultureInfo.InvariantCulture, out var seen) ? seen : null;

    /// <summary>Nobody decides on a case as it was: what has come since is looked at first.</summary>
    public Func<CaseAtHand, Decision> OnWhatWasSeen(Func<CaseAtHand, Decision> decide) => at =>
    {
        var decision = decide(at);
        return IsDecision && Seen < at.Version
            && decision is { Refusal: null, Events.Count: > 0 } ? new Decision([], Refusal.ChangedMeanwhile) : decision;
    };

    /// <summary>The evidence goes with the entry that this form asks for.</summary>
    /// <exception cref="BadInput">It makes none.</exception>
    public Func<CaseAtHand, Decision> With(
        IReadOnlyList<SealedExhibit> evidence, Func<CaseAtHand, Decision> decide, Caller by) =>
        evidence.Count == 0 ? decide
        : WithEvidence.Contains(action) ? AttachEvidence.To(decide, Entry, evidence, by)
        : throw new BadInput("file: nothing can be attached to this.");

    private Caller Colleague => new(this["to"] ?? throw new BadInput("to: name a login."),
        this["to-person"] ?? throw new BadInput("to-person: name the person."));

    /// <summary>What an auditor asks for.</summary>
    /// <param name="reference">What letters call the case.</param>
    /// <exception cref="BadInput">A field is missing or cannot be read; or there is no such thing to do.</exception>
    public Func<CaseAtHand, Decision> Work(Caller by, Exhibit? note, CaseReference reference) => action switch
    {
        "claim" => at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now),
        "leave" => Ask(new LeaveCase(), by, LeaveCase.Decide),
        "hand-over" => Reassign(Colleague, by),
        "snooze" => Snooze(new SnoozeCase(Entry, Day("until")), by),
        "letter" => Ask(new OrderLetter(Entry, $"{reference}", null), by, OrderLetter.Decide),
        "letter-sent" when this["reference"] is null && !HadFile =>
            throw new BadInput("reference: say where the letter's copy is kept, or attach it."),
        "letter-sent" => Ask(new RecordLetterSent(
            Entry, Id("letter"), Day("on"), RecordLetterSent.DueOn(Day("on"), IsTicked("abroad"))), by,
            RecordLetterSent.DecideByHand),
        "letter-returned" => Ask(
            new RecordLetterReturned(Entry, Id("letter"), Day("on")), by, RecordLetterReturned.Decide),
        "letter-answered" => Ask(new RecordLetterAnswered(Entry, Id("letter"), IsTicked("from-its-address"),
            Choice<Intent>("said"), Day("on"), note), by, RecordLetterAnswered.Decide),
        "visit" => Ask(new PlanContact(Entry, Choice<ContactMeans>("means"), Day("on")), by, PlanContact.Decide),
        "visit-failed" => Ask(new RecordVisitFailed(Entry, Id("visit"), Day("on")), by, RecordVisitFailed.Decide),
        "meeting" => Ask(new RecordMeeting(Entry, Choice<MeetingPlace>("place"), Choice<PersonMet>("met"), Papers(),
            Choice<Intent>("said"), Day("on"), note), by, RecordMeeting.Decide),
        "call" => Ask(new RecordCall(Entry, Choice<Intent>("said"), Day("on"), note), by, RecordCall.Decide),
        "suspicion" => Ask(new ReportSuspicion(Entry, Choice<Suspicion>("suspicion"), Day("on"), note), by,
            ReportSuspicion.Decide),
        "referral" when this["reference"] is null && !HadFile =>
            throw new BadInput("reference: say under which number it was taken up, or attach the paper."),
        "referral" => Ask(new ReferCase(Entry, Choice<ReferredTo>("referred-to"), Day("on"),
            note ?? throw new BadInput("note: say why it is referred.")), by, ReferCase.Decide),
        "note" => Ask(
            new WriteNote(Entry, note ?? throw new BadInput("note: write something.")), by, WriteNote.Decide),
        "take-back" => TakeBack(new TakeBackEntry(Id("taken")), by),
        "propose" => Ask(new ProposeVerdict(Entry, Choice<Verification.Verdict>("verdict"), note), by,
            ProposeVerdict.Decide),
        "reopen" => Ask(new ReopenCase(note), by, ReopenCase.Decide),
        "hold" => Hold(new ProposeHold(Entry, Choice<HoldReason>("reason", HoldReason.Policy),
            Choice<PayTo>("pay-to"), Day("through"), note), by),
        "hold-release" => Ask(new ProposeRelease(Entry, Id("hold"), note), by, ProposeRelease.Decide),
        _ => throw NoSuchThing,
    };

    /// <summary>What an approver asks for.</summary>
    /// <inheritdoc cref="Work"/>
    public Func<CaseAtHand, Decision> Verdict(
        Caller by, Exhibit? note, IReadOnlyList<FollowedPayment> followed) => action switch
        {
            "approve" => Approve(new ApproveVerdict(Id("proposal"), note), by),
            "send-back" => Ask(new SendBackVerdict(Id("proposal"),
                note ?? throw new BadInput("note: say why it goes back.")), by, SendBackVerdict.Decide),
            "reassign" => Reassign(Colleague, by, byApprover: true),
            "approve-hold" => Ask(new ApproveHold(Id("proposal")), by, ApproveHold.Decide),
            "approve-replacement" => Approve(new ApproveReplacement(Id("proposal")), followed, by),
            "send-back-hold" => Ask(new SendBackHold(Id("proposal"),
                note ?? throw new BadInput("note: say why it goes back.")), by, SendBackHold.Decide),
            _ => throw NoSuchThing,
        };

    private static BadInput NoSuchThing => new("There is no such thing to do with a case.", Fault.NotFound);

    /// <summary>Read before the case is, so that a form that cannot be read takes no gate.</summary>
    private static Func<CaseAtHand, Decision> Ask<T>(
        T request, Caller by, Func<VerificationCase, T, Caller, DateTimeOffset, Decision> decide) =>
        at => decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Ask<T>(
        T request, Caller by,
        Func<VerificationCase, T, Caller, IReadOnlyCollection<string>, DateTimeOffset, Decision> decide) =>
        at => decide(at.Case, request, by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Reassign(Caller to, Caller by, bool byApprover = false) =>
        at => ReassignCase.Decide(at.Case, new ReassignCase(to, at.Now + ClaimCase.Lasts) { ByApprover = byApprover },
            by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Snooze(SnoozeCase request, Caller by) =>
        at => SnoozeCase.Decide(at.Case, request, by, at.NextPayDay, at.Now);

    private static Func<CaseAtHand, Decision> TakeBack(TakeBackEntry request, Caller by) =>
        at => TakeBackEntry.Decide(at.Case, request, by, at.Released, at.Now);

    private static Func<CaseAtHand, Decision> Hold(ProposeHold request, Caller by) =>
        at => ProposeHold.Decide(at.Case, request, by, at.KeyedBy, at.MayPayPrevious, at.Now);

    private static Func<CaseAtHand, Decision> Approve(
        ApproveReplacement request, IReadOnlyList<FollowedPayment> followed, Caller by) =>
        at => ApproveReplacement.Decide(at.Case, request, followed, by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Approve(ApproveVerdict request, Caller by) =>
        at => ApproveVerdict.Decide(at.Case, request, by, at.KeyedBy, at.NextPayDay, at.Now);
}
