using System.Globalization;
using AccountGuard.Identity;
using AccountGuard.Letters;

namespace AccountGuard.Verification;

/// <summary>
/// What a form of a case's page sends, by the route's last word; a field that cannot be read is named, and nothing is
/// done.
/// </summary>
public sealed class CaseForm(string action, IFormCollection fields)
{
    /// <summary>A page that nobody has sent yet.</summary>
    public static readonly CaseForm Empty = new("", FormCollection.Empty);

    public string Action => action;

    public string? this[string name] => fields[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Made with the page: a form that is sent twice is one entry.</summary>
    public Guid Entry => Id("entry");

    /// <summary>What was typed into a field of this form, for the page that shows it again.</summary>
    public string? Typed(string form, string name) => form == action ? this[name] : null;

    public Guid Id(string name) =>
        Guid.TryParse(this[name], out var id) ? id : throw new BadInput($"{name}: choose one.");

    public DateOnly Day(string name) => DateOnly.TryParseExact(
        this[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? day : throw new BadInput($"{name}: give a day as YYYY-MM-DD.");

    public T Choice<T>(string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(this[name], out var choice) && Enum.IsDefined(choice) ? choice
            : throw new BadInput($"{name}: choose one.");

    public bool IsTicked(string name) => this[name] == "yes";

    /// <summary>The form asks for papers that are valid and in the person's own name, and for no others.</summary>
    public IReadOnlyList<ShownPaper> Papers() => [.. fields["paper"].OfType<string>().Select(kind =>
        Enum.TryParse<PaperKind>(kind, out var paper) && Enum.IsDefined(paper) ? new ShownPaper(paper, InOwnName: true)
            : throw new BadInput("paper: choose from those of the form."))];

    /// <summary>What an auditor asks for.</summary>
    /// <param name="reference">What letters call the case.</param>
    /// <exception cref="BadInput">A field is missing or cannot be read; or there is no such thing to do.</exception>
    public Func<CaseAtHand, Decision> Work(Caller by, Exhibit? note, CaseReference reference) => action switch
    {
        "claim" => at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now),
        "leave" => Ask(new LeaveCase(), by, LeaveCase.Decide),
        "hand-over" => ReassignTo(new Caller(this["to"] ?? throw new BadInput("to: name a login."),
            this["to-person"] ?? throw new BadInput("to-person: name the person.")), by),
        "snooze" => Snooze(new SnoozeCase(Entry, Day("until")), by),
        "letter" => Ask(new OrderLetter(Entry, $"{reference}", null), by, OrderLetter.Decide),
        "letter-sent" => Ask(new RecordLetterSent(
            Entry, Id("letter"), Day("on"), Day("on").AddDays(RecordLetterSent.DaysOfPost)), by,
            RecordLetterSent.Decide),
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
        "note" => Ask(
            new WriteNote(Entry, note ?? throw new BadInput("note: write something.")), by, WriteNote.Decide),
        "take-back" => Ask(new TakeBackEntry(Id("taken")), by, TakeBackEntry.Decide),
        "propose" => Ask(new ProposeVerdict(Entry, Choice<Verification.Verdict>("verdict"), note), by,
            ProposeVerdict.Decide),
        "reopen" => Ask(new ReopenCase(note), by, ReopenCase.Decide),
        _ => throw NoSuchThing,
    };

    /// <summary>What an approver asks for.</summary>
    /// <inheritdoc cref="Work"/>
    public Func<CaseAtHand, Decision> Verdict(Caller by, Exhibit? note) => action switch
    {
        "approve" => Approve(new ApproveVerdict(Id("proposal"), note), by),
        "send-back" => Ask(new SendBackVerdict(Id("proposal"),
            note ?? throw new BadInput("note: say why it goes back.")), by, SendBackVerdict.Decide),
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

    private static Func<CaseAtHand, Decision> ReassignTo(Caller to, Caller by) => at => ReassignCase.Decide(
        at.Case, new ReassignCase(to, at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Snooze(SnoozeCase request, Caller by) =>
        at => SnoozeCase.Decide(at.Case, request, by, at.NextPayDay, at.Now);

    private static Func<CaseAtHand, Decision> Approve(ApproveVerdict request, Caller by) =>
        at => ApproveVerdict.Decide(at.Case, request, by, at.KeyedBy, at.NextPayDay, at.Now);
}
