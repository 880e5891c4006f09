using System.Text.Json.Serialization;
using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;

namespace AccountGuard.Payments;

/// <summary>Payments of this change, which was denied, go to the restored account since then.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Restoration(string Source, string RequestId, DateTimeOffset RestoredAt);

/// <summary>The payer reports the restored account, which ends the hold of a denied change (Rule 17).</summary>
public static class RestorationRoutes
{
    private const int LargestReport = 4 << 10;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/payments/restorations", RestoreAsync).For(Role.PaymentSystem)
            .Takes(LargestReport, "application/json")
            .Example("application/json",
                """{"source": "counter", "requestId": "2015-000017", "restoredAt": "2015-06-20T10:00:00+09:00"}""");

    private static async Task<IResult> RestoreAsync(
        HttpContext context, Installation at, Restoration report, CancellationToken cancel)
    {
        var by = Caller.Of(context.User);
        var refusal = await CaseWork.DoAsync(at, FiledChange.IdOf(report.Source, report.RequestId), hand =>
            RestoreAccount.Decide(hand.Case, new RestoreAccount(report.RestoredAt), by, hand.Now), cancel);
        return refusal is { } why
            ? Problems.Of(StatusCodes.Status409Conflict, "refused", why.Sentence()) : Results.Ok();
    }
}
