using System.Globalization;
using AccountGuard.Letters;

namespace AccountGuard.Tests.Letters;

/// <summary>Rule 13: the address valid before the window and before the first change of the chain.</summary>
public sealed class LetterAddressTests
{
    private static readonly DateOnly Window = Day("2015-05-08");
    private static readonly KnownAddress Old = At("OLD", "2001-04-01");

    private static readonly LetterHolder P20 = new("架空 花子", [Old, At("THIEF", "2015-05-11", "2015-05-11")]);

    [Fact]
    public void s20_an_address_changed_in_the_window_is_not_written_to() =>
        Chosen(P20, Window, Day("2015-05-11")).ShouldBe("OLD");

    [Fact]
    public void s31_an_address_changed_before_the_window_but_in_the_chain_is_not_written_to() =>
        Chosen(new("架空 花子", [Old, At("THIEF", "2015-05-02", "2015-05-02")]), Window, Day("2015-05-02"))
            .ShouldBe("OLD");

    [Theory]
    [InlineData("2015-05-07", "NEW")]
    [InlineData("2015-05-08", "OLD")]
    public void rule_13_the_address_counts_that_was_valid_on_the_day_before(string since, string chosen) =>
        Chosen(new("架空 花子", [At("NEW", since), Old]), Window, Day("2015-05-20")).ShouldBe(chosen);

    [Fact]
    public void an_address_that_a_change_told_of_in_the_chain_does_not_count_whatever_day_it_claims() =>
        Chosen(new("架空 花子", [Old, At("THIEF", "2015-01-01", "2015-05-11")]), Window, Day("2015-05-11"))
            .ShouldBe("OLD");

    [Fact]
    public void without_a_window_the_first_change_decides_and_without_its_day_the_window() =>
        (Chosen(P20, null, Day("2015-05-11")), Chosen(P20, Window, null), Chosen(P20, null, Day("2015-05-12")))
            .ShouldBe(("OLD", "OLD", "THIEF"));

    [Fact]
    public void of_two_addresses_for_one_day_the_one_told_later_counts() =>
        Chosen(new("架空 花子", [At("WRONG", "2010-01-01"), At("RIGHT", "2010-01-01")]), Window, null)
            .ShouldBe("RIGHT");

    [Fact]
    public void no_address_from_before_is_another_reason_than_no_address()
    {
        Refused(new("架空 花子", [At("THIEF", "2015-05-11")]), Window, null).ShouldBe(RefusalReason.NoAddressBefore);
        Refused(new("架空 花子", [At("UNDATED", null)]), Window, null).ShouldBe(RefusalReason.NoAddressBefore);
        Refused(P20, null, null).ShouldBe(RefusalReason.NoAddressBefore);
        Refused(new("架空 花子", []), Window, null).ShouldBe(RefusalReason.MissingAddress);
        Refused(new("架空 花子", [At(" ", "2001-04-01")]), Window, null).ShouldBe(RefusalReason.MissingAddress);
        Refused(new(null, [Old]), Window, null).ShouldBe(RefusalReason.MissingName);
    }

    [Fact]
    public void s32_protection_overrides_the_address_from_before_and_the_guardian() =>
        (Refused(P20 with { IsProtected = true }, Window, null),
            Refused(P20 with { IsProtected = true, GuardianName = "G", GuardianAddress = "G" }, Window, null))
            .ShouldBe((RefusalReason.ProtectedAddress, RefusalReason.ProtectedAddress));

    [Theory]
    [InlineData("2015-05-10")]
    [InlineData("2015-05-30")]
    public void s48_no_letter_goes_to_the_dead_whether_the_change_came_before_or_after(string diedOn) =>
        Refused(P20 with { DiedOn = Day(diedOn) }, Window, Day("2015-05-20")).ShouldBe(RefusalReason.Deceased);

    [Fact]
    public void a_guardian_is_written_to_in_place_of_the_holder()
    {
        var holder = P20 with { GuardianName = "後見 太郎", GuardianAddress = "G" };
        var to = LetterAddress.Choose(holder, Window, null).To.ShouldNotBeNull();
        (to.Name, to.Address, to.Ward, to.Holder).ShouldBe(("後見 太郎", "G", "架空 花子", "架空 花子"));
        Refused(holder with { GuardianAddress = "" }, Window, null).ShouldBe(RefusalReason.MissingAddress);
    }

    [Fact]
    public void rule_33_what_is_known_of_a_holder_prints_nothing() =>
        $"{P20}{Old}{LetterAddress.Choose(P20, Window, null)}".ShouldNotContain("OLD");

    private static string? Chosen(LetterHolder holder, DateOnly? window, DateOnly? first) =>
        LetterAddress.Choose(holder, window, first).To?.Address;

    private static RefusalReason? Refused(LetterHolder holder, DateOnly? window, DateOnly? first) =>
        LetterAddress.Choose(holder, window, first) is (null, { } refusal) ? refusal.Reason : null;

    private static KnownAddress At(string address, string? since, string? told = null) =>
        new("1000001", address, since is null ? null : Day(since), told is null ? null : Day(told), "test");

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
