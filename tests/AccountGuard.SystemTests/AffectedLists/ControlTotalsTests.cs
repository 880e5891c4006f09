using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.AffectedLists;

/// <summary>Rule 1: totals first.</summary>
[Collection(SharedDatabase.Name)]
public sealed class ControlTotalsTests(FreshDatabase database)
{
    private static string[] Rows(int two, int three, int four) =>
        [.. FreshNumbers(two).Select(n => Listed(n, 2)), .. FreshNumbers(three).Select(n => Listed(n, 3)),
            .. FreshNumbers(four).Select(n => Listed(n, 4))];

    private async Task<string> RefusalAsync(string[] rows, ControlTotals totals)
    {
        var story = await BeginAsync(database);
        var refused = await Should.ThrowAsync<BadInput>(story.ListAsync(1, rows, totals: totals));
        refused.Message.ShouldContain("refused whole");
        var listed = await ListDeliveries.RunAsync(story.At, null, CancellationToken.None);
        listed.Count(d => d.State == "Refused" && d.Reason == refused.Message).ShouldBe(1);
        return refused.Message;
    }

    [Theory]
    [InlineData(5, 2, 2, 1, "records: 5 declared, 6 in the file")]
    [InlineData(6, 2, 3, 1, "three: 3 declared, 2 in the file")]
    [InlineData(6, 2, 2, 3, "four: 3 declared, 2 in the file")]
    [InlineData(6, 3, 2, 2, "two: 3 declared, 2 in the file")]
    public async Task a_figure_that_is_not_what_the_file_holds_refuses_it_whole(
        int records, int two, int three, int four, string reason) =>
        (await RefusalAsync(Rows(2, 2, 2), new ControlTotals(records, two, three, four, 0))).ShouldContain(reason);

    [Fact]
    public async Task nothing_of_a_refused_list_is_kept_and_its_version_is_free()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await Should.ThrowAsync<BadInput>(
            story.ListAsync(1, [Listed(number)], totals: new ControlTotals(2, null, null, null, 0), delivery: number));
        (await story.QueueAsync()).ShouldBeEmpty();
        (await story.ListAsync(1, [Listed(number)], delivery: number)).Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        (await story.IdsAsync()).ShouldBe(["R1"]);
    }

    [Fact]
    public async Task a_figure_that_is_not_declared_is_not_compared()
    {
        var story = await BeginAsync(database);
        var answer = await story.ListAsync(1, Rows(1, 2, 3), totals: new ControlTotals(6, null, 2, null, 0));
        answer.Rows.Accepted.ShouldBe(6);
    }

    [Fact]
    public async Task records_count_every_row_and_parts_count_additions_by_their_own_fields()
    {
        var story = await BeginAsync(database);
        var (repeated, withdrawn) = (Number(), Number());
        string[] rows =
        [
            Listed(repeated, 2), Listed(repeated, 2), Listed(repeated, 3), Listed(Number()), Withdrawn(withdrawn),
            Listed("123456789", 4),
        ];
        var answer = await story.ListAsync(1, rows, totals: new ControlTotals(6, 2, 1, 1, 0));
        answer.Rows.ShouldBe(new RowCount(6, 4, 1, 1));
        answer.Numbers.ShouldBe(new NumberCount(2, 2, 0, 1));
    }

    [Fact]
    public async Task name_and_kana_are_one_leaked_field()
    {
        var story = await BeginAsync(database);
        var number = Number();
        var answer = await story.ListAsync(1, [$"{number},山田,", $"{number},,ヤマダ"], header: "number,name,kana\n",
            totals: new ControlTotals(2, 2, 0, 0, 0));
        answer.Rows.ShouldBe(new RowCount(2, 1, 1, 0));
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        (await story.OnlyRowAsync()).Tier.ShouldBe(2);
    }

    [Fact]
    public async Task a_rounded_figure_may_differ_by_half_of_the_rounding()
    {
        var story = await BeginAsync(database);
        var answer = await story.ListAsync(1, Rows(15, 25, 12), totals: new ControlTotals(50, 10, 30, 10, 10));
        answer.Rows.ShouldBe(new RowCount(52, 52, 0, 0));
    }

    [Fact]
    public async Task a_rounded_figure_may_not_differ_by_more() =>
        (await RefusalAsync(Rows(16, 25, 12), new ControlTotals(50, 10, 30, 10, 10)))
            .ShouldContain("two: 10 declared, 16 in the file");

    [Fact]
    public async Task without_rounding_a_difference_of_one_is_refused() =>
        (await RefusalAsync(Rows(3, 0, 0), new ControlTotals(2, 2, 0, 0, 0))).ShouldContain("records: 2 declared, 3");

    [Fact]
    public async Task rounded_parts_still_add_up_to_the_rounded_total_exactly() =>
        (await RefusalAsync(Rows(15, 25, 15), new ControlTotals(50, 10, 30, 20, 10))).ShouldContain("parts 60 != 50");

    [Fact]
    public async Task a_number_added_and_withdrawn_in_one_version_refuses_it()
    {
        var number = Number();
        var message = await RefusalAsync([Listed(Number()), Withdrawn(number), Listed(number)],
            new ControlTotals(3, null, null, null, 0));
        message.ShouldContain("row 2 withdraws the number that row 3 adds");
        message.ShouldNotContain(number);
    }

    [Fact]
    public async Task a_whole_list_that_withdraws_a_number_is_refused()
    {
        var story = await BeginAsync(database);
        var refused = await Should.ThrowAsync<BadInput>(
            story.ListAsync(1, [Listed(Number()), Withdrawn(Number())], replaces: true));
        refused.Message.ShouldContain("row 2 withdraws a number from a whole list");
    }

    [Fact]
    public async Task an_action_that_is_not_known_is_quarantined()
    {
        var story = await BeginAsync(database);
        var answer = await story.ListAsync(1, [$"{Number()},,,,remove,", $"{Number()},,,,add,"]);
        answer.Rows.ShouldBe(new RowCount(2, 1, 0, 1));
        (await story.WaitingAsync(answer)).ShouldBe(["UnknownAction"]);
    }

    [Fact]
    public async Task a_list_of_no_rows_is_a_version_like_others()
    {
        var story = await BeginAsync(database);
        (await story.ListAsync(1, [])).Rows.ShouldBe(new RowCount(0, 0, 0, 0));
    }
}
