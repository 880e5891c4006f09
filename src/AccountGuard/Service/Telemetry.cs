using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AccountGuard.Service;

/// <summary>
/// What the service says of itself: structured logs on stderr and in a file a day, and traces and metrics by OTLP where
/// OTEL_EXPORTER_OTLP_ENDPOINT names a collector. None of it carries numbers, names or accounts.
/// </summary>
public static class Telemetry
{
    public const string Name = "AccountGuard";

    private const int DaysKept = 31;
    private const long LargestFile = 100 << 20;

    public static void OpenLog(string folder) => Log.Logger = new LoggerConfiguration()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        // It has no key ring, and says so at each start: cookies are sealed under the key file.
        .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Fatal)
        .MinimumLevel.Override("OpenIddict", LogEventLevel.Warning)
        .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
        .WriteTo.Console(standardErrorFromLevel: LogEventLevel.Verbose)
        .WriteTo.File(new CompactJsonFormatter(), Path.Combine(folder, "accountguard-.json"),
            rollingInterval: RollingInterval.Day, retainedFileCountLimit: DaysKept,
            fileSizeLimitBytes: LargestFile, rollOnFileSizeLimit: true, shared: true)
        .CreateLogger();

    /// <summary>Requests by their routes: an address that somebody mistyped may hold a number.</summary>
    public static void LogRoutes(RequestLoggingOptions options)
    {
        options.MessageTemplate = "{RequestMethod} {Route} {StatusCode} in {Elapsed:0} ms";
        options.IncludeQueryInRequestPath = false;
        options.GetMessageTemplateProperties = (context, _, elapsed, status) =>
        [
            new LogEventProperty("RequestMethod", new ScalarValue(context.Request.Method)),
            new LogEventProperty("Route", new ScalarValue(RouteOf(context))),
            new LogEventProperty("StatusCode", new ScalarValue(status)),
            new LogEventProperty("Elapsed", new ScalarValue(elapsed)),
        ];
    }

    private static string RouteOf(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "no route";

    public static void Add(IServiceCollection services, IConfiguration settings)
    {
        if (string.IsNullOrEmpty(settings["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Name))
            .WithTracing(traces => traces
                .AddAspNetCoreInstrumentation(requests => requests.EnrichWithHttpResponse = (activity, response) =>
                    activity.SetTag("url.path", RouteOf(response.HttpContext)).SetTag("url.query", null))
                .AddSource("Npgsql"))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddMeter(Name, "Npgsql"))
            .UseOtlpExporter();
    }
}
