using System.Net;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Rule 14: who keyed a change is known where its record does not say so, and under other logins.</summary>
public sealed class WhoKeyed(Served service) : IClassFixture<Served>
{
    private async Task<(Story Story, string Number)> BeginAsync()
    {
        var (story, number) = (await Story.BeginAsync(service.Database), Number());
        await story.ListAsync(1, [Listed(number)]);
        return (story, number);
    }

    private static Task<Refusal?> ClaimAsync(Story story, Caller by) => CaseWork.DoAsync(
        story.At, FiledChange.IdOf(story.Incident, "R1"), at =>
            ClaimCase.Decide(at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), by, at.KeyedBy, at.Now),
        CancellationToken.None);

    private static async Task<Guid?> TakeAsync(Story story, Caller by) => await TakeNext.RunAsync(story.At,
        (await IncidentBar.LoadAsync(story.At, story.Incident, CancellationToken.None))!.Incident.No, by,
        CancellationToken.None);

    [Fact]
    public async Task s29_a_person_who_filed_it_without_saying_so_verifies_it_under_no_login()
    {
        var (story, number) = await BeginAsync();
        using var intake = service.WithToken(service.Provider.Issue("keyer", "K1", [Role.Intake],
            TimeProvider.System.GetUtcNow(), DevelopmentProvider.Lifetime, [story.Incident]));
        using var filed = await intake.PostAsync("/api/account-changes", Served.Text($$"""
            {"source": "{{story.Incident}}", "request_id": "R1", "number": "{{number}}", "filed_on": "2015-05-20"}
            """, "application/json"));
        filed.StatusCode.ShouldBe(HttpStatusCode.Created);
        foreach (var keyer in (Caller[])[new("keyer", "K1"), new("keyer-desk", "K1"), new(" Ｋeyer", "K2")])
        {
            (await ClaimAsync(story, keyer)).ShouldBe(Refusal.KeyedTheChange, keyer.ToString());
            (await TakeAsync(story, keyer)).ShouldBeNull(keyer.ToString());
            await EnsureNotApprovedAsync(story, keyer);
        }

        (await TakeAsync(story, new Caller("saeki", "P1"))).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(Role.Approver, "APPROVER")]
    [InlineData(Role.CallCentre, "Call\u2010Centre")]
    public async Task s29_a_clerk_who_is_named_by_one_login_and_signed_in_with_it_verifies_it_under_no_other(
        string login, string typed)
    {
        var (story, number) = await BeginAsync();
        await story.ChangesTextAsync("source,request_id,number,filed_on,entered_by\n"
            + $"{story.Incident},R1,{number},2015-05-20,{typed}\n");
        var elsewhere = new Caller("somewhere-else", $"person-{login}");
        (await service.BrowserOfAsync(login)).Dispose();
        (await ClaimAsync(story, elsewhere)).ShouldBe(Refusal.KeyedTheChange);
        (await TakeAsync(story, elsewhere)).ShouldBeNull();
        await EnsureNotApprovedAsync(story, elsewhere);
    }

    /// <summary>As code that forgets to ask, or psql under the application's role, would approve.</summary>
    private static async Task EnsureNotApprovedAsync(Story story, Caller by)
    {
        var (change, proposal) = (FiledChange.IdOf(story.Incident, "R1"), Guid.NewGuid());
        Task AppendAsync(Func<DateTimeOffset, object> happened) => CaseWork.DoAsync(
            story.At, change, at => new Decision([happened(at.Now)]), CancellationToken.None);

        await AppendAsync(now => new VerdictProposed(
            proposal, Verdict.GroundGone, [], null, new Caller("proposer", "P0"), now));
        await TwoPeople.IsRefusedAsync(story.At, change, new VerdictApproved(
            proposal, Verdict.GroundGone, null, null, by, story.At.Clock.GetUtcNow()), by.ToString());
        await AppendAsync(now => new VerdictSentBack(
            proposal, new Exhibit(Guid.NewGuid(), "00"), new Caller("approver", "P9"), now));
    }
}
