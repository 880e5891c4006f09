using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Scenarios;

/// <summary>Attacks, people and papers, as an auditor meets them on the pages of a case.</summary>
public sealed class CaseScenarios(Served service) : IClassFixture<Served>
{
    private const string Header =
        "source,request_id,kind,number,filed_on,channel,new_account,previous_account,account_holder,proof,proxy\n";

    private static readonly Caller Auditor = new(Role.Auditor, $"person-{Role.Auditor}"),
        Colleague = new("uchida", "P2");

    private static Guid CaseOf(Story story, string id) => FiledChange.IdOf(story.Incident, id);

    /// <summary>A change in the columns of the header, of a number of the story's list.</summary>
    private static string Change(Story story, string id, string number, string filed, string rest = ",,,,,") =>
        $"{story.Incident},{id},{(id[0] == 'A' ? "address" : "account")},{number},{filed},{rest}\n";

    private async Task<Story> WithAsync(string[] listed, Func<Story, string> changes, bool verifiesAddresses = false)
    {
        var story = await BeginAsync(service.Database,
            policy => verifiesAddresses ? policy with { AddressChanges = "verify" } : policy);
        await story.ListAsync(1, [.. listed.Select(row => row.Contains(',') ? row : Listed(row))]);
        await story.ChangesTextAsync(Header + changes(story));
        await OpenCases.RunAsync(story.At, default);
        return story;
    }

    private static async Task DoAsync(Story story, string id, Func<CaseAtHand, Decision> decide) =>
        (await CaseWork.DoAsync(story.At, CaseOf(story, id), decide, default)).ShouldBeNull();

