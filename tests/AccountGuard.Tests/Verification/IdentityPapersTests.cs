using AccountGuard.Verification;

namespace AccountGuard.Tests.Verification;

public class IdentityPapersTests
{
    private static readonly DateOnly Day = new(2015, 6, 14);

    // Written as KIND, KIND/other for a paper in another's name, and KIND/DAY for one that is valid through a day.
    [Theory]
    [InlineData("DrivingLicence", true)]
    [InlineData("InsuranceCard", false)]
    [InlineData("InsuranceCard Passbook", true)]
    [InlineData("InsuranceCard Passbook/other", false)]
    [InlineData("InsuranceCard InsuranceCard", false)]
    [InlineData("DrivingLicence/2015-06-13 InsuranceCard", false)]
    [InlineData("DrivingLicence/2015-06-14", true)]
    [InlineData("DrivingLicence/other", false)]
    [InlineData("InsuranceCard/2015-06-13 Passbook", false)]
    [InlineData("InsuranceCard/2015-06-14 Passbook", true)]
    [InlineData("InsuranceCard ProxyLetter", false)]
    [InlineData("", false)]
    public void s45_one_paper_with_a_photo_or_two_different_ones_without(string shown, bool proves) =>
        IdentityPapers.Prove(PersonMet.Holder, Papers(shown), Day).ShouldBe(proves);

    [Theory]
    [InlineData(PersonMet.Proxy, "ProxyLetter", false)]
    [InlineData(PersonMet.Proxy, "ProxyLetter DrivingLicence", true)]
    [InlineData(PersonMet.Proxy, "DrivingLicence", false)]
    [InlineData(PersonMet.Guardian, "GuardianCertificate", false)]
    [InlineData(PersonMet.Guardian, "GuardianCertificate InsuranceCard Passbook", true)]
    [InlineData(PersonMet.Guardian, "GuardianCertificate/2015-06-13 DrivingLicence", false)]
    [InlineData(PersonMet.Guardian, "ProxyLetter DrivingLicence", false)]
    public void s46_who_comes_for_another_shows_their_own_papers_and_their_right(
        PersonMet met, string shown, bool proves) =>
        IdentityPapers.Prove(met, Papers(shown), Day).ShouldBe(proves);

    private static ShownPaper[] Papers(string shown) =>
    [
        .. shown.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(paper => paper.Split('/')).Select(parts =>
            new ShownPaper(Enum.Parse<PaperKind>(parts[0]), parts is not [_, "other"],
                parts is [_, not "other"] ? DateOnly.ParseExact(parts[1], "yyyy-MM-dd") : null)),
    ];
}
