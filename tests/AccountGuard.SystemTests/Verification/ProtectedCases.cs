using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Queues;
using AccountGuard.Verification.Several;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>S32: the cases of a protected holder, for those who have the role for them and for nobody else.</summary>
[Collection(SharedService.Name)]
public sealed class ProtectedCases(Served service)
{
    private const string Auditor = "protected-auditor", Approver = "protected-approver", Office = "虹ヶ浜";

    private static readonly Caller Saeki = new("saeki", "P1");

    private static Guid CaseOf(Story story, string id) => FiledChange.IdOf(story.Incident, id);

    /// <summary>P32 of the protected, which ranks first, and R2 of somebody else at the same office.</summary>
    private async Task<Story> WithAsync(string? number = null)
    {
        var story = await BeginAsync(service.Database);
        var (hidden, other) = (number ?? Number(), Number());
        await story.ListAsync(1, [Listed(hidden), Listed(other)]);
        await story.ChangesTextAsync("source,request_id,number,filed_on,new_account,office\n"
            + $"{story.Incident},P32,{hidden},2015-05-10,zengin:0001-001-1-7654321,{Office}\n"
            + $"{story.Incident},R2,{other},2015-05-18,zengin:0001-001-1-1112223,{Office}\n");
        await story.HoldersAsync([$"{hidden},,,,,架空県夢見市,2001-04-01,true,,,"]);
        await OpenCases.RunAsync(story.At, default);
        return story;
    }

    private static async Task<IncidentBar> BarAsync(Story story) =>
        (await IncidentBar.LoadAsync(story.At, story.Incident, default))!;

    private static async Task<long> WaitingAsync(Story story, Installation? at = null)
    {
        var incident = (await BarAsync(story)).Incident.No;
        return (await QueueCounted.CountAsync(at ?? story.At, incident, null, default)).Counts[QueueFigures.Protected];
    }

