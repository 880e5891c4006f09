namespace AccountGuard.Service;

/// <summary>Whether the service lives, and whether it may be relied on; for everyone.</summary>
public static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/health/live", () => Results.Ok(new { live = true })).AllowAnonymous();
        routes.MapGet("/api/health/ready", Ready).AllowAnonymous();
    }

    private static IResult Ready(Rounds rounds, Installation at) =>
        rounds.Last is { IsClean: true } last && last.IsFresh(at.Clock.GetUtcNow())
            ? Results.Ok(new { ready = true, reconciledAt = last.RanAt })
            : Results.Json(
                new { ready = false, last = rounds.Last }, statusCode: StatusCodes.Status503ServiceUnavailable);
}
