using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>What people do with cases, on a real database, beside facts that come and go.</summary>
public sealed class WorkedCases(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private static readonly Caller Saeki = new("saeki", "P1"), SaekiElsewhere = new("saeki-desk", "P1"),
        Utsumi = new("utsumi", "P2"), Clerk = new("u1", "P4");

    private static readonly CancellationToken None = CancellationToken.None;

    private static Guid CaseOf(Story story, string id = "R1") => FiledChange.IdOf(story.Incident, id);

    private static async Task<(Story Story, string Number)> WithCaseAsync(FreshDatabase database)
    {
        var (story, number) = (await BeginAsync(database), Number());
        await story.ChangesTextAsync("source,request_id,number,filed_on,entered_by,decided_by\n"
            + $"{story.Incident},R1,{number},2015-05-20,u1,u7\n");
        await story.ListAsync(1, [Listed(number, 4)]);
        return (story, number);
    }

    private static Task<Refusal?> DoAsync(Story story, Func<CaseAtHand, Decision> decide) =>
        CaseWork.DoAsync(story.At, CaseOf(story), decide, None);

    private static Task<Refusal?> ClaimAsync(Story story, Caller by) => DoAsync(story, at =>
        ClaimCase.Decide(at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now));

    private static Task<Refusal?> RecordAsync(Story story, Intent said) => DoAsync(story, at => RecordMeeting.Decide(
        at.Case, new RecordMeeting(Guid.NewGuid(), MeetingPlace.Counter, PersonMet.Holder,
            [new ShownPaper(PaperKind.Passport, InOwnName: true)], said, at.Today, null), Saeki, at.KeyedBy, at.Now));

    private static async Task WriteAsync(Story story)
    {
        var letter = Guid.NewGuid();
        await DoAsync(story, at => OrderLetter.Decide(at.Case, new OrderLetter(letter, "REF-1", 1), Saeki, at.Now));
        await DoAsync(story, at => RecordLetterSent.Decide(at.Case,
            new RecordLetterSent(Guid.NewGuid(), letter, at.Today, at.Today.AddDays(14)), Saeki, at.Now));
    }

    private static async Task<(Refusal? Proposed, Refusal? Approved)> DecideAsync(
        Story story, Verdict verdict, Caller approver)
    {
        var proposal = Guid.NewGuid();
        var proposed = await DoAsync(story, at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(proposal, verdict, null), Saeki, at.KeyedBy, at.Now));
        return (proposed, await DoAsync(story, at => ApproveVerdict.Decide(
            at.Case, new ApproveVerdict(proposal), approver, at.KeyedBy, at.NextPayDay, at.Now)));
    }

    private static async Task<string[]> OpenAsync(Story story) =>
        [.. (await story.QueueAsync()).Select(row => $"{row.Id} {row.State}")];

    private static async Task<string> StandingAsync(Story story, string number)
    {
        (await Reconcile.RunAsync(story.At, null, None)).ShouldSatisfyAllConditions(r => r.Misranked.ShouldBe(0));
        await using var standing = await Standing.OpenAsync(story.At, new DateOnly(2015, 6, 15), "test", None);
        return (await standing.AnswerAsync([number], None)).Single().Standing;
    }

    [Fact]
    public async Task a_verdict_by_two_people_ends_the_case_and_stays_whatever_the_lists_say()
    {
        var (story, number) = await WithCaseAsync(database);
        (await OpenAsync(story)).ShouldBe(["R1 Queued"]);
        (await ClaimAsync(story, Saeki)).ShouldBeNull();
        await WriteAsync(story);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        (await RecordAsync(story, Intent.Confirmed)).ShouldBeNull();
        (await DecideAsync(story, Verdict.Confirmed, Utsumi)).ShouldBe((null, null));
        (await OpenAsync(story)).ShouldBeEmpty();
        (await StandingAsync(story, number)).ShouldBe("clear");
        (await story.QueueAsync("Confirmed")).Single().Id.ShouldBe("R1");

        await story.ListAsync(2, [Withdrawn(number)]);
        await OpenCases.RunAsync(story.At, None);
        (await story.QueueAsync("Confirmed")).Single().Id.ShouldBe("R1");
        await story.ListAsync(3, [Listed(number)]);
        await OpenCases.RunAsync(story.At, None);
        (await OpenAsync(story)).ShouldBeEmpty();
        (await story.QueueAsync("Confirmed")).Single().Id.ShouldBe("R1");
    }

    [Fact]
    public async Task S25_denied_holds_the_account_also_when_the_ground_is_gone_and_the_case_open_again()
    {
        var (story, number) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await RecordAsync(story, Intent.Denied);
        (await DecideAsync(story, Verdict.Denied, Utsumi)).ShouldBe((null, null));
        (await StandingAsync(story, number)).ShouldBe("hold");
        await story.ListAsync(2, [Withdrawn(number)]);
        (await StandingAsync(story, number)).ShouldBe("hold");
        await DoAsync(story, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Utsumi, at.Now));
        (await StandingAsync(story, number)).ShouldBe("hold");
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
    }

    [Fact]
    public async Task a_worked_case_outlives_its_ground_until_two_people_end_it_and_returns_with_it()
    {
        var (story, number) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await WriteAsync(story);
        await story.ListAsync(2, [Withdrawn(number)]);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        await OpenCases.RunAsync(story.At, None);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        (await StandingAsync(story, number)).ShouldBe("pending");
        (await DecideAsync(story, Verdict.GroundGone, Utsumi)).ShouldBe((null, null));
        (await OpenAsync(story)).ShouldBeEmpty();
        (await story.QueueAsync("ListedInError")).Single().Id.ShouldBe("R1");

        await story.ListAsync(3, [Listed(number)]);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        await OpenCases.RunAsync(story.At, None);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        (await StandingAsync(story, number)).ShouldBe("pending");
    }

    [Fact]
    public async Task a_claim_alone_is_no_work_and_facts_end_such_a_case()
    {
        var (story, number) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        await story.ListAsync(2, [Withdrawn(number)]);
        (await OpenAsync(story)).ShouldBeEmpty();
        await OpenCases.RunAsync(story.At, None);
        (await story.QueueAsync("ListedInError")).Single().Id.ShouldBe("R1");
        (await StandingAsync(story, number)).ShouldBe("clear");
    }

    [Fact]
    public async Task S29_nobody_approves_what_is_their_own()
    {
        var (story, _) = await WithCaseAsync(database);
        (await ClaimAsync(story, Clerk)).ShouldBe(Refusal.KeyedTheChange);
        await ClaimAsync(story, Saeki);
        await RecordAsync(story, Intent.Denied);
        (await DecideAsync(story, Verdict.Denied, SaekiElsewhere)).ShouldBe((null, Refusal.OwnProposal));
        (await OpenAsync(story)).ShouldBe(["R1 Proposed"]);
        await using var session = story.At.Events.LightweightSession();
        var attempts = (await session.Events.FetchStreamAsync(CaseOf(story))).Select(e => e.Data)
            .OfType<AttemptRefused>().Select(a => (a.Attempted, a.Refusal, a.By.Login));
        attempts.ShouldBe([("ClaimCase", Refusal.KeyedTheChange, "u1"),
            ("ApproveVerdict", Refusal.OwnProposal, "saeki-desk")]);
    }

    /// <summary>As code that forgets to ask, or psql under the application's role, would write it.</summary>
    [Theory]
    [InlineData("saeki", "P1")]
    [InlineData("saeki-desk", "P1")]
    [InlineData("saeki", "P9")]
    [InlineData("operator", null)]
    [InlineData("U1", "P4")]
    [InlineData("somebody", "u7")]
    [InlineData("Ｕ７ ", "P9")]
    [InlineData("somebody", " U 1")]
    public async Task the_database_takes_no_approval_by_the_wrong_person(string login, string? person)
    {
        var (story, _) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await RecordAsync(story, Intent.Denied);
        var proposal = Guid.NewGuid();
        await DoAsync(story, at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(proposal, Verdict.Denied, null), Saeki, at.KeyedBy, at.Now));
        await TwoPeople.IsRefusedAsync(story.At, CaseOf(story), new VerdictApproved(
            proposal, Verdict.Denied, null, null, new Caller(login, person), story.At.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task the_database_takes_no_approval_of_what_nobody_proposes()
    {
        var (story, _) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await RecordAsync(story, Intent.Denied);
        var proposal = Guid.NewGuid();
        await DoAsync(story, at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(proposal, Verdict.Denied, null), Saeki, at.KeyedBy, at.Now));
        await DoAsync(story, at => SendBackVerdict.Decide(
            at.Case, new SendBackVerdict(proposal, new Exhibit(Guid.NewGuid(), "")), Utsumi, at.KeyedBy, at.Now));
        foreach (var (entry, verdict) in new[]
            { (Guid.NewGuid(), Verdict.Denied), (proposal, Verdict.Confirmed), (proposal, Verdict.Denied) })
        {
            await TwoPeople.IsRefusedAsync(story.At, CaseOf(story), new VerdictApproved(
                entry, verdict, null, null, Utsumi, story.At.Clock.GetUtcNow()));
        }
    }

    /// <summary>One approver alone, with an approval of before.</summary>
    [Fact]
    public async Task the_database_takes_no_approval_a_second_time_and_none_of_an_earlier_proposal()
    {
        var (story, _) = await WithCaseAsync(database);
        await TwoPeople.EndAsync(story.At, CaseOf(story), Verdict.Confirmed);
        await using var session = story.At.Events.LightweightSession();
        var used = (await session.Events.FetchStreamAsync(CaseOf(story))).Select(e => e.Data)
            .OfType<VerdictApproved>().Single();
        await TwoPeople.IsRefusedAsync(story.At, CaseOf(story), used);
        await DoAsync(story, at => ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now));
        await TwoPeople.IsRefusedAsync(story.At, CaseOf(story), used);
        await TwoPeople.DenyAsync(story.At, CaseOf(story));
        await TwoPeople.IsRefusedAsync(story.At, CaseOf(story), used);
    }

    [Theory]
    [InlineData("Confirmed", true)]
    [InlineData("Denied", true)]
    [InlineData("Deceased", false)]
    [InlineData("Withdrawn", true)]
    [InlineData("InContact", false)]
    public async Task the_database_keeps_no_verdict_that_nobody_approved_and_ends_no_work(string state, bool stays)
    {
        var (story, _) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await WriteAsync(story);
        await using var keep = story.At.Database.CreateCommand(
            $"select keep_case('{CaseOf(story)}', '{state}', {stays}, null, null, null)");
        (await Should.ThrowAsync<PostgresException>(() => keep.ExecuteNonQueryAsync())).SqlState.ShouldBe("AG002");
        foreach (var statement in new[] { "update verification set state = 'Confirmed'", "delete from verification",
            "update hit set state = 'Confirmed'", "insert into verification default values" })
        {
            await using var other = story.At.Database.CreateCommand(statement);
            (await Should.ThrowAsync<PostgresException>(() => other.ExecuteNonQueryAsync())).SqlState
                .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task S48_a_death_that_a_file_of_holders_reports_bars_and_reopens_what_was_confirmed()
    {
        var (story, number) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await WriteAsync(story);
        await RecordAsync(story, Intent.Confirmed);
        (await DecideAsync(story, Verdict.Confirmed, Utsumi)).ShouldBe((null, null));
        await DiedAsync("2015-05-01");
        (await TellDeaths.RunAsync(story.At, None)).ShouldBe(1);
        (await TellDeaths.RunAsync(story.At, None)).ShouldBe(0);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        (await DecideAsync(story, Verdict.Confirmed, Utsumi)).Proposed.ShouldBe(Refusal.NotYours);
        await ClaimAsync(story, Saeki);
        (await DecideAsync(story, Verdict.Confirmed, Utsumi)).Proposed.ShouldBe(Refusal.HolderDied);
        (await DecideAsync(story, Verdict.Deceased, Utsumi)).ShouldBe((null, null));
        (await story.QueueAsync("Deceased")).Single().Id.ShouldBe("R1");

        await DiedAsync("none");
        (await TellDeaths.RunAsync(story.At, None)).ShouldBe(1);
        (await OpenAsync(story)).ShouldBe(["R1 InContact"]);
        await ClaimAsync(story, Saeki);
        (await DecideAsync(story, Verdict.Confirmed, Utsumi)).ShouldBe((null, null), "the report was wrong");

        async Task DiedAsync(string day)
        {
            using var file = DeliveredFile.Open(story.Write(Encoding.UTF8.GetBytes(
                $"number,name,died_on\n{number},山田花子,{day}\n")), null);
            await ImportHolders.RunAsync(story.At, file, null, story.At.Clock.GetUtcNow(), null, None);
        }
    }

    /// <summary>Both write the states of hits: one that read before the other wrote would leave an old one.</summary>
    [Fact]
    public async Task the_case_worker_waits_for_a_filing_of_a_holder_whose_case_people_work_on()
    {
        var (story, number) = await WithCaseAsync(database);
        await ClaimAsync(story, Saeki);
        await story.ListAsync(2, [Withdrawn(number)]);
        (await database.HaltAsync($"""
            select pass_holders(array(
                select number_key from account_change where change_id = '{CaseOf(story)}'), array[]::bytea[])
            """, "classid = 4712", null, () => OpenCases.RunAsync(story.At, None))).ShouldBe(1);
        (await story.QueueAsync("ListedInError")).Single().Id.ShouldBe("R1");
    }

    [Fact]
    public async Task whoever_works_on_a_case_that_is_just_being_opened_waits_for_it()
    {
        var (story, _) = await WithCaseAsync(database);
        (await database.HaltAsync("select pg_advisory_xact_lock(4714)", "objid = 4714", null,
            () => ClaimAsync(story, Saeki))).ShouldBeNull();
    }

    [Fact]
    public async Task auditors_who_take_the_next_case_at_once_get_each_another_and_skip_none()
    {
        const int Cases = 120;
        var (story, numbers) = (await BeginAsync(database), FreshNumbers(Cases));
        await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i:D3}", n, "2015-05-20"))]);
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        await OpenCases.RunAsync(story.At, None);
        var incident = (await IncidentBar.LoadAsync(story.At, story.Incident, None))!.Incident.No;
        var taken = await Task.WhenAll(Enumerable.Range(0, Cases + 5).Select(i =>
            TakeNext.RunAsync(story.At, incident, new Caller($"auditor-{i}", $"A{i}"), None)));
        taken.OfType<Guid>().Order().ShouldBe(
            Enumerable.Range(0, Cases).Select(i => CaseOf(story, $"R{i:D3}")).Order());
        taken.Count(t => t is null).ShouldBe(5);
    }

    [Fact]
    public async Task ranks_count_every_open_case_also_where_some_are_asked_for()
    {
        var (story, numbers) = (await BeginAsync(database), FreshNumbers(3));
        await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i + 1}", n, $"2015-05-2{i + 1}"))]);
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        await CaseWork.DoAsync(story.At, CaseOf(story, "R2"), at =>
            ClaimCase.Decide(at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), Saeki, at.KeyedBy, at.Now), None);
        (await story.QueueAsync("InContact")).Select(r => (r.Rank, r.Id)).ShouldBe([(2, "R2")]);
        (await story.QueueAsync("Queued")).Select(r => (r.Rank, r.Id)).ShouldBe([(1, "R1"), (3, "R3")]);
    }
}
