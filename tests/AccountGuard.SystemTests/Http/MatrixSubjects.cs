using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Http;

/// <summary>A case, and those of its entries that forms speak of.</summary>
internal sealed record Subject(Guid Id, Guid Letter, Guid Visit, Guid Meeting, Guid Proposal, Guid Hold)
{
    /// <summary>Of a case that is not there.</summary>
    public static readonly Subject None = Fresh(Guid.NewGuid());

    public static Subject Fresh(Guid @case) =>
        new(@case, Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
}

/// <summary>Makes the cases of the matrix: whose they are, to the auditor or the approver of the service.</summary>
internal sealed class MatrixSubjects(Served service)
{
    public const string Incident = "matrix";
    public const string Source = "office";

    private const int Cases = 250;

    private static readonly Caller Auditor = new(Role.Auditor, $"person-{Role.Auditor}"),
        ApproverElsewhere = new("another-login", $"person-{Role.Approver}"), Colleague = new("utsumi", "P2"),
        Another = new("morishita", "P3");

    private readonly Queue<Guid> _plain = new(), _keyed = new();

    private Installation At => service.Database.At;

    public static object Declaration(string id, string name = "A leak") => new
    {
        id,
        name,
        timeZone = "Asia/Tokyo",
        window = new { from = "2015-05-08" },
        cutoff = new { through = "2015-06-01" },
    };

    /// <summary>Half of the changes were keyed by the auditor and decided by the approver.</summary>
    public async Task FillAsync()
    {
        using var manager = service.As(Role.IncidentManager);
        await manager.PutAsync($"/api/incidents/{Incident}", Json(Declaration(Incident)))
            .BodyAsync(HttpStatusCode.Created);
        await manager.PutAsync("/api/incidents/again", Json(Declaration("again"))).BodyAsync(HttpStatusCode.Created);
        var numbers = Enumerable.Range(0, Cases).Select(i => $"00{i:0000}7534").ToList();
        await manager.PostAsync($"/api/incidents/{Incident}/lists?version=1&liveFrom=2015-06-02&records={Cases}",
            Csv("number\n" + string.Join('\n', numbers) + "\n")).BodyAsync(HttpStatusCode.Created);
        using var intake = service.As(Role.Intake);
        await intake.PostAsync("/api/account-changes", Csv(
            "source,request_id,number,filed_on,entered_by,decided_by\n" + string.Concat(numbers.Select((number, i) =>
                $"{Source},R{i},{number},2015-05-20,{(i % 2 == 0 ? "," : $"{Role.Auditor},{Role.Approver}")}\n"))))
            .BodyAsync(HttpStatusCode.OK);
        await OpenCases.RunAsync(At, default);
        for (var i = 0; i < Cases; i++)
        {
            (i % 2 == 0 ? _plain : _keyed).Enqueue(FiledChange.IdOf(Source, $"R{i}"));
        }
    }

    /// <param name="column">Whose it is, in the words of the matrix.</param>
    /// <param name="forApproval">A proposal waits, of which it says whose it is.</param>
    public async Task<Subject> MakeAsync(string column, bool forApproval)
    {
        if (column == "none")
        {
            return Subject.None;
        }

        var subject = Subject.Fresh((column == "keyed by me" ? _keyed : _plain).Dequeue());
        var auditor = (column, forApproval) switch
        {
            ("mine" or "ended", false) => Auditor,
            ("mine", true) => ApproverElsewhere,
            _ => Colleague,
        };
        await WorkAsync(subject, auditor, column == "ended" ? Intent.Denied : Intent.Confirmed);
        if (column == "ended")
        {
            await ProposeAsync(subject, auditor, Verdict.Denied);
            await DoAsync(subject, at => ApproveVerdict.Decide(
                at.Case, new ApproveVerdict(subject.Proposal), Another, at.KeyedBy, at.NextPayDay, at.Now));
        }
        else if (forApproval && column != "nobody's")
        {
            await ProposeHoldAsync(subject, auditor);
            await ProposeAsync(subject, auditor, Verdict.Confirmed);
        }
        else if (column is "nobody's" or "keyed by me")
        {
            await DoAsync(subject, at => LeaveCase.Decide(at.Case, new LeaveCase(), auditor, at.Now));
        }

        if (!forApproval && column != "ended")
        {
            await ProposeHoldAsync(subject, Colleague);
            await DoAsync(subject, at => ApproveHold.Decide(
                at.Case, new ApproveHold(subject.Hold), Another, at.KeyedBy, at.Now));
        }

        return subject;
    }

    private Task ProposeHoldAsync(Subject subject, Caller by) => DoAsync(subject, at => ProposeHold.Decide(at.Case,
        new ProposeHold(subject.Hold, HoldReason.FraudSuspected, PayTo.Keep, at.Today, null), by, at.KeyedBy, at.Now));

    /// <summary>How many events people left on the cases, refusals too.</summary>
    public async Task<long> CountEventsAsync()
    {
        await using var count = At.Database.CreateCommand("""
            select count(*) from accountguard_events.mt_events e join account_change c on c.change_id = e.stream_id
            where e.type not in ('account_change_filed', 'verification_required')
            """);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private async Task WorkAsync(Subject subject, Caller by, Intent said)
    {
        await DoAsync(subject, at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now));
        await DoAsync(subject, at => OrderLetter.Decide(
            at.Case, new OrderLetter(subject.Letter, "REF-1", null), by, at.Now));
        await DoAsync(subject, at => RecordLetterSent.Decide(at.Case, new RecordLetterSent(
            Guid.NewGuid(), subject.Letter, at.Today.AddDays(-1), at.Today.AddDays(13)), by, at.Now));
        await DoAsync(subject, at => PlanContact.Decide(
            at.Case, new PlanContact(subject.Visit, ContactMeans.Visit, at.Today), by, at.Now));
        await DoAsync(subject, at => RecordMeeting.Decide(at.Case, new RecordMeeting(subject.Meeting,
            MeetingPlace.Counter, PersonMet.Holder, [new ShownPaper(PaperKind.Passport, InOwnName: true)], said,
            at.Today, null), by, at.KeyedBy, at.Now));
    }

    private Task ProposeAsync(Subject subject, Caller by, Verdict verdict) => DoAsync(subject, at =>
        ProposeVerdict.Decide(at.Case, new ProposeVerdict(subject.Proposal, verdict, null), by, at.KeyedBy, at.Now));

    private async Task DoAsync(Subject subject, Func<CaseAtHand, Decision> decide) =>
        (await CaseWork.DoAsync(At, subject.Id, decide, default)).ShouldBeNull();
}
