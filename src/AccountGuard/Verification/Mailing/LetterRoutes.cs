using System.Globalization;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Pages;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AccountGuard.Verification.Mailing;

/// <summary>Pages of the letters: what waits, what could not be made, and the batches (Rules 12, 13, 28).</summary>
public static class LetterRoutes
{
    public static readonly NavPage Page = new("/letters", "Letters", "g l", [Role.Auditor, Role.Approver]);

    /// <summary>The call centre confirms references, and sees nothing else of letters (Rule 12).</summary>
    public static readonly NavPage References =
        new(Page.Path + "/reference", "Letter reference", "g r", [Role.CallCentre]);

    private const string NotReleased = "The batch is not released, or is being stopped: nobody takes its letters out.";

    private const string NotGiven =
        "Somebody in this batch is protected by now, has died or was erased: its letters stay here. Have it stopped.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page.Path, ShowAsync).For(Page.Roles).ExcludeFromDescription();
        routes.MapPost(Page.Path + "/batches", PrintAsync).AsForm().For(Role.Auditor);
        routes.MapGet(Page.Path + "/{number:long}", OpenAsync).For(Page.Roles).ExcludeFromDescription();
        routes.MapPost(Page.Path + "/{number:long}/release", ReleaseAsync).AsForm().For(Page.Roles);
        routes.MapPost(Page.Path + "/{number:long}/posted", PostAsync).AsForm().For(Page.Roles);
        routes.MapPost(Page.Path + "/{number:long}/stop", StopAsync).AsForm().For(Page.Roles);
        routes.MapPost(Page.Path + "/{number:long}/stop-answer", AnswerStopAsync).AsForm().For(Page.Roles);
        routes.MapGet(Page.Path + "/{number:long}/letters.pdf", TakePdfAsync).For(Page.Roles).ExcludeFromDescription();
        routes.MapGet(Page.Path + "/{number:long}/manifest.csv", TakeManifestAsync).For(Page.Roles)
            .ExcludeFromDescription();
        string[] askers = [.. Page.Roles, .. References.Roles];
        routes.MapGet(References.Path, () => PageOf(null, [], null)).For(askers).ExcludeFromDescription();
        routes.MapPost(References.Path, ConfirmAsync).AsForm().For(askers);
    }

    /// <summary>A batch's own address: its number.</summary>
    public static string PathOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Page.Path}/{number}");

    private static Task<IResult> ShowAsync(
        HttpContext context, Installation at, PrintRoom room, CancellationToken cancel, bool none = false) =>
        PageOf(context, at, room, none ? "No letter waits that could be printed." : null, cancel);

    private static async Task<IResult> PrintAsync(
        HttpContext context, Installation at, PrintRoom room, IHostApplicationLifetime stopping,
        CancellationToken cancel)
    {
        try
        {
            // Whoever closes the page does not break it off.
            return await PrintLetters.RunAsync(at, room, Caller.Of(context.User), PrintLetters.MostOrders,
                stopping.ApplicationStopping) is { } batch
                ? Results.LocalRedirect(PathOf(await Batches.NumberOfAsync(at, batch, cancel)))
                : Results.LocalRedirect($"{Page.Path}?none=true");
        }
        catch (BadInput e) when (e.Fault == Fault.Invalid)
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            return await PageOf(context, at, room, e.Message, cancel);
        }
    }

    private static async Task<IResult> PageOf(
        HttpContext context, Installation at, PrintRoom room, string? notice, CancellationToken cancel) =>
        await LettersView.LoadAsync(at, cancel) is { } view
            ? new RazorComponentResult<LettersPage>(new
            {
                View = view,
                MayPrint = context.User.IsInRole(Role.Auditor),
                Trouble = room.Trouble(),
                Notice = notice,
            })
            : new RazorComponentResult<MessagePage>(new
            {
                Heading = "No incident yet",
                Text = "An incident manager declares one with declare-incident or PUT /api/incidents/{id}.",
            });

    private static Task<IResult> OpenAsync(
        HttpContext context, Installation at, long number, CancellationToken cancel, bool done = false) =>
        BatchPageAsync(context, at, number, null, done, cancel);

    private static async Task<IResult> BatchPageAsync(
        HttpContext context, Installation at, long number, string? refused, bool done, CancellationToken cancel)
    {
        var seen = await LettersView.BatchAsync(at, number, cancel);
        return new RazorComponentResult<BatchPage>(new
        {
            Bar = await IncidentBar.LoadAsync(at, null, cancel),
            Seen = seen,
            Rows = await LettersView.RowsAsync(at, seen.Batch.Id, cancel),
            Reader = Caller.Of(context.User),
            Refused = refused,
            Done = done,
        });
    }

    private static async Task<IResult> ReleaseAsync(
        HttpContext context, Installation at, PrintRoom room, IHostApplicationLifetime stopping, long number,
        CancellationToken cancel)
    {
        var batch = await Batches.OfAsync(at, number, cancel);
        return await AnswerAsync(context, at, number, () => ReleaseBatch.RunAsync(
            at, room, batch, Caller.Of(context.User), stopping.ApplicationStopping), cancel);
    }

    private static async Task<IResult> PostAsync(
        HttpContext context, Installation at, IHostApplicationLifetime stopping, long number,
        CancellationToken cancel)
    {
        var batch = await Batches.OfAsync(at, number, cancel);
        var form = new CaseForm("posted", await context.Request.ReadFormAsync(cancel));
        var zone = (await IncidentBar.LoadAsync(at, null, cancel))!.Incident.Zone;
        return await AnswerAsync(context, at, number, () => PostBatch.RunAsync(at, new PostBatch(
            batch, form.Day("on")), Caller.Of(context.User), zone, stopping.ApplicationStopping), cancel);
    }

    private static async Task<IResult> StopAsync(
        HttpContext context, Installation at, long number, CancellationToken cancel)
    {
        var batch = await Batches.OfAsync(at, number, cancel);
        var (form, by) = (new CaseForm("stop", await context.Request.ReadFormAsync(cancel)), Caller.Of(context.User));
        return await AnswerAsync(context, at, number, () =>
        {
            var request = new StopBatch(batch, form.Choice<StopReason>("reason"));
            return Batches.DoAsync(
                at, batch, (found, now) => StopBatch.Decide(found, request, by, now), cancel);
        }, cancel);
    }

    private static async Task<IResult> AnswerStopAsync(
        HttpContext context, Installation at, IHostApplicationLifetime stopping, long number,
        CancellationToken cancel)
    {
        var batch = await Batches.OfAsync(at, number, cancel);
        var form = new CaseForm("stop-answer", await context.Request.ReadFormAsync(cancel));
        var today = (await IncidentBar.LoadAsync(at, null, cancel))!.Today;
        return await AnswerAsync(context, at, number, () => AnswerStop.RunAsync(at,
            new AnswerStop(batch, form.Choice("outcome", StopState.Asked), form.Day("on")),
            Caller.Of(context.User), today, stopping.ApplicationStopping), cancel);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context, Installation at, long number, Func<Task<Refusal?>> run, CancellationToken cancel)
    {
        try
        {
            if (await run() is not { } refusal)
            {
                return Results.LocalRedirect($"{PathOf(number)}?done=true");
            }

            context.Response.StatusCode = StatusCodes.Status409Conflict;
            return await BatchPageAsync(context, at, number, refusal.Sentence(), false, cancel);
        }
        catch (BadInput e) when (e.Fault == Fault.Invalid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return await BatchPageAsync(context, at, number, e.Message, false, cancel);
        }
    }

    private static Task<IResult> TakePdfAsync(
        HttpContext context, Installation at, long number, CancellationToken cancel) =>
        TakeAsync(context, at, number, (pdf, _) => Results.File(pdf, "application/pdf",
            string.Create(CultureInfo.InvariantCulture, $"letters-{number}.pdf")), cancel);

    private static Task<IResult> TakeManifestAsync(
        HttpContext context, Installation at, long number, CancellationToken cancel) =>
        TakeAsync(context, at, number, (_, manifest) =>
        {
            var csv = new StringBuilder("row,first_page,last_page,references,address_sha256\r\n");
            foreach (var row in manifest.Rows)
            {
                var references = string.Join(' ', row.References);
                csv.Append(CultureInfo.InvariantCulture, $"{row.Row},{row.FirstPage},{row.LastPage},")
                    .Append(CultureInfo.InvariantCulture, $"{references},{row.AddressSha256}\r\n");
            }

            return Results.File(Encoding.UTF8.GetBytes(csv.ToString()), "text/csv; charset=utf-8",
                string.Create(CultureInfo.InvariantCulture, $"letters-{number}.csv"));
        }, cancel);

    /// <summary>Rule 33: each holder's record says who took the letter out, before it is.</summary>
    private static async Task<IResult> TakeAsync(
        HttpContext context, Installation at, long number, Func<byte[], LetterManifest, IResult> give,
        CancellationToken cancel)
    {
        var id = await Batches.OfAsync(at, number, cancel);
        if ((await Batches.FindAsync(at, id, cancel)).State is not (BatchState.Released or BatchState.Posted))
        {
            throw new BadInput(NotReleased, Fault.NotFound);
        }

        var numbers = await Batches.NumbersAsync(at, id, cancel);
        if (await Batches.HasUnwritableAsync(at, id, numbers, cancel))
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            return await BatchPageAsync(context, at, number, NotGiven, false, cancel);
        }

        await AccessRecords.WriteAsync(
            at, numbers, "letter", Caller.Of(context.User).ToString(), "letters to be posted", cancel);
        var (pdf, manifest) = await LetterPrints.OpenAsync(at, id, cancel);
        return give(pdf, manifest);
    }

    private static async Task<IResult> ConfirmAsync(HttpContext context, Installation at, CancellationToken cancel)
    {
        var typed = (await context.Request.ReadFormAsync(cancel))["reference"].ToString();
        if (!CaseReference.TryParse(typed, out var reference))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return PageOf(null, [], typed);
        }

        return PageOf($"{reference}", await ConfirmReference.RunAsync(
            at, reference.Value, Caller.Of(context.User), cancel), typed);
    }

    private static IResult PageOf(
        string? reference, IReadOnlyList<ConfirmedLetter> letters, string? typed) =>
        new RazorComponentResult<ReferencePage>(new { Reference = reference, Letters = letters, Typed = typed });
}
