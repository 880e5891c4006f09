using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Verification;

/// <summary>A row of the queue as it is answered; the number is masked.</summary>
public sealed record ListedCase(
    long? Rank, string Source, string RequestId, string Kind, string Number, string Incident,
    IReadOnlyList<string> Reasons, string State, int Tier, int ListVersion, DateOnly? FiledOn, DateOnly? ExposedOn);

/// <summary>A page of the queue; next is null on the last one, and else the place for after=.</summary>
public sealed record CasePage(IReadOnlyList<ListedCase> Cases, string? Next);

/// <summary>The queue, in its order, a page at a time (Rule 22).</summary>
public static class CaseRoutes
{
    /// <summary>The queue as a page of the site.</summary>
    public static readonly NavPage Page = new("/cases", "Queue", "g q", [Role.Auditor, Role.Approver, Role.Compliance]);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/cases", ListAsync).For(Page.Roles)
            .Example(null, null, "incident=example-leak&state=Queued&limit=10");
        routes.MapGet(Page.Path, ShowAsync).For(Page.Roles).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(
        Installation at, CancellationToken cancel, string? incident = null, string? state = null,
        QueueFilter? reason = null, string? after = null) =>
        await QueueView.LoadAsync(at, incident, state, reason, after, cancel) is { } view
            ? new RazorComponentResult<QueuePage>(new { View = view })
            : new RazorComponentResult<MessagePage>(new
            {
                Heading = "No incident yet",
                Text = "An incident manager declares one with declare-incident or PUT /api/incidents/{id}.",
            });

    private static async Task<CasePage> ListAsync(
        Installation at, CancellationToken cancel, string? incident = null, string? state = null, string? after = null,
        int limit = PageLimit.Usual)
    {
        PageLimit.Check(limit);
        var (rows, next) = await Queue.PageAsync(at, incident, state, null, QueuePlace.Parse(after), limit, cancel);
        var numbers = await ShowNumbers.MaskedAsync(at, [.. rows.Select(r => r.Number).Distinct()], cancel);
        return new CasePage([.. rows.Select(r => new ListedCase(
            r.Rank, r.Source, r.RequestId, r.Kind, numbers.GetValueOrDefault(r.Number, ShowNumbers.Erased), r.Incident,
            r.Reasons.Split('+'), r.State, r.Tier, r.ListVersion, r.FiledOn, r.ExposedOn))], next?.ToString());
    }
}
