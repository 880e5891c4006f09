using AccountGuard.Incidents;
using AccountGuard.Payments;
using AccountGuard.Screening;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Screening;

/// <summary>S38 and Rule 22: the order of the queue.</summary>
[Collection(SharedDatabase.Name)]
public sealed class Ranking(FreshDatabase database)
{
    [Fact]
    public async Task s38_the_order_is_unknown_days_exposure_chain_tier_day_source_and_request_id()
    {
        var story = await BeginAsync(database);
        var (one, chained, four) = (Number(), Number(), Number());
        await story.ListAsync(1, [Listed(one), Listed(chained), Listed(four, 4)]);
        await story.ChangesAsync(
            story.Filed("closing", one, "2015-05-20"), story.Filed("after closing", one, "2015-05-21"),
            story.Filed("tier four after closing", four, "2015-05-28"), story.Filed("tier four", four, "2015-05-12"),
            story.Filed("earlier", one, "2015-05-12"), story.Filed("later", one, "2015-05-13"),
            story.Filed("earlier of another source", one, "2015-05-12", source: "a source"),
            story.Filed("EARLIER", one, "2015-05-12"), story.Filed("chained", chained, "2015-05-14"),
            story.Filed("home", chained, "2015-05-13", kind: "address"), story.Filed("unknown", one),
            story.Filed("unknown of tier four", four));
        var queue = await story.QueueAsync();
        queue.Select(r => r.Id).ShouldBe([
            "unknown of tier four", "unknown", "chained", "tier four", "earlier of another source", "EARLIER",
            "earlier", "later", "closing", "tier four after closing", "after closing"]);
        queue.Select(r => r.Rank).ShouldBe(Enumerable.Range(1, 11).Select(r => (long?)r));
        queue.Select(r => r.Paid).Distinct().ShouldBe(["", "2015-06-15", "2015-08-14"]);
        queue.Select(r => r.Filed).Take(3).ShouldBe(["", "", "2015-05-14"]);
    }

    [Fact]
    public async Task the_earliest_possible_day_ranks_a_change_whose_filed_day_is_missing()
    {
        var story = await OfListedNumbersAsync(database);
        var id = Id();
        await story.ChangesAsync(story.Filed(id, story.ListedNumber(), received: "2015-05-29"));
        (await story.RowAsync(id))!.ShouldSatisfyAllConditions(
            r => r.Filed.ShouldBe("2015-05-20"), r => r.Paid.ShouldBe("2015-06-15"));
    }

    [Fact]
    public async Task a_received_day_before_the_filed_day_ranks_the_change()
    {
        var story = await OfListedNumbersAsync(database);
        var id = Id();
        await story.ChangesAsync(story.Filed(id, story.ListedNumber(), "2015-05-21", "2015-05-20"));
        (await story.RowAsync(id))!.ShouldSatisfyAllConditions(
            r => r.Filed.ShouldBe("2015-05-20"), r => r.Paid.ShouldBe("2015-06-15"));
    }

