using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGuard.Payments.Outcomes;

/// <summary>
/// The payment system reports what became of payments, and what stops them: one as JSON, many as NDJSON or CSV (Rules
/// 7, 20).
/// </summary>
public static class ResultRoutes
{
    public const string Path = "/api/payments/results";
    private const string Json = "application/json";
    private const int LargestReport = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, TakeAsync).For(Role.PaymentSystem).Takes(Json, Upload.Ndjson, Upload.Csv)
            .Produces<FileAnswer>()
            .Example(Json, """
                {"source": "payer", "payment_id": "P-1", "number": "0000-123456", "outcome": "sent",
                 "pay_day": "2015-06-15", "amount": "120000", "account": "zengin:0001-001-1-1234567"}
                """)
            .Example(Upload.Ndjson, "{\"source\": \"payer\", \"payment_id\": \"S-1\", \"number\": \"0000-123456\", "
                + "\"outcome\": \"stopped\", \"reason\": \"work\", \"on\": \"2015-07-01\"}\n")
            .Example(Upload.Csv, "source,payment_id,number,outcome,pay_day,amount,account,code,on\n"
                + "payer,P-1,0000-123456,credit-failed,2015-06-15,120000,zengin:0001-001-1-1234567,name,2015-06-16\n");

    private static async Task<IResult> TakeAsync(
        HttpContext context, Installation at, IHostApplicationLifetime stopping, CancellationToken cancel)
    {
        var (mediaType, id) = (Upload.MediaType(context.Request), Upload.DeliveryId(context.Request));
        if (mediaType == Json)
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LargestReport;
        }

        using var file = await Upload.ReceiveAsync(context.Request, cancel);
        var (now, sender) = (at.Clock.GetUtcNow(), Upload.Sender(context));
        var answer = mediaType == Json
            ? await ImportPayments.RunOneAsync(at, file, id, now, stopping.ApplicationStopping, sender)
            : await ImportPayments.RunAsync(
                at, file, mediaType == Upload.Ndjson, id, now, null, stopping.ApplicationStopping, sender);
        var full = await FileAnswer.OfAsync(at, answer, cancel);
        return mediaType == Json && full.NotAccepted is [var waiting]
            ? DeliveryRoutes.Waits("The report", answer.Delivery, waiting.Row, waiting.Code, waiting.Field)
            : Results.Ok(full);
    }
}
