using AccountGuard.AffectedLists;

namespace AccountGuard.Tests.AffectedLists;

/// <summary>Rule 1: figures as far from the count as they can be, which do not come round again.</summary>
public sealed class ControlTotalsTests
{
    [Theory]
    [InlineData(3, 0, true)]
    [InlineData(4, 0, false)]
    [InlineData(4, 2, true)]
    [InlineData(3 + (1L << 62), 0, false)]
    [InlineData(3 + (1L << 62), 10, false)]
    [InlineData(3 - (1L << 62), 0, false)]
    [InlineData(long.MaxValue, 0, false)]
    [InlineData(long.MinValue, 0, false)]
    public void a_total_agrees_where_it_differs_by_half_of_the_rounding_at_most(
        long records, long rounding, bool agrees) =>
        new ControlTotals(records, null, null, null, rounding).Differences(Counted(3)).Any().ShouldBe(!agrees);

    [Fact]
    public void a_negative_figure_agrees_with_nothing() =>
        new ControlTotals(3, -1, null, null, 10).Differences(Counted(3)).ShouldBe(["two: -1 declared, 0 in the file"]);

    [Fact]
    public void parts_that_add_up_only_by_coming_round_do_not() =>
        new ControlTotals(3, long.MaxValue, long.MaxValue, 5, long.MaxValue).Differences(Counted(3))
            .ShouldContain(found => found.StartsWith("parts "));

    private static RecordCount Counted(int records)
    {
        var counted = new RecordCount();
        for (var record = 0; record < records; record++)
        {
            counted.Add(1);
        }

        return counted;
    }
}
