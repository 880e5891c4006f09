namespace AccountGuard.SystemTests.Scenarios;

[Collection(SharedDatabase.Name)]
public sealed class DateScenarios(FreshDatabase database)
{
    private async Task QueuedAsync(
        string reasons, string filed = "", string received = "", string entered = "",
        string at = "2015-09-30T09:00:00+09:00") =>
        (await (await Story.OfListedNumbersAsync(database)).ReasonsOfAsync(filed, received, entered, at))
            .ShouldBe(reasons);

    [Fact]
    public Task s10_a_change_filed_on_the_cutoff_day_is_queued() => QueuedAsync("Listed", "2015-06-01");

    [Fact]
    public Task s10_a_change_filed_in_the_last_second_of_the_cutoff_day_is_queued() =>
        QueuedAsync("Listed", "2015-06-01T23:59:59+09:00");

    [Fact]
    public Task s10_a_change_filed_at_midnight_after_the_cutoff_day_is_not() =>
        QueuedAsync("", "2015-06-02T00:00:00+09:00");

    [Fact]
    public Task s10_an_instant_counts_by_its_day_in_the_incidents_time_zone() =>
        QueuedAsync("", "2015-06-01T15:30:00Z");

    [Fact]
    public Task s10_the_last_instant_of_the_cutoff_day_is_queued_however_its_offset_is_written() =>
        QueuedAsync("Listed", "2015-06-01T04:59:59.999-10:00");

    [Fact]
    public Task s10_the_next_instant_is_not() => QueuedAsync("", "2015-06-01T05:00:00-10:00");

    [Fact]
    public Task s10_a_change_filed_before_the_window_is_outside() => QueuedAsync("", "2015-05-07");

    [Fact]
    public Task s10_a_change_filed_in_the_last_instant_before_the_window_is_outside() =>
        QueuedAsync("", "2015-05-07T14:59:59Z");

    [Fact]
    public Task s10_a_change_filed_on_the_first_day_of_the_window_is_queued() => QueuedAsync("Listed", "2015-05-08");

    [Fact]
    public Task s10_a_change_filed_in_the_first_instant_of_the_window_is_queued() =>
        QueuedAsync("Listed", "2015-05-07T15:00:00Z");

    [Fact]
    public Task s11_a_form_of_may_received_on_the_cutoff_day_and_keyed_later_is_queued_without_doubt() =>
        QueuedAsync("Listed", "2015-05-28", "2015-06-01", "2015-06-10", "2015-06-10T18:00:00+09:00");

    [Fact]
    public Task s11_a_form_of_the_window_received_after_the_cutoff_is_queued_in_doubt() =>
        QueuedAsync("Listed+DateDoubt", "2015-05-30", "2015-06-05");

    [Fact]
    public Task s11_a_form_dated_before_the_window_and_received_in_it_is_queued_in_doubt() =>
        QueuedAsync("Listed+DateDoubt", "2015-05-07", "2015-05-08");

    [Fact]
    public Task s11_days_on_both_sides_of_the_window_do_not_meet_it() => QueuedAsync("", "2015-05-07", "2015-06-02");

    [Fact]
    public Task s12_without_a_filed_day_the_ten_days_up_to_the_received_day_count() =>
        QueuedAsync("Listed+DateDoubt", received: "2015-06-03");

    [Fact]
    public Task s12_the_first_of_the_ten_days_is_the_cutoff_day() =>
        QueuedAsync("Listed+DateDoubt", received: "2015-06-10");

    [Fact]
    public Task s12_ten_days_that_begin_after_the_cutoff_do_not_meet_it() => QueuedAsync("", received: "2015-06-11");

    [Fact]
    public Task s12_received_on_20_june_without_a_filed_day_is_not_queued() => QueuedAsync("", received: "2015-06-20");

    [Fact]
    public Task s12_without_filed_and_received_day_the_ten_days_up_to_the_entered_day_count() =>
        QueuedAsync("Listed+DateDoubt", entered: "2015-06-10");

    [Fact]
    public Task s12_ten_days_up_to_the_entered_day_that_begin_after_the_cutoff_do_not_meet_it() =>
        QueuedAsync("", entered: "2015-06-11");

    [Fact]
    public Task s12_a_received_day_counts_before_an_entered_day() =>
        QueuedAsync("", received: "2015-06-11", entered: "2015-06-12");

    [Fact]
    public Task s12_a_change_filed_after_it_was_entered_has_an_impossible_filed_day() =>
        QueuedAsync("Listed+DateDoubt", "2015-06-20", entered: "2015-06-05");

    [Fact]
    public Task s12_a_change_filed_in_2051_has_an_impossible_filed_day() =>
        QueuedAsync("Listed+DateDoubt", "2051-05-20", "2015-06-03");

    [Fact]
    public Task s12_a_change_without_any_day_is_queued() => QueuedAsync("Listed+DateDoubt");

    [Fact]
    public Task s12_a_change_whose_every_day_is_impossible_is_queued() =>
        QueuedAsync("Listed+DateDoubt", "2051-05-20", "2051-05-21", "2051-05-22");

    [Fact]
    public Task s12_a_change_whose_days_cannot_be_read_is_queued() =>
        QueuedAsync("Listed+DateDoubt", "平成27年5月20日", "20 May", "2015-02-30");

    [Theory]
    [InlineData("", "0001-01-05")]
    [InlineData("0001-01-01", "")]
    [InlineData("0001-01-01T00:00:00Z", "")]
    [InlineData("9999-12-31T23:59:59Z", "0001-01-02")]
    public async Task rule_4_days_at_the_ends_of_the_calendar_are_queued_and_shown(string filed, string received)
    {
        var story = await Story.BeginAsync(database, d => d with { Window = null, TimeZone = "America/New_York" });
        var number = Story.Number();
        await story.ListAsync(1, [Story.Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, filed, received));
        (await story.OnlyRowAsync()).Id.ShouldBe("R1");
    }
}
