using System.Globalization;
using AccountGuard.Identity;

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
    /// <exception cref="BadInput">A field is missing or cannot be read; or there is no such thing to do.</exception>
    public Func<CaseAtHand, Decision> Work(Caller by, Exhibit? note) => action switch
    {
        "claim" => at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now),
        "leave" => at => LeaveCase.Decide(at.Case, new LeaveCase(), by, at.Now),
        "hand-over" => ReassignTo(new Caller(this["to"] ?? throw new BadInput("to: name a login."),
            this["to-person"] ?? throw new BadInput("to-person: name the person.")), by),
        "snooze" => Snooze(Entry, Day("until"), by),
        "letter" => Order(Entry, by),
        "letter-sent" => Sent(Entry, Id("letter"), Day("on"), by),
        "letter-returned" => Returned(Entry, Id("letter"), Day("on"), by),
        "letter-answered" => Answered(new RecordLetterAnswered(Entry, Id("letter"), IsTicked("from-its-address"),
            Choice<Intent>("said"), Day("on"), note), by),
        "visit" => Plan(new PlanContact(Entry, Choice<ContactMeans>("means"), Day("on")), by),
        "visit-failed" => Failed(new RecordVisitFailed(Entry, Id("visit"), Day("on")), by),
        "meeting" => Met(new RecordMeeting(Entry, Choice<MeetingPlace>("place"), Choice<PersonMet>("met"), Papers(),
            Choice<Intent>("said"), Day("on"), note), by),
        "call" => Called(new RecordCall(Entry, Choice<Intent>("said"), Day("on"), note), by),
        "suspicion" => Suspect(new ReportSuspicion(Entry, Choice<Suspicion>("suspicion"), Day("on"), note), by),
        "note" => Write(new WriteNote(Entry, note ?? throw new BadInput("note: write something.")), by),
        "take-back" => TakeBack(new TakeBackEntry(Id("taken")), by),
        "propose" => Propose(new ProposeVerdict(Entry, Choice<Verification.Verdict>("verdict"), note), by),
        "reopen" => at => ReopenCase.Decide(at.Case, new ReopenCase(note), by, at.Now),
        _ => throw NoSuchThing,
    };

    /// <summary>What an approver asks for.</summary>
    /// <inheritdoc cref="Work"/>
    public Func<CaseAtHand, Decision> Verdict(Caller by, Exhibit? note) => action switch
    {
        "approve" => Approve(new ApproveVerdict(Id("proposal"), note), by),
        "send-back" => SendBack(new SendBackVerdict(Id("proposal"),
            note ?? throw new BadInput("note: say why it goes back.")), by),
        _ => throw NoSuchThing,
    };

    private static BadInput NoSuchThing => new("There is no such thing to do with a case.", Fault.NotFound);

    private static Func<CaseAtHand, Decision> ReassignTo(Caller to, Caller by) => at => ReassignCase.Decide(
        at.Case, new ReassignCase(to, at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Snooze(Guid entry, DateOnly until, Caller by) =>
        at => SnoozeCase.Decide(at.Case, new SnoozeCase(entry, until), by, at.NextPayDay, at.Now);

    private static Func<CaseAtHand, Decision> Order(Guid letter, Caller by) => at => OrderLetter.Decide(
        at.Case, new OrderLetter(letter, $"{letter:N}"[..10].ToUpperInvariant(), null), by, at.Now);

    // Post within the country, and the way back: two weeks.
    private static Func<CaseAtHand, Decision> Sent(Guid entry, Guid letter, DateOnly on, Caller by) =>
        at => RecordLetterSent.Decide(at.Case, new RecordLetterSent(entry, letter, on, on.AddDays(14)), by, at.Now);

    private static Func<CaseAtHand, Decision> Returned(Guid entry, Guid letter, DateOnly on, Caller by) =>
        at => RecordLetterReturned.Decide(at.Case, new RecordLetterReturned(entry, letter, on), by, at.Now);

    private static Func<CaseAtHand, Decision> Answered(RecordLetterAnswered request, Caller by) =>
        at => RecordLetterAnswered.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Plan(PlanContact request, Caller by) =>
        at => PlanContact.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Failed(RecordVisitFailed request, Caller by) =>
        at => RecordVisitFailed.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Met(RecordMeeting request, Caller by) =>
        at => RecordMeeting.Decide(at.Case, request, by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Called(RecordCall request, Caller by) =>
        at => RecordCall.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Suspect(ReportSuspicion request, Caller by) =>
        at => ReportSuspicion.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Write(WriteNote request, Caller by) =>
        at => WriteNote.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> TakeBack(TakeBackEntry request, Caller by) =>
        at => TakeBackEntry.Decide(at.Case, request, by, at.Now);

    private static Func<CaseAtHand, Decision> Propose(ProposeVerdict request, Caller by) =>
        at => ProposeVerdict.Decide(at.Case, request, by, at.KeyedBy, at.Now);

    private static Func<CaseAtHand, Decision> Approve(ApproveVerdict request, Caller by) =>
        at => ApproveVerdict.Decide(at.Case, request, by, at.KeyedBy, at.NextPayDay, at.Now);

    private static Func<CaseAtHand, Decision> SendBack(SendBackVerdict request, Caller by) =>
        at => SendBackVerdict.Decide(at.Case, request, by, at.KeyedBy, at.Now);
}
