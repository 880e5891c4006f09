using AccountGuard.Deliveries;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Vault;

namespace AccountGuard.Tests.Payments.Outcomes;

/// <summary>Rows of the payment system: what is read, what waits, and what contradicts what.</summary>
public class PaymentReportTests
{
    private const string Account = "zengin:0001-001-1-1234567";
    private static readonly KeyFile Keys = KeyFile.FromSecret(new byte[32]);
    private static readonly Dictionary<DateOnly, DateOnly> PayDays = new()
    {
        [new(2015, 6, 15)] = new(2015, 6, 15),
        [new(2015, 8, 14)] = new(2015, 8, 14),
        [new(2015, 8, 13)] = new(2015, 8, 14),
    };

    private static long _rows;

    /// <summary>source,payment_id,number,outcome,pay_day,amount,account,code,on,reason,pays_for.</summary>
    internal static PaymentReport Read(string row) => PaymentReport.Read(new DeliveredRow(
        ++_rows, [.. row.Split(',').Concat(Enumerable.Repeat("", 11)).Take(11)], null, null), Keys, PayDays);

    /// <summary>Banks are closed on its day: the calendar tells another, and the payment system says either.</summary>
    [Fact]
    public void a_payment_of_a_pay_day_that_was_moved_is_the_same_by_either_day()
    {
        var (named, moved) = (Read($"p,P1,0000-123456,sent,2015-08-14,120000,{Account}"),
            Read($"p,P1,0000-123456,sent,2015-08-13,120000,{Account}"));
        (moved.Code, moved.PayOn).ShouldBe((null, new DateOnly(2015, 8, 14)));
        moved.ThingKey.ShouldBe(named.ThingKey);
    }

    [Theory]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,120000,{Account}")]
    [InlineData($"p,P1,0000-123456,credited,2015-06-15,120000,{Account},,2015-06-15")]
    [InlineData($"p,P1,0000-123456,credit-failed,2015-06-15,120000,{Account},name,2015-06-16")]
    [InlineData($"p,P1,0000-123456,returned,2015-06-15,120000,{Account},closed,2015-06-16,,P0")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,120000")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,120000,,,2015-06-15T10:00:00+09:00")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-14T15:30:00Z,120000,{Account},,2015-06-15T10:00:00+09:00")]
    [InlineData("p,S1,0000-123456,stopped,,60000,,,2015-06-01,life-status-report")]
    [InlineData("p,S1,0000-123456,terminated,,,,,2015-06-01,death")]
    [InlineData("p,S1,0000-123456,resumed,,,,,2015-06-20,life-status-report")]
    public void what_the_payment_system_says_is_read(string row) => Read(row).Code.ShouldBeNull();

