using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Scenarios;

/// <summary>Rule 8: numbers that are replaced, and holders of several.</summary>
[Collection(SharedDatabase.Name)]
public sealed class IdentityScenarios(FreshDatabase database)
{
    [Fact]
    public async Task s41_a_number_replaced_in_the_middle_of_a_case_leaves_one_case_under_both_aliases()
    {
        var story = await OfListedNumbersAsync(database);
        var (old, @new, id, later) = (story.ListedNumber(), Number(), Id(), Id());
        await story.ChangesAsync(story.Filed(id, old, "2015-05-20"), story.Filed(later, @new, "2015-05-21"));
        var before = await story.RowAsync(id);
        var answer = await story.RenumberAsync($"{old},{@new},2015-08-24");
        answer.Rows.ShouldBe(new RowCount(1, 1, 0, 0));
        answer.Hits.ShouldBe(new HitCount(1, 0));
        (await story.RowAsync(id)).ShouldBe(before! with { Rank = (await story.RowAsync(id))!.Rank });
        (await story.RowAsync(later))!.Reasons.ShouldBe("Listed+Renumbered");
    }

    [Fact]
    public async Task s41_a_listing_under_the_new_number_queues_changes_under_the_old_and_the_other_way_round()
    {
        var story = await OfListedNumbersAsync(database);
        var (listed, old, @new) = (story.ListedNumber(), Number(), Number());
        var (first, second) = (Id(), Id());
        await story.ChangesAsync(story.Filed(first, old, "2015-05-20"), story.Filed(second, @new, "2015-05-20"));
        await story.RenumberAsync($"{old},{listed}", $"{listed},{@new}");
        (await story.RowAsync(first))!.Reasons.ShouldBe("Listed+Renumbered");
        (await story.RowAsync(second))!.Reasons.ShouldBe("Listed+Renumbered");
    }

