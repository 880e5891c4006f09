using AccountGuard.Numbers;
using AccountGuard.Verification;

namespace AccountGuard.Tests.Verification;

/// <summary>What is counted of linked changes (Rule 16).</summary>
public class CaseLinksTests
{
    private static LinkedCase Linked(
        string? filedOn, LinkKind link = LinkKind.SameHolder, string kind = "account", int holder = 1,
        bool isCancelled = false) =>
        new(Guid.NewGuid(), "s", "r", kind, filedOn is null ? null : DateOnly.Parse(filedOn), null, [link],
            new NumberKey((UInt128)holder), isCancelled);

    [Theory]
    [InlineData("2015-06-08", 2)]
    [InlineData("2015-06-09", 1)]
    [InlineData("2015-04-11", 2)]
    [InlineData("2015-04-10", 1)]
    [InlineData(null, 1)]
    public void s23_of_thirty_days_the_first_and_the_last_count(string? other, int changes) =>
        CaseLinks.MostWithin(30, new DateOnly(2015, 5, 10), [Linked(other)]).ShouldBe(changes);

    [Fact]
    public void s23_changes_before_and_behind_are_not_added_where_more_than_thirty_days_lie_between_them() =>
        CaseLinks.MostWithin(30, new DateOnly(2015, 5, 10),
            [Linked("2015-04-20"), Linked("2015-05-25"), Linked("2015-05-28")]).ShouldBe(3);

    [Fact]
    public void s23_others_addresses_and_what_was_cancelled_are_no_changes_of_the_holders_account() =>
        CaseLinks.MostWithin(30, new DateOnly(2015, 5, 10),
        [
            Linked("2015-05-11", LinkKind.SameProxy), Linked("2015-05-11", LinkKind.AddressFirst, "address"),
            Linked("2015-05-11", isCancelled: true),
        ]).ShouldBe(1);

    [Fact]
    public void s22_a_holder_with_several_changes_to_an_account_is_one_and_one_whose_change_was_cancelled_none() =>
        CaseLinks.HoldersBy(LinkKind.SameNewAccount,
        [
            Linked("2015-05-11", LinkKind.SameNewAccount, holder: 2),
            Linked("2015-05-12", LinkKind.SameNewAccount, holder: 2),
            Linked("2015-05-12", LinkKind.SameNewAccount, holder: 3, isCancelled: true),
            Linked("2015-05-12", LinkKind.SameProxy, holder: 4),
        ]).ShouldBe(2);
}