    private static Task ClaimAsync(Story story, string id) => DoAsync(story, id, at =>
        ClaimCase.Decide(at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), Auditor, at.KeyedBy, at.Now));

    /// <summary>A letter that was sent the day before.</summary>
    private static async Task<Guid> WriteAsync(Story story, string id)
    {
        var letter = Guid.NewGuid();
        await DoAsync(story, id, at => OrderLetter.Decide(
            at.Case, new OrderLetter(letter, "REF-1", null), Auditor, at.Now));
        await DoAsync(story, id, at => RecordLetterSent.Decide(at.Case, new RecordLetterSent(
            Guid.NewGuid(), letter, at.Today.AddDays(-1), at.Today.AddDays(13)), Auditor, at.Now));
        return letter;
    }

    private static Task AnsweredAsync(Story story, string id, Guid letter, bool fromItsAddress, Intent said) =>
        DoAsync(story, id, at => RecordLetterAnswered.Decide(at.Case, new RecordLetterAnswered(
            Guid.NewGuid(), letter, fromItsAddress, said, at.Today, null), Auditor, at.KeyedBy, at.Now));

    private static Task MetAsync(Story story, string id, PersonMet met, params PaperKind[] papers) =>
        DoAsync(story, id, at => RecordMeeting.Decide(at.Case, new RecordMeeting(
            Guid.NewGuid(), MeetingPlace.Counter, met, [.. papers.Select(p => new ShownPaper(p, InOwnName: true))],
            Intent.Confirmed, at.Today, null), Auditor, at.KeyedBy, at.Now));

    private async Task<Desk> AuditorAsync(Story story, string id) =>
        await Desk.OpenAsync(service, Role.Auditor, CaseOf(story, id));

    private static async Task<string> StandingAsync(Story story, string number)
    {
        (await Reconcile.RunAsync(story.At, null, default)).IsClean.ShouldBeTrue();
        await using var standing = await Standing.OpenAsync(story.At, new DateOnly(2015, 6, 15), "test", default);
        return (await standing.AnswerAsync([number], default)).Single().Standing;
    }

    [Fact]
    public async Task s20_the_case_behind_an_address_change_ranks_first_and_a_reply_from_there_does_not_close_it()
    {
        var (chained, other) = (Number(), Number());
        var story = await WithAsync([chained, Listed(other, 4)], s => Change(s, "A1", chained, "2015-05-11")
            + Change(s, "R1", chained, "2015-05-18") + Change(s, "R2", other, "2015-05-12"));
        (await story.QueueAsync()).Select(r => (r.Id, r.Reasons))
            .ShouldBe([("R1", "Listed+AddressChain"), ("R2", "Listed")]);
        await ClaimAsync(story, "R1");
        var letter = await WriteAsync(story, "R1");
        var desk = await AuditorAsync(story, "R1");
        (await desk.PageAsync()).ShouldContain("address first");
        await AnsweredAsync(story, "R1", letter, fromItsAddress: false, Intent.Denied);
        (await desk.ProposeAsync(Verdict.Denied)).ShouldBe(Refusal.EvidenceMissing);
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.EvidenceMissing);
        await AnsweredAsync(story, "R1", letter, fromItsAddress: true, Intent.Denied);
        (await desk.ProposeAsync(Verdict.Denied)).ShouldBeNull("who lives where the letter went may speak");
    }

    [Fact]
    public async Task s21_an_account_change_after_the_cutoff_is_shown_with_the_address_change_and_has_no_case()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "A1", number, "2015-05-25")
            + Change(s, "R1", number, "2015-06-20"), verifiesAddresses: true);
        (await story.IdsAsync()).ShouldBe(["A1"]);
        var page = await (await AuditorAsync(story, "A1")).PageAsync();
        page.ShouldContain($"{story.Incident} R1");
        page.ShouldContain("no case");
    }

    /// <summary>Three strangers, a couple, and nine of one home; who lives with whom is not known.</summary>
    [Fact]
    public async Task s22_who_share_an_account_are_linked_and_three_suggest_a_referral_which_decides_nothing()
    {
        var (numbers, yucho) = (FreshNumbers(14), Random.Shared.Next(1_000_000, 9_999_999));
        string AccountOf(int i) => i switch
        {
            0 => $"yucho:10530-{yucho}1",
            1 => $"zengin:9900-058-1-{yucho}",
            2 => $"yucho:10530-1-{yucho}1",
            3 or 4 => $"zengin:0001-001-1-{numbers[3][^7..]}",
            _ => $"zengin:0001-001-1-{numbers[5][^7..]}",
        };
        var story = await WithAsync(numbers, s => string.Concat(numbers.Select((n, i) =>
            Change(s, $"R{i:D2}", n, "2015-05-20", $",{AccountOf(i)},,,,"))));
        foreach (var (from, count) in new[] { (0, 3), (3, 2), (5, 9) })
        {
            var ids = Enumerable.Range(from, count).Select(i => $"R{i:D2}").ToList();
            foreach (var id in ids)
            {
                var links = await CaseLinks.OfAsync(story.At, CaseOf(story, id), TimeZoneInfo.Utc, default);
                links.Select(l => l.RequestId).Order().ShouldBe(ids.Where(other => other != id));
                links.ShouldAllBe(l => l.Links.Single() == LinkKind.SameNewAccount);
            }

            var page = await (await AuditorAsync(story, ids[0])).PageAsync();
            page.ShouldContain("same new account");
            page.Contains($"{count} holders name this account: refer it").ShouldBe(count > 2);
        }

        (await story.QueueAsync()).ShouldAllBe(r => r.State == "Queued");
        (await StandingAsync(story, numbers[0])).ShouldBe("pending");

        var desk = await AuditorAsync(story, "R00");
        (await desk.SendAsync("referral", ("referred-to", "FraudUnit"), ("note", "three strangers, one account"),
            ("reference", "F-2015-17"))).ShouldBeNull();
        var referred = await desk.PageAsync();
        referred.ShouldContain("Referred for fraud: The fraud unit");
        referred.ShouldContain("F-2015-17");
        referred.ShouldNotContain("holders name this account");
        (await story.RowAsync("R00"))!.State.ShouldBe("InContact", "it decides nothing");
    }

    [Fact]
    public async Task s23_there_and_back_are_two_linked_cases_and_the_old_account_clears_neither()
    {
        var number = Number();
        var story = await WithAsync([number], s =>
            Change(s, "R1", number, "2015-05-10", ",zengin:0001-001-1-1111111,zengin:0001-001-1-2222222,,,")
            + Change(s, "R2", number, "2015-05-29", ",zengin:0001-001-1-2222222,zengin:0001-001-1-1111111,,,"));
        (await story.QueueAsync()).Select(r => (r.Id, r.State)).ShouldBe([("R1", "Queued"), ("R2", "Queued")]);
        foreach (var id in new[] { "R1", "R2" })
        {
            var page = await (await AuditorAsync(story, id)).PageAsync();
            page.ShouldContain("there and back");
            page.ShouldContain("2 account changes of this holder within 30 days.");
        }

        (await StandingAsync(story, number)).ShouldBe("pending");
    }

    [Fact]
    public async Task s24_who_cannot_be_reached_stays_in_the_queue_and_is_given_out_again_before_the_pay_day()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        var letter = await WriteAsync(story, "R1");
        await DoAsync(story, "R1", at => RecordLetterReturned.Decide(
            at.Case, new RecordLetterReturned(Guid.NewGuid(), letter, at.Today), Auditor, at.Now));
        var desk = await AuditorAsync(story, "R1");
        (await desk.ProposeAsync(Verdict.Unreachable)).ShouldBeNull();
        var (proposal, nextPayDay) = (Guid.Empty, default(DateOnly));
        await CaseWork.DoAsync(story.At, CaseOf(story, "R1"), at =>
        {
            (proposal, nextPayDay) = (at.Case.Proposal!.Entry, at.NextPayDay);
            return Decision.Nothing;
        }, default);
        await DoAsync(story, "R1", at => ApproveVerdict.Decide(
            at.Case, new ApproveVerdict(proposal), Colleague, at.KeyedBy, at.NextPayDay, at.Now));
        (await story.QueueAsync()).Single().State.ShouldBe("Unreachable");
        (await StandingAsync(story, number)).ShouldBe("pending");

        var incident = (await IncidentBar.LoadAsync(story.At, story.Incident, default))!.Incident.No;
        var then = new DateTimeOffset(nextPayDay.AddDays(-7), new TimeOnly(12, 0), TimeSpan.Zero);
        var untilThen = then - story.At.Clock.GetUtcNow();
        var before = story.At with { Clock = new Ahead { By = untilThen - TimeSpan.FromDays(2) } };
        if (untilThen > TimeSpan.FromDays(2))
        {
            (await TakeNext.RunAsync(before, incident, Auditor, default)).ShouldBeNull("it is not back yet");
        }

        var back = story.At with { Clock = new Ahead { By = untilThen } };
        (await TakeNext.RunAsync(back, incident, Auditor, default)).ShouldBe(CaseOf(story, "R1"));
        var afterYears = story.At with { Clock = new Ahead { By = TimeSpan.FromDays(100) } };
        (await CaseWork.DoAsync(afterYears, CaseOf(story, "R1"), at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(Guid.NewGuid(), Verdict.Confirmed, null), Auditor, at.KeyedBy, at.Now),
            default)).ShouldBe(Refusal.EvidenceMissing, "time confirms nothing");
    }

    [Fact]
    public async Task s25_a_denied_case_asks_for_a_referral_until_one_is_recorded()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        await AnsweredAsync(story, "R1", await WriteAsync(story, "R1"), fromItsAddress: true, Intent.Denied);
        var desk = await AuditorAsync(story, "R1");
        (await desk.PageAsync()).ShouldNotContain("A referral for fraud", Case.Sensitive, "the verdict needs none");
        (await desk.ProposeAsync(Verdict.Denied)).ShouldBeNull();
        await DoAsync(story, "R1", at => ApproveVerdict.Decide(at.Case,
            new ApproveVerdict(at.Case.Proposal!.Entry), Colleague, at.KeyedBy, at.NextPayDay, at.Now));
        StillToDo(await desk.PageAsync()).ShouldContain("A referral for fraud");
        (await desk.SendAsync("referral", ("referred-to", "Police"), ("note", "the holder denies it"),
            ("reference", "P-17"))).ShouldBeNull();
        var page = await desk.PageAsync();
        page.ShouldContain("Referred for fraud: The police");
        StillToDo(page).ShouldContain("nothing");
        (await StandingAsync(story, number)).ShouldBe("hold");
    }

    private static string StillToDo(string page) =>
        page[page.IndexOf("Still to do", StringComparison.Ordinal)..].Split("</section>")[0];

    [Fact]
    public async Task s26_a_change_with_perfect_papers_is_queued_and_they_count_for_nothing()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20", ",,,,bank-stamp,")
            + Change(s, "R2", number, "2015-05-20", ",,,,passbook-copy,"));
        (await story.QueueAsync()).Select(r => r.State).ShouldBe(["Queued", "Queued"]);
        await ClaimAsync(story, "R1");
        await WriteAsync(story, "R1");
        (await (await AuditorAsync(story, "R1")).ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.EvidenceMissing);
    }

    [Fact]
    public async Task s27_a_caller_who_knows_all_that_leaked_closes_nothing_and_is_reported()
    {
        var number = Number();
        var story = await WithAsync([Listed(number, 4)], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        await WriteAsync(story, "R1");
        var desk = await AuditorAsync(story, "R1");
        (await desk.SendAsync("call", ("said", "Confirmed"), ("note", "knew number, name, birth date and address")))
            .ShouldBeNull();
        (await desk.SendAsync("suspicion", ("suspicion", "AsksToCloseByPhone"))).ShouldBeNull();
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.LeakedFieldsOnly);
        var page = await desk.PageAsync();
        page.ShouldContain("Suspicious contact");
        page.ShouldContain($"Refused: {Refusal.LeakedFieldsOnly.Sentence()}");
        (await story.RowAsync("R1"))!.State.ShouldBe("InContact");
    }

    [Fact]
    public async Task s28_a_signed_answer_confirms_nothing_and_of_one_proxys_changes_a_second_look_is_asked()
    {
        var numbers = FreshNumbers(8);
        var story = await WithAsync(numbers, s => string.Concat(numbers.Select((n, i) =>
            Change(s, $"R{i}", n, "2015-05-20", i < 7 ? $",,,,,田中{numbers[0]}" : ",,,,,"))));
        await ClaimAsync(story, "R0");
        await AnsweredAsync(story, "R0", await WriteAsync(story, "R0"), fromItsAddress: true, Intent.Confirmed);
        var links = await CaseLinks.OfAsync(story.At, CaseOf(story, "R0"), TimeZoneInfo.Utc, default);
        links.Count(l => l.Links.Contains(LinkKind.SameProxy)).ShouldBe(6);
        var desk = await AuditorAsync(story, "R0");
        (await desk.PageAsync()).ShouldContain("Its proxy filed for 7 holders, and may have signed their answers.");
        (await desk.PageAsync()).ShouldContain("Look a second time: only a meeting with the holder confirms it");
        (await (await AuditorAsync(story, "R7")).PageAsync()).ShouldNotContain("Look a second time");
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.EvidenceMissing);
        await MetAsync(story, "R0", PersonMet.Holder, PaperKind.Passport);
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBeNull("it was looked at a second time");
    }

    [Fact]
    public async Task s30_what_was_reported_of_one_bank_branch_within_days_is_counted_and_linked()
    {
        var numbers = FreshNumbers(6);
        string Account(int i) => $"{numbers[0][^4..]}-{(i == 4 ? "778" : "777")}-1-{numbers[i][^7..]}";
        var story = await WithAsync(numbers, s => string.Concat(numbers.Select((n, i) =>
            Change(s, $"R{i}", n, $"2015-05-{10 + i}", $",zengin:{Account(i)},,,,"))));
        var reports = Enumerable.Range(0, 6).Select(_ => Guid.NewGuid()).ToArray();
        Task ReportAsync(int i, int daysAgo) => DoAsync(story, $"R{i}", at => ReportSuspicion.Decide(at.Case,
            new ReportSuspicion(reports[i], Suspicion.MoneyLost, at.Today.AddDays(-daysAgo), null), Auditor, at.Now));
        async Task CountedAsync(int i, int holders)
        {
            var page = await (await AuditorAsync(story, $"R{i}")).PageAsync();
            page.Contains($"{holders} holders reported a change to this bank branch").ShouldBe(holders > 1, $"R{i}");
            page.Contains(">same branch<").ShouldBe(holders > 1, $"R{i}");
        }

        await ReportAsync(0, daysAgo: 10);
        await CountedAsync(0, 1);
        await DoAsync(story, "R1", at => RecordCall.Decide(at.Case,
            new RecordCall(reports[1], Intent.Denied, at.Today.AddDays(-8), null), Auditor, at.Now));
        await CountedAsync(0, 2);
        await CountedAsync(1, 2);
        await ReportAsync(2, daysAgo: 7);
        await CountedAsync(2, 3);

        await ReportAsync(4, daysAgo: 7);
        await CountedAsync(4, 1);
        await CountedAsync(3, 1);
        await ReportAsync(5, daysAgo: 0);
        await CountedAsync(5, 2);
        (await story.QueueAsync()).Select(r => r.State).Distinct().Order().ShouldBe(["InContact", "Queued"]);
        var linked = await QueueView.LoadAsync(
            story.At, story.Incident, new QueueFilter(IsLinked: true), Auditor.Login, null, default);
        linked!.PayDays.SelectMany(d => d.Cases).Select(c => c.Row.RequestId).Order()
            .ShouldBe(["R0", "R1", "R2", "R5"]);

        await DoAsync(story, "R1", at => TakeBackEntry.Decide(
            at.Case, new TakeBackEntry(reports[1]), Auditor, at.Released, at.Now));
        await CountedAsync(1, 1);
        await CountedAsync(2, 3);
        await CountedAsync(0, 2);
    }

    [Fact]
    public async Task s30_of_two_reports_at_once_the_later_waits_and_both_are_linked()
    {
        var numbers = FreshNumbers(2);
        var story = await WithAsync(numbers, s => string.Concat(numbers.Select((n, i) => Change(
            s, $"R{i}", n, "2015-05-20", $",zengin:{numbers[0][^4..]}-779-1-{n[^7..]},,,,"))));
        static Decision Report(CaseAtHand at) => ReportSuspicion.Decide(at.Case,
            new ReportSuspicion(Guid.NewGuid(), Suspicion.MoneyLost, at.Today, null), Auditor, at.Now);
        await using var connection = await story.At.Database.OpenConnectionAsync();
        await using var first = await connection.BeginTransactionAsync();
        await CaseWork.DoAsync(story.At, first, CaseOf(story, "R0"), Report, default);
        var second = DoAsync(story, "R1", Report);
        await using var waits = story.At.Database.CreateCommand(
            """
            select exists (
                select from pg_locks l join pg_database d on d.oid = l.database
                where l.locktype = 'advisory' and not l.granted and d.datname = current_database())
            """);
        while (!second.IsCompleted && !(bool)(await waits.ExecuteScalarAsync())!)
        {
        }

        await first.CommitAsync();
        await second;
        var linked = await QueueView.LoadAsync(
            story.At, story.Incident, new QueueFilter(IsLinked: true), Auditor.Login, null, default);
        linked!.Total.ShouldBe(2);
    }

    [Fact]
    public async Task s32_the_address_of_who_fled_is_on_no_page_and_in_no_list()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await story.HoldersAsync([$"{number},架空花子,,,100-0001,架空県秘密市七丁目,2015-04-01,true,,,"]);
        var desk = await Desk.OpenAsync(service, "protected-auditor", CaseOf(story, "R1"));
        (await desk.PageAsync()).ShouldContain("架空花子");
        using var caller = service.As(Role.Auditor);
        foreach (var page in new[]
        {
            await desk.PageAsync(), await desk.PageAsync($"/cases?incident={story.Incident}"),
            await caller.GetStringAsync($"/api/cases?incident={story.Incident}"),
        })
        {
            page.ShouldNotContain("秘密市");
            page.ShouldNotContain("100-0001");
        }
    }

    [Theory]
    [InlineData("DrivingLicence", true)]
    [InlineData("InsuranceCard", false)]
    [InlineData("InsuranceCard Passbook", true)]
    [InlineData("InsuranceCard InsuranceCard", false)]
    public async Task s45_who_appears_at_the_counter_proves_who_they_are_by_the_papers(string papers, bool proves)
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        await WriteAsync(story, "R1");
        var desk = await AuditorAsync(story, "R1");
        (await desk.SendAsync("meeting", [("place", "Counter"), ("met", "Holder"), ("said", "Confirmed"),
            .. papers.Split(' ').Select(p => ("paper", p))])).ShouldBeNull();
        (await desk.PageAsync()).ShouldContain(proves ? "identity proven" : "identity not proven");
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(proves ? null : Refusal.EvidenceMissing);
    }

    [Theory]
    [InlineData(PersonMet.Proxy, "ProxyLetter", false)]
    [InlineData(PersonMet.Proxy, "ProxyLetter DrivingLicence", false)]
    [InlineData(PersonMet.Guardian, "DrivingLicence", false)]
    [InlineData(PersonMet.Guardian, "DrivingLicence GuardianCertificate", true)]
    public async Task s46_a_proxy_never_speaks_for_the_holders_intent_and_a_guardian_shows_the_right_to(
        PersonMet met, string papers, bool counts)
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        await WriteAsync(story, "R1");
        await MetAsync(story, "R1", met, [.. papers.Split(' ').Select(Enum.Parse<PaperKind>)]);
        (await (await AuditorAsync(story, "R1")).ProposeAsync(Verdict.Confirmed))
            .ShouldBe(counts ? null : Refusal.EvidenceMissing);
    }

    [Theory]
    [InlineData("online", "後見太郎", true)]
    [InlineData("online", "", false)]
    [InlineData("counter", "後見太郎", false)]
    public async Task s46_a_change_filed_online_is_flagged_where_the_holder_has_a_guardian(
        string channel, string guardian, bool isFlagged)
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(
            s, "R1", number, "2015-05-20", $"{channel},,,ﾈﾝｷﾝ ﾊﾅｺ ｾｲﾈﾝｺｳｹﾝﾆﾝ ｺｳｹﾝ ﾀﾛｳ,,"));
        await story.HoldersAsync([$"{number},年金花子,ネンキンハナコ,,,,,,,{guardian},"]);
        var page = await (await AuditorAsync(story, "R1")).PageAsync();
        page.ShouldContain("chip warn\">look<");
        page.Contains("no guardian files online").ShouldBe(isFlagged);
        (await story.RowAsync("R1"))!.State.ShouldBe("Queued");
    }

    [Theory]
    [InlineData("ﾈﾝｷﾝ ﾊﾅｺ", "chip good\">equal<")]
    [InlineData("ﾈﾝｷﾝ ﾊﾅｺ ｾｲﾈﾝｺｳｹﾝﾆﾝ ﾔﾏﾀﾞ", "chip warn\">look<")]
    [InlineData("ﾔﾏﾀﾞ ﾀﾛｳ", "chip stop\">different<")]
    public async Task s47_a_comparison_of_names_is_shown_and_decides_nothing(string onTheAccount, string shown)
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20", $",,,{onTheAccount},,"));
        await story.HoldersAsync([$"{number},年金花子,ネンキンハナコ,,,,,,,,"]);
        (await (await AuditorAsync(story, "R1")).PageAsync()).ShouldContain(shown);
        (await story.RowAsync("R1"))!.State.ShouldBe("Queued");
        (await StandingAsync(story, number)).ShouldBe("pending");
    }

    [Fact]
    public async Task s50_an_account_abroad_and_a_latin_name_are_no_error()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(
            s, "R1", number, "2015-05-20", "abroad,iban:GB29NWBK60161331926819,,Hanako Nenkin,,"));
        await story.HoldersAsync([$"{number},Hanako Nenkin,,,,,,,,,"]);
        (await story.RowAsync("R1"))!.Reasons.ShouldBe("Listed");
        var page = await (await AuditorAsync(story, "R1")).PageAsync();
        page.ShouldContain("GB29NWBK60161331926819");
        page.ShouldContain("chip good\">equal<");

        await ClaimAsync(story, "R1");
        var (letter, today) = (Guid.NewGuid(), DateOnly.MinValue);
        await DoAsync(story, "R1", at =>
        {
            today = at.Today;
            return OrderLetter.Decide(at.Case, new OrderLetter(letter, "REF-1", null), Auditor, at.Now);
        });
        var desk = await AuditorAsync(story, "R1");
        (await desk.SendAsync("letter-sent", ("letter", $"{letter}"), ("abroad", "yes"), ("reference", "shelf 7")))
            .ShouldBeNull();
        (await desk.PageAsync()).ShouldContain($"Letter sent by hand, answer due {today.AddDays(42).Iso()}");
    }

    [Fact]
    public async Task s57_contact_is_by_post_and_a_visit_needs_a_letter_before_it()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20"));
        await ClaimAsync(story, "R1");
        var desk = await AuditorAsync(story, "R1");
        (await desk.SendAsync("visit", ("means", "Phone"))).ShouldBe(Refusal.PostOnly);
        (await desk.SendAsync("visit", ("means", "ElectronicMail"))).ShouldBe(Refusal.PostOnly);
        (await desk.SendAsync("visit", ("means", "Visit"))).ShouldBe(Refusal.NoLetterBefore);
        (await desk.SendAsync("call", ("said", "NotKnown"))).ShouldBeNull();
        await WriteAsync(story, "R1");
        (await desk.SendAsync("visit", ("means", "Visit"))).ShouldBeNull();
        (await desk.PageAsync()).ShouldContain($"Refused: {Refusal.PostOnly.Sentence()}");
    }

    [Fact]
    public async Task s60_confirmed_needs_letter_papers_and_a_second_person_and_is_explained()
    {
        var number = Number();
        var elsewhere = await BeginAsync(service.Database);
        await elsewhere.ListAsync(1, [Listed(Number())]);
        var story = await WithAsync([number], s => Change(s, "R1", number, "2015-05-20")
            + Change(s, "R2", number, "2015-05-20"));
        await ClaimAsync(story, "R2");
        await MetAsync(story, "R2", PersonMet.Holder, PaperKind.Passport);
        (await (await AuditorAsync(story, "R2")).ProposeAsync(Verdict.Confirmed))
            .ShouldBe(Refusal.EvidenceMissing, "no letter told the holder of the change");
        var desk = await AuditorAsync(story, "R1");
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.NotYours);
        await ClaimAsync(story, "R1");
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.EvidenceMissing);
        await WriteAsync(story, "R1");
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBe(Refusal.EvidenceMissing);
        await MetAsync(story, "R1", PersonMet.Holder, PaperKind.Passport);
        (await desk.ProposeAsync(Verdict.Confirmed)).ShouldBeNull();
        (await story.RowAsync("R1"))!.State.ShouldBe("Proposed");
        var second = await Desk.OpenAsync(service, Role.Approver, CaseOf(story, "R1"));
        (await second.SendAsync("verdict/approve")).ShouldBeNull();
        (await story.QueueAsync("Confirmed")).Single().Id.ShouldBe("R1");
        await using var session = story.At.Events.LightweightSession();
        var verdict = VerdictStory.Of([.. (await session.Events.FetchStreamAsync(CaseOf(story, "R1")))
            .Select(e => e.Data)]).Single();
        verdict.Evidence.Select(e => e.GetType()).ShouldBe([typeof(LetterSent), typeof(MeetingHeld)]);
        (verdict.Proposed.Auditor, verdict.Approved.Approver.Person).ShouldBe((Auditor, $"person-{Role.Approver}"));

        var run = await CommandRun.OfAsync(
            service.Database, "verdicts", "--incident", story.Incident, "--seed", "1", "--json");
        using var sample = JsonDocument.Parse(run.Output);
        var drawn = sample.RootElement.GetProperty("verdicts").EnumerateArray().ShouldHaveSingleItem();
        drawn.GetProperty("requestId").GetString().ShouldBe("R1");
        drawn.GetProperty("verdict").GetString().ShouldBe("Confirmed");
        drawn.GetProperty("proposedBy").GetProperty("login").GetString().ShouldBe(Auditor.Login);
        drawn.GetProperty("approvedBy").GetProperty("person").GetString().ShouldBe($"person-{Role.Approver}");
        var evidence = drawn.GetProperty("evidence").EnumerateArray().ToList();
        evidence.Select(e => e.GetProperty("what").GetString()).ShouldBe(["LetterSent", "MeetingHeld"]);
        var met = evidence[1].GetProperty("recorded");
        met.GetProperty("place").GetString().ShouldBe("Counter");
        met.GetProperty("met").GetString().ShouldBe("Holder");
        met.GetProperty("shown").EnumerateArray().ShouldHaveSingleItem().GetProperty("kind").GetString()
            .ShouldBe("Passport");
        run.Output.ShouldNotContain(number);

        run = await CommandRun.OfAsync(service.Database, "verdicts", "--incident", elsewhere.Incident, "--json");
        using var none = JsonDocument.Parse(run.Output);
        none.RootElement.GetProperty("verdicts").GetArrayLength().ShouldBe(0, "none was given in that incident");
    }

    [Fact]
    public async Task s66_outside_a_case_all_is_masked_and_who_opens_one_is_recorded()
    {
        var number = Number();
        var story = await WithAsync([number], s => Change(
            s, "R1", number, "2015-05-20", ",zengin:0001-001-1-7654321,,ﾈﾝｷﾝ ﾊﾅｺ,,"));
        await story.HoldersAsync([$"{number},年金花子,ネンキンハナコ,,,,,,,,"]);
        var desk = await AuditorAsync(story, "R1");
        using var caller = service.As(Role.Auditor);
        using var payments = service.As(Role.PaymentSystem);
        using var refused = await payments.PostAsync("/api/payments/standing",
            Served.Json(new { payDay = "never", numbers = new[] { number } }));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var list = await desk.PageAsync($"/cases?incident={story.Incident}");
        list.ShouldContain($"••••-•••{number[^3..]}");
        foreach (var outside in new[]
        {
            list, await caller.GetStringAsync($"/api/cases?incident={story.Incident}"),
            await refused.Content.ReadAsStringAsync(),
        })
        {
            Regex.Replace(outside, "[- ]", "").ShouldNotContain(number);
            outside.ShouldNotContain("7654321");
            outside.ShouldNotContain("年金花子");
            outside.ShouldNotContain("ﾈﾝｷﾝ");
        }

        (await ReadsAsync(story)).ShouldBe(0);
        (await desk.PageAsync()).ShouldContain("7654321");
        (await ReadsAsync(story)).ShouldBeGreaterThan(0);
    }

    private static async Task<long> ReadsAsync(Story story)
    {
        await using var count = story.At.Database.CreateCommand(
            """
            select count(*) from access_record a join account_change c on c.number_key = a.number_key
            where c.change_id = @change and a.who = @who and a.purpose = @purpose
            """);
        count.Parameters.AddWithValue("change", CaseOf(story, "R1"));
        count.Parameters.AddWithValue("who", $"{Auditor}");
        count.Parameters.AddWithValue("purpose", CaseFile.Purpose);
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
