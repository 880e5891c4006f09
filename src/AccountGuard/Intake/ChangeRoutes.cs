using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGuard.Intake;

/// <summary>A change as it is answered: whether it is due for verification, and in which incidents.</summary>
public sealed record FiledAnswer(Guid ChangeId, bool Due, IReadOnlyList<string> Incidents);

/// <summary>Account changes are filed: one as JSON, many as NDJSON or CSV (Rules 4, 7).</summary>
public static class ChangeRoutes
{
    public const string Path = "/api/account-changes";
    private const string Json = "application/json";
    private const int LargestChange = 64 * 1024;
    private const char ByteOrderMark = '\uFEFF';
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, FileAsync).For(Role.Intake).Takes(Json, Upload.Ndjson, Upload.Csv)
            .Produces<FiledAnswer>(StatusCodes.Status201Created).Produces<FiledAnswer>()
            .Example(Json, """
                {"source": "counter", "request_id": "2015-000017", "number": "0000-123456", "filed_on": "2015-05-20"}
                """)
            .Example(Upload.Ndjson, """
                {"source": "counter", "request_id": "2015-000018", "number": "0000-123456", "filed_on": "2015-05-21"}
                """)
            .Example(Upload.Csv,
                "source,request_id,kind,number,filed_on\ncounter,2015-000018,cancel,0000-123456,\n");

    private static async Task<IResult> FileAsync(
        HttpContext context, Installation at, Filings filings, Persons persons, IHostApplicationLifetime stopping,
        CancellationToken cancel)
    {
        await persons.NoteAsync(Caller.Of(context.User), cancel);
        var (sender, sources) = (Upload.Sender(context), Sources.Of(context.User));
        var mediaType = Upload.MediaType(context.Request);
        var id = Upload.DeliveryId(context.Request);
        if (mediaType == Json)
        {
            // One change is known by its source and request id, whatever key it comes with.
            var change = await ReadOneAsync(context.Request, cancel);
            return AnswerOne(await filings.FileAsync(change, sender, sources, cancel));
        }

        using var file = await Upload.ReceiveAsync(context.Request, cancel);
        var answer = await ImportChanges.RunAsync(at, file, mediaType == Upload.Ndjson, id, at.Clock.GetUtcNow(), null,
            stopping.ApplicationStopping, sender, sources);
        return Results.Ok(await FileAnswer.OfAsync(at, answer, cancel));
    }

    private static IResult AnswerOne(FilingAnswer answer)
    {
        if (answer.Code is { } code)
        {
            return DeliveryRoutes.Waits("The change", answer.Delivery, answer.Row, code, answer.Field);
        }

        var filed = new FiledAnswer(answer.ChangeId!.Value, answer.Incidents.Count > 0, answer.Incidents);
        return answer.IsNew ? Results.Created((string?)null, filed) : Results.Ok(filed);
    }

    /// <summary>The members of one change, under the names of the columns.</summary>
    private static async Task<string?[]> ReadOneAsync(HttpRequest request, CancellationToken cancel)
    {
        if (Upload.Charset(request) is not (null or "utf-8"))
        {
            throw new BadHttpRequestException("JSON is UTF-8.", StatusCodes.Status415UnsupportedMediaType);
        }

        request.HttpContext.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize =
            LargestChange;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancel);
        string text;
        try
        {
            text = Utf8.GetString(body.GetBuffer(), 0, (int)body.Length);
        }
        catch (DecoderFallbackException)
        {
            throw new BadInput("The body is not UTF-8.");
        }

        var row = DeliveredRows.OfObject(text.TrimStart(ByteOrderMark), 1, FiledChange.Columns);
        return row.Problem is null ? row.Values : throw new BadInput(row.Problem == QuarantineCode.UnknownField
            ? $"The object has a member that is not known. Known are: {string.Join(", ", FiledChange.Columns)}"
            : "The body is not one JSON object whose members are given once, each with a plain value.");
    }
}