    [Fact]
    public async Task ids_rank_by_code_point_also_beyond_the_first_plane()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);

        // By UTF-16 units the emoji (U+1F600) would come before the full-width letter (U+FF21).
        string[] ids = ["A", "Z", "a", "é", "申請", "Ａ", "😀"];
        await story.ChangesAsync([.. ids.Reverse().Select(id => story.Filed(id, number, "2015-05-20"))]);
        (await story.IdsAsync()).ShouldBe(ids);
        await story.ChangesAsync([.. ids.Reverse().Select(s => story.Filed("R", number, "2015-05-19", source: s))]);
        (await story.QueueAsync()).Take(7).Select(r => r.Source).ShouldBe(ids);
    }

    [Fact]
    public async Task a_long_queue_is_read_page_by_page_without_a_gap()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        var ids = Enumerable.Range(0, 2_100).Select(i => $"R{i:D4}").ToArray();
        await story.ChangesAsync([.. ids.Select(id => story.Filed(id, number, "2015-05-20"))]);
        var queue = await story.QueueAsync();
        queue.Select(r => r.Id).ShouldBe(ids);
        queue.Select(r => r.Rank).ShouldBe(Enumerable.Range(1, 2_100).Select(r => (long?)r));
    }

    [Fact]
    public async Task s38_setting_a_closing_date_ranks_the_queue_anew()
    {
        // In 2017, so that no other story's pay-days move.
        var story = await BeginAsync(database, d => d with
        {
            Window = new Declaration.WindowPart(new DateOnly(2017, 5, 8)),
            Cutoff = new Declaration.CutoffPart(Through: new DateOnly(2017, 6, 1)),
        });
        story.ReceivedAt = "2017-07-01T09:00:00+09:00";
        var (one, four) = (Number(), Number());
        await story.ListAsync(1, [Listed(one), Listed(four, 4)], live: "2017-06-02");
        await story.ChangesAsync(story.Filed("early", one, "2017-05-12"), story.Filed("late", four, "2017-05-28"));
        (await story.QueueAsync()).Select(r => (r.Id, r.Paid))
            .ShouldBe([("early", "2017-06-15"), ("late", "2017-08-15")]);
        await story.SetClosingAsync("2017-06-15", "2017-05-28");
        (await story.QueueAsync()).Select(r => (r.Id, r.Paid))
            .ShouldBe([("late", "2017-06-15"), ("early", "2017-06-15")]);
        await story.SetClosingAsync("2017-06-15", "2017-05-11");
        (await story.QueueAsync()).Select(r => (r.Id, r.Paid))
            .ShouldBe([("late", "2017-08-15"), ("early", "2017-08-15")]);
        await story.SetClosingAsync("2017-06-15", "2017-05-20");
        (await story.IdsAsync()).ShouldBe(["early", "late"]);
        await story.ChangesAsync(story.Filed("new", four, "2017-05-20"));
        (await story.IdsAsync()).ShouldBe(["new", "early", "late"]);
        await Should.ThrowAsync<BadInput>(story.SetClosingAsync("2017-06-15", "2017-06-16"));
        await Should.ThrowAsync<BadInput>(story.SetClosingAsync("2017-06-16", "2017-05-20"));
    }

    [Fact]
    public async Task closing_dates_that_are_set_at_once_all_stand()
    {
        // In 2018, so that no other story's pay-days move.
        var story = await BeginAsync(database);
        var days = Enumerable.Range(2, 12).Select(day => new DateOnly(2018, 5, day)).ToArray();
        await Task.WhenAll(days.Select(day => SetClosing.RunAsync(
            story.At, new DateOnly(2018, 6, 15), day, DateTimeOffset.UnixEpoch, CancellationToken.None)));
        await using var count = story.At.Database.CreateCommand(
            "select count(distinct closes_on) from closing_decision where pay_on = '2018-06-15'");
        (await count.ExecuteScalarAsync()).ShouldBe(12L);
        await Publication.FinishAsync(story.At, null, CancellationToken.None);
    }

    [Fact]
    public async Task one_change_is_queued_for_each_incident_that_lists_its_number()
    {
        var (one, two) = (await BeginAsync(database), await BeginAsync(database));
        var number = Number();
        await one.ListAsync(1, [Listed(number, 2)]);
        await two.ListAsync(1, [Listed(number, 4)], live: "2015-06-14");
        await one.ChangesAsync(one.Filed("R1", number, "2015-05-20"), one.Filed("R2", number, "2015-06-05"));
        (await one.QueueAsync()).Select(r => (r.Id, r.Tier)).ShouldBe([("R1", 2)]);
        (await two.QueueAsync()).Select(r => (r.Id, r.Tier, r.Reasons))
            .ShouldBe([("R1", 4, "Listed"), ("R2", 4, "AlertGap")]);
        await two.MoveCutoffAsync(1, "2015-06-05");
        (await one.IdsAsync()).ShouldBe(["R1"]);
        (await Reconcile.RunAsync(one.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
    }
}
