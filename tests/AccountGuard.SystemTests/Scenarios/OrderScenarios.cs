using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Scenarios;

[Collection(SharedDatabase.Name)]
public sealed class OrderScenarios(FreshDatabase database)
{
    private sealed record Facts(Story Story, string Old, string New, string Other)
    {
        public Task InAsync(char fact) => fact switch
        {
            '1' => Story.ListAsync(1, [Listed(Old, 3), Listed(Other)]),
            '2' => Story.ListAsync(2, [Withdrawn(Other), Listed(New, 2)], live: "2015-06-14"),
            '3' => Story.ListAsync(3, [Listed(Old, 2)], live: "2015-06-20", replaces: true),
            'f' => Story.ChangesAsync(Story.Filed("old", Old, "2015-05-20"), Story.Filed("new", New, "2015-06-08"),
                Story.Filed("other", Other, "2015-05-21"), Story.Filed("doubt", New, "", "2015-06-12")),
            'a' => Story.ChangesAsync(Story.Filed("home", New, "2015-05-11", kind: "address")),
            'c' => Story.ChangesAsync(Story.Cancelled("doubt", New)),
            'r' => Story.RenumberAsync($"{Old},{New},2015-08-24"),
            'm' => Story.MoveCutoffAsync(1, "2015-06-05"),
            'n' => Story.MoveCutoffAsync(2, "2015-06-08"),
            _ => throw new ArgumentOutOfRangeException(nameof(fact), fact, "No such fact."),
        };
    }

    [Fact]
    public async Task s13_the_queue_is_the_same_in_whatever_order_the_facts_arrive()
    {
        var queues = new List<string>();
        foreach (var order in (string[])["1f2racmn3", "3nmcar2f1", "ca2rf1nm3"])
        {
            var facts = new Facts(await BeginAsync(database), Number(), Number(), Number());
            foreach (var fact in order)
            {
                await facts.InAsync(fact);
            }

            queues.Add($"{string.Join('\n', (await facts.Story.QueueAsync()).Select(r => r with { Source = "" }))}");
        }

        queues[0].Split('\n').Length.ShouldBe(2);
        queues.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task s14_a_cutoff_that_moves_brings_cases_and_takes_them_away()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(
            story.Filed("first", number, "2015-06-01"), story.Filed("second", number, "2015-06-14"),
            story.Filed("third", number, "2015-06-15"));
        (await story.IdsAsync()).ShouldBe(["first"]);
        (await story.MoveCutoffAsync(1, "2015-06-14")).ShouldBe((1, 0));
        (await story.IdsAsync()).ShouldBe(["first", "second"]);

        // No alert showed before 2 June, so what was filed on the 1st stays exposed by its number's own cutoff.
        (await story.MoveCutoffAsync(2, "2015-05-31")).ShouldBe((0, 1));
        (await story.ReasonsAsync()).ShouldBe(["first: AlertGap"]);
        (await story.IdsAsync("ListedInError")).ShouldBe(["second"]);
    }

    [Fact]
    public async Task s14_cutoff_decisions_apply_in_the_order_of_their_numbers()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-06-10"));
        (await story.MoveCutoffAsync(7, "2015-06-10")).ShouldBe((1, 0));
        (await story.MoveCutoffAsync(3, "2015-05-31")).ShouldBe((0, 0));
        (await story.IdsAsync()).ShouldBe(["R1"]);
    }

    [Fact]
    public async Task s14_the_same_decision_again_changes_nothing_and_with_other_content_is_refused()
    {
        var story = await BeginAsync(database);
        await story.MoveCutoffAsync(1, "2015-06-10", "first reason");
        await story.MoveCutoffAsync(1, "2015-06-10", "first reason");
        await Should.ThrowAsync<BadInput>(story.MoveCutoffAsync(1, "2015-06-11", "first reason"));
        await Should.ThrowAsync<BadInput>(story.MoveCutoffAsync(1, "2015-06-10", "other reason"));
        await Should.ThrowAsync<BadInput>(story.MoveCutoffAsync(0, "2015-06-10"));
    }

    [Fact]
    public async Task s14_a_moved_cutoff_turns_an_alert_gap_into_listed()
    {
        var story = await BeginAsync(database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)], live: "2015-06-14");
        await story.ChangesAsync(story.Filed("R1", number, "2015-06-10"));
        (await story.OnlyRowAsync()).Reasons.ShouldBe("AlertGap");
        await story.MoveCutoffAsync(1, "2015-06-10");
        (await story.OnlyRowAsync()).Reasons.ShouldBe("Listed");
    }

    [Fact]
    public async Task s15_a_change_keyed_for_the_wrong_person_is_withdrawn_and_keyed_anew()
    {
        var story = await OfListedNumbersAsync(database);
        var (wrong, right) = (story.ListedNumber(), story.ListedNumber());
        var (first, second) = (Id(), Id());
        await story.ChangesAsync(story.Filed(first, wrong, "2015-05-20"));
        var corrected = await story.ChangesAsync(
            story.Cancelled(first, wrong), story.Filed(second, right, "2015-05-20"));
        corrected.Rows.ShouldBe(new RowCount(2, 2, 0, 0));
        corrected.Hits.ShouldBe(new HitCount(1, 1));
        (await story.IdsAsync()).Intersect([first, second]).ShouldBe([second]);
        (await story.IdsAsync("Withdrawn")).ShouldContain(first);
    }
}
