using System.Text.Json;
using System.Text.Json.Nodes;
using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;

namespace AccountGuard.Payments;

/// <summary>The payment system has its files screened, and fetches what each is split into (Rule 19).</summary>
public static class PayRunRoutes
{
    private const string Bytes = "application/octet-stream";
    private const string Json = "application/json";
    private const string Path = "/api/payments/runs";

    // Of 999,999 payments with line breaks, and some groups.
    private const int LargestFile = 128 << 20;

    private static readonly string ExampleFile = string.Concat(
        "12100000000001".PadRight(54) + "0615".PadRight(66),
        ("20001".PadRight(20) + "001".PadRight(18) + "000010000001" + "EXAMPLE".PadRight(30) + "0000065000"
            + "0" + "0000777777").PadRight(120),
        "8000001000000065000".PadRight(120), "9".PadRight(120));

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, ScreenAsync).For(Role.PaymentSystem)
            .Takes(LargestFile, Bytes, "text/plain", "application/xml")
            .Example("text/plain", ExampleFile, "payDay=2015-06-15");
        routes.MapGet($"{Path}/key", (Installation at) =>
        {
            using var signature = new PayRunSignature(at.Keys);
            return Results.Json(signature.PublicKeys);
        }).For(Role.PaymentSystem, Role.Compliance);
        Kept(routes.MapGet(Path + "/{id:long}/summary", SummaryAsync));
        Kept(routes.MapGet(Path + "/{id:long}/signature", SignatureAsync));
        Kept(routes.MapGet(Path + "/{id:long}/changes", ChangesAsync));
        foreach (var standing in Enum.GetValues<PayRunStanding>())
        {
            Kept(routes.MapGet($"{Path}/{{id:long}}/{PayRunStandings.Names[(int)standing]}", (
                long id, HttpContext context, Installation at, CancellationToken cancel) =>
                FileAsync(id, standing, context, at, cancel)));
        }
    }

    private static void Kept(RouteHandlerBuilder route) =>
        route.For(Role.PaymentSystem).RequireRateLimiting(Upload.Few).Example(null, null, "id=1");

    private static async Task<IResult> ScreenAsync(
        HttpContext context, Installation at, CancellationToken cancel, DateOnly? payDay = null)
    {
        var day = payDay ?? throw new BadInput("Give the pay-day: ?payDay=YYYY-MM-DD.");

        // Received whole before the snapshot is taken: a slow sender must not keep one open.
        await using var file = await Upload.SpoolAsync(context.Request, cancel);
        await using var screening = new ScreenPayRun(
            at, day, Caller.Of(context.User).ToString(), Upload.Sender(context), keepsFiles: true);
        var run = await screening.ScreenAsync(file, "The file", Upload.DeliveryId(context.Request),
            [Stream.Null, Stream.Null, Stream.Null, Stream.Null], cancel);
        await screening.CommitAsync(cancel);
        var answer = JsonNode.Parse(run.SummaryText)!;
        answer["links"] = JsonSerializer.SerializeToNode(
            PayRunStandings.Names.Concat(["summary", "signature", "changes"])
                .ToDictionary(what => what, what => $"{Path}/{run.No}/{what}"));
        return Results.Json(answer, statusCode: run.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>It names the records that are on hold: of a file that is not kept here they are nobody's.</summary>
    private static async Task<IResult> SummaryAsync(
        long id, HttpContext context, Installation at, CancellationToken cancel)
    {
        var kept = await KeptPayRun.FindAsync(at, id, cancel);
        if (kept.IsKept && kept.Run.Summary.NamesRecords)
        {
            await using var file = await PayRunParts.ReadAsync(at, kept, cancel);
            await PayRunAccess.RecordAsync(at, kept.Run, PayRunInput.Read(file, "The file", cancel),
                [PayRunStanding.Hold, PayRunStanding.Unknown], "summary", Caller.Of(context.User).ToString(), cancel);
        }

        return Results.Text(kept.Run.SummaryText, Json);
    }

    private static async Task<IResult> SignatureAsync(long id, Installation at, CancellationToken cancel) =>
        Results.Text((await KeptPayRun.FindAsync(at, id, cancel)).Run.Signature, "application/jose");

    private static async Task<IResult> ChangesAsync(
        long id, HttpContext context, Installation at, CancellationToken cancel) => Results.Json(
            await PayRunChanges.SinceAsync(at, id, Caller.Of(context.User).ToString(), cancel));

    private static async Task<IResult> FileAsync(
        long id, PayRunStanding standing, HttpContext context, Installation at, CancellationToken cancel)
    {
        var kept = await KeptPayRun.FindAsync(at, id, cancel);
        await using var input = await PayRunParts.ReadAsync(at, kept, cancel);
        if (standing is not PayRunStanding.Clear)
        {
            await PayRunAccess.RecordAsync(at, kept.Run, PayRunInput.Read(input, "The file", cancel), [standing],
                PayRunStandings.Names[(int)standing], Caller.Of(context.User).ToString(), cancel);
        }

        var output = new NamelessFile();
        try
        {
            var outputs = Enum.GetValues<PayRunStanding>().Select(s => s == standing ? output : Stream.Null).ToArray();
            input.Position = 0;
            var parts = PayRunSplit.Run(input, "The file", kept.Run.Standings, outputs, cancel);
            if (!parts.SequenceEqual(kept.Run.Summary.Parts))
            {
                throw new InvalidOperationException($"Run {id} comes out otherwise than before.");
            }

            output.Position = 0;
            return Results.Stream(output, Bytes, PayRunStandings.Names[(int)standing]);
        }
        catch
        {
            await output.DisposeAsync();
            throw;
        }
    }
}
