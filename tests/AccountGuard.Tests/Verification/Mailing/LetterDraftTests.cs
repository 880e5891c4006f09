using System.Globalization;
using AccountGuard.Holders;
using AccountGuard.Intake;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using AccountGuard.Verification.Mailing;

namespace AccountGuard.Tests.Verification.Mailing;

/// <summary>Which letter the cases of a holder ask for (Rules 8, 13).</summary>
public sealed class LetterDraftTests
{
    private static readonly KeyFile Keys = KeyFile.FromSecret(new byte[32]);

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static HolderChange Change(
        string id, string day, string kind = "account", KnownAddress? told = null) => new(
        FiledChange.IdOf("office", id), "office", id, kind, day == "" ? null : Day(day), day == "" ? null : Day(day),
        IsCancelled: false, IsOpen: kind == "account", IsInBatch: false, IsOver: false, null, told);

    private static HolderChange Address(string id, string day, string address, string? since = null) => Change(
        id, day, "address", new KnownAddress(null, address, Day(since ?? day), Day(day), $"office {id}"));

    private static HolderRecord Record(params (string Address, string Since)[] addresses) => addresses.Aggregate(
        new HolderRecord(), (record, a) => record.Apply(new HolderStatement(
            new DateTimeOffset(2015, 6, 3, 0, 0, 0, TimeSpan.Zero), null, ReportedDay.Missing,
            new Dictionary<string, string>
            {
                ["name"] = "架空 花子",
                ["address"] = a.Address,
                ["address_since"] = a.Since,
            })));

    private static LetterDraft Draft(
        HolderRecord? record, string? window, bool hasClash = false, params HolderChange[] changes) => LetterDraft.Of(
        new HolderCases(new NumberKey(1), TimeZoneInfo.Utc, window is null ? null : Day(window), Day("2015-06-15"),
            hasClash, changes), record, c => c.IsOpen, change => CaseReferences.Of(Keys, change), Day("2015-06-03"),
        Day("2015-06-15"));

    [Fact]
    public void one_letter_asks_about_all_open_cases_and_each_has_a_reference_of_its_own()
    {
        var letter = Draft(Record(("OLD", "2001-04-01")), "2015-05-08", false,
            Change("R1", "2015-05-20"), Change("R2", "2015-05-21"), Address("R3", "2015-05-22", "THIEF"))
            .Letter.ShouldNotBeNull();
        letter.Changes.Select(c => (c.Reference, c.FiledOn)).ShouldBe(
        [
            (CaseReferences.Of(Keys, FiledChange.IdOf("office", "R1")), Day("2015-05-20")),
            (CaseReferences.Of(Keys, FiledChange.IdOf("office", "R2")), Day("2015-05-21")),
        ]);
    }

    [Fact]
    public void s31_the_chain_goes_back_before_the_window_as_long_as_its_changes_come_within_days()
    {
        var draft = Draft(Record(("OLD", "2001-04-01"), ("NEW", "2015-03-20")), "2015-05-08", false,
            Address("A0", "2015-03-20", "NEW"), Address("A1", "2015-05-02", "THIEF"), Change("R1", "2015-05-20"));
        (draft.FirstChange, draft.Letter!.To.Address).ShouldBe((Day("2015-05-02"), "NEW"));
    }

    [Theory]
    [InlineData("2015-04-20", "OLD")]
    [InlineData("2015-04-19", "NEW")]
    public void s31_without_a_window_thirty_days_are_the_border(string told, string chosen) =>
        Draft(Record(("OLD", "2001-04-01")), null, false,
            Address("A1", told, "NEW"), Change("R1", "2015-05-20")).Letter!.To.Address.ShouldBe(chosen);

    [Fact]
    public void s20_what_a_change_told_of_does_not_count_once_it_has_come_into_the_register()
    {
        var draft = Draft(Record(("OLD", "2001-04-01"), ("ＴＨＩＥＦ １", "2015-01-01")), "2015-05-08", false,
            Address("A1", "2015-05-11", "THIEF1", since: "2015-01-01"), Change("R1", "2015-05-18"));
        (draft.Letter!.To.Address, draft.Chosen!.Address).ShouldBe(("OLD", "OLD"));
    }

    [Fact]
    public void a_change_without_a_possible_day_leaves_it_to_the_window_and_without_one_to_people()
    {
        var record = Record(("OLD", "2001-04-01"));
        Draft(record, "2015-05-08", false, Change("R1", "")).Letter!.To.Address.ShouldBe("OLD");
        Draft(record, null, false, Change("R1", ""), Change("R2", "2015-05-20")).Refusal!.Reason
            .ShouldBe(RefusalReason.NoAddressBefore);
    }

    [Fact]
    public void s42_whose_mappings_clash_is_not_written_to() =>
        Draft(Record(("OLD", "2001-04-01")), "2015-05-08", true, Change("R1", "2015-05-20")).Refusal!.Reason
            .ShouldBe(RefusalReason.ClashingMapping);

    [Fact]
    public void s32_of_a_protected_holder_and_of_one_nobody_knows_no_address_is_known_here()
    {
        var hidden = Draft(Record(("OLD", "2001-04-01")) with { IsProtected = true }, "2015-05-08", false,
            Change("R1", "2015-05-20"));
        (hidden.Refusal!.Reason, hidden.Letter, hidden.Chosen).ShouldBe((RefusalReason.ProtectedAddress, null, null));
        var unknown = Draft(
            null, "2015-05-08", false, Address("A1", "2015-05-11", "THIEF"), Change("R1", "2015-05-20"));
        (unknown.Refusal!.Reason, unknown.Holder.Addresses.Count).ShouldBe((RefusalReason.MissingName, 0));
    }

    [Fact]
    public void without_an_open_case_there_is_nothing_to_ask() =>
        Draft(Record(("OLD", "2001-04-01")), "2015-05-08", false, Address("A1", "2015-05-11", "NEW")).Refusal!.Reason
            .ShouldBe(RefusalReason.NothingToAsk);

    [Fact]
    public void rule_33_a_draft_prints_nothing() =>
        $"{Draft(Record(("OLD", "2001-04-01")), "2015-05-08", false, Change("R1", "2015-05-20"))}".ShouldBe("•••");
}