    [Fact]
    public async Task s41_the_effective_day_decides_nothing()
    {
        var story = await OfListedNumbersAsync(database);
        var (listed, old, id) = (story.ListedNumber(), Number(), Id());
        await story.RenumberAsync($"{old},{listed},2031-01-01");
        await story.ChangesAsync(story.Filed(id, old, "2015-05-20"));
        (await story.RowAsync(id)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("ac bc", 2)]
    [InlineData("ac ad", 2)]
    [InlineData("ab ba", 2)]
    [InlineData("ab bc ca", 3)]
    [InlineData("ab bc cd da", 4)]
    [InlineData("aa", 1)]
    [InlineData("ab bc", 0)]
    [InlineData("ac bc=", 0)]
    public async Task s42_mappings_that_clash_are_quarantined_all_of_them_in_whatever_order_they_come(
        string mappings, int clashing)
    {
        var story = await OfListedNumbersAsync(database);
        var parts = mappings.Split(' ');
        var half = parts.Length / 2;
        foreach (var order in (string[][])[parts, [.. parts.Reverse()], [.. parts[half..], .. parts[..half]]])
        {
            var numbers = FreshNumbers(4);
            var deliveries = new List<DeliveryAnswer>();
            foreach (var part in order)
            {
                deliveries.Add(await story.RenumberAsync($"{numbers[part[0] - 'a']},{numbers[part[1] - 'a']},,"
                    + (part.EndsWith('=') ? "same-holder" : "renumbered")));
            }

            var waiting = new List<string>();
            foreach (var delivery in deliveries)
            {
                waiting.AddRange(await story.WaitingAsync(delivery));
            }

            waiting.ShouldBe(Enumerable.Repeat("MappingClash", clashing), $"in the order {string.Join(' ', order)}");
        }
    }

    [Fact]
    public async Task s42_clashing_mappings_count_as_joined_for_screening()
    {
        var story = await OfListedNumbersAsync(database);
        var (listed, other, @new, id) = (story.ListedNumber(), Number(), Number(), Id());
        await story.ChangesAsync(story.Filed(id, other, "2015-05-20"));
        await story.RenumberAsync($"{listed},{@new}");
        var answer = await story.RenumberAsync($"{other},{@new}");
        answer.Rows.ShouldBe(new RowCount(1, 0, 0, 1));
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed+Renumbered");
    }

    [Fact]
    public async Task s42_the_same_mapping_again_is_a_duplicate_and_with_another_day_no_clash()
    {
        var story = await OfListedNumbersAsync(database);
        var (old, @new) = (Number(), Number());
        await story.RenumberAsync($"{old},{@new},2015-08-24");
        var answer = await story.RenumberAsync(
            $"{old},{@new},2015-08-24", $"{old},{@new},2015-08-25", $"{old},{@new},,same-holder");
        answer.Rows.ShouldBe(new RowCount(3, 2, 1, 0));
        (await story.WaitingAsync(answer)).ShouldBeEmpty();
    }

    [Fact]
    public async Task s42_rows_that_are_no_mapping_are_quarantined()
    {
        var story = await OfListedNumbersAsync(database);
        var answer = await story.RenumberAsync($"{Number()},12345", $",{Number()}", $"{Number()},{Number()},,cousin");
        answer.Rows.ShouldBe(new RowCount(3, 0, 0, 3));
        (await story.WaitingAsync(answer)).ShouldBe(["NotANumber", "MissingField", "UnknownRelation"]);
    }

    [Fact]
    public async Task s43_open_work_before_and_after_a_renumbering_is_equal()
    {
        var story = await BeginAsync(database);
        var (olds, news) = (FreshNumbers(20), FreshNumbers(20));
        await story.ListAsync(1, [.. olds.Select((n, i) => Listed(n, 1 + (i % 4)))], live: "2015-06-14");
        await story.ChangesAsync([.. olds.SelectMany((n, i) => new[]
        {
            story.Filed($"account {i}", n, $"2015-05-{10 + i}"),
            story.Filed($"home {i}", n, "2015-05-20", kind: "address"),
            story.Filed($"gap {i}", n, received: $"2015-06-{10 + (i % 9)}"), story.Filed($"gone {i}", n, "2015-05-20"),
        }), .. olds.Select((n, i) => story.Cancelled($"gone {i}", n))]);
        var before = await story.QueueAsync();
        before.Count.ShouldBe(40);
        var answer = await story.RenumberAsync([.. olds.Zip(news, (o, n) => $"{o},{n},2015-08-24")]);
        answer.Hits.ShouldBe(new HitCount(0, 0));
        (await story.QueueAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task s44_a_change_under_a_number_that_is_not_listed_is_queued_once_its_holder_is_known()
    {
        var story = await OfListedNumbersAsync(database);
        var (listed, used, id, temporary) = (story.ListedNumber(), Number(), Id(), Id());
        var answer = await story.ChangesAsync(
            story.Filed(id, used, "2015-05-20"), story.Filed(temporary, "990X-123456", "2015-05-20"),
            story.Filed(Id(), "123456789012", "2015-05-20"));
        answer.Rows.ShouldBe(new RowCount(3, 1, 0, 2));
        (await story.WaitingAsync(answer)).ShouldBe(["NotANumber", "NotANumber"]);
        (await story.RowAsync(id)).ShouldBeNull();
        (await story.RenumberAsync($"{used},{listed},,same-holder")).Hits.ShouldBe(new HitCount(1, 0));
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed+Renumbered");
    }

    [Fact]
    public async Task the_tier_is_the_union_and_the_version_the_lowest_over_all_the_holders_listings()
    {
        var story = await BeginAsync(database);
        var (one, two) = (Number(), Number());
        await story.ListAsync(1, [$"{one},山田,,,,"]);
        await story.ListAsync(2, [$"{two},,1950-01-02,,,"]);
        await story.ChangesAsync(story.Filed("R1", two, "2015-05-20"));
        (await story.OnlyRowAsync()).ShouldSatisfyAllConditions(r => r.Tier.ShouldBe(2), r => r.Version.ShouldBe(2));
        await story.RenumberAsync($"{one},{two}");
        (await story.OnlyRowAsync()).ShouldSatisfyAllConditions(
            r => r.Tier.ShouldBe(3), r => r.Version.ShouldBe(1), r => r.Reasons.ShouldBe("Listed"));
    }
}
