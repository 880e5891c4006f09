using AccountGuard.Intake;
using AccountGuard.Verification;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Every hit has a case, whose stream says what happened to it, once.</summary>
[Collection(SharedDatabase.Name)]
public sealed class Cases(FreshDatabase database)
{
    private static Guid CaseOf(Story story, string id) => FiledChange.IdOf(story.Incident, id);

    private static async Task<object[]> EventsAsync(Story story, string id)
    {
        await using var session = story.At.Events.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(CaseOf(story, id))).Select(e => e.Data)];
    }

    private static async Task<VerificationCase> CaseAsync(Story story, string id)
    {
        await using var session = story.At.Events.LightweightSession();
        return (await session.Events.AggregateStreamAsync<VerificationCase>(CaseOf(story, id)))!;
    }

    [Fact]
    public async Task every_hit_has_a_case_and_one_that_lost_its_ground_says_why()
    {
        var story = await BeginAsync(database);
        var (kept, listedInError) = (Number(), Number());
        await story.ListAsync(1, [Listed(kept, 3), Listed(listedInError)]);
        await story.ChangesAsync(story.Filed("kept", kept, "2015-05-20"), story.Filed("cancelled", kept, "2015-05-20"),
            story.Filed("error", listedInError, "2015-05-20"), story.Filed("none", kept, "2015-07-01"));
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        var required = (await EventsAsync(story, "kept")).ShouldHaveSingleItem().ShouldBeOfType<VerificationRequired>();
        (required.Incident, required.Reasons, required.Tier, required.ListVersion)
            .ShouldBe((story.Incident, "Listed", 3, 1));
        (await EventsAsync(story, "none")).ShouldBeEmpty();

        await story.ChangesAsync(story.Cancelled("cancelled", kept));
        await story.ListAsync(2, [Withdrawn(listedInError)]);
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        (await EventsAsync(story, "kept")).Length.ShouldBe(1);
        (await EventsAsync(story, "cancelled")).Last()
            .ShouldBeOfType<CaseEnded>().EndedAs.ShouldBe(CaseGround.Withdrawn);
        (await EventsAsync(story, "error")).Last()
            .ShouldBeOfType<CaseEnded>().EndedAs.ShouldBe(CaseGround.ListedInError);
        (await CaseAsync(story, "error")).Grounds[story.Incident].ShouldBe(CaseGround.ListedInError);
    }

    [Fact]
    public async Task a_hit_that_ended_before_its_case_was_opened_leaves_both_events_in_their_order()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        await story.ChangesAsync(story.Cancelled(id, number));
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        (await EventsAsync(story, id)).Select(e => e.GetType())
            .ShouldBe([typeof(VerificationRequired), typeof(CaseEnded)]);
    }

    [Fact]
    public async Task a_number_listed_again_requires_the_same_case_again()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number)]);
        await story.ListAsync(2, [Withdrawn(number)]);
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        await story.ListAsync(3, [Listed(number)]);
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        (await EventsAsync(story, "R1")).Select(e => e.GetType())
            .ShouldBe([typeof(VerificationRequired), typeof(CaseEnded), typeof(VerificationRequired)]);
        (await CaseAsync(story, "R1")).Grounds[story.Incident].ShouldBe(CaseGround.Required);
    }

    [Fact]
    public async Task a_change_that_two_incidents_hit_is_one_case()
    {
        var (one, two) = (await BeginAsync(database), await BeginAsync(database));
        var number = Number();
        await one.ChangesAsync(one.Filed("R1", number, "2015-05-20"));
        await one.ListAsync(1, [Listed(number)]);
        await two.ListAsync(1, [Listed(number)]);
        await OpenCases.RunAsync(one.At, CancellationToken.None);
        await two.ListAsync(2, [Withdrawn(number)]);
        await OpenCases.RunAsync(one.At, CancellationToken.None);
        (await EventsAsync(one, "R1")).Length.ShouldBe(3);
        (await CaseAsync(one, "R1")).Grounds.ShouldBe(new Dictionary<string, CaseGround>
        {
            [one.Incident] = CaseGround.Required,
            [two.Incident] = CaseGround.ListedInError,
        }, ignoreOrder: true);
    }

    [Fact]
    public async Task workers_that_run_at_once_and_again_write_every_step_once()
    {
        var story = await OfListedNumbersAsync(database);
        var number = story.ListedNumber();
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        var ids = Enumerable.Range(0, 1_200).Select(_ => Id()).ToArray();
        await story.ChangesAsync([.. ids.Select(id => story.Filed(id, number, "2015-05-20"))]);
        await using var other = await database.OpenAsync();
        var written = await Task.WhenAll(
            OpenCases.RunAsync(story.At, CancellationToken.None), OpenCases.RunAsync(other, CancellationToken.None),
            OpenCases.RunAsync(story.At, CancellationToken.None));
        (written.Sum() + await OpenCases.RunAsync(other, CancellationToken.None)).ShouldBe(1_200);
        (await OpenCases.RunAsync(story.At, CancellationToken.None)).ShouldBe(0);
        await using var count = database.At.Database.CreateCommand("""
            select count(*), count(distinct stream_id), (
                select count(*) from due_step d join hit h on h.hit_id = d.hit_id where h.change_id = any (@ids))
            from accountguard_events.mt_events where stream_id = any (@ids)
            """);
        count.Parameters.AddWithValue("ids", ids.Select(id => CaseOf(story, id)).ToArray());
        await using var reader = await count.ExecuteReaderAsync();
        await reader.ReadAsync();
        (reader.GetInt64(0), reader.GetInt64(1)).ShouldBe((1_200, 1_200));
        reader.GetInt64(2).ShouldBe(0, "what is written is struck off, or it is looked through for ever");
        await story.ChangesAsync([.. ids.Select(id => story.Cancelled(id, number))]);
    }

    [Fact]
    public async Task a_worker_that_was_stopped_before_it_committed_has_written_nothing()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        await OpenCases.RunAsync(story.At, CancellationToken.None);
        await story.ChangesAsync(story.Filed(id, story.ListedNumber(), "2015-05-20"));
        await using (var block = new NpgsqlConnection(database.Superuser))
        {
            // Another worker holds the lock, as one that is about to be killed would: this one has nothing to do.
            await block.OpenAsync();
            await using var transaction = await block.BeginTransactionAsync();
            await using var take = new NpgsqlCommand("select pg_advisory_xact_lock(4714)", block, transaction);
            await take.ExecuteNonQueryAsync();
            (await OpenCases.RunAsync(story.At, CancellationToken.None)).ShouldBe(0);
        }

        (await OpenCases.RunAsync(story.At, CancellationToken.None)).ShouldBe(1);
        (await EventsAsync(story, id)).Length.ShouldBe(1);
    }
}
