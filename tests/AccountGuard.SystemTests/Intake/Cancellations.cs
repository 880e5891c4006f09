using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>Rules 6 and 7 of cancelled changes.</summary>
[Collection(SharedDatabase.Name)]
public sealed class Cancellations(FreshDatabase database)
{
    [Fact]
    public async Task a_cancelled_change_leaves_the_queue_as_withdrawn()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        (await story.ChangesAsync(story.Filed(id, number, "2015-05-20"))).Hits.ShouldBe(new HitCount(1, 0));
        (await story.ChangesAsync(story.Cancelled(id, number))).Hits.ShouldBe(new HitCount(0, 1));
        (await story.RowAsync(id)).ShouldBeNull();
        var row = (await story.QueueAsync("Withdrawn")).Single(r => r.Id == id);
        (row.Rank, row.State).ShouldBe((null, "Withdrawn"));
    }

    [Fact]
    public async Task a_cancellation_may_come_before_its_change()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        (await story.ChangesAsync(story.Cancelled(id, number))).Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        var filed = await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        filed.Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        filed.Hits.ShouldBe(new HitCount(0, 0));
        (await story.RowAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task a_cancellation_and_its_change_in_one_file_are_no_duplicates_in_either_order()
    {
        var (story, first, second) = (await OfListedNumbersAsync(database), Id(), Id());
        var number = story.ListedNumber();
        var answer = await story.ChangesAsync(
            story.Cancelled(first, number), story.Filed(first, number, "2015-05-20"),
            story.Filed(second, number, "2015-05-20"), story.Cancelled(second, number));
        answer.Rows.ShouldBe(new RowCount(4, 4, 0, 0));
        (await story.IdsAsync()).Intersect([first, second]).ShouldBeEmpty();
    }

    [Fact]
    public async Task cancelling_twice_is_cancelling_once()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        await story.ChangesAsync(story.Cancelled(id, number));
        var again = await story.ChangesAsync(story.Cancelled(id, number), story.Filed(Id(), number, "2015-01-01"));
        again.Rows.ShouldBe(new RowCount(2, 1, 1, 0));
        again.Hits.ShouldBe(new HitCount(0, 0));
    }

    [Fact]
    public async Task a_cancellation_reads_source_request_id_and_number_only()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"), story.Cancelled(id, number));
        var again = await story.ChangesAsync(story.Filed(id, number, "2015-05-21", "?", "?", "cancel"));
        again.Rows.ShouldBe(new RowCount(1, 0, 1, 0));
    }

    [Fact]
    public async Task the_number_of_a_cancellation_need_not_be_the_changes()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        (await story.ChangesAsync(story.Cancelled(id, Number()))).Hits.ShouldBe(new HitCount(0, 1));
        var contradicting = await story.ChangesAsync(story.Cancelled(id, number));
        contradicting.Rows.ShouldBe(new RowCount(1, 0, 0, 1));
        (await story.WaitingAsync(contradicting)).ShouldBe(["OtherContent"]);
    }

    [Fact]
    public async Task a_cancelled_change_does_not_come_back_when_it_is_delivered_again()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        await story.ChangesAsync(story.Cancelled(id, number));
        (await story.ChangesAsync(story.Filed(id, number, "2015-05-20"), story.Filed(Id(), number, "2015-01-01")))
            .Rows.ShouldBe(new RowCount(2, 1, 1, 0));
        (await story.RowAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task a_cancellation_of_another_sources_request_id_cancels_nothing()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(
            story.Filed(id, number, "2015-05-20"), story.Filed(id, number, kind: "cancel", source: "another"));
        (await story.RowAsync(id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task a_cancellation_without_a_readable_number_cancels_nothing_and_waits_to_be_corrected()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        var broken = await story.ChangesAsync(story.Cancelled(id, number[1..]));
        broken.Rows.ShouldBe(new RowCount(1, 0, 0, 1));
        (await story.RowAsync(id)).ShouldNotBeNull();
        (await story.WaitingAsync(broken)).ShouldBe(["NotANumber"]);
        await story.ChangesAsync(story.Cancelled(id, number));
        (await story.WaitingAsync(broken)).ShouldBeEmpty();
    }

    [Fact]
    public async Task an_unreadable_cancellation_still_waits_when_its_change_comes_after_it()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var broken = await story.ChangesAsync(story.Cancelled(id, number[1..]));
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        (await story.WaitingAsync(broken)).ShouldBe(["NotANumber"]);
    }
}
