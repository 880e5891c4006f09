using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Service;
using AccountGuard.SystemTests.Verification;
using AccountGuard.Tests.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Mailing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using static AccountGuard.SystemTests.Http.Served;

namespace AccountGuard.SystemTests.Http;

/// <summary>
/// Rule 33: a number, a name and an account that are sent appear in no log, no trace, no metric, no error and no page,
/// and in files on the way, in the database, its dump and its log only sealed.
/// </summary>
[Collection(Alone.Name)]
public sealed class Canaries : IAsyncLifetime
{
    private const string Number = "8642097531";
    private const string Name = "金糸雀太郎";
    private const string Account = "zengin:0001-001-1-7654321";
    private static readonly byte[][] Marks =
        [.. ((string[])[Number, Name, Account, "7654321"]).Select(Encoding.UTF8.GetBytes)];

    private readonly ConcurrentQueue<byte[]> _traced = [];
    private WebApplication _collector = null!;
    private Served _service = null!;
    private readonly string _logs = Directory.CreateTempSubdirectory("accountguard-logs-").FullName;

    public async Task InitializeAsync()
    {
        Telemetry.OpenLog(_logs);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _collector = builder.Build();
        _collector.MapPost("/v1/{kind}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _traced.Enqueue(body.ToArray());
        });
        await _collector.StartAsync();
        _service = new Served
        {
            Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Urls.First(),
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            }).Build(),
        };
        await _service.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _collector.DisposeAsync();
        Directory.Delete(_logs, recursive: true);
    }

    [Fact]
    public async Task nothing_personal_is_logged_or_quoted_or_stands_in_the_clear()
    {
        await using var server = NpgsqlDataSource.Create(_service.Database.Superuser);
        var walBefore = await ScalarAsync<string>(server, "select pg_walfile_name(pg_current_wal_lsn())");
        var list = $"number,name\n{Number},{Name}\n";
        const string Lists = "/api/incidents/canary/lists?version=1&liveFrom=2015-06-02&records=";
        object Change(object? filed) => new
        {
            source = "s",
            request_id = "R1",
            number = Number,
            filed_on = filed,
            new_account = Account,
            account_holder = Name,
        };
        (string Role, HttpMethod Method, string Path, HttpContent? Content)[] requests =
        [
            (Role.IncidentManager, HttpMethod.Put, "/api/incidents/canary", Json(new
            {
                id = "canary",
                name = "A leak",
                timeZone = "Asia/Tokyo",
                cutoff = new { through = "2015-06-01" },
            })),
            (Role.IncidentManager, HttpMethod.Put, $"/api/incidents/{Number}", Text(list, "application/json")),
            (Role.IncidentManager, HttpMethod.Post, Lists + "2", Csv(list)),
            (Role.IncidentManager, HttpMethod.Post, Lists + "1", Csv(list)),
            (Role.IncidentManager, HttpMethod.Post, Lists + "1", Csv(list + $"{Number},\n")),
            (Role.IncidentManager, HttpMethod.Post, Lists + Number + "x", Csv(list)),
            (Role.IncidentManager, HttpMethod.Post, "/api/renumberings",
                Csv($"old_number,new_number\n{Number},{Name}\n")),
            (Role.IncidentManager, HttpMethod.Post, "/api/renumberings", Csv($"{Number},{Name}\n{Number},{Name}\n")),
            (Role.IncidentManager, HttpMethod.Post, "/api/renumberings", Csv(
                $"old_number,new_number,effective_on,relation\n{Number},9876543210,{Name},same-holder\n")),
            (Role.IncidentManager, HttpMethod.Post, "/api/holders",
                Csv($"number,name,address,guardian_name\n{Number},{Name},{Name},{Name}\n{Name},{Number},,\n")),
            (Role.IncidentManager, HttpMethod.Post, "/api/holders", Csv($"number,{Name}\n{Number},{Name}\n")),
            (Role.IncidentManager, HttpMethod.Post, "/api/holders",
                Csv($"number,guardian_address\n{Number},{Name}\n")),
            (Role.Intake, HttpMethod.Post, "/api/account-changes", Json(Change("2015-05-20"))),
            (Role.Intake, HttpMethod.Post, "/api/account-changes", Json(Change("2015-05-21"))),
            (Role.Intake, HttpMethod.Post, "/api/account-changes", Json(new { number = Number, holder = Name })),
            (Role.Intake, HttpMethod.Post, "/api/account-changes",
                Text($"{{\"number\":\"{Number}", "application/json")),
            (Role.Intake, HttpMethod.Post, "/api/account-changes", Text(Number, "application/x-ndjson")),
            (Role.Intake, HttpMethod.Post, "/api/account-changes", Csv($"{Name},{Number}\n")),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/standing",
                Text($"{{\"payDay\":\"2015-06-15\",\"numbers\":[\"{Number}\"", "application/json")),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/standing?payDay=2015-06-15",
                Text($"{{\"nummer\":\"{Number}\"}}", "application/x-ndjson")),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/runs?payDay=2015-06-15", Text(string.Concat(
                TransferSample.Group((Number, 1)).Append("9".PadRight(120))), "text/plain", "shift_jis")),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/runs?payDay=2015-06-15", Text(string.Concat(
                TransferSample.Group((Number, 1)).Append(Number.PadRight(120))), "text/plain", "shift_jis")),
            (Role.PaymentSystem, HttpMethod.Get, $"/api/payments/runs/{Number}/pending", null),
            (Role.PaymentSystem, HttpMethod.Get, "/api/payments/runs/1/summary", null),
            (Role.PaymentSystem, HttpMethod.Get, "/api/payments/runs/1/changes", null),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/results", Json(new
            {
                source = "payer",
                payment_id = "P1",
                number = Number,
                outcome = "sent",
                pay_day = "2015-06-15",
                amount = "120000",
                account = Account,
            })),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/results",
                Csv($"source,payment_id,number,outcome,account\n{Name},{Number},{Number},{Name},{Account}\n")),
            (Role.PaymentSystem, HttpMethod.Post, "/api/payments/results",
                Text($"{{\"number\":\"{Number}\",\"account\":\"{Account}\"", "application/json")),
            (Role.Compliance, HttpMethod.Post, "/api/payments/story",
                Json(new { number = Number, purpose = "CaseWork" })),
            (Role.Compliance, HttpMethod.Post, "/api/payments/story", Json(new { number = Number, purpose = Name })),
            (Role.Auditor, HttpMethod.Get, $"/api/cases?after={Number}&state={Number}", null),
            (Role.Auditor, HttpMethod.Get, $"/api/cases/{Number}", null),
            (Role.Auditor, HttpMethod.Get, "/api/cases", null),
            (Role.IncidentManager, HttpMethod.Get, "/api/deliveries", null),
            (Role.IncidentManager, HttpMethod.Get, "/api/deliveries/1/quarantine", null),
        ];
        foreach (var (role, method, path, content) in requests)
        {
            using var client = _service.As(role);
            using var answer = await client.SendAsync(new HttpRequestMessage(method, path) { Content = content });
            Clean(await answer.Content.ReadAsStringAsync(), $"{method} {path}: {answer.StatusCode}");
        }

        await UploadAsync();
        await SlipInAsync();
        using (var auditor = await _service.BrowserOfAsync(Role.Auditor))
        {
            await WriteAsync();
            foreach (var path in (string[])[
                "/letters", "/letters/1", "/letters/reference", "/recalls",
                "/cases?incident=canary", $"/cases?after={Number}", $"/cases?incident={Number}", $"/{Number}",
                $"/language?to={Number}&back=/{Number}",
            ])
            {
                using var page = await auditor.GetAsync(path);
                Clean((await page.Content.ReadAsStringAsync()).Replace($"/{Number}", ""), path);
            }
        }

        await AttachAsync(server);
        using (var auditor = await _service.BrowserOfAsync(Role.Auditor))
        {
            var token = TokenOf(await auditor.GetStringAsync("/cases/find"));
            foreach (var number in (string[])[Number, Number + Name])
            {
                using var found = await auditor.PostAsync("/cases/find", new FormUrlEncodedContent(
                    [new("__RequestVerificationToken", token), new("number", number), new("purpose", "CaseWork")]));
                Clean(await found.Content.ReadAsStringAsync(), "a search");
            }
        }

        await DatabaseIsCleanAsync(server, walBefore);
        await _service.App.StopAsync();
        _service.App.Services.GetRequiredService<TracerProvider>().ForceFlush().ShouldBeTrue();
        _service.App.Services.GetRequiredService<MeterProvider>().ForceFlush().ShouldBeTrue();
        var traces = string.Concat(_traced.Select(Encoding.UTF8.GetString));
        traces.ShouldContain("/api/account-changes", customMessage: "or requests are not traced");
        traces.ShouldContain("select", customMessage: "or the database is not traced");
        Clean(traces, "a trace or metric");
        await Serilog.Log.CloseAndFlushAsync();
        var files = Directory.GetFiles(_logs);
        files.ShouldNotBeEmpty();
        var log = string.Concat(files.Select(File.ReadAllText));
        log.ShouldContain("/api/account-changes", customMessage: "or requests are not logged");
        Clean(log, "the log");
    }

    /// <summary>What was received of a file that is still being sent is looked for where it lies.</summary>
    private async Task UploadAsync()
    {
        var body = new Pipe();
        using var manager = _service.As(Role.IncidentManager);
        using var content = new StreamContent(body.Reader.AsStream())
        { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        var sending = manager.PostAsync("/api/holders", content);
        await body.Writer.WriteAsync(Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat($"{Name},{Number},{Account}\n", 40_000))));
        var watch = Stopwatch.StartNew();
        byte[] spooled;
        while ((spooled = Spooled()).Length < 1 << 20)
        {
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1), "or nothing is spooled");
        }

        foreach (var mark in Marks)
        {
            spooled.AsSpan().IndexOf(mark).ShouldBe(-1, "A file on its way shows a canary.");
        }

        await body.Writer.CompleteAsync();
        using var answer = await sending;
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>A file in a form that asks for none: the framework would write it down in the clear.</summary>
    private async Task SlipInAsync()
    {
        using var auditor = await _service.BrowserOfAsync(Role.Auditor);
        using var form = new MultipartFormDataContent
        {
            { new StringContent(TokenOf(await auditor.GetStringAsync("/cases/find"))), "__RequestVerificationToken" },
            { new StringContent(string.Concat(Enumerable.Repeat(Name, 70_000))), "file", "a" },
            { new StringContent(Number), "number" },
            { new StringContent("CaseWork"), "purpose" },
        };
        var written = Channel.CreateUnbounded<string>();
        using var watcher = new FileSystemWatcher(Path.GetTempPath(), "ASPNETCORE_*");
        watcher.Created += (_, file) => written.Writer.TryWrite(file.Name!);
        watcher.Renamed += (_, file) => written.Writer.TryWrite(file.Name!);
        watcher.EnableRaisingEvents = true;
        using var answer = await auditor.PostAsync("/cases/find", form);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var mark = Path.Combine(Path.GetTempPath(), $"ASPNETCORE_{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(mark, "");
        File.Delete(mark);
        (await written.Reader.ReadAsync()).ShouldBe(Path.GetFileName(mark), "A file of a form was written before.");
    }

    /// <summary>Files of this process that have no name any more, as they are on disk.</summary>
    private static byte[] Spooled() => [.. Directory.GetFiles("/proc/self/fd")
        .Where(file => new FileInfo(file).LinkTarget?.EndsWith(" (deleted)") == true
            && new FileInfo(file).LinkTarget!.StartsWith(Path.Combine(Path.GetTempPath(), "accountguard-")))
        .SelectMany(File.ReadAllBytes)];

    /// <summary>A note, a reference and a file with its name; and again after the session has ended.</summary>
    private async Task AttachAsync(NpgsqlDataSource server)
    {
        using var auditor = await _service.BrowserOfAsync(Role.Auditor);
        var forms = new CaseForms(auditor, FiledChange.IdOf("s", "R1"));
        var (hidden, late) = (await forms.FieldsAsync("note"), await forms.FieldsAsync("note"));
        Dictionary<string, string> typed = new() { ["note"] = Name, ["reference"] = $"{Name} {Number}" };
        var file = Encoding.UTF8.GetBytes($"%PDF-{Name} {Number} {Account}%%EOF");
        (await forms.SendAsync("note", typed, file, $"{Name}.pdf", hidden)).Status.ShouldBe(HttpStatusCode.OK);
        _service.Clock.By = TimeSpan.FromMinutes(31);
        Clean((await forms.SendAsync("note", typed, file, $"{Name}.pdf", late)).Page, "the page to sign in");
        (await ScalarAsync<long>(server, "select count(*) from accountguard.exhibit")).ShouldBe(3);
        (await ScalarAsync<long>(server, "select count(*) from accountguard.draft")).ShouldBe(1);
    }

    /// <summary>A letter that is ordered, printed, checked, released and posted.</summary>
    private async Task WriteAsync()
    {
        var (at, change) = (_service.Database.At, FiledChange.IdOf("s", "R1"));
        var room = _service.App.Services.GetRequiredService<PrintRoom>();
        var (maker, other) = (new Caller("maker", "P1"), new Caller("other", "P2"));
        var order = new OrderLetter(Guid.NewGuid(), $"{CaseReferences.Of(at.Keys, change)}", null);
        await CaseWork.DoAsync(at, change, hand => OrderLetter.Decide(hand.Case, order, maker, hand.Now),
            CancellationToken.None);
        var batch = (await PrintLetters.RunAsync(at, room, maker, 10, CancellationToken.None)).ShouldNotBeNull();
        (await ReleaseBatch.RunAsync(at, room, batch, other, CancellationToken.None)).ShouldBeNull();
        var today = DateOnly.FromDateTime(at.Clock.GetUtcNow().UtcDateTime);
        (await PostBatch.RunAsync(at, new PostBatch(batch, today), other, TimeZoneInfo.Utc, CancellationToken.None))
            .ShouldBeNull();
    }

    private async Task DatabaseIsCleanAsync(NpgsqlDataSource server, string walBefore)
    {
        var program = Path.Combine(
            await ScalarAsync<string>(server, "select setting from pg_config where name = 'BINDIR'"), "pg_dump");
        var to = new NpgsqlConnectionStringBuilder(_service.Database.Superuser);
        var start = new ProcessStartInfo(
            program, ["-h", to.Host!, "-p", $"{to.Port}", "-U", to.Username!, to.Database!])
        { RedirectStandardOutput = true };
        start.Environment["PGPASSWORD"] = to.Password ?? "";
        using var dumping = Process.Start(start)!;
        var dump = await dumping.StandardOutput.ReadToEndAsync();
        dump.ShouldContain("account_change_detail", customMessage: "or nothing was dumped");
        Clean(dump, "the dump");
        foreach (var mark in Marks)
        {
            dump.Contains(Convert.ToHexStringLower(mark)).ShouldBeFalse("The dump shows a canary as bytes.");
        }

        await using var written = server.CreateCommand("""
            select name, pg_read_binary_file('pg_wal/' || name) from pg_ls_waldir()
            where name >= @first and name <= pg_walfile_name(pg_current_wal_lsn())
            """);
        written.Parameters.AddWithValue("first", walBefore);
        await using var segments = await written.ExecuteReaderAsync();
        var hasChange = false;
        while (await segments.ReadAsync())
        {
            var segment = segments.GetFieldValue<byte[]>(1);
            hasChange |= segment.AsSpan().IndexOf("account_change_filed"u8) >= 0;
            foreach (var mark in Marks)
            {
                segment.AsSpan().IndexOf(mark).ShouldBe(-1, $"{segments.GetString(0)} of the log shows a canary.");
            }
        }

        hasChange.ShouldBeTrue("or the log that was read is not of this test");
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource server, string sql)
    {
        await using var command = server.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>As JSON, a page or an address would write it, too.</summary>
    internal static string[] AsWritten(string canary) =>
        [canary, JsonEncodedText.Encode(canary).Value, HtmlEncoder.Default.Encode(canary),
            Uri.EscapeDataString(canary)];

    private static void Clean(string text, string what)
    {
        foreach (var canary in (string[])
            [Number, Number.Insert(4, "-"), .. AsWritten(Name), Account, "7654321"])
        {
            text.Contains(canary, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{what} shows a canary.");
        }
    }
}

/// <summary>By itself: what other tests do in this process is traced too, and crowds out what this one does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
