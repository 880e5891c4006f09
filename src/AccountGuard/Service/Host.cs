using Serilog;
using Serilog.Events;

namespace AccountGuard.Service;

/// <summary>
/// The service: its rounds, and two routes that say whether it lives and whether it may be relied on.
/// </summary>
public static class Host
{
    public static async Task RunAsync(Installation at, int port, CancellationToken cancel)
    {
        Log.Logger = new LoggerConfiguration()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.Console(standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Host.UseSerilog();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddSingleton(new Rounds(at));
        builder.Services.AddHostedService(services => services.GetRequiredService<Rounds>());
        await using var app = builder.Build();
        app.MapGet("/api/health/live", () => Results.Ok(new { live = true }));
        app.MapGet("/api/health/ready", (Rounds rounds) => rounds.Last is { IsClean: true } last
            ? Results.Ok(new { ready = true, reconciledAt = last.RanAt })
            : Results.Json(
                new { ready = false, last = rounds.Last }, statusCode: StatusCodes.Status503ServiceUnavailable));
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e)
        {
            throw new BadInput($"The service cannot listen on port {port}: {e.Message} Name another with --port.");
        }

        await Console.Out.WriteLineAsync($"AccountGuard runs on http://127.0.0.1:{port} (Ctrl-C stops it).");
        await app.WaitForShutdownAsync(cancel);
    }
}
