using AccountGuard.Deliveries;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Screening;

/// <summary>S20, S21 and the reason AddressChain: address changes come first in an attack.</summary>
[Collection(SharedDatabase.Name)]
public sealed class AddressChains(FreshDatabase database)
{
    /// <summary>Reasons of an account change with such days, its holder having an address change with those.</summary>
    private async Task ChainAsync(
        string reasons, string account = "2015-05-18", string address = "", string addressReceived = "",
        string accountReceived = "")
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var number = story.ListedNumber();
        await story.ChangesAsync(
            story.Filed(id, number, account, accountReceived),
            story.Filed(Id(), number, address, addressReceived, kind: "address"));
        (await story.RowAsync(id))!.Reasons.ShouldBe(reasons);
    }

    [Fact]
    public Task an_address_change_before_the_account_change_makes_a_chain() =>
        ChainAsync("Listed+AddressChain", address: "2015-05-11");

    [Fact]
    public Task an_address_change_on_the_same_day_makes_a_chain() =>
        ChainAsync("Listed+AddressChain", address: "2015-05-18");

    [Fact]
    public Task a_later_address_change_makes_none() => ChainAsync("Listed", address: "2015-05-19");

    [Fact]
    public Task an_address_change_on_the_first_day_of_the_window_makes_a_chain() =>
        ChainAsync("Listed+AddressChain", address: "2015-05-08");

    [Fact]
    public Task an_address_change_before_the_window_makes_none() => ChainAsync("Listed", address: "2015-05-07");

    [Fact]
    public Task an_address_change_filed_before_and_received_in_the_window_makes_a_chain() =>
        ChainAsync("Listed+AddressChain", address: "2015-05-07", addressReceived: "2015-05-20");

    [Fact]
    public Task an_address_change_of_unknown_day_counts_as_not_later() => ChainAsync("Listed+AddressChain");

    [Fact]
    public Task an_account_change_of_unknown_day_follows_every_address_change() =>
        ChainAsync("Listed+DateDoubt+AddressChain", account: "", address: "2015-06-01");

    [Fact]
    public Task the_earliest_possible_day_of_an_address_change_without_a_filed_day_counts() =>
        ChainAsync("Listed+AddressChain", account: "2015-05-20", addressReceived: "2015-05-29");

    [Fact]
    public Task ten_days_that_begin_after_the_account_change_make_none() =>
        ChainAsync("Listed", account: "2015-05-19", addressReceived: "2015-05-29");

    [Fact]
    public Task the_received_day_of_an_account_change_may_be_its_earliest() =>
        ChainAsync("Listed", account: "2015-05-20", accountReceived: "2015-05-10", address: "2015-05-15");

    [Fact]
    public async Task a_cancelled_address_change_makes_none_whichever_came_first()
    {
        var (story, first, second) = (await OfListedNumbersAsync(database), Id(), Id());
        var (number, other, address) = (story.ListedNumber(), story.ListedNumber(), Id());
        await story.ChangesAsync(
            story.Filed(address, number, "2015-05-11", kind: "address"), story.Filed(first, number, "2015-05-18"));
        (await story.RowAsync(first))!.Reasons.ShouldBe("Listed+AddressChain");
        await story.ChangesAsync(story.Cancelled(address, number));
        (await story.RowAsync(first))!.Reasons.ShouldBe("Listed");

        address = Id();
        await story.ChangesAsync(story.Cancelled(address, other), story.Filed(second, other, "2015-05-18"));
        await story.ChangesAsync(story.Filed(address, other, "2015-05-11", kind: "address"));
        (await story.RowAsync(second))!.Reasons.ShouldBe("Listed");
    }

    [Fact]
    public async Task an_address_change_under_another_number_of_the_holder_makes_a_chain_once_they_are_joined()
    {
        var (story, id) = (await OfListedNumbersAsync(database), Id());
        var (number, old) = (story.ListedNumber(), Number());
        await story.ChangesAsync(
            story.Filed(id, number, "2015-05-18"), story.Filed(Id(), old, "2015-05-11", kind: "address"));
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed");
        await story.RenumberAsync($"{old},{number},2015-08-24");
        (await story.RowAsync(id))!.Reasons.ShouldBe("Listed+AddressChain");
    }

    [Fact]
    public async Task the_window_of_an_alias_makes_the_chain_and_ends_the_doubt()
    {
        var story = await BeginAsync(database);
        var (old, @new) = (Number(), Number());
        await story.RenumberAsync($"{old},{@new}");
        await story.ListAsync(1, [Listed(old)]);
        await story.ChangesAsync(
            story.Filed("doubt", old, "2015-06-01", "2015-06-05"),
            story.Filed("home", old, "2015-06-03", kind: "address"),
            story.Filed("gap", old, "2015-06-06"));
        (await story.ReasonsAsync()).ShouldBe(["doubt: Listed+DateDoubt"]);

        // The alias' alert was live from 14 June: its window takes in both days of the first, and the address change.
        await story.ListAsync(2, [Listed(@new)], live: "2015-06-14");
        (await story.ReasonsAsync()).ShouldBe(["gap: AlertGap+AddressChain", "doubt: Listed"]);
        await story.ListAsync(3, [Withdrawn(old)]);
        (await story.ReasonsAsync())
            .ShouldBe(["gap: AlertGap+Renumbered+AddressChain", "doubt: Listed+Renumbered"]);
    }

    [Fact]
    public async Task s20_the_chain_ranks_first_of_its_pay_day()
    {
        var story = await BeginAsync(database);
        var (p20, four) = (Number(), Number());
        await story.ListAsync(1, [Listed(p20), Listed(four, 4)]);
        await story.ChangesAsync(
            story.Filed("four", four, "2015-05-11"), story.Filed("account", p20, "2015-05-18"),
            story.Filed("address", p20, "2015-05-11", kind: "address"));
        (await story.ReasonsAsync()).ShouldBe(["account: Listed+AddressChain", "four: Listed"]);
    }

    [Fact]
    public async Task s21_an_address_change_alone_has_no_row_of_its_own_where_it_is_linked()
    {
        var story = await OfListedNumbersAsync(database);
        var (number, id, later) = (story.ListedNumber(), Id(), Id());
        var answer = await story.ChangesAsync(
            story.Filed(id, number, "2015-05-25", kind: "address"), story.Filed(later, number, "2015-06-10"));
        answer.Hits.ShouldBe(new HitCount(0, 0));
        (await story.IdsAsync()).Intersect([id, later]).ShouldBeEmpty();
    }

    [Fact]
    public async Task s21_an_address_change_is_a_case_of_its_own_where_the_incident_verifies_them()
    {
        var story = await BeginAsync(database, d => d with { AddressChanges = "verify" });
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(
            story.Filed("home", number, "2015-05-25", kind: "address"), story.Filed("earlier", number, "2015-05-24"),
            story.Filed("account", number, "2015-05-26"), story.Filed("away", number, "2015-06-02", kind: "address"));
        (await story.QueueAsync()).Select(r => (r.Id, r.Kind, r.Reasons)).ShouldBe([
            ("account", "account", "Listed+AddressChain"), ("earlier", "account", "Listed"),
            ("home", "address", "Listed")]);
    }
}
