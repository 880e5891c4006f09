using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Pages;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Paid;
using AccountGuard.Verification.Queues;
using AccountGuard.Verification.Recalls;
using AccountGuard.Verification.Several;
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
        routes.MapGet(Page.Path + "/{id:guid}", OpenAsync).For(Page.Roles).ExcludeFromDescription();
        FindCases.Map(routes);
        SeveralRoutes.Map(routes);
        CaseHints.Map(routes);
        routes.MapPost(Page.Path + "/next", TakeNextAsync).AsForm().For(Role.Auditor);
        routes.MapGet(Page.Path + "/{id:guid}/exhibits/{exhibit:guid}", DownloadAsync).For(Page.Roles)
            .ExcludeFromDescription();
        routes.MapPost(Page.Path + "/{id:guid}/{action}", WorkAsync).AsForm(Exhibits.LargestFile)
            .KeepsDrafts().RequireRateLimiting(Upload.Few).For(Role.Auditor);
        routes.MapPost(Page.Path + "/{id:guid}/verdict/{action}", DecideAsync).AsForm(Exhibits.LargestFile)
            .KeepsDrafts().RequireRateLimiting(Upload.Few).For(Role.Approver);
        routes.MapPost(Page.Path + "/{id:guid}/drafts/discard", DiscardAsync).AsForm()
            .For(Role.Auditor, Role.Approver);
    }

    /// <summary>A case's own address: the id of its change, which names nobody.</summary>
    public static string PathOf(Guid change) => $"{Page.Path}/{change}";

    /// <summary>Where a file of a case is downloaded; what it is called is not said there.</summary>
    public static string PathOf(Guid change, Exhibit file) => $"{PathOf(change)}/exhibits/{file.Id}";

    private static Task<IResult> OpenAsync(
        HttpContext context, Installation at, Guid id, CancellationToken cancel, bool done = false) =>
        PageAsync(context, at, id, null, null, done, cancel);

    private static async Task<IResult> TakeNextAsync(
        HttpContext context, Installation at, CancellationToken cancel)
    {
        var form = await context.Request.ReadFormAsync(cancel);
        var bar = await IncidentBar.LoadAsync(at, form["incident"].ToString(), cancel) ?? throw BadInput.NoIncident;
        return await TakeNext.RunAsync(at, bar.Incident.No, Caller.Of(context.User), cancel,
            context.User.IsInRole(Role.Protected)) is { } change
            ? Results.LocalRedirect(PathOf(change))
            : new RazorComponentResult<MessagePage>(new
            {
                Heading = "No case waits",
                Text = "Every open case is taken, put aside, or waits for approval.",
                Way = Page.Path,
                WayText = "Back to the queue",
            });
    }

    private static async Task<IResult> WorkAsync(
        HttpContext context, Installation at, Guid id, string action, CancellationToken cancel)
    {
        // Payments are facts, which are only added: those that were known before the case is looked at still are.
        var followed = RecallForms.Has(action) ? await FollowedPayment.OfAsync(at, id, cancel) : [];
        return await DoAsync(context, at, id, action, (form, by, note) => RecallForms.Has(action)
            ? RecallForms.Work(form, by, note, followed)
            : form.Work(by, note, CaseReferences.Of(at.Keys, id)), cancel);
    }

    private static async Task<IResult> DecideAsync(
        HttpContext context, Installation at, Guid id, string action, CancellationToken cancel)
    {
        var followed = action == "approve-replacement" ? await FollowedPayment.OfAsync(at, id, cancel) : [];
        return await DoAsync(context, at, id, action, (form, by, note) => form.Verdict(by, note, followed), cancel);
    }

    /// <summary>A form that is refused is shown again, with the reason and with what was written.</summary>
    private static async Task<IResult> DoAsync(
        HttpContext context, Installation at, Guid id, string action,
        Func<CaseForm, Caller, Exhibit?, Func<CaseAtHand, Decision>> read, CancellationToken cancel)
    {
        var form = new CaseForm(action, await context.Request.ReadFormAsync(cancel));
        var by = Caller.Of(context.User);
        try
        {
            var brought = await Exhibits.SealAsync(at, id, form, by, cancel);
            var note = brought.FirstOrDefault(b => b.Kind is null)?.Exhibit;
            var decide = form.With([.. brought.Where(b => b.Kind is not null)], read(form, by, note), by);
            decide = Protection.Guard(
                form.OnWhatWasSeen(decide), action, by, context.User.IsInRole(Role.Protected));
            if (action is "propose" or "approve")
            {
                await TellDeaths.RunAsync(at, id, cancel);
            }

            if (await CaseWork.DoAsync(at, id, decide, cancel, brought) is { } refusal)
            {
                context.Response.StatusCode = StatusCodes.Status409Conflict;
                return await PageAsync(context, at, id, form, refusal.Sentence(), false, cancel);
            }
        }
        catch (BadInput e) when (e.Fault == Fault.Invalid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return await PageAsync(context, at, id, form, e.Message, false, cancel);
        }

        if (form["entry"] is not null)
        {
            await Drafts.DeleteAsync(at, id, form.Entry, by, cancel);
        }

        return Results.LocalRedirect($"{PathOf(id)}?done=true");
    }

    private static async Task<IResult> DiscardAsync(
        HttpContext context, Installation at, Guid id, CancellationToken cancel)
    {
        var form = new CaseForm("", await context.Request.ReadFormAsync(cancel));
        await Drafts.DeleteAsync(at, id, form.Entry, Caller.Of(context.User), cancel);
        return Results.LocalRedirect(PathOf(id));
    }

    /// <summary>To be saved and not shown: whatever a file holds runs nowhere near our pages.</summary>
    private static async Task<IResult> DownloadAsync(
        HttpContext context, Installation at, Guid id, Guid exhibit, CancellationToken cancel)
    {
        if (await Protection.ShutsOutAsync(at, id, context.User, cancel))
        {
            return Shut(context);
        }

        var file = await Exhibits.OpenAsync(at, id, exhibit, Caller.Of(context.User), cancel);
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        return Results.File(file.Content, file.Kind.MediaType(), file.Name);
    }

    private static async Task<IResult> PageAsync(
        HttpContext context, Installation at, Guid id, CaseForm? typed, string? refused, bool done,
        CancellationToken cancel)
    {
        if (await Protection.ShutsOutAsync(at, id, context.User, cancel))
        {
            return Shut(context);
        }

        var reader = Caller.Of(context.User);
        var file = await CaseFile.OpenAsync(at, id, reader, cancel);
        var draft = typed is null ? await Drafts.LatestAsync(at, id, reader, cancel) : null;
        var holder = await HolderRecords.OfAsync(at, file.Number, reader.ToString(), CaseFile.Purpose, cancel);
        return new RazorComponentResult<CaseFilePage>(new
        {
            File = file,
            Typed = typed ?? draft?.Form ?? CaseForm.Empty,
            Draft = draft,
            Holder = holder,
            Payments = await PaymentStories.OfAsync(at, file.Number, reader.ToString(), CaseFile.Purpose, cancel),
            Followed = await FollowedPayment.OfAsync(at, id, cancel),
            Letter = await LetterStanding.OfAsync(at, file, holder, cancel),
            IsAuditor = context.User.IsInRole(Role.Auditor),
            IsApprover = context.User.IsInRole(Role.Approver),
            Refused = refused,
            Done = done,
        });
    }

    private static RazorComponentResult<MessagePage> Shut(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return new RazorComponentResult<MessagePage>(new
        {
            Heading = "This case is not open to you",
            Text = Refusal.ProtectedHolder.Sentence(),
            Way = Page.Path,
            WayText = "Back to the queue",
        });
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, Installation at, QueueCounts counts, [AsParameters] QueueAsked asked,
        CancellationToken cancel, string? after = null) =>
        await QueueView.LoadAsync(at, asked.Incident, asked.FilterFor(Caller.Of(context.User)),
            Caller.Of(context.User).Login, after, cancel, counts) is { } view
            ? new RazorComponentResult<QueuePage>(new { View = view, MayTake = context.User.IsInRole(Role.Auditor) })
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
        var (rows, next) = await Queue.PageAsync(
            at, incident, new QueueFilter(state), QueuePlace.Parse(after), limit, cancel);
        var numbers = await ShowNumbers.MaskedAsync(at, [.. rows.Select(r => r.Number).Distinct()], cancel);
        return new CasePage([.. rows.Select(r => new ListedCase(
            r.Rank, r.Source, r.RequestId, r.Kind, numbers.GetValueOrDefault(r.Number, ShowNumbers.Erased), r.Incident,
            r.Reasons.Split('+'), r.State, r.Tier, r.ListVersion, r.FiledOn, r.ExposedOn))], next?.ToString());
    }
}
