using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.AffectedLists;

/// <summary>Rules 5 and 6: which listings are in force, and since when a number's alert is live.</summary>
[Collection(SharedDatabase.Name)]
public sealed class ListVersions(FreshDatabase database)
{
    [Fact]
    public async Task the_day_before_the_alert_went_live_is_the_last_exposed_day_of_a_number()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)], live: "2015-06-14");
        await story.ChangesAsync(
            story.Filed("cutoff", number, "2015-06-01"), story.Filed("first", number, "2015-06-02"),
            story.Filed("last", number, "2015-06-13"), story.Filed("live", number, "2015-06-14"),
            story.Filed("late", number, "2015-06-13", "2015-06-14"));
        (await story.ReasonsAsync())
            .ShouldBe(["cutoff: Listed", "first: AlertGap", "last: AlertGap", "late: AlertGap+DateDoubt"]);
    }

    [Fact]
    public async Task an_alert_that_was_live_before_the_cutoff_shortens_nothing()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)], live: "2015-05-20");
        await story.ChangesAsync(story.Filed("R1", number, "2015-06-01"), story.Filed("R2", number, "2015-06-02"));
        (await story.IdsAsync()).ShouldBe(["R1"]);
    }

    [Fact]
    public async Task a_number_listed_again_is_live_from_the_earliest_day_of_its_listings_in_force()
    {
        var story = await BeginAsync(database);
        var (twice, anew) = (Number(), Number());
        await story.ListAsync(1, [Listed(twice, 2), Listed(anew, 3)], live: "2015-06-10");
        await story.ListAsync(2, [Withdrawn(anew)], live: "2015-06-11");
        await story.ListAsync(3, [Listed(twice), Listed(anew, 2)], live: "2015-06-20");
        await story.ChangesAsync(story.Filed("twice", twice, "2015-06-15"), story.Filed("anew", anew, "2015-06-15"),
            story.Filed("gap", twice, "2015-06-09"));

        // Withdrawn and listed anew: live from the later day, and only what leaked by the later listing counts.
        (await story.QueueAsync()).Select(r => (r.Id, r.Reasons, r.Tier, r.Version))
            .ShouldBe([("gap", "AlertGap", 2, 1), ("anew", "AlertGap", 2, 3)]);
    }

    [Fact]
    public async Task a_lower_version_that_comes_later_lists_and_withdraws_as_if_it_had_come_first()
    {
        var story = await BeginAsync(database);
        var (kept, gone, back) = (Number(), Number(), Number());
        await story.ChangesAsync(story.Filed("kept", kept, "2015-05-20"), story.Filed("gone", gone, "2015-05-21"),
            story.Filed("back", back, "2015-05-22"));
        await story.ListAsync(3, [Listed(back), Withdrawn(gone)]);
        await story.ListAsync(2, [Withdrawn(kept), Withdrawn(back)]);
        (await story.IdsAsync()).ShouldBe(["back"]);
        var late = await story.ListAsync(1, [Listed(kept), Listed(gone), Listed(back)]);
        late.Numbers.ShouldBe(new NumberCount(1, 0, 0, 0));
        (await story.QueueAsync()).Select(r => (r.Id, r.Version)).ShouldBe([("back", 3)]);
    }

    [Fact]
    public async Task withdrawing_what_is_not_listed_is_accepted_has_no_effect_and_is_reported()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        var answer = await story.ListAsync(1, [Withdrawn(number), Listed(Number())]);
        answer.Rows.ShouldBe(new RowCount(2, 2, 0, 0));
        answer.Numbers.ShouldBe(new NumberCount(1, 1, 0, 1));
        await story.ListAsync(2, [Listed(number)]);
        (await story.IdsAsync()).ShouldBe(["R1"]);
    }

    [Fact]
    public async Task a_withdrawal_ends_the_listings_of_that_number_and_not_of_the_holders_others()
    {
        var story = await BeginAsync(database);
        var (old, @new) = (Number(), Number());
        await story.RenumberAsync($"{old},{@new}");
        await story.ListAsync(1, [Listed(old, 2), Listed(@new, 3)]);
        await story.ChangesAsync(story.Filed("R1", old, "2015-05-20"));
        (await story.OnlyRowAsync()).Reasons.ShouldBe("Listed");
        await story.ListAsync(2, [Withdrawn(old)]);
        var row = await story.OnlyRowAsync();
        (row.Id, row.Reasons, row.Tier).ShouldBe(("R1", "Listed+Renumbered", 3));
    }

    [Fact]
    public async Task the_same_version_with_other_content_is_refused_and_shown()
    {
        var story = await BeginAsync(database);
        var delivery = $"second of {story.Incident}";
        var first = await story.ListAsync(1, [Listed(Number())]);
        await Should.ThrowAsync<BadInput>(story.ListAsync(1, [Listed(Number())], delivery: delivery));
        (await ListDeliveries.RunAsync(story.At, delivery, CancellationToken.None)).Single().State.ShouldBe("Refused");
        (await story.ListAsync(2, [Listed(Number())])).Numbers.ShouldBe(new NumberCount(2, 1, 0, 0));
        first.Numbers.ShouldBe(new NumberCount(1, 1, 0, 0));
    }

    [Fact]
    public async Task the_same_version_again_answers_as_before_under_whatever_delivery_id()
    {
        var story = await BeginAsync(database);
        string[] rows = [Listed(Number()), Listed(Number(), 3)];
        var first = await story.ListAsync(1, rows, delivery: $"first of {story.Incident}");
        (await story.ListAsync(1, rows, delivery: $"first of {story.Incident}")).ShouldBe(first);
        (await story.ListAsync(1, rows, delivery: $"again of {story.Incident}")).ShouldBe(first);
        (await story.ListAsync(1, rows)).ShouldBe(first);
    }

    [Fact]
    public async Task versions_count_from_one()
    {
        var story = await BeginAsync(database);
        await Should.ThrowAsync<BadInput>(story.ListAsync(0, [Listed(Number())]));
    }
}
