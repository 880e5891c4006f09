using System.Net.Http.Json;
using AccountGuard.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccountGuard.Bench.Works;

/// <summary>Changes that come one by one over HTTP, each durable and screened when it is answered.</summary>
public static class FilingWork
{
    public static Work OneByOne { get; } = new(
        "filing", "changes one by one over HTTP, 32 connections; baseline: a bare endpoint that inserts a row for each",
        async (ground, cancel) =>
        {
            await ground.IncidentAsync(cancel);
            await ground.SqlAsync("create table bench_filed (id text primary key, number text, filed_on text)", cancel);
            var (service, caller) = await ground.ServeAsync(Role.Intake);
            await using var bare = BareEndpoint(ground);
            await bare.StartAsync(cancel);
            using var bareCaller = Ground.CallerOf(bare.Urls.First());
            var filed = 0;
            Task FileAsync(HttpClient to) => FileOneAsync(to, Interlocked.Increment(ref filed), cancel);
            var (ours, baseline) = await Pressure.InTurnsAsync(
                _ => FileAsync(caller), _ => FileAsync(bareCaller), cancel);
            await service.StopAsync(cancel);
            await service.DisposeAsync();
            caller.Dispose();
            return
            [
                new("filing", "answers/s", ours.Rate, baseline.Rate, 0.6, AtLeast: true, InTurns.Runs),
                new("filing", "answers/s", ours.Rate, null, 3_000, AtLeast: true, InTurns.Runs),
                new("filing", "p99 ms", ours.P99, null, 35, AtLeast: false, InTurns.Runs),
            ];
        });

    /// <summary>A change by itself, answered when it is filed.</summary>
    public static async Task FileOneAsync(HttpClient to, int no, CancellationToken cancel)
    {
        using var answer = await to.PostAsJsonAsync("/api/account-changes", new
        {
            source = "bench",
            request_id = $"R{no}",
            number = $"{no * 7L % 10_000_000_000L:D10}",
            filed_on = "2015-05-20",
            channel = "counter",
            new_account = "zengin:0001-001-1-1234567",
        }, cancel);
        answer.EnsureSuccessStatusCode();
    }

    private sealed record Filed(string Source, string RequestId, string Number, string FiledOn);

    private static WebApplication BareEndpoint(Ground ground)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
        var app = builder.Build();
        app.MapPost("/api/account-changes", async (Filed filed, CancellationToken cancel) =>
        {
            await using var insert = ground.Superuser.CreateCommand("insert into bench_filed values ($1, $2, $3)");
            insert.Parameters.Add(new() { Value = $"{filed.Source}/{filed.RequestId}" });
            insert.Parameters.Add(new() { Value = filed.Number });
            insert.Parameters.Add(new() { Value = filed.FiledOn });
            await insert.ExecuteNonQueryAsync(cancel);
            return Results.Created();
        });
        return app;
    }
}
