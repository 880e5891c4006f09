using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.AffectedLists;

/// <summary>Rules 5 and 6 of a version that is the whole list (--replace).</summary>
[Collection(SharedDatabase.Name)]
public sealed class WholeLists(FreshDatabase database)
{
    [Fact]
    public async Task a_whole_list_withdraws_what_it_lacks_and_keeps_what_it_has_from_its_earliest_listing()
    {
        var story = await BeginAsync(database);
        var (kept, lacked, fresh) = (Number(), Number(), Number());
        await story.ListAsync(1, [Listed(kept, 2), Listed(lacked, 4)], live: "2015-06-10");
        await story.ChangesAsync(story.Filed("kept", kept, "2015-06-09"), story.Filed("lacked", lacked, "2015-06-09"),
            story.Filed("fresh", fresh, "2015-06-15"), story.Filed("live", kept, "2015-06-15"));
        var answer = await story.ListAsync(2, [$"{kept},,1950-01-02,,,", Listed(fresh)], live: "2015-06-20",
            replaces: true);
        answer.Numbers.ShouldBe(new NumberCount(2, 1, 1, 0));
        answer.Hits.ShouldBe(new HitCount(1, 1));
        (await story.QueueAsync()).Select(r => (r.Id, r.Reasons, r.Tier, r.Version))
            .ShouldBe([("kept", "AlertGap", 3, 1), ("fresh", "AlertGap", 1, 2)]);
        (await story.IdsAsync("ListedInError")).ShouldBe(["lacked"]);
    }

    [Fact]
    public async Task a_lower_version_that_comes_after_a_whole_list_lists_only_what_the_whole_list_has()
    {
        var story = await BeginAsync(database);
        var (kept, lacked) = (Number(), Number());
        await story.ChangesAsync(story.Filed("kept", kept, "2015-06-05"), story.Filed("lacked", lacked, "2015-05-20"));
        await story.ListAsync(2, [Listed(kept)], live: "2015-06-14", replaces: true);
        (await story.ReasonsAsync()).ShouldBe(["kept: AlertGap"]);
        var late = await story.ListAsync(1, [Listed(kept, 3), Listed(lacked)], live: "2015-06-02");

        // Live from 2 June after all: the alert showed when the change was filed.
        late.Numbers.ShouldBe(new NumberCount(1, 0, 0, 0));
        late.Hits.ShouldBe(new HitCount(0, 1));
        (await story.QueueAsync()).ShouldBeEmpty();
        (await story.ListAsync(3, [Listed(lacked)])).Numbers.ShouldBe(new NumberCount(2, 1, 0, 0));
        (await story.IdsAsync()).ShouldBe(["lacked"]);
    }

    [Fact]
    public async Task a_whole_list_with_a_quarantined_row_withdraws_nothing()
    {
        var story = await BeginAsync(database);
        var (lacked, fresh) = (Number(), Number());
        await story.ListAsync(1, [Listed(lacked)]);
        await story.ChangesAsync(
            story.Filed("lacked", lacked, "2015-05-20"), story.Filed("fresh", fresh, "2015-05-21"));
        var answer = await story.ListAsync(2, [Listed(fresh), Listed("12345")], replaces: true);
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        answer.Numbers.ShouldBe(new NumberCount(2, 1, 0, 0));
        (await story.IdsAsync()).ShouldBe(["lacked", "fresh"]);

        // The corrected whole list is the next version.
        await story.ListAsync(3, [Listed(fresh)], replaces: true);
        (await story.IdsAsync()).ShouldBe(["fresh"]);
    }

    [Fact]
    public async Task a_whole_list_of_no_rows_withdraws_every_number()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await story.ListAsync(1, [Listed(number), Listed(Number())]);
        (await story.ListAsync(2, [], replaces: true)).Numbers.ShouldBe(new NumberCount(0, 0, 2, 0));
        (await story.QueueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task a_whole_list_ends_the_alert_gap_of_a_holder_by_its_own_numbers_alone()
    {
        var story = await BeginAsync(database);
        var (old, @new) = (Number(), Number());
        await story.RenumberAsync($"{old},{@new}");
        await story.ListAsync(1, [Listed(old), Listed(@new)], live: "2015-06-14");
        await story.ChangesAsync(story.Filed("R1", @new, "2015-06-10"));
        await story.ListAsync(2, [Listed(old)], live: "2015-06-20", replaces: true);
        (await story.OnlyRowAsync()).Reasons.ShouldBe("AlertGap+Renumbered");
    }
}
