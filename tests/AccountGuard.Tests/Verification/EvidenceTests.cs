using System.Text;
using AccountGuard.Verification;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>Evidence is the reference of a paper, or a file of a type that its content shows (Rule 14).</summary>
public class EvidenceTests
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"),
        Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 0x1A, 10, 0];

    private static IReadOnlyList<SealedExhibit> Some(EvidenceKind kind) =>
        [new SealedExhibit(new Exhibit(Id(), "00"), kind, [], null, Auditor)];

    [Fact]
    public void a_file_is_what_its_content_shows()
    {
        EvidenceKinds.Of(Pdf).ShouldBe(EvidenceKind.Pdf);
        EvidenceKinds.Of([.. Pdf, .. new byte[1000]]).ShouldBe(EvidenceKind.Pdf, "readers look in the last 1,024");
        EvidenceKinds.Of(Jpeg).ShouldBe(EvidenceKind.Jpeg);
        EvidenceKinds.Of(Png).ShouldBe(EvidenceKind.Png);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%PDF-")]
    [InlineData("%PDF-1.7\nnothing ends it")]
    [InlineData("<html>%PDF-1.7 %%EOF")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'>")]
    [InlineData("PNG\r\n\u001a\n")]
    [InlineData("MZ")]
    public void all_else_is_none(string content) => EvidenceKinds.Of(Encoding.UTF8.GetBytes(content)).ShouldBeNull();

    [Theory]
    [InlineData("旅券.pdf", "旅券.pdf")]
    [InlineData("SCAN.PDF", "SCAN.PDF")]
    [InlineData("scan.exe", "scan.exe.pdf")]
    [InlineData("C:\\Users\\saeki\\scan.pdf", "scan.pdf")]
    [InlineData("../../etc/scan", "scan.pdf")]
    [InlineData("fdp.\u202Ecod.pdf", "fdp.cod.pdf")]
    [InlineData("a\r\nb.pdf", "ab.pdf")]
    [InlineData("", "Pdf.pdf")]
    public void a_name_keeps_no_folder_and_ends_as_the_file_is(string uploaded, string name) =>
        EvidenceKind.Pdf.NameOf(uploaded).ShouldBe(name);

    [Fact]
    public void a_long_name_keeps_its_end() =>
        EvidenceKind.Png.NameOf(new string('x', 500) + "7.png").ShouldBe(
            new string('x', Exhibits.LongestName - 5) + "7.png");

    [Fact]
    public void evidence_is_recorded_with_its_entry_and_not_without()
    {
        var history = new CaseHistory();
        var (entry, evidence) = (Id(), Some(EvidenceKind.Jpeg));
        Decision Ask(DateOnly on) => AttachEvidence.To(at => RecordCall.Decide(
            at.Case, new RecordCall(entry, Intent.NotKnown, on, null), Auditor, at.Now), entry, evidence, Auditor)(
            new CaseAtHand(history.Case, [], history.Now, history.NextPayDay, true));

        Ask(history.Today.AddDays(1)).ShouldSatisfyAllConditions(
            d => d.Refusal.ShouldBe(Refusal.DayAhead), d => d.Events.ShouldBeEmpty());
        var recorded = Ask(history.Today).Events;
        recorded.ShouldBe([
            new EvidenceAttached(entry, evidence[0].Exhibit, EvidenceKind.Jpeg, Auditor, history.Now),
            new CallRecorded(entry, Intent.NotKnown, history.Today, null, Auditor, history.Now),
        ]);
        history.Tell([.. recorded]);
        Ask(history.Today).Events.ShouldBeEmpty("the same form again brings nothing new");
    }

    [Fact]
    public void a_refusal_that_is_recorded_carries_no_evidence()
    {
        var history = new CaseHistory();
        var decision = AttachEvidence.To(at => ProposeVerdict.Decide(
            at.Case, new ProposeVerdict(Id(), Verdict.Confirmed, null), Clerk, ["u1"], at.Now), Id(),
            Some(EvidenceKind.Pdf), Clerk)(new CaseAtHand(history.Case, [], history.Now, history.NextPayDay, true));
        decision.Events.ShouldHaveSingleItem().ShouldBeOfType<AttemptRefused>();
    }

    [Fact]
    public void a_verdict_is_explained_with_what_was_attached_to_its_evidence_and_to_its_proposal()
    {
        var history = new CaseHistory().Claimed();
        history.Letter();
        var met = new EvidenceAttached(Id(), new Exhibit(Id(), "01"), EvidenceKind.Pdf, Colleague, history.Now);
        history.Tell(met);
        history.Accept(new RecordMeeting(met.Entry, MeetingPlace.Counter, PersonMet.Holder, [Licence],
            Intent.Confirmed, history.Today, null), Colleague);
        var proposed = met with { Entry = Id(), Exhibit = new Exhibit(Id(), "02"), Kind = EvidenceKind.PaperReference };
        var beside = met with { Entry = Id(), Exhibit = new Exhibit(Id(), "03") };
        history.Tell(beside, proposed);
        history.Accept(new ProposeVerdict(proposed.Entry, Verdict.Confirmed, null), Auditor);
        history.Accept(new ApproveVerdict(proposed.Entry), Approver);
        VerdictStory.Of(history.Events).ShouldHaveSingleItem().Evidence.OfType<EvidenceAttached>()
            .ShouldBe([met, proposed]);
    }
}
