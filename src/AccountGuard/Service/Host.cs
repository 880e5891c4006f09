using System.Threading.RateLimiting;
using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Http;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Payments;
using AccountGuard.Payments.Desk;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Queues;
using AccountGuard.Verification.Recalls;
using AccountGuard.Verification.Several;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Serilog;

namespace AccountGuard.Service;

/// <summary>The service: its routes in the order of the flow, and its rounds.</summary>
public static class Host
{
    // More than one sender's filings reach on two cores: it stops a runaway, not a busy intake.
    private const int RequestsOfASecond = 10_000;
    private const int AtOnce = 8;
    private const int WaitingAtOnce = 1_000;

    /// <summary>Runs until the caller stops it.</summary>
    public static async Task RunAsync(
        Installation at, IConfiguration settings, DevelopmentProvider? development, int port, CancellationToken cancel)
    {
        Telemetry.OpenLog(Path.Combine(settings["ACCOUNTGUARD_HOME"] ?? ".accountguard", "logs"));
        await using var app = Build(at, settings, development, port);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e)
        {
            throw new BadInput($"The service cannot listen on port {port}: {e.Message} Name another with --port.");
        }

        await Console.Out.WriteLineAsync($"AccountGuard runs on {app.Urls.First()} (Ctrl-C stops it).");
        if (development is not null)
        {
            await Console.Out.WriteLineAsync(
                "The development provider lets in people (sign-in name, which says the role, and password):");
            foreach (var account in development.Accounts)
            {
                await Console.Out.WriteLineAsync($"  {account.Login,-18} {account.Password}");
            }

            await Console.Out.WriteLineAsync("and machines by the token of: ops/accountguard token ROLE");
        }

        await app.WaitForShutdownAsync(cancel);
    }

    /// <param name="at">The installation that it serves.</param>
    /// <param name="settings">Those of README, Operating it; ASPNETCORE_URLS stands in place of the port.</param>
    /// <param name="development">Null where a provider is configured.</param>
    /// <param name="port">On loopback; 0 picks a free one.</param>
    public static WebApplication Build(
        Installation at, IConfiguration settings, DevelopmentProvider? development, int port)
    {
        at = at with { HasSandbox = development is not null };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Host.UseSerilog();
        builder.WebHost.UseUrls(settings["ASPNETCORE_URLS"] ?? $"http://127.0.0.1:{port}");
        builder.Configuration.AddConfiguration(settings);
        var machines = new Machines(settings);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ClientCertificateMode = machines.AreExpected
                    ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate;
                https.AllowAnyClientCertificate();
            });
        });
        builder.Services.AddSingleton(at).AddSingleton(machines);
        builder.Services.AddSingleton(DeadlineSettings.Read(settings));
        builder.Services.AddSingleton(MassHolds.Read(settings));
        builder.Services.AddSingleton(new Alarms(at, settings));
        builder.Services.AddSingleton(new PrintRoom(settings, development is not null));
        builder.Services.AddSingleton<Rounds>().AddHostedService(s => s.GetRequiredService<Rounds>());
        builder.Services.AddSingleton<Filings>().AddHostedService(s => s.GetRequiredService<Filings>());
        builder.Services.AddSingleton<SmallQuestions>()
            .AddHostedService(s => s.GetRequiredService<SmallQuestions>());
        builder.Services.AddSingleton<QueueCounts>().AddHostedService(s => s.GetRequiredService<QueueCounts>());
        builder.Services.AddSingleton<CaseHints>().AddHostedService(s => s.GetRequiredService<CaseHints>());
        builder.Services.AddHostedService<JointWorks>();
        builder.Services.AddExceptionHandler<Problems>().AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        Description.Add(builder.Services);
        Telemetry.Add(builder.Services, settings);
        SignIn.Add(builder.Services, at, settings, development, machines);
        Site.Add(builder.Services, new Site(
            development is not null,
            [CaseRoutes.Page, LetterRoutes.Page, LetterRoutes.References, DeskRoutes.Page, RecallRoutes.Page]));
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(Upload.Few, FewAtOnce);
            var ofASecond = settings.GetValue("Limits:RequestsPerSecond", RequestsOfASecond);
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
                context => LimitOf(context, ofASecond));
            limiter.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Headers.RetryAfter = "1";
                return ValueTask.CompletedTask;
            };
        });
        var app = builder.Build();
        app.UseWhen(Site.Has, pages => Site.Use(pages, settings["Identity:Authority"]));
        app.UseSerilogRequestLogging(Telemetry.LogRoutes);
        app.UseExceptionHandler();
        app.UseStatusCodePages(Problems.WriteStatusAsync);
        app.UseAuthentication();
        app.UseRateLimiter();
        LateForms.Use(app);
        app.UseAuthorization();
        IncidentRoutes.Map(app);
        ListRoutes.Map(app);
        ChangeRoutes.Map(app);
        RenumberingRoutes.Map(app);
        HolderRoutes.Map(app);
        DeliveryRoutes.Map(app);
        CaseRoutes.Map(app);
        LetterRoutes.Map(app);
        PayDayRoutes.Map(app);
        StandingRoutes.Map(app);
        RestorationRoutes.Map(app);
        PayRunRoutes.Map(app);
        DeskRoutes.Map(app);
        ResultRoutes.Map(app);
        StoryRoutes.Map(app);
        RecallRoutes.Map(app);
        HealthRoutes.Map(app);
        SessionRoutes.Map(app, development);
        Site.Map(app);
        Description.Map(app);
        return app;
    }

    /// <summary>A change that comes alone waits for its batch and holds nothing.</summary>
    private static RateLimitPartition<string> FewAtOnce(HttpContext context) =>
        context.Request.HasJsonContentType() && context.Request.Path == ChangeRoutes.Path
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetConcurrencyLimiter(
                context.User.FindFirst(Caller.LoginClaim)?.Value ?? "",
                _ => new ConcurrencyLimiterOptions { PermitLimit = AtOnce, QueueLimit = WaitingAtOnce });

    /// <summary>Each login has its own; what comes without one shares its address's.</summary>
    private static RateLimitPartition<string> LimitOf(HttpContext context, int ofASecond) =>
        RateLimitPartition.GetTokenBucketLimiter(
            context.User.FindFirst(Caller.LoginClaim)?.Value ?? $"from {context.Connection.RemoteIpAddress}",
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 2 * ofASecond,
                TokensPerPeriod = ofASecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                AutoReplenishment = true,
            });
}
