using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Several;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Holds on many persons need a plan, a text and another person; one does not (Rule 18, S65).</summary>
public sealed class MassHoldTests(Served service) : IClassFixture<Served>
{
    private static readonly Caller Saeki = new("saeki", "P1"), Utsumi = new("utsumi", "P2");
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly MassHolds Three = new(MostWithoutPlan: 3);

    private Installation At => service.Database.At;

    private DateOnly Today => PayDayCalendar.DayOf(At.Clock.GetUtcNow());

    private async Task<DateOnly> NextAsync() => (await PayDayCalendar.FromAsync(
        At, new DeadlineSettings(null, null), Today, 1, None)).Single().PayDay;

    private async Task<(string[] Numbers, Guid[] Cases)> CasesAsync(int count)
    {
        var (story, numbers) = (await BeginAsync(service.Database), FreshNumbers(count));
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        await story.ChangesAsync([.. numbers.Select((n, i) => story.Filed($"R{i}", n, "2015-05-20"))]);
        await OpenCases.RunAsync(At, None, waits: true);
        return (numbers, [.. numbers.Select((_, i) => FiledChange.IdOf(story.Incident, $"R{i}"))]);
    }

    private async Task<Dictionary<string, string>> HoldAsync(bool withPlan = true, string? without = null)
    {
        var said = new Dictionary<string, string>
        {
            ["through"] = $"{await NextAsync():yyyy-MM-dd}",
            [MassHolds.Reason] = $"{HoldReason.LinkedToFraud}",
            ["pay-to"] = $"{PayTo.Keep}",
        };
        if (withPlan)
        {
            said["released-by"] = "the team of the east office";
            said["releases-a-day"] = "40";
            said["released-until"] = $"{Today.AddDays(10):yyyy-MM-dd}";
            said["text-ja"] = "お支払いを一時止めています。";
            said["text-en"] = "Your payment waits for a check.";
        }

        said.Remove(without ?? "");
        return said;
    }

    private async Task<JointWork> DoneAsync(Guid id, Caller by)
    {
        await SeveralCases.StartAsync(
            At, id, by, (await SeveralCases.FindAsync(At, id, by, None)).Content, None);
        while (await SeveralCases.RunAsync(At, id, 100, None))
        {
        }

        return await SeveralCases.FindAsync(At, id, by, None);
    }

    private async Task<string[]> StandingsAsync(string[] numbers)
    {
        await Publication.FinishAsync(At, null, None);
        await Reconcile.RunAsync(At, null, None);
        await using var standing = await Standing.OpenAsync(At, await NextAsync(), "test", None);
        return [.. (await standing.AnswerAsync(numbers, None)).Select(a => a.Standing).Distinct()];
    }

    private async Task<long> WaitingAsync(Guid work) => (await MassHolds.WaitingAsync(At, Today, None))
        .Where(holds => holds.Work == work).Sum(holds => holds.Cases);

