using AccountGuard.Incidents;

namespace AccountGuard.SystemTests.Screening;

/// <summary>Rules 3 and 4: which days of a change are possible, and when they are in doubt.</summary>
[Collection(SharedDatabase.Name)]
public sealed class PossibleDays(FreshDatabase database)
{
    private async Task QueuedAsync(
        string reasons, string filed = "", string received = "", string entered = "",
        string at = "2015-09-30T09:00:00+09:00") =>
        (await (await Story.OfListedNumbersAsync(database)).ReasonsOfAsync(filed, received, entered, at))
            .ShouldBe(reasons);

    [Fact]
    public Task a_day_after_the_day_of_delivery_is_impossible() =>
        QueuedAsync("Listed+DateDoubt", "2015-06-04", "2015-06-03", at: "2015-06-03T23:59:59+09:00");

    [Fact]
    public Task the_day_of_delivery_is_possible_and_counts_in_the_incidents_time_zone() =>
        QueuedAsync("", "2015-06-03", "2015-06-03", at: "2015-06-02T15:00:00Z");

    [Fact]
    public Task a_day_of_delivery_that_is_still_yesterday_in_tokyo_makes_today_impossible() =>
        QueuedAsync("Listed+DateDoubt", "2015-06-03", at: "2015-06-02T14:59:59Z");

    [Fact]
    public Task an_entered_day_after_the_delivery_limits_nothing() =>
        QueuedAsync("", "2015-06-05", "2015-06-05", "2015-07-01", at: "2015-06-10T09:00:00+09:00");

    [Fact]
    public Task a_received_day_after_the_entered_day_is_impossible() =>
        QueuedAsync("Listed+DateDoubt", received: "2015-06-20", entered: "2015-06-10");

    [Fact]
    public Task an_impossible_received_day_alone_is_no_doubt() =>
        QueuedAsync("Listed", "2015-05-20", "2015-06-20", "2015-05-21");

    [Fact]
    public Task a_filed_day_on_the_entered_day_is_possible() =>
        QueuedAsync("Listed", "2015-05-20", entered: "2015-05-20");

    [Fact]
    public Task an_instant_of_filing_is_compared_with_a_plain_entered_day_by_its_day() =>
        QueuedAsync("Listed+DateDoubt", "2015-05-20T15:00:00Z", entered: "2015-05-20");

    [Fact]
    public Task a_filed_day_alone_in_the_window_is_no_doubt() => QueuedAsync("Listed", "2015-05-20");

    [Fact]
    public Task a_filed_day_after_the_received_day_is_possible() => QueuedAsync("Listed", "2015-05-20", "2015-05-15");

    [Fact]
    public Task an_unreadable_filed_day_is_doubt_though_the_received_day_lies_in_the_window() =>
        QueuedAsync("Listed+DateDoubt", "?", "2015-05-20");

    [Fact]
    public Task an_unreadable_received_day_does_not_matter_where_the_filed_day_is_known() =>
        QueuedAsync("", "2015-06-02", "?");

    [Theory]
    [InlineData("0001-01-01", "")]
    [InlineData("9999-12-31", "Listed+DateDoubt")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "Listed+DateDoubt")]
    [InlineData("0001-01-01T00:00:00Z", "")]
    public Task a_day_at_the_ends_of_the_calendar_is_a_day_like_others(string filed, string reasons) =>
        QueuedAsync(reasons, filed);

    [Theory]
    [InlineData(1, "2015-06-01", true)]
    [InlineData(1, "2015-06-02", false)]
    [InlineData(30, "2015-06-30", true)]
    [InlineData(30, "2015-07-01", false)]
    public async Task the_incident_says_how_many_days_the_post_takes(int days, string received, bool isQueued)
    {
        var story = await Story.BeginAsync(database, d => d with { PostDays = days });
        var number = Story.Number();
        await story.ListAsync(1, [Story.Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, received: received));
        (await story.IdsAsync()).ShouldBe(isQueued ? ["R1"] : []);
    }

    [Fact]
    public async Task one_instant_is_another_day_in_another_incidents_time_zone()
    {
        var tokyo = await Story.BeginAsync(database);
        var newYork = await Story.BeginAsync(database, d => d with { TimeZone = "America/New_York" });
        var number = Story.Number();
        await tokyo.ListAsync(1, [Story.Listed(number)]);
        await newYork.ListAsync(1, [Story.Listed(number)]);
        await tokyo.ChangesAsync(
            tokyo.Filed("after", number, "2015-06-01T15:30:00Z"),
            tokyo.Filed("before", number, "2015-05-07T20:00:00Z"));
        (await tokyo.IdsAsync()).ShouldBe(["before"]);
        (await newYork.QueueAsync()).Select(r => (r.Id, r.Filed)).ShouldBe([("after", "2015-06-01")]);
    }

    [Fact]
    public async Task an_incident_without_a_first_day_has_no_day_too_early()
    {
        var story = await Story.BeginAsync(database, d => d with { Window = null });
        var number = Story.Number();
        await story.ListAsync(1, [Story.Listed(number)]);
        await story.ChangesAsync(
            story.Filed("R1", number, "1999-12-31"), story.Filed("R2", number, "2015-06-02"),
            story.Filed("R3", number, "2015-06-01"));
        (await story.IdsAsync()).ShouldBe(["R1", "R3"]);
    }

    [Fact]
    public async Task a_cutoff_before_a_day_excludes_it_and_through_a_day_includes_it()
    {
        var day = new DateOnly(2015, 6, 1);
        var through = await Story.BeginAsync(database);
        var before = await Story.BeginAsync(database, d => d with { Cutoff = new Declaration.CutoffPart(Before: day) });
        var number = Story.Number();
        await through.ListAsync(1, [Story.Listed(number)], live: "2015-05-31");
        await before.ListAsync(1, [Story.Listed(number)], live: "2015-05-31");
        await through.ChangesAsync(
            through.Filed("R1", number, "2015-06-01"), through.Filed("R2", number, "2015-05-31"));
        (await through.IdsAsync()).ShouldBe(["R2", "R1"]);
        (await before.IdsAsync()).ShouldBe(["R2"]);
    }
}
