using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Intake;

/// <summary>Rule 7: each delivery once, each row accounted for.</summary>
[Collection(SharedDatabase.Name)]
public sealed class Redelivery(FreshDatabase database)
{
    [Fact]
    public async Task a_row_twice_in_one_file_is_one_change_and_a_duplicate()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var row = story.Filed(id, story.ListedNumber(), "2015-05-20");
        var answer = await story.ChangesAsync(row, row);
        answer.Rows.ShouldBe(new RowCount(2, 1, 1, 0));
        answer.Hits.ShouldBe(new HitCount(1, 0));
    }

    [Fact]
    public async Task content_is_compared_after_normalising()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20T09:00:00+09:00", kind: "account"));
        var again = await story.ChangesTextAsync(
            "number,request_id,source,filed_on,channel\n"
            + $"\"{number[..4]}-{number[4..]}\", {id} ,{story.Incident},2015-05-20T00:00Z,\n");
        again.Rows.ShouldBe(new RowCount(1, 0, 1, 0));
    }

    [Theory]
    [InlineData("2015-05-21", "", "")]
    [InlineData("2015-05-20", "2015-05-21", "")]
    [InlineData("2015-05-20", "", "2015-05-21")]
    [InlineData("2015-05-20x", "", "")]
    public async Task other_content_of_one_request_id_is_quarantined_and_the_first_stands(
        string filed, string received, string entered)
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        var other = await story.ChangesAsync(story.Filed(id, number, filed, received, entered));
        other.Rows.ShouldBe(new RowCount(1, 0, 0, 1));
        (await story.WaitingAsync(other)).ShouldBe(["OtherContent"]);
        (await story.RowAsync(id))!.ShouldSatisfyAllConditions(
            r => r.Filed.ShouldBe("2015-05-20"), r => r.Reasons.ShouldBe("Listed"));
    }

    [Fact]
    public async Task of_two_contents_of_one_request_id_in_one_file_the_first_row_stands()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var (number, other) = (story.ListedNumber(), story.ListedNumber());
        var answer = await story.ChangesAsync(
            story.Filed(id, number, "2015-05-20"), story.Filed(id, other, "2015-05-20"),
            story.Filed(id, number, "2015-05-20", kind: "address"));
        answer.Rows.ShouldBe(new RowCount(3, 1, 0, 2));
        (await story.RowAsync(id))!.Kind.ShouldBe("account");
    }

    [Fact]
    public async Task one_request_id_of_two_sources_is_two_changes()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var answer = await story.ChangesAsync(
            story.Filed(id, number, "2015-05-20"), story.Filed(id, number, "2015-05-20", source: "other office"));
        answer.Rows.ShouldBe(new RowCount(2, 2, 0, 0));
    }

    [Fact]
    public async Task unreadable_fields_are_compared_as_they_came()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "20 May"));
        (await story.ChangesAsync(story.Filed(id, number, "20 May "), story.Filed(id, number, "21 May")))
            .Rows.ShouldBe(new RowCount(2, 0, 1, 1));
    }

    [Fact]
    public async Task a_quarantined_row_waits_until_its_change_comes_in_readable_form()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        var broken = await story.ChangesAsync(
            story.Filed(id, number[1..], "2015-05-20"), story.Filed(Id(), "", "2015-05-20"));
        (await story.WaitingAsync(broken)).ShouldBe(["NotANumber", "MissingField"]);
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        (await story.RowAsync(id)).ShouldNotBeNull();
        (await story.WaitingAsync(broken)).ShouldBe(["MissingField"]);
    }

    [Fact]
    public async Task an_unreadable_row_of_a_change_that_is_known_is_shown()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        var broken = await story.ChangesAsync(story.Filed(id, number[1..], "2015-05-20"));
        (await story.WaitingAsync(broken)).ShouldBe(["NotANumber"]);
    }

    [Fact]
    public async Task a_settled_row_waits_no_longer_and_settling_twice_is_settling_once()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"));
        var other = await story.ChangesAsync(story.Filed(id, number, "2015-05-21"));
        await ListDeliveries.SettleAsync(story.At, other.Delivery, 1, "the first is right", CancellationToken.None);
        await ListDeliveries.SettleAsync(story.At, other.Delivery, 1, "again", CancellationToken.None);
        (await story.WaitingAsync(other)).ShouldBeEmpty();
        await Should.ThrowAsync<BadInput>(
            ListDeliveries.SettleAsync(story.At, other.Delivery, 2, "no such row", CancellationToken.None));
    }

    [Fact]
    public async Task the_same_delivery_counts_as_received_when_it_first_came()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        string[] rows = [story.Filed(id, story.ListedNumber(), "2015-06-20", "2015-06-05")];
        story.ReceivedAt = "2015-06-06T09:00:00+09:00";
        var first = await story.ChangesAsync(rows);
        story.ReceivedAt = "2015-09-30T09:00:00+09:00";
        (await story.ChangesAsync(rows)).ShouldBe(first);
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed+DateDoubt");
    }

    [Fact]
    public async Task a_delivery_id_names_one_delivery_whatever_its_kind()
    {
        var story = await OfListedNumbersAsync(database);
        var delivery = $"delivery {Id()}";
        await story.ChangesAsync([story.Filed(Id(), Number())], delivery);
        await Should.ThrowAsync<BadInput>(story.ListAsync(99, [Listed(Number())], delivery: delivery));
    }

    [Fact]
    public async Task a_delivery_of_several_batches_answers_for_all_of_them()
    {
        var story = await OfListedNumbersAsync(database);
        var rows = Enumerable.Range(0, 2_500).Select(_ => story.Filed(Id(), Number(), "2015-05-20")).ToArray();
        rows[1_500] = rows[10];
        rows[2_400] = "broken";
        (await story.ChangesAsync(rows)).Rows.ShouldBe(new RowCount(2_500, 2_498, 1, 1));
    }
}
