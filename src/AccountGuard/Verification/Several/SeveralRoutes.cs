using System.Diagnostics;
using AccountGuard.Identity;
using AccountGuard.Pages;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Queues;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Verification.Several;

/// <summary>A case of a joint work, as it is now, with what was done to it or would be.</summary>
public sealed record SeveralLine(
    Guid Change, string Source, string RequestId, string State, string? Auditor, string? Result)
{
    public bool IsRefused => Result is SeveralCases.Revoked || Enum.TryParse<Refusal>(Result, out _);
}

/// <summary>Several cases at once, as pages: what was selected, its preview, and a result for each (Rule 22).</summary>
public static class SeveralRoutes
{
    public const string Path = "/cases/several";

    // Few cases are done when the page comes; many go on behind it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private const int CasesAtOnce = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, AskAsync).AsForm().For(Role.Auditor);
        routes.MapGet(Path + "/{id:guid}", ShowAsync).For(Role.Auditor, Role.Approver).ExcludeFromDescription();
        routes.MapPost(Path + "/{id:guid}", RunAsync).AsForm().For(Role.Auditor, Role.Approver);
        routes.MapPost(Path + "/{id:guid}/approval", ApproveAsync).AsForm().For(Role.Approver);
    }

    /// <summary>What lacks something is asked for again, with all that was selected.</summary>
    private static async Task<IResult> AskAsync(
        HttpContext context, Installation at, MassHolds holds, CancellationToken cancel)
    {
        var form = await context.Request.ReadFormAsync(cancel);
        try
        {
            var id = await SeveralCases.AskAsync(at, Caller.Of(context.User), form["action"].ToString(),
                form.Where(f => f.Value.Count == 1).ToDictionary(f => f.Key, f => f.Value.ToString()),
                await SelectedAsync(at, form, Caller.Of(context.User), cancel), cancel, holds,
                context.User.IsInRole(Role.Protected));
            return Results.LocalRedirect($"{Path}/{id}");
        }
        catch (BadInput e) when (e.Fault == Fault.Invalid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return new RazorComponentResult<SeveralAgain>(new { Form = form, Refused = e.Message });
        }
    }

    private static async Task<IReadOnlyList<Guid>> SelectedAsync(
        Installation at, IFormCollection form, Caller by, CancellationToken cancel)
    {
        if (form["all"] != "yes")
        {
            return [.. form["case"].Select(c => Guid.TryParse(c, out var change) ? change
                : throw new BadInput("case: select rows of the queue."))];
        }

        var filter = new QueueAsked
        {
            State = form["state"],
            Reason = Enum.TryParse<QueueReason>(form["reason"], out var reason) ? reason : null,
            Tier = form["tier"],
            Office = form["office"],
            Linked = form["linked"] == "true",
            Mine = form["mine"] == "true",
        }.FilterFor(by);
        var bar = await IncidentBar.LoadAsync(at, form["incident"].ToString(), cancel) ?? throw BadInput.NoIncident;
        var figures = await QueueFigures.CountAsync(
            at, await QueueCounted.CountAsync(at, bar.Incident.No, null, cancel), bar.Incident.No, by.Login,
            filter.Office, cancel);
        return await QueueSlice.CasesAsync(
            at, bar.Incident.No, filter, figures, SeveralCases.Most, int.MaxValue, cancel);
    }

    /// <summary>Another person looks at holds that were proposed for several cases, before they approve them.</summary>
    private static async Task<IResult> ApproveAsync(
        HttpContext context, Installation at, Guid id, CancellationToken cancel)
    {
        var work = await SeveralCases.AskApprovalAsync(
            at, id, Caller.Of(context.User), cancel, context.User.IsInRole(Role.Protected));
        return Results.LocalRedirect($"{Path}/{work}");
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, Installation at, Guid id, CancellationToken cancel)
    {
        var work = await SeveralCases.FindAsync(at, id, Caller.Of(context.User), cancel);
        var results = work.IsStarted ? work.Results : await SeveralCases.ForetellAsync(at, work, cancel);
        return new RazorComponentResult<SeveralPage>(new
        {
            Work = work,
            Lines = await LinesAsync(at, work, results, cancel),
            Login = Caller.Of(context.User).Login,
            Plan = work.Action == MassHolds.Approval
                ? await SeveralCases.HoldsAsync(at, Guid.Parse(work.Arguments[MassHolds.Proposed]), cancel) : work,
        });
    }

    private static async Task<IResult> RunAsync(
        HttpContext context, Installation at, Guid id, CancellationToken cancel)
    {
        var form = await context.Request.ReadFormAsync(cancel);
        await SeveralCases.StartAsync(at, id, Caller.Of(context.User), form["content"], cancel);
        var watch = Stopwatch.StartNew();
        while (await SeveralCases.RunAsync(at, id, CasesAtOnce, cancel) && watch.Elapsed < LongestWait)
        {
        }

        return Results.LocalRedirect($"{Path}/{id}");
    }

    /// <summary>What will not change, or did not, comes first.</summary>
    private static async Task<IReadOnlyList<SeveralLine>> LinesAsync(
        Installation at, JointWork work, IReadOnlyDictionary<Guid, string> results, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select c.change_id, c.source, c.request_id, h.state, v.auditor
            from unnest(@changes) with ordinality as u (change_id, place)
            cross join lateral (select * from account_change a where a.change_id = u.change_id offset 0) c
            cross join lateral (
                select o.state from hit o where o.change_id = u.change_id order by o.is_open desc, o.hit_id desc
                limit 1) h
            left join lateral (select * from verification r where r.change_id = u.change_id offset 0) v on true
            order by u.place
            """);
        find.Parameters.AddWithValue("changes", work.Changes.ToArray());
        var lines = new List<SeveralLine>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            lines.Add(new SeveralLine(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetString(4), results.GetValueOrDefault(reader.GetGuid(0))));
        }

        return [.. lines.OrderByDescending(line => line.IsRefused)];
    }
}