    /// <summary>As on the page of a case: one is approved, sent back or taken back, or its case ends.</summary>
    [Fact]
    public async Task S65_what_is_handled_case_by_case_waits_no_longer()
    {
        var (_, cases) = await CasesAsync(5);
        var proposed = await SeveralCases.AskAsync(At, Saeki, MassHolds.Action, await HoldAsync(), cases, None, Three);
        await DoneAsync(proposed, Saeki);
        (await WaitingAsync(proposed)).ShouldBe(5);
        await HandleAsync(0, (at, hold) => ApproveHold.Decide(
            at.Case, new ApproveHold(hold), Utsumi, at.KeyedBy, at.Now));
        await HandleAsync(1, (at, hold) => SendBackHold.Decide(
            at.Case, new SendBackHold(hold, new Exhibit(Guid.NewGuid(), "00")), Utsumi, at.KeyedBy, at.Now));
        await HandleAsync(2, (at, hold) => TakeBackEntry.Decide(
            at.Case, new TakeBackEntry(hold), Saeki, at.Released, at.Now));
        (await WaitingAsync(proposed)).ShouldBe(2);
        await TwoPeople.EndAsync(At, cases[3], Verdict.Confirmed);
        (await WaitingAsync(proposed)).ShouldBe(1);
        await TwoPeople.EndAsync(At, cases[4], Verdict.Denied);
        (await WaitingAsync(proposed)).ShouldBe(0);

        async Task HandleAsync(int which, Func<CaseAtHand, Guid, Decision> decide) => (await CaseWork.DoAsync(
            At, cases[which], at => decide(at, at.Case.Holds.Single().Id), None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("released-by")]
    [InlineData("releases-a-day")]
    [InlineData("released-until")]
    [InlineData("text-ja")]
    [InlineData("text-en")]
    public async Task S65_holds_on_more_persons_are_not_even_proposed_without_plan_and_text(string missing)
    {
        var (_, cases) = await CasesAsync(4);
        (await Should.ThrowAsync<BadInput>(async () => await SeveralCases.AskAsync(
            At, Saeki, MassHolds.Action, await HoldAsync(without: missing), cases, None, Three))).Message
            .ShouldBe(MassHolds.MissingOf(missing));
        await SeveralCases.AskAsync(
            At, Saeki, MassHolds.Action, await HoldAsync(withPlan: false), cases[..3], None, Three);
    }

    [Fact]
    public async Task S65_persons_count_and_not_cases()
    {
        var story = await BeginAsync(service.Database);
        var (one, alias) = (Number(), Number());
        await story.ListAsync(1, [Listed(one)]);
        await story.RenumberAsync($"{one},{alias},2015-08-24");
        await story.ChangesAsync([.. Enumerable.Range(0, 6)
            .Select(i => story.Filed($"R{i}", i % 2 == 0 ? one : alias, "2015-05-20"))]);
        await SeveralCases.AskAsync(At, Saeki, MassHolds.Action, await HoldAsync(withPlan: false),
            [.. Enumerable.Range(0, 6).Select(i => FiledChange.IdOf(story.Incident, $"R{i}"))], None,
            new MassHolds(MostWithoutPlan: 1));
    }

    [Fact]
    public async Task S65_they_stand_once_another_person_approved_them_and_one_is_released_by_itself()
    {
        var (numbers, cases) = await CasesAsync(4);
        var proposed = await SeveralCases.AskAsync(
            At, Saeki, MassHolds.Action, await HoldAsync(), cases, None, Three);
        await Should.ThrowAsync<BadInput>(() => SeveralCases.AskApprovalAsync(At, proposed, Utsumi, None));
        (await DoneAsync(proposed, Saeki)).Results.Values.Distinct().ShouldBe([SeveralCases.Done]);
        (await StandingsAsync(numbers)).ShouldBe(["pending"], "a proposal holds nothing");

        // Whoever proposed them does not approve them, under any login either.
        var elsewhere = new Caller("saeki-2", "P1");
        foreach (var same in (Caller[])[Saeki, elsewhere])
        {
            var own = await SeveralCases.AskApprovalAsync(At, proposed, same, None);
            (await DoneAsync(own, same)).Results.Values.Distinct().ShouldBe([nameof(Refusal.OwnProposal)]);
        }

        (await StandingsAsync(numbers)).ShouldBe(["pending"]);
        (await WaitingAsync(proposed)).ShouldBe(4, "what was refused is not approved");
        var approval = await SeveralCases.AskApprovalAsync(At, proposed, Utsumi, None);
        (await StandingsAsync(numbers)).ShouldBe(["pending"], "it was only looked at");
        (await DoneAsync(approval, Utsumi)).Results.Values.Distinct().ShouldBe([SeveralCases.Done]);
        (await StandingsAsync(numbers)).ShouldBe(["hold"]);
        (await WaitingAsync(proposed)).ShouldBe(0);

        var release = Guid.NewGuid();
        await CaseWork.DoAsync(At, cases[0], at => ProposeRelease.Decide(at.Case,
            new ProposeRelease(release, at.Case.Holds.Single().Id, null), Saeki, at.KeyedBy, at.Now), None);
        await CaseWork.DoAsync(At, cases[0], at => ApproveHold.Decide(
            at.Case, new ApproveHold(release), Utsumi, at.KeyedBy, at.Now), None);
        (await StandingsAsync(numbers[..1])).ShouldBe(["pending"]);
        (await StandingsAsync(numbers[1..])).ShouldBe(["hold"]);
    }

    [Fact]
    public async Task S65_the_desk_shows_what_waits_and_an_approver_sees_the_plan_before()
    {
        var (numbers, cases) = await CasesAsync(2);
        var proposed = await SeveralCases.AskAsync(At, Saeki, MassHolds.Action, await HoldAsync(), cases, None, Three);
        await DoneAsync(proposed, Saeki);
        using var browser = await service.BrowserOfAsync(Role.Approver);
        var desk = await browser.GetStringAsync("/payments");
        desk.ShouldContain($"2 cases through {await NextAsync():yyyy-MM-dd}, proposed by saeki");
        using var looked = await browser.PostAsync($"/cases/several/{proposed}/approval",
            new FormUrlEncodedContent([new("__RequestVerificationToken", Served.TokenOf(desk))]));
        var preview = WebUtility.HtmlDecode(await looked.Content.ReadAsStringAsync());
        foreach (var said in (await HoldAsync()).Where(f => MassHolds.Plan.Contains(f.Key)).Select(f => f.Value))
        {
            preview.ShouldContain(said);
        }

        (await StandingsAsync(numbers)).ShouldBe(["pending"]);
        var form = CaseForms.FieldsOf(preview, looked.RequestMessage!.RequestUri!.AbsolutePath);
        using var done = await browser.PostAsync(looked.RequestMessage.RequestUri, new FormUrlEncodedContent(form));
        done.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await StandingsAsync(numbers)).ShouldBe(["hold"]);
        (await browser.GetStringAsync("/payments")).ShouldNotContain("proposed by saeki");
    }
}
