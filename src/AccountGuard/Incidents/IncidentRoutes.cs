using System.Text.Json.Serialization;
using AccountGuard.Deliveries;
using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Screening;
using Microsoft.AspNetCore.Mvc;

namespace AccountGuard.Incidents;

/// <summary>A cutoff decision as it is posted: either through (the day is included) or before (it is not).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CutoffOrder(int Decision, string Reason, DateOnly? Through = null, DateOnly? Before = null);

/// <summary>Incidents are declared and their cutoffs moved (Rules 2, 6).</summary>
public static class IncidentRoutes
{
    private const int LargestDeclaration = 1 << 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/incidents/{id}", DeclareAsync).For(Role.IncidentManager)
            .Accepts<Declaration>("application/json").WithMetadata(new RequestSizeLimitAttribute(LargestDeclaration))
            .Produces(StatusCodes.Status201Created).Produces(StatusCodes.Status200OK)
            .Example("application/json", """
                {"id": "example-leak", "name": "An example", "timeZone": "Asia/Tokyo",
                 "window": {"from": "2015-05-08"}, "cutoff": {"through": "2015-06-01"}}
                """, "id=example-leak");
        routes.MapPost("/api/incidents/{id}/cutoff", MoveAsync).For(Role.IncidentManager)
            .WithMetadata(new RequestSizeLimitAttribute(LargestDeclaration))
            .Example("application/json", """{"decision": 1, "through": "2015-06-02", "reason": "learned later"}""",
                "id=example-leak");
    }

    private static async Task<IResult> DeclareAsync(
        string id, HttpRequest request, Installation at, CancellationToken cancel)
    {
        using var json = new MemoryStream();
        await request.Body.CopyToAsync(json, cancel);
        json.Position = 0;
        var declaration = Declaration.Read(json);
        if (declaration.Id != id)
        {
            throw new BadInput("The declaration's id is not the one of the address. Make them the same.");
        }

        var isNew = await DeclareIncident.RunAsync(at, declaration, at.Clock.GetUtcNow(), cancel);
        await Publication.FinishAsync(at, null, cancel);
        return isNew ? Results.Created((string?)null, new { id }) : Results.Ok(new { id });
    }

    private static async Task<HitCount> MoveAsync(
        string id, CutoffOrder order, Installation at, CancellationToken cancel)
    {
        await MoveCutoff.RunAsync(at, id, order.Decision, Cutoff.Through(order.Through, order.Before), order.Reason,
            at.Clock.GetUtcNow(), cancel);
        await Publication.FinishAsync(at, null, cancel);
        return await MoveCutoff.HitsAsync(at, id, order.Decision, cancel);
    }
}
