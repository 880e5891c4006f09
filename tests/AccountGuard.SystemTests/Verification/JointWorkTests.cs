using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using AccountGuard.Verification.Several;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>One thing done to several cases: to each once, whatever stops it and whoever goes on with it.</summary>
[Collection(SharedDatabase.Name)]
public sealed class JointWorkTests(FreshDatabase database)
{
    private static readonly Caller Saeki = new("saeki", "P1"), Utsumi = new("utsumi", "P2");
    private static readonly Dictionary<string, string> Nothing = [];
    private static readonly CancellationToken None = CancellationToken.None;

    private static async Task<(Story Story, Guid[] Cases)> FillAsync(FreshDatabase database, int count)
    {
        var (story, numbers) = (await BeginAsync(database), FreshNumbers(count));
        await story.ChangesTextAsync("source,request_id,number,filed_on,entered_by\n" + string.Concat(
            numbers.Select((n, i) => $"{story.Incident},R{i:D5},{n},2015-05-20,{(i % 10 == 9 ? "P1" : "u1")}\n")));
        await story.ListAsync(1, [.. numbers.Select(n => Listed(n))]);
        await OpenCases.RunAsync(story.At, None);
        return (story, [.. numbers.Select((_, i) => FiledChange.IdOf(story.Incident, $"R{i:D5}"))]);
    }

    private static Task<Guid> AskAsync(
        Story story, string action, Guid[] cases, params (string Name, string Value)[] arguments) =>
        SeveralCases.AskAsync(story.At, Saeki, action, arguments.ToDictionary(a => a.Name, a => a.Value), cases, None);

    private static async Task StartAsync(Story story, Guid id) => await SeveralCases.StartAsync(
        story.At, id, Saeki, (await SeveralCases.FindAsync(story.At, id, Saeki, None)).Content, None);

    private static async Task<JointWork> FinishAsync(Story story, Guid id)
    {
        while (await SeveralCases.RunAsync(story.At, id, 7, None))
        {
        }

        return await SeveralCases.FindAsync(story.At, id, Saeki, None);
    }

