using System.Net.Http.Headers;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using Microsoft.Playwright;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.SystemTests.Pages;

/// <summary>The payment desk in a real browser: in both languages, light and dark, narrow, by keyboard.</summary>
[Collection(SharedBrowser.Name)]
public sealed class DeskJourneys(Browsing browsing)
{
    private static readonly CancellationToken None = CancellationToken.None;

    private Installation At => browsing.Service.Database.At;

    private DateOnly Today => PayDayCalendar.DayOf(At.Clock.GetUtcNow());

    /// <summary>A hold that ends today and one that does not, and a pay-run.</summary>
    private async Task FillAsync()
    {
        var next = (await PayDayCalendar.FromAsync(At, new DeadlineSettings(null, null), Today, 1, None)).Single();
        foreach (var (i, through) in ((int, DateOnly)[])[(121, Today), (122, next.PayDay)])
        {
            var (change, hold) = (FiledChange.IdOf("office", $"R{i:000}"), Guid.NewGuid());
            await OpenCases.RunAsync(At, None, waits: true);
            await CaseWork.DoAsync(At, change, at => ProposeHold.Decide(at.Case,
                new ProposeHold(hold, HoldReason.FraudSuspected, PayTo.Keep, through, null), new Caller("saeki", "P1"),
                at.KeyedBy, at.MayPayPrevious, at.Now), None);
            await CaseWork.DoAsync(At, change, at => ApproveHold.Decide(
                at.Case, new ApproveHold(hold), new Caller("utsumi", "P2"), at.KeyedBy, at.Now), None);
        }

        await SetDeadline.RunAsync(At, next.PayDay, DeadlineKind.Decisions,
            new DateTimeOffset(next.PayDay.AddDays(-5).ToDateTime(new TimeOnly(12, 0)), TimeSpan.FromHours(9)),
            At.Clock.GetUtcNow(), None);
        await Reconcile.RunAsync(At, null, None);
        using var payments = browsing.Service.As(Role.PaymentSystem);
        using var content = new ByteArrayContent(File(Group(
            next.PayDay, ("0001217134", 123_456), ("0001227234", 65_000), ("1231231231", 999_999_999))));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var run = await payments.PostAsync($"/api/payments/runs?payDay={next.PayDay:yyyy-MM-dd}", content);
        run.EnsureSuccessStatusCode();
    }

    [Theory]
    [InlineData("ja", 1280, ColorScheme.Light)]
    [InlineData("en", 390, ColorScheme.Dark)]
    public async Task the_desk_tells_what_pays_by_keyboard(string language, int width, ColorScheme colours)
    {
        await FillAsync();
        var name = $"{language}-{width}-{colours}";
        await using var sight = await browsing.OpenAsync(language, width, colours);
        await sight.SignInAsync("/cases", Role.Approver);
        await sight.PressAsync("g");
        await sight.PressAsync("p");
        await sight.ComesToAsync("/payments");
        (await sight.HeadingAsync()).ShouldBe(language == "ja" ? "支払" : "Payments");
        await sight.CheckAsync($"desk-{name}", whole: true);
        await sight.TabToAsync(language == "ja" ? "いまと比べる" : "with now");
        await sight.EnterAsync("/changes");
        await sight.CheckAsync($"desk-changes-{name}", whole: true);
    }
}
