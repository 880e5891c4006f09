using AccountGuard.Payments;
using Microsoft.Extensions.Configuration;

namespace AccountGuard.Tests.Payments;

/// <summary>A bank or branch that nobody knows is refused, where a list says which there are.</summary>
public class BankBranchesTests
{
    private static readonly BankBranches Other = BankBranches.Of(["bank,branch", "0001,002", "", "0002,001,Example"]);

    private static readonly (byte[] File, string Place)[] Files =
    [
        (TransferSample.File(TransferSample.Group(("8642097531", 5))), "FILE, record 2: "),
        (CreditTransferSample.File(CreditTransferSample.Document(
            1, 5, CreditTransferSample.Information(("8642097531", 5)))), "FILE, payment 1: "),
    ];

    private static PayRunInput Read(byte[] file, BankBranches? branches) =>
        PayRunInput.Read(new MemoryStream(file), "FILE", CancellationToken.None, branches);

    [Fact]
    public void a_payment_to_another_branch_is_refused_by_its_place()
    {
        foreach (var (file, place) in Files)
        {
            Read(file, null).Total.Count.ShouldBe(1);
            Read(file, BankBranches.Of(["0001,001"])).Total.Count.ShouldBe(1);
            var refused = Should.Throw<BadInput>(() => Read(file, Other)).Message;
            refused.ShouldStartWith(place);
            refused.ShouldContain("not in the list of Payments__Branches");
        }
    }

    [Theory]
    [InlineData("bank,branch", "0001,01")]
    [InlineData("0001,001", "000A,001")]
    [InlineData("0001,001", "0001")]
    public void a_line_that_is_none_is_named(string first, string second) =>
        Should.Throw<BadInput>(() => BankBranches.Of([first, second])).Message.ShouldStartWith("Line 2 of the file");

    [Fact]
    public void a_list_of_nothing_and_a_file_that_is_not_there_are_refused()
    {
        Should.Throw<BadInput>(() => BankBranches.Of(["bank,branch"])).Message.ShouldContain("no branch in it");
        var named = new ConfigurationManager { ["Payments:Branches"] = "/nowhere/branches.csv" };
        Should.Throw<BadInput>(() => BankBranches.From(named)).Message.ShouldContain("There is no file");
        BankBranches.From(new ConfigurationManager()).ShouldBeNull();
    }
}
