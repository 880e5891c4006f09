using System.Text.Json;
using AccountGuard.Holders;
using AccountGuard.Intake;

namespace AccountGuard.Tests.Holders;

/// <summary>What is current of a holder, and what was, from all that was said.</summary>
public class HolderRecordTests
{
    private static HolderStatement Said(
        int day, string details = "", bool? isProtected = null, string died = "") => new(
        new DateTimeOffset(2015, 6, day, 0, 0, 0, TimeSpan.Zero), isProtected, ReportedDay.Parse(died),
        details.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(d => d.Split('='))
            .ToDictionary(d => d[0], d => d[1]));

    private static HolderRecord Of(params HolderStatement[] said) =>
        said.Aggregate(new HolderRecord(), (record, one) => record.Apply(one));

    private static string Addresses(HolderRecord record) =>
        string.Join(' ', record.Addresses.Select(a => $"{a.Text}/{a.Since}/{a.ReceivedAt.Day}"));

    [Fact]
    public void rule_34_the_last_to_say_a_thing_decides_and_who_says_nothing_takes_nothing_back()
    {
        var record = Of(Said(1, "name=A|kana=エー|birth_date=1948-02-03"), Said(2, "name=B"), Said(3));
        (record.Name, record.Kana, record.BirthDate.Day).ShouldBe(("B", "エー", new DateOnly(1948, 2, 3)));
    }

    [Fact]
    public void rule_34_addresses_add_up_in_the_order_in_which_they_came_to_be_valid()
    {
        var record = Of(
            Said(1, "address=B|address_since=2015-05-11"), Said(2, "address=A|address_since=2001-04-01"),
            Said(3, "address=C"), Said(4, "address=A|address_since=2015-06-10T00:00Z"));
        Addresses(record).ShouldBe("A/2001-04-01/2 B/2015-05-11/1 C//3 A/2015-06-10T00:00:00.000000Z/4");
    }

    [Fact]
    public void an_address_said_again_is_one_and_one_gone_back_to_is_two()
    {
        Addresses(Of(Said(1, "address=A"), Said(2, "address=A"), Said(3, "name=N"), Said(4, "address=A")))
            .ShouldBe("A//1");
        Addresses(Of(Said(1, "address=A"), Said(2, "address=B"), Said(3, "address=A"))).ShouldBe("A//1 B//2 A//3");
        Of(Said(1, "address=A|postal_code=1"), Said(2, "address=A|postal_code=2")).Addresses.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("t", true)]
    [InlineData("t-", true)]
    [InlineData("tf", false)]
    [InlineData("tft", true)]
    [InlineData("f-t--", true)]
    public void rule_13_protected_stays_until_a_later_row_says_that_it_ended(string said, bool isProtected) =>
        Of([.. said.Select((s, i) => Said(1 + i, isProtected: s == '-' ? null : s == 't'))])
            .IsProtected.ShouldBe(isProtected);

    [Fact]
    public void rule_13_addresses_of_the_protected_are_hidden_and_so_is_the_guardians()
    {
        var record = Of(Said(1, "address=SECRET|postal_code=SECRET|guardian_name=G|guardian_address=SECRET"),
            Said(2, isProtected: true));
        record.Addresses.ShouldHaveSingleItem().Text.ShouldBe(HolderRecord.Hidden);
        (record.GuardianName, record.GuardianAddress).ShouldBe(("G", HolderRecord.Hidden));
        JsonSerializer.Serialize(record).ShouldNotContain("SECRET");
        record.Apply(Said(3, isProtected: false)).Addresses.ShouldHaveSingleItem().Text.ShouldBe("SECRET");
    }

    [Fact]
    public void rule_17_a_death_stays_and_a_later_report_corrects_its_day()
    {
        Of(Said(1, died: "2015-05-10"), Said(2, "name=A")).Died.Day.ShouldBe(new DateOnly(2015, 5, 10));
        Of(Said(1, died: "2015-05-10"), Said(2, died: "2015-05-12")).Died.Day.ShouldBe(new DateOnly(2015, 5, 12));
        Of(Said(1)).Died.Kind.ShouldBe(ReportedDayKind.Missing);
    }

    [Fact]
    public void a_new_guardian_does_not_live_where_the_old_one_did()
    {
        var first = Of(Said(1, "guardian_name=G|guardian_address=X"));
        first.Apply(Said(2, "guardian_name=H")).GuardianAddress.ShouldBe("");
        first.Apply(Said(2, "guardian_name=G")).GuardianAddress.ShouldBe("X");
        first.Apply(Said(2, "guardian_address=Y")).GuardianName.ShouldBe("G");
    }

    [Fact]
    public void rule_33_what_is_printed_says_nothing()
    {
        var said = Said(1, "name=SECRET|address=SECRET");
        var record = Of(said);
        $"{said} {record} {record.Addresses[0]}".ShouldNotContain("SECRET");
    }
}
