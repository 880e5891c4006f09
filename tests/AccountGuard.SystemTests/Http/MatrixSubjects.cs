using System.Globalization;
using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Tests.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Recalls;
using AccountGuard.Verification.Several;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Http;

/// <summary>A case, and those of its entries that forms speak of.</summary>
internal sealed record Subject(Guid Id, Guid Letter, Guid Visit, Guid Meeting, Guid Proposal, Guid Hold)
{
    /// <summary>One that was paid to its account, and nobody asked for yet.</summary>
    public Guid Payment { get; init; } = Guid.NewGuid();

    /// <summary>That of another payment; of a denied case.</summary>
    public Guid Recall { get; } = Guid.NewGuid();

    /// <summary>One that waits for approval; of a denied case.</summary>
    public Guid Replacement { get; } = Guid.NewGuid();

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

    private const int Cases = 390;

    private static readonly Caller Auditor = new(Role.Auditor, $"person-{Role.Auditor}"),
        Approver = new(Role.Approver, $"person-{Role.Approver}"),
        ApproverElsewhere = new("another-login", $"person-{Role.Approver}"), Colleague = new("utsumi", "P2"),
        Another = new("morishita", "P3");

    private readonly Queue<Guid> _plain = new(), _keyed = new();
    private readonly Dictionary<Guid, Guid> _paid = [];
    private readonly Dictionary<Guid, string> _numbers = [];
    private readonly Dictionary<(string What, string Of), string> _things = [];
    private readonly List<Guid> _written = [];

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
            "source,request_id,number,filed_on,new_account,entered_by,decided_by\n"
            + string.Concat(numbers.Select((number, i) => $"{Source},R{i},{number},2015-05-20,{AccountOf(i)},"
                + $"{(i % 2 == 0 ? "," : $"{Role.Auditor},{Role.Approver}")}\n"))))
            .BodyAsync(HttpStatusCode.OK);
        using var payer = service.As(Role.PaymentSystem);
        await payer.PostAsync("/api/payments/results", Csv(
            "source,payment_id,number,outcome,pay_day,amount,account\n"
            + string.Concat(numbers.SelectMany((number, i) =>
                (string[])[$"{Source},P{i},{number},sent,2015-06-15,100,{AccountOf(i)}\n",
                    $"{Source},Q{i},{number},sent,2015-08-14,100,{AccountOf(i)}\n"]))))
            .BodyAsync(HttpStatusCode.OK);
        await OpenCases.RunAsync(At, default);
        for (var i = 0; i < Cases; i++)
        {
            (i % 2 == 0 ? _plain : _keyed).Enqueue(FiledChange.IdOf(Source, $"R{i}"));
            _paid[FiledChange.IdOf(Source, $"R{i}")] = PaymentReport.IdOf(Source, $"P{i}");
            _numbers[FiledChange.IdOf(Source, $"R{i}")] = numbers[i];
        }
    }

    private static string AccountOf(int i) => $"zengin:0001-001-1-{i:0000000}";

    /// <param name="column">Whose it is, in the words of the matrix.</param>
    /// <param name="forApproval">A proposal waits, of which it says whose it is.</param>
    public async Task<Subject> MakeAsync(string column, bool forApproval)
    {
        if (column == "none")
        {
            return Subject.None;
        }

        var subject = Subject.Fresh((column == "keyed by me" ? _keyed : _plain).Dequeue());
        subject = subject with { Payment = _paid[subject.Id] };
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
            await FollowAsync(subject);
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

        if (column == "protected")
        {
            using var manager = service.As(Role.IncidentManager);
            await manager.PostAsync("/api/holders", Csv($"number,protected\n{_numbers[subject.Id]},true\n"))
                .BodyAsync(HttpStatusCode.OK);
        }

        if (!forApproval && column != "ended")
        {
            await ProposeHoldAsync(subject, Colleague);
            await DoAsync(subject, at => ApproveHold.Decide(
                at.Case, new ApproveHold(subject.Hold), Another, at.KeyedBy, at.Now));
        }

        return subject;
    }

    /// <summary>A colleague asked for the second payment back, and proposes to pay it anew.</summary>
    private async Task FollowAsync(Subject subject)
    {
        var followed = await FollowedPayment.OfAsync(At, subject.Id, default);
        await DoAsync(subject, at => RequestRecall.Decide(at.Case, new RequestRecall(
            subject.Recall, followed.Single(p => p.Payment != subject.Payment).Payment, at.Today, null), followed,
            Colleague, at.KeyedBy, at.Now));
        await DoAsync(subject, at => RestoreAccount.Decide(at.Case, new RestoreAccount(at.Now), Colleague, at.Now));
        await DoAsync(subject, at => ProposeReplacement.Decide(at.Case, new ProposeReplacement(
            subject.Replacement, 100, null), followed, Colleague, at.KeyedBy, at.Now));
    }

    private Task ProposeHoldAsync(Subject subject, Caller by) => DoAsync(subject, at => ProposeHold.Decide(at.Case,
        new ProposeHold(subject.Hold, HoldReason.FraudSuspected, PayTo.Keep, at.Today, null), by, at.KeyedBy,
        at.MayPayPrevious, at.Now));

    /// <summary>What routes name beside a case, and whose it is, as it stands in an address.</summary>
    public async Task<IReadOnlyDictionary<(string What, string Of), string>> MakeThingsAsync(
        IReadOnlyDictionary<string, Subject> cases)
    {
        foreach (var (of, by) in ((string, Caller)[])
            [("mine", Auditor), ("another's", Colleague), ("ended", Auditor), ("protected", Colleague)])
        {
            _things[("exhibit", of)] = $"{cases[of].Id}/exhibits/{await AttachAsync(cases[of].Id, by)}";
            _things[("draft", of)] = $"{await DraftAsync(cases[of].Id, by)}";
        }

        _things[("exhibit", "another case's")] =
            _things[("exhibit", "mine")].Replace($"{cases["mine"].Id}", $"{cases["another's"].Id}");
        await WorkAsync("work", "mine", Auditor, "claim", cases["mine"].Id);
        await WorkAsync("work", "the approver's", Approver, "claim", cases["mine"].Id);
        await WorkAsync("work", "another's", Colleague, "claim", cases["mine"].Id);
        await WorkAsync("work", "ended", Auditor, "claim", cases["mine"].Id, runs: true);
        await WorkAsync("holds", "mine", ApproverElsewhere, MassHolds.Action, _plain.Dequeue(), runs: true);
        await WorkAsync("holds", "another's", Colleague, MassHolds.Action, _plain.Dequeue(), runs: true);
        await WorkAsync("holds", "not at its end", Colleague, MassHolds.Action, _plain.Dequeue());
        await WorkAsync("holds", "ended", Colleague, MassHolds.Action, _plain.Dequeue(), runs: true);
        await RunAsync(await SeveralCases.AskApprovalAsync(
            At, Guid.Parse(_things[("holds", "ended")]), Another, default), Another);
        await PrintAsync("mine", Auditor);
        await PrintAsync("another's", Colleague);
        await PrintAsync("ended", Colleague);
        using (var own = service.As(Role.PaymentSystem))
        using (var another = service.WithToken(service.Provider.Issue("elsewhere", null, [Role.PaymentSystem],
            TimeProvider.System.GetUtcNow(), DevelopmentProvider.Lifetime)))
        {
            _things[("run", "mine")] = await ScreenAsync(own, 1);
            _things[("run", "another's")] = await ScreenAsync(another, 2);
        }

        // As a command screens it: its file stays with the sender.
        await using var screening = new ScreenPayRun(At, TransferSample.June, "operator", null, keepsFiles: false);
        await using var file = File.Create(Path.Combine(service.Database.Home, "run"));
        await file.WriteAsync(TransferSample.File(TransferSample.Group(("0000999934", 3))));
        await file.FlushAsync();
        var run = await screening.ScreenAsync(
            file, "The file", null, [Stream.Null, Stream.Null, Stream.Null, Stream.Null], default);
        await screening.CommitAsync(default);
        await using var find = At.Database.CreateCommand("select max(run_no) from pay_run");
        run.IsNew.ShouldBeTrue();
        _things[("run", "ended")] = $"{await find.ExecuteScalarAsync()}";
        return _things;
    }

    /// <summary>How many drafts are kept of colleagues' cases.</summary>
    public async Task<long> DraftsAsync()
    {
        await using var count = At.Database.CreateCommand("select count(*) from draft where entry = @entry");
        count.Parameters.AddWithValue("entry", Guid.Parse(_things[("draft", "another's")]));
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>In Japan, whose days are those of the incident.</summary>
    private static string Today => $"{TimeZoneInfo.ConvertTime(TimeProvider.System.GetUtcNow(),
        TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo")):yyyy-MM-dd}";

    private static CaseForm Note(Guid entry, byte[]? file = null)
    {
        var files = new FormFileCollection();
        if (file is not null)
        {
            files.Add(new FormFile(new MemoryStream(file), 0, file.Length, "file", "scan.pdf"));
        }

        return new CaseForm("note", new FormCollection(
            new Dictionary<string, StringValues> { ["entry"] = $"{entry}", ["note"] = "as the matrix says" }, files));
    }

    private async Task<Guid> AttachAsync(Guid @case, Caller by)
    {
        var form = Note(Guid.NewGuid(), "%PDF-1.7 of the matrix %%EOF"u8.ToArray());
        var brought = await Exhibits.SealAsync(At, @case, form, by, default);
        var file = brought.Single(b => b.Kind is not null);
        (await CaseWork.DoAsync(At, @case, form.With([file], form.Work(by, brought[0].Exhibit,
            CaseReferences.Of(At.Keys, @case)), by), default, brought)).ShouldBeNull();
        return file.Exhibit.Id;
    }

    private async Task<Guid> DraftAsync(Guid @case, Caller by)
    {
        var entry = Guid.NewGuid();
        (await Drafts.KeepAsync(At, @case, Note(entry), by, default)).ShouldBeTrue();
        return entry;
    }

    private async Task WorkAsync(string what, string of, Caller by, string action, Guid @case, bool runs = false)
    {
        var id = await SeveralCases.AskAsync(At, by, action, new Dictionary<string, string>
        {
            ["through"] = Today,
            [MassHolds.Reason] = $"{HoldReason.FraudSuspected}",
            ["pay-to"] = $"{PayTo.Keep}",
        }, [@case], default);
        _things[(what, of)] = $"{id}";
        if (runs)
        {
            await RunAsync(id, by);
        }
    }

    private async Task RunAsync(Guid work, Caller by)
    {
        await SeveralCases.StartAsync(
            At, work, by, (await SeveralCases.FindAsync(At, work, by, default)).Content, default);
        (await SeveralCases.RunAsync(At, work, 1, default)).ShouldBeFalse();
    }

    /// <summary>A batch of one letter; one that ended was released and stopped, and its order taken back.</summary>
    private async Task PrintAsync(string of, Caller maker)
    {
        var (subject, room) = (Subject.Fresh(_plain.Dequeue()), service.App.Services.GetRequiredService<PrintRoom>());
        _written.Add(subject.Id);
        using (var manager = service.As(Role.IncidentManager))
        {
            await manager.PostAsync("/api/holders", Csv("number,name,postal_code,address,address_since\n"
                + $"{_numbers[subject.Id]},架空 花子,1000001,架空県夢見市1番地,2001-04-01\n")).BodyAsync(HttpStatusCode.OK);
        }

        await DoAsync(subject, at => OrderLetter.Decide(at.Case, new OrderLetter(
            subject.Letter, $"{CaseReferences.Of(At.Keys, subject.Id)}", null), maker, at.Now));
        var batch = (await PrintLetters.RunAsync(At, room, maker, 1, default)).ShouldNotBeNull();
        _things[("batch", of)] = $"{await Batches.NumberOfAsync(At, batch, default)}";
        if (of == "ended")
        {
            (await ReleaseBatch.RunAsync(At, room, batch, Another, default)).ShouldBeNull();
            (await Batches.DoAsync(At, batch, (found, now) => StopBatch.Decide(
                found, new StopBatch(batch, StopReason.Other), Another, now), default)).ShouldBeNull();
            var today = DateOnly.Parse(Today, CultureInfo.InvariantCulture);
            (await AnswerStop.RunAsync(
                At, new AnswerStop(batch, StopState.Confirmed, today), Another, today, default)).ShouldBeNull();
            await DoAsync(subject, at => TakeBackEntry.Decide(
                at.Case, new TakeBackEntry(subject.Letter), maker, at.Released, at.Now));
        }
    }

    private static async Task<string> ScreenAsync(HttpClient payments, int amount)
    {
        var run = await payments.PostAsync("/api/payments/runs?payDay=2015-06-15", new ByteArrayContent(
            TransferSample.File(TransferSample.Group(("0000999934", amount))))
        { Headers = { ContentType = new("application/octet-stream") } }).BodyAsync(HttpStatusCode.Created);
        return run.Of<string>("links", "summary").Split('/')[^2];
    }

    /// <summary>How many events people left on the cases, refusals too; letters go their way.</summary>
    public async Task<long> CountEventsAsync()
    {
        await using var count = At.Database.CreateCommand("""
            select count(*) from accountguard_events.mt_events e join account_change c on c.change_id = e.stream_id
            where e.type not in ('account_change_filed', 'verification_required')
              and c.change_id <> all (@written)
            """);
        count.Parameters.AddWithValue("written", _written.ToArray());
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