    private static async Task<object[]> EventsAsync(Story story, string id)
    {
        await using var session = story.At.Events.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(CaseOf(story, id))).Select(e => e.Data)];
    }

    private static async Task<string> ReadAsync(HttpClient browser, string path, HttpStatusCode status)
    {
        using var answer = await browser.GetAsync(path);
        answer.StatusCode.ShouldBe(status, path);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task an_office_where_nobody_but_a_protected_holder_filed_is_in_no_list()
    {
        var (story, hidden) = (await WithAsync(), Number());
        await story.ListAsync(2, [Listed(hidden)]);
        await story.ChangesTextAsync(
            $"source,request_id,number,filed_on,office\n{story.Incident},P33,{hidden},2015-05-12,北支所\n");
        (await OfficesAsync()).ShouldBe([Office, "北支所"], ignoreOrder: true);
        await story.HoldersAsync([$"{hidden},,,,,架空県夢見市,2001-04-01,true,,,"]);
        (await OfficesAsync()).ShouldBe([Office]);

        async Task<IReadOnlyList<string>> OfficesAsync() => (await QueueCounted.CountAsync(
            story.At, (await BarAsync(story)).Incident.No, null, default)).Offices;
    }

    private async Task<long> RefusedAsync(string login)
    {
        await using var count = service.Database.At.Database.CreateCommand(
            "select count(*) from access_record where fields = 'case, refused' and who like @who || ' %'");
        count.Parameters.AddWithValue("who", login);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task whoever_lacks_the_role_is_given_the_next_one_and_the_protected_one_waits_and_is_counted()
    {
        var story = await WithAsync();
        var incident = (await BarAsync(story)).Incident.No;
        (await story.IdsAsync()).ShouldBe(["P32", "R2"]);
        (await WaitingAsync(story)).ShouldBe(1);
        (await TakeNext.RunAsync(story.At, incident, Saeki, default)).ShouldBe(CaseOf(story, "R2"));
        (await TakeNext.RunAsync(story.At, incident, Saeki, default)).ShouldBeNull();
        (await EventsAsync(story, "P32")).OfType<AttemptRefused>().ShouldBeEmpty("nobody asked for that case");
        (await TakeNext.RunAsync(story.At, incident, Saeki, default, mayTakeProtected: true))
            .ShouldBe(CaseOf(story, "P32"));
        (await WaitingAsync(story)).ShouldBe(0);
        var later = story.At with { Clock = new Ahead { By = ClaimCase.Lasts } };
        (await WaitingAsync(story, later)).ShouldBe(1, "at the instant of its expiry a claim is over");
    }

    [Theory]
    [InlineData(Role.Auditor, "claim")]
    [InlineData(Role.Approver, "verdict/approve")]
    [InlineData(Role.Compliance, null)]
    public async Task nobody_opens_one_or_works_on_it_without_the_role_and_who_tries_is_on_record(
        string role, string? form)
    {
        var story = await WithAsync();
        var path = $"/cases/{CaseOf(story, "P32")}";
        using var browser = await service.BrowserOfAsync(role);
        var before = await RefusedAsync(role);
        (await ReadAsync(browser, path, HttpStatusCode.Forbidden)).ShouldContain("only people with the role for it");
        (await ReadAsync(browser, $"{path}/exhibits/{Guid.NewGuid()}", HttpStatusCode.Forbidden))
            .ShouldContain("The holder is protected");
        (await RefusedAsync(role)).ShouldBe(before + 2);
        await ReadAsync(browser, $"/cases/{CaseOf(story, "R2")}", HttpStatusCode.OK);
        if (form is null)
        {
            return;
        }

        var token = Served.TokenOf(await browser.GetStringAsync("/cases/find"));
        using var answer = await browser.PostAsync($"{path}/{form}", new FormUrlEncodedContent(
            [new("__RequestVerificationToken", token), new("proposal", $"{Guid.NewGuid()}")]));
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var refused = (await EventsAsync(story, "P32")).OfType<AttemptRefused>().ShouldHaveSingleItem();
        (refused.Refusal, refused.By.Login).ShouldBe((Refusal.ProtectedHolder, role));
        (await EventsAsync(story, "P32")).OfType<CaseClaimed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task two_people_with_the_role_bring_it_to_its_end()
    {
        var (story, letter) = (await WithAsync(), Guid.NewGuid());
        var change = CaseOf(story, "P32");
        var one = await Desk.OpenAsync(service, Auditor, change);
        (await one.SendAsync("claim")).ShouldBeNull();
        (await one.PageAsync()).ShouldNotContain("架空県", customMessage: "also to them no address is shown");
        Func<CaseAtHand, Decision>[] sent =
        [
            hand => OrderLetter.Decide(hand.Case, new OrderLetter(letter, "REF-1", null), Saeki, hand.Now),
            hand => RecordLetterSent.Decide(hand.Case, new RecordLetterSent(
                Guid.NewGuid(), letter, hand.Today.AddDays(-1), hand.Today.AddDays(13)), Saeki, hand.Now),
        ];
        foreach (var step in sent)
        {
            (await CaseWork.DoAsync(story.At, change, step, default)).ShouldBeNull();
        }

        (await one.SendAsync("meeting", ("place", $"{MeetingPlace.Counter}"), ("met", $"{PersonMet.Holder}"),
            ("paper", $"{PaperKind.Passport}"), ("said", $"{Intent.Denied}"))).ShouldBeNull();
        (await one.ProposeAsync(Verdict.Denied)).ShouldBeNull();
        var other = await Desk.OpenAsync(service, Approver, change);
        (await other.SendAsync("verdict/approve")).ShouldBeNull();
        (await EventsAsync(story, "P32")).OfType<VerdictApproved>().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(false, nameof(Refusal.ProtectedHolder))]
    [InlineData(true, SeveralCases.Done)]
    public async Task several_at_once_are_asked_the_same_for_each(bool hasRole, string result)
    {
        var story = await WithAsync();
        Guid[] cases = [CaseOf(story, "P32"), CaseOf(story, "R2")];
        var id = await SeveralCases.AskAsync(
            story.At, Saeki, "claim", new Dictionary<string, string>(), cases, default, MassHolds.Usual, hasRole);
        var work = await SeveralCases.FindAsync(story.At, id, Saeki, default);
        (await SeveralCases.ForetellAsync(story.At, work, default))[cases[0]].ShouldBe(result);
        await SeveralCases.StartAsync(story.At, id, Saeki, work.Content, default);
        await SeveralCases.RunAsync(story.At, id, 2, default);
        work = await SeveralCases.FindAsync(story.At, id, Saeki, default);
        (work.Results[cases[0]], work.Results[cases[1]]).ShouldBe((result, SeveralCases.Done));
    }

    [Theory]
    [InlineData(Role.Compliance, false)]
    [InlineData(Auditor, true)]
    public async Task what_was_paid_to_the_denied_account_of_one_is_told_to_those_with_the_role(
        string role, bool isTold)
    {
        var number = Number();
        var story = await WithAsync(number);
        await story.PaymentsAsync(
            $"{story.Incident},{number},sent,2015-06-15,123457,zengin:0001-001-1-7654321,,,,");
        await TwoPeople.DenyAsync(story.At, CaseOf(story, "P32"));
        using var browser = await service.BrowserOfAsync(role);
        var page = await ReadAsync(browser, "/recalls", HttpStatusCode.OK);
        var row = page[page.IndexOf($"{story.Incident} P32", StringComparison.Ordinal)..];
        row = row[..row.IndexOf("</tr>", StringComparison.Ordinal)];
        (row.Contains("123,457"), row.Contains("2015-06-15")).ShouldBe((isTold, isTold));
        row.Contains("Protected").ShouldBe(!isTold);
    }

    [Fact]
    public async Task lists_show_that_it_is_there_and_neither_number_nor_account_nor_office()
    {
        var story = await WithAsync();
        using var browser = await service.BrowserOfAsync(Role.Auditor);
        var page = await ReadAsync(browser, $"/cases?incident={story.Incident}", HttpStatusCode.OK);
        page.ShouldContain("Open cases of protected holders that nobody has: 1.");
        page.ShouldContain($"{story.Incident} P32");
        page.ShouldContain("223", customMessage: "the other's account is there, masked");
        page.ShouldNotContain("4321");
        page.ShouldNotContain("•321");
        var atOffice = await ReadAsync(
            browser, $"/cases?incident={story.Incident}&office={Uri.EscapeDataString(Office)}", HttpStatusCode.OK);
        atOffice.ShouldContain($"{story.Incident} R2");
        atOffice.ShouldNotContain($"{story.Incident} P32", customMessage: "it would tell where it was filed");

        using var caller = service.As(Role.Auditor);
        var listed = await caller.GetAsync($"/api/cases?incident={story.Incident}").BodyAsync(HttpStatusCode.OK);
        listed.GetProperty("cases").EnumerateArray().Select(c => c.Of<string>("number"))
            .Select(number => number == ShowNumbers.Erased).ShouldBe([true, false]);
    }
}
