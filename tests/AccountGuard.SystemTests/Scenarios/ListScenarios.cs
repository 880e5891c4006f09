using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Scenarios;

[Collection(SharedDatabase.Name)]
public sealed class ListScenarios(FreshDatabase database)
{
    [Fact]
    public async Task s01_parts_that_do_not_add_up_to_the_total_refuse_the_list_whole()
    {
        var story = await BeginAsync(database);
        var numbers = FreshNumbers(1_250);
        var rows = numbers.Select((n, i) => Listed(n, i < 31 ? 2 : i < 31 + 1_167 ? 3 : 4)).ToArray();
        (await story.ListAsync(1, rows, totals: new ControlTotals(1_250, 31, 1_167, 52, 0))).Rows
            .ShouldBe(new RowCount(1_250, 1_250, 0, 0));

        var fresh = FreshNumbers(1_250);
        rows = [.. fresh.Select((n, i) => Listed(n, i < 31 ? 2 : i < 31 + 1_167 ? 3 : 4))];
        await story.ChangesAsync(story.Filed("R1", fresh[0], "2015-05-20"));
        var refused = await Should.ThrowAsync<BadInput>(
            story.ListAsync(2, rows, totals: new ControlTotals(1_250, 31, 1_167, 51, 0)));
        refused.Message.ShouldContain("parts 1,249 != 1,250");
        (await story.QueueAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task s02_records_are_not_numbers_and_the_tier_is_the_union_of_the_leaked_fields()
    {
        var story = await BeginAsync(database);
        var (p1, p2) = (Number(), Number());
        var answer = await story.ListAsync(1, [Listed(p1, 2), Listed(p1, 3), Listed(p1, 4), Listed(p2, 2)],
            totals: new ControlTotals(4, 2, 1, 1, 0));
        answer.Rows.ShouldBe(new RowCount(4, 4, 0, 0));
        answer.Numbers.ShouldBe(new NumberCount(2, 2, 0, 0));
        await story.ChangesAsync(story.Filed("R1", p1, "2015-05-20"), story.Filed("R2", p2, "2015-05-20"));
        (await story.QueueAsync()).Select(r => (r.Id, r.Tier)).ShouldBe([("R1", 4), ("R2", 2)]);
    }

    [Fact]
    public async Task s03_a_number_listed_late_brings_its_earlier_changes_into_the_queue()
    {
        var story = await BeginAsync(database);
        var (p3, other) = (Number(), Number());
        await story.ListAsync(1, [Listed(other)]);
        story.ReceivedAt = "2015-05-21T10:00:00+09:00";
        await story.ChangesAsync(story.Filed("R3", p3, "2015-05-20", entered: "2015-05-21"));
        (await story.QueueAsync()).ShouldBeEmpty();

        story.ReceivedAt = "2015-06-14T10:00:00+09:00";
        var answer = await story.ListAsync(2, [Listed(p3, 3)], live: "2015-06-14");
        answer.Hits.ShouldBe(new HitCount(1, 0));
        (await story.OnlyRowAsync()).ShouldBe(new StoryRow(
            1, "R3", "account", "Listed", "Queued", 3, 2, "2015-05-20", "2015-06-15", story.Incident));
    }

    [Fact]
    public async Task s04_a_number_listed_in_error_leaves_the_queue_and_the_right_one_comes_in()
    {
        var story = await BeginAsync(database);
        var (n4, n5) = (Number(), Number());
        await story.ListAsync(1, [Listed(n4)]);
        await story.ChangesAsync(story.Filed("P4", n4, "2015-05-20"), story.Filed("P5", n5, "2015-05-21"));
        (await story.IdsAsync()).ShouldBe(["P4"]);

        var answer = await story.ListAsync(2, [Withdrawn(n4), Listed(n5)], live: "2015-06-14");
        answer.Numbers.ShouldBe(new NumberCount(1, 1, 1, 0));
        answer.Hits.ShouldBe(new HitCount(1, 1));
        (await story.IdsAsync()).ShouldBe(["P5"]);
        (await story.IdsAsync("ListedInError")).ShouldBe(["P4"]);
        (await story.IdsAsync("Withdrawn")).ShouldBeEmpty();
    }

    [Fact]
    public async Task s05_the_same_delivery_answers_as_before_and_other_content_under_its_id_is_refused()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        string[] rows = [story.Filed("R1", number, "2015-05-20"), story.Filed("R2", number, "2015-05-21")];
        var delivery = $"batch of {story.Incident}";
        var first = await story.ChangesAsync(rows, delivery);
        (await story.ChangesAsync(rows, delivery)).ShouldBe(first);

        rows[1] = story.Filed("R2", number, "2015-05-22");
        var refused = await Should.ThrowAsync<BadInput>(story.ChangesAsync(rows, delivery));
        refused.Message.ShouldContain("other content");
        var listed = await ListDeliveries.RunAsync(story.At, delivery, CancellationToken.None);
        listed.Select(d => d.State).ShouldBe(["Done", "Refused"]);
        (await story.QueueAsync()).Select(r => (r.Id, r.Filed)).ShouldBe([("R1", "2015-05-20"), ("R2", "2015-05-21")]);
    }

    [Fact]
    public async Task s05_without_a_delivery_id_the_content_decides_and_the_name_of_the_file_means_nothing()
    {
        var story = await BeginAsync(database);
        string[] rows = [story.Filed("R1", Number(), "2015-05-20")];
        var first = await story.ChangesAsync(rows);
        (await story.ChangesAsync(rows)).ShouldBe(first);
        var other = await story.ChangesAsync([.. rows, story.Filed("R2", Number())]);
        other.Delivery.ShouldNotBe(first.Delivery);
        other.Rows.ShouldBe(new RowCount(2, 1, 1, 0));
    }

    [Fact]
    public async Task s07_an_ordinary_change_opens_no_case_until_its_number_is_listed()
    {
        var story = await BeginAsync(database);
        var p7 = Number();
        await story.ChangesAsync(story.Filed("R7", p7, "2015-05-15"));
        (await story.ListAsync(1, [Listed(Number())])).Hits.ShouldBe(new HitCount(0, 0));
        (await story.QueueAsync()).ShouldBeEmpty();
        (await story.ListAsync(2, [Listed(p7)])).Hits.ShouldBe(new HitCount(1, 0));
        (await story.IdsAsync()).ShouldBe(["R7"]);
    }

    [Fact]
    public async Task s08_what_was_filed_while_no_alert_showed_for_the_number_is_queued_as_alert_gap()
    {
        var story = await BeginAsync(database);
        var (p8, known) = (Number(), Number());
        await story.ListAsync(1, [Listed(known)]);
        await story.ChangesAsync(story.Filed("P8", p8, "2015-06-05"), story.Filed("known", known, "2015-06-05"));
        await story.ListAsync(2, [Listed(p8)], live: "2015-06-14");
        var row = await story.OnlyRowAsync();
        (row.Id, row.Reasons, row.Filed, row.Paid).ShouldBe(("P8", "AlertGap", "2015-06-05", "2015-08-14"));
    }
}