    [Theory]
    [InlineData($"p,,0000-123456,sent,2015-06-15,1,{Account}", "MissingField", "payment_id")]
    [InlineData($"p,P1,,sent,2015-06-15,1,{Account}", "MissingField", "number")]
    [InlineData($"p,P1,123,sent,2015-06-15,1,{Account}", "NotANumber", "number")]
    [InlineData($"p,P1,0000-123456,paid,2015-06-15,1,{Account}", "UnknownOutcome", "outcome")]
    [InlineData($"p,P1,0000-123456,,2015-06-15,1,{Account}", "MissingField", "outcome")]
    [InlineData($"p,P1,0000-123456,sent,,1,{Account}", "MissingField", "pay_day")]
    [InlineData($"p,P1,0000-123456,sent,15 June,1,{Account}", "UnreadableField", "pay_day")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-16,1,{Account}", "NotAPayDay", "pay_day")]
    [InlineData($"p,P1,0000-123456,returned,2050-12-15,1,{Account},name,2015-06-16", "NotAPayDay", "pay_day")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,,{Account}", "MissingField", "amount")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,0,{Account}", "UnreadableField", "amount")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,-1,{Account}", "UnreadableField", "amount")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,1.5,{Account}", "UnreadableField", "amount")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,12345678901,{Account}", "UnreadableField", "amount")]
    [InlineData("p,P1,0000-123456,sent,2015-06-15,1,", "MissingField", "account")]
    [InlineData("p,P1,0000-123456,sent,2015-06-15,1,1234567", "UnreadableField", "account")]
    [InlineData($"p,P1,0000-123456,credit-failed,2015-06-15,1,{Account},,2015-06-16", "MissingField", "code")]
    [InlineData($"p,P1,0000-123456,returned,2015-06-15,1,{Account},name", "MissingField", "on")]
    [InlineData($"p,P1,0000-123456,returned,2015-06-15,1,{Account},山田,2015-06-16", "UnreadableField", "code")]
    [InlineData($"p,P1,0000-123456,returned,2015-06-15,1,{Account},1234567,2015-06-16", "UnreadableField", "code")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,1,{Account},,,,P1", "UnreadableField", "pays_for")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,1,{Account},,,work", "UnreadableField", "reason")]
    [InlineData($"p,P1,0000-123456,withheld,2015-06-15,1,{Account}", "UnreadableField", "account")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,", "MissingField", "amount")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,1,,,garbage", "UnreadableField", "on")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,1,,,,work", "UnreadableField", "reason")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,1,,,,,P1", "UnreadableField", "pays_for")]
    [InlineData("p,S1,0000-123456,stopped,,,,,2015-06-01,", "MissingField", "reason")]
    [InlineData("p,S1,0000-123456,stopped,,,,,,work", "MissingField", "on")]
    [InlineData("p,S1,0000-123456,stopped,2015-06-15,,,,2015-06-01,work", "UnreadableField", "pay_day")]
    public void what_cannot_be_read_waits_and_names_its_field(string row, string code, string field)
    {
        var report = Read(row);
        (report.Code, report.Field).ShouldBe((code, field));
        QuarantineCode.Remedy(code).ShouldNotBeEmpty();
    }

    /// <summary>It is placed here by two people, and comes from nowhere else.</summary>
    [Theory]
    [InlineData("fraud")]
    [InlineData("fraud-hold")]
    [InlineData("Hold")]
    public void rule_20_a_fraud_hold_is_never_taken_in_from_outside(string reason)
    {
        var report = Read($"p,S1,0000-123456,stopped,,,,,2015-06-01,{reason}");
        (report.Code, report.Field).ShouldBe((QuarantineCode.UnknownReason, "reason"));
        QuarantineCode.Remedy(report.Code!).ShouldContain("two people");
    }

    [Fact]
    public void rule_7_the_same_row_is_a_duplicate_also_written_in_another_way()
    {
        var sorted = SortedReports.Of([Read($"p,P1,0000-123456,sent,2015-06-15,120000,{Account}"),
            Read("p,P1,００００１２３４５６,SENT,2015-06-15,0120000,zengin:1-1-1-1234567,,2015-06-15")], []);
        (sorted.Fresh.Count, sorted.Duplicates, sorted.Waiting.Count).ShouldBe((1, 1, 0));
    }

    [Theory]
    [InlineData($"p,P1,0000-123457,credited,2015-06-15,120000,{Account}", "payment_id")]
    [InlineData($"p,P1,0000-123456,credited,2015-08-14,120000,{Account}", "payment_id")]
    [InlineData($"p,P1,0000-123456,credited,2015-06-15,120001,{Account}", "payment_id")]
    [InlineData("p,P1,0000-123456,credited,2015-06-15,120000,zengin:0001-001-1-7654321", "payment_id")]
    [InlineData($"p,P1,0000-123456,credited,2015-06-15,120000,{Account},,,,P0", "payment_id")]
    [InlineData("p,P1,0000-123456,withheld,2015-06-15,120000", "payment_id")]
    [InlineData("p,P1,0000-123456,stopped,,,,,2015-06-01,work", "payment_id")]
    [InlineData($"p,P1,0000-123456,sent,2015-06-15,120000,{Account},,2015-06-16", "outcome")]
    public void rule_7_other_content_of_one_payment_waits_and_the_first_stands(string other, string field)
    {
        var first = Read($"p,P1,0000-123456,sent,2015-06-15,120000,{Account}");
        var known = new KnownReport(first.Id, first.Outcome, first.ThingKey, first.ContentKey);
        var again = SortedReports.Of([Read(other)], [known]);
        again.Fresh.ShouldBeEmpty();
        (again.Waiting.Single().Code, again.Waiting.Single().Field).ShouldBe((QuarantineCode.OtherContent, field));
        SortedReports.Of([first, Read(other)], []).Waiting.Single().Report.ShouldNotBe(first);
    }

    [Fact]
    public void what_comes_later_of_a_payment_is_another_row_of_it_and_ids_of_two_sources_are_two()
    {
        var sorted = SortedReports.Of([Read($"p,P1,0000-123456,sent,2015-06-15,120000,{Account}"),
            Read($"p,P1,0000-123456,credit-failed,2015-06-15,120000,{Account},name,2015-06-16"),
            Read($"q,P1,0000-123456,sent,2015-06-15,90000,{Account}")], []);
        sorted.Fresh.Count.ShouldBe(3);
        sorted.Fresh.Select(r => r.Id).Distinct().Count().ShouldBe(2);
    }
}