    private static async Task<object[]> EventsAsync(Story story, Guid change)
    {
        await using var session = story.At.Events.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(change)).Select(e => e.Data)];
    }

    [Fact]
    public async Task each_case_gets_its_result_and_the_same_key_does_nothing_twice()
    {
        var (story, cases) = await FillAsync(database, 20);
        await CaseWork.DoAsync(story.At, cases[0], at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), Saeki, at.KeyedBy, at.Now), None);
        await CaseWork.DoAsync(story.At, cases[1], at => ClaimCase.Decide(
            at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), Utsumi, at.KeyedBy, at.Now), None);
        var id = await AskAsync(story, "claim", [.. cases, Guid.NewGuid()]);
        var foretold = await SeveralCases.ForetellAsync(
            story.At, await SeveralCases.FindAsync(story.At, id, Saeki, None), None);
        (await SeveralCases.RunAsync(story.At, id, 100, None)).ShouldBeFalse();
        (await EventsAsync(story, cases[2])).OfType<CaseClaimed>().ShouldBeEmpty("it was not started");

        await StartAsync(story, id);
        var work = await FinishAsync(story, id);
        work.IsEnded.ShouldBeTrue();
        work.Results.OrderBy(r => r.Key).ShouldBe(foretold.OrderBy(f => f.Key));
        work.Results[cases[0]].ShouldBe(SeveralCases.DoneBefore);
        work.Results[cases[1]].ShouldBe(nameof(Refusal.TakenByAnother));
        work.Results[cases[9]].ShouldBe(nameof(Refusal.KeyedTheChange));
        work.Results.Values.Count(r => r == SeveralCases.NoCase).ShouldBe(1);
        work.Results.Values.Count(r => r == SeveralCases.Done).ShouldBe(16);

        await StartAsync(story, id);
        (await FinishAsync(story, id)).Results.OrderBy(r => r.Key).ShouldBe(work.Results.OrderBy(r => r.Key));
        (await EventsAsync(story, cases[2])).OfType<CaseClaimed>().Count().ShouldBe(1);
        (await EventsAsync(story, cases[9])).OfType<AttemptRefused>().Count().ShouldBe(1, "as a rule wants");
    }

    [Fact]
    public async Task what_is_left_is_not_done_for_who_was_revoked_since_they_asked()
    {
        var (story, cases) = await FillAsync(database, 10);
        var (id, other) = (await AskAsync(story, "claim", cases), await SeveralCases.AskAsync(
            story.At, Utsumi, "claim", Nothing, [cases[9]], None));
        await StartAsync(story, id);
        (await SeveralCases.RunAsync(story.At, id, 4, None)).ShouldBeTrue();
        await Revocation.RunAsync(story.At, Saeki.Person!, "test", "left", None);
        var work = await FinishAsync(story, id);
        work.IsEnded.ShouldBeTrue();
        work.Results.Values.Count(r => r == SeveralCases.Done).ShouldBe(4);
        work.Results.Values.Count(r => r == SeveralCases.Revoked).ShouldBe(6);
        (await EventsAsync(story, cases[8])).OfType<CaseClaimed>().ShouldBeEmpty();

        await SeveralCases.StartAsync(
            story.At, other, Utsumi, (await SeveralCases.FindAsync(story.At, other, Utsumi, None)).Content, None);
        await SeveralCases.RunAsync(story.At, other, 4, None);
        (await SeveralCases.FindAsync(story.At, other, Utsumi, None)).Results[cases[9]].ShouldBe(SeveralCases.Done);
    }

    /// <summary>What is recorded as no case stays so, also when the case is there a moment later.</summary>
    [Fact]
    public async Task a_case_that_is_just_being_opened_is_waited_for()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number)]);
        var change = FiledChange.IdOf(story.Incident, "R1");
        var id = await AskAsync(story, "claim", [change]);
        await StartAsync(story, id);
        await database.HaltAsync("select pg_advisory_xact_lock(4714)", "objid = 4714", null,
            () => SeveralCases.RunAsync(story.At, id, 7, None));
        (await SeveralCases.FindAsync(story.At, id, Saeki, None)).Results[change].ShouldBe(SeveralCases.Done);
    }

    [Fact]
    public async Task other_content_under_a_key_and_anothers_key_are_refused()
    {
        var (story, cases) = await FillAsync(database, 2);
        var id = await AskAsync(story, "claim", cases);
        var other = await SeveralCases.FindAsync(
            story.At, await AskAsync(story, "claim", [cases[0]]), Saeki, None);
        (await Should.ThrowAsync<BadInput>(SeveralCases.StartAsync(story.At, id, Saeki, other.Content, None)))
            .Fault.ShouldBe(Fault.OtherContent);
        (await Should.ThrowAsync<BadInput>(SeveralCases.FindAsync(story.At, id, Utsumi, None)))
            .Fault.ShouldBe(Fault.NotFound);
        (await SeveralCases.FindAsync(story.At, id, Saeki, None)).IsStarted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("propose")]
    [InlineData("approve")]
    [InlineData("meeting")]
    [InlineData("")]
    public async Task no_verdict_and_nothing_that_needs_evidence_is_done_to_several(string action)
    {
        var (story, cases) = await FillAsync(database, 1);
        (await Should.ThrowAsync<BadInput>(AskAsync(story, action, cases))).Fault.ShouldBe(Fault.Invalid);
    }

    [Fact]
    public async Task what_is_missing_or_too_much_is_said_before_anything_is_kept()
    {
        var (story, cases) = await FillAsync(database, 1);
        (await Should.ThrowAsync<BadInput>(AskAsync(story, "snooze", cases))).Message.ShouldStartWith("until:");
        (await Should.ThrowAsync<BadInput>(AskAsync(story, "hand-over", cases, ("to", "x")))).Message
            .ShouldStartWith("to-person:");
        await Should.ThrowAsync<BadInput>(AskAsync(story, "claim", []));
        await Should.ThrowAsync<BadInput>(AskAsync(story, "claim", [.. Enumerable.Repeat(cases[0], 10_001)]));
    }

    [Fact]
    public async Task letters_snoozes_and_handing_over_are_done_once_to_each()
    {
        var (story, cases) = await FillAsync(database, 3);
        async Task<string[]> DoAsync(string action, params (string, string)[] arguments)
        {
            var id = await AskAsync(story, action, cases, arguments);
            await StartAsync(story, id);
            return [.. (await FinishAsync(story, id)).Results.Values];
        }

        (await DoAsync("snooze", ("until", "2015-06-10"))).ShouldAllBe(r => r == nameof(Refusal.NotYours));
        (await DoAsync("hand-over", ("to", "utsumi"), ("to-person", "P2")))
            .ShouldAllBe(r => r == nameof(Refusal.NotYoursToGive));
        (await EventsAsync(story, cases[0])).OfType<AttemptRefused>().ShouldHaveSingleItem();
        (await DoAsync("claim")).ShouldAllBe(r => r == SeveralCases.Done);
        (await DoAsync("letter")).ShouldAllBe(r => r == SeveralCases.Done);
        (await EventsAsync(story, cases[0])).OfType<LetterOrdered>().Count().ShouldBe(1);
        (await DoAsync("hand-over", ("to", "utsumi"), ("to-person", "P2"))).ShouldAllBe(r => r == SeveralCases.Done);
        (await DoAsync("leave")).ShouldAllBe(r => r == nameof(Refusal.NotYours));
    }

    /// <summary>Two processes that go on with the same work, one of which is killed in the middle of cases.</summary>
    [Fact]
    public async Task whoever_goes_on_does_what_is_left_and_each_case_is_done_once()
    {
        var (story, cases) = await FillAsync(database, LongRun.IsAsked ? 10_000 : 60);
        var bar = (await IncidentBar.LoadAsync(story.At, story.Incident, None))!;
        var counted = await QueueCounted.CountAsync(story.At, bar.Incident.No, null, None);
        var figures = await QueueFigures.CountAsync(story.At, counted, bar.Incident.No, "saeki", null, None);
        var chosen = await QueueSlice.CasesAsync(
            story.At, bar.Incident.No, QueueFilter.None, figures, SeveralCases.Most, int.MaxValue, None);
        chosen.Order().ShouldBe(cases.Order());
        var id = await AskAsync(story, "claim", [.. chosen]);
        await StartAsync(story, id);
        (await SeveralCases.UnfinishedAsync(story.At, None)).ShouldContain(id);
        await using var other = await database.OpenAsync();
        using var killed = new CancellationTokenSource();
        async Task DieAsync()
        {
            while (await SeveralCases.RunAsync(other, id, 3, killed.Token))
            {
                if ((await SeveralCases.FindAsync(story.At, id, Saeki, None)).Results.Count > cases.Length / 3)
                {
                    await killed.CancelAsync();
                }
            }
        }

        var dying = DieAsync();
        await FinishAsync(story, id);
        await dying.ContinueWith(_ => { }, TaskScheduler.Default);
        var work = await FinishAsync(story, id);
        work.Results.Count.ShouldBe(cases.Length);
        work.Results.Values.Count(r => r == SeveralCases.Done).ShouldBe(cases.Length / 10 * 9);
        work.Results.Values.Count(r => r == nameof(Refusal.KeyedTheChange)).ShouldBe(cases.Length / 10);
        await using var count = story.At.Database.CreateCommand(
            """
            select count(*), count(distinct stream_id) from accountguard_events.mt_events
            where stream_id = any (@cases) and type = 'case_claimed'
            """);
        count.Parameters.AddWithValue("cases", cases);
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        (reader.GetInt64(0), reader.GetInt64(1)).ShouldBe((cases.Length / 10 * 9, cases.Length / 10 * 9));
        (await SeveralCases.UnfinishedAsync(story.At, None)).ShouldNotContain(id);
    }
}
