using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Screening;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>Facts are delivered over HTTP: what is answered is durable and screened.</summary>
[Collection(SharedService.Name)]
public sealed class DeliveriesOverHttp(Served service)
{
    private const string ListHeader = "number,name,birth_date,address,action\n";
    private static int _incidents;

    private readonly HttpClient _manager = service.As(Role.IncidentManager);
    private readonly HttpClient _intake = service.As(Role.Intake);

    private static object Declaration(string id, string through = "2015-06-01") => new
    {
        id,
        name = "A leak",
        timeZone = "Asia/Tokyo",
        window = new { from = "2015-05-08" },
        cutoff = new { through },
    };

    private async Task<string> DeclaredAsync()
    {
        var id = $"http-{Interlocked.Increment(ref _incidents)}";
        await _manager.PutAsync($"/api/incidents/{id}", Json(Declaration(id))).BodyAsync(HttpStatusCode.Created);
        return id;
    }

    private Task<HttpResponseMessage> ListAsync(string incident, int version, string rows, int? records = null) =>
        _manager.PostAsync($"/api/incidents/{incident}/lists?version={version}&liveFrom=2015-06-02"
            + $"&records={records ?? rows.Split('\n').Length}", Csv(ListHeader + rows + "\n"));

    private Task<HttpResponseMessage> FileAsync(string id, string number, string filed = "2015-05-20",
        string source = "http") =>
        _intake.PostAsync("/api/account-changes", Json(new { source, request_id = id, number, filed_on = filed }));

    [Fact]
    public async Task an_incident_is_declared_once_and_other_content_is_a_conflict()
    {
        var id = await DeclaredAsync();
        await _manager.PutAsync($"/api/incidents/{id}", Json(Declaration(id))).BodyAsync(HttpStatusCode.OK);
        (await _manager.PutAsync($"/api/incidents/{id}", Json(Declaration(id, "2015-06-02")))
            .ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");
        (await _manager.PutAsync("/api/incidents/another", Json(Declaration(id)))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid");
        (await _manager.PutAsync("/api/incidents/x", Json(new { id = "x", surprise = 1 }))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid");
    }

    [Fact]
    public async Task rule_2_a_cutoff_is_moved_by_a_numbered_decision()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},,,,").BodyAsync(HttpStatusCode.Created);
        (await FileAsync(Id(), number, "2015-06-03").BodyAsync(HttpStatusCode.Created)).Of<bool>("due").ShouldBeFalse();
        var order = new { decision = 1, before = "2015-06-04", reason = "seen later" };
        var moved = await _manager.PostAsync($"/api/incidents/{incident}/cutoff", Json(order))
            .BodyAsync(HttpStatusCode.OK);
        moved.Of<int>("opened").ShouldBe(1);
        (await _manager.PostAsync($"/api/incidents/{incident}/cutoff", Json(order)).BodyAsync(HttpStatusCode.OK))
            .Of<int>("opened").ShouldBe(1, "the same again answers as before");
        (await _manager.PostAsync($"/api/incidents/{incident}/cutoff",
            Json(new { decision = 1, through = "2015-06-09", reason = "other" }))
            .ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");
        (await _manager.PostAsync("/api/incidents/nobody/cutoff", Json(order)).ProblemAsync(HttpStatusCode.NotFound))
            .ShouldBe("not-found");
        (await _manager.PostAsync($"/api/incidents/{incident}/cutoff",
            Json(new { decision = 2, through = "2015-06-09", reason = "r", surprise = 1 }))
            .ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid");
    }

    [Fact]
    public async Task what_a_cutoff_did_is_answered_whoever_published_it()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},,,,").BodyAsync(HttpStatusCode.Created);
        await FileAsync(Id(), number, "2015-06-03").BodyAsync(HttpStatusCode.Created);
        await MoveCutoff.RunAsync(service.Database.At, incident, 1, new DateOnly(2015, 6, 9), "seen later",
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        await Publication.FinishAsync(service.Database.At, null, CancellationToken.None);
        var moved = await _manager.PostAsync($"/api/incidents/{incident}/cutoff",
            Json(new { decision = 1, through = "2015-06-09", reason = "seen later" })).BodyAsync(HttpStatusCode.OK);
        (moved.Of<int>("opened"), moved.Of<int>("ended")).ShouldBe((1, 0));
    }

    [Fact]
    public async Task rule_1_a_list_whose_totals_differ_is_refused_and_nothing_of_it_is_kept()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        (await ListAsync(incident, 1, $"{number},,,,", records: 2)
            .ProblemAsync(HttpStatusCode.UnprocessableEntity)).ShouldBe("totals-differ");
        (await FileAsync(Id(), number).BodyAsync(HttpStatusCode.Created)).Of<bool>("due").ShouldBeFalse();
        var taken = await ListAsync(incident, 1, $"{number},A,,,").BodyAsync(HttpStatusCode.Created);
        (taken.Of<int>("rows", "accepted"), taken.Of<int>("numbers", "listed"), taken.Of<int>("hits", "opened"))
            .ShouldBe((1, 1, 1));
        (await ListAsync(incident, 1, $"{number},A,,,").BodyAsync(HttpStatusCode.Created)).GetRawText()
            .ShouldBe(taken.GetRawText(), "the same again is answered as before");
        (await ListAsync(incident, 1, $"{number},,,,").ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");
        (await ListAsync("nobody", 1, $"{number},,,,").ProblemAsync(HttpStatusCode.NotFound)).ShouldBe("not-found");
    }

    [Fact]
    public async Task a_change_with_a_long_office_is_filed_and_screened()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},A,,,").BodyAsync(HttpStatusCode.Created);
        var office = Convert.ToBase64String(RandomNumberGenerator.GetBytes(10_240));
        (await _intake.PostAsync("/api/account-changes", Json(
            new { source = "http", request_id = Id(), number, filed_on = "2015-05-20", office }))
            .BodyAsync(HttpStatusCode.Created)).Of<bool>("due").ShouldBeTrue();
    }

    [Fact]
    public async Task a_change_may_begin_with_a_byte_order_mark()
    {
        var change = $$"""{"source":"http","request_id":"{{Id()}}","number":"{{Number()}}"}""";
        await _intake.PostAsync("/api/account-changes", Text('\uFEFF' + change, "application/json"))
            .BodyAsync(HttpStatusCode.Created);
        await _intake.PostAsync("/api/account-changes", Text(change, "application/json"))
            .BodyAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task rule_7_a_change_filed_alone_is_screened_when_it_is_answered_and_known_again()
    {
        var (incident, number, id) = (await DeclaredAsync(), Number(), Id());
        await ListAsync(incident, 1, $"{number},A,,,").BodyAsync(HttpStatusCode.Created);
        var filed = await FileAsync(id, number).BodyAsync(HttpStatusCode.Created);
        (filed.Of<bool>("due"), filed.Of<string[]>("incidents").Single()).ShouldBe((true, incident));
        (await FileAsync(id, number).BodyAsync(HttpStatusCode.OK)).GetRawText().ShouldBe(filed.GetRawText());
        (await FileAsync(id, number, "2015-05-21").ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");

        // What is no number waits in quarantine, and is not lost.
        using var refused = await FileAsync(Id(), "12");
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = System.Text.Json.JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        (problem.Of<string>("code"), problem.Of<string>("field")).ShouldBe(("NotANumber", "number"));
        var waiting = await _intake.GetAsync($"/api/deliveries/{problem.Of<long>("delivery")}/quarantine")
            .BodyAsync(HttpStatusCode.OK);
        waiting.EnumerateArray().Single().Of<string>("code").ShouldBe("NotANumber");
    }

    [Fact]
    public async Task changes_filed_at_once_are_each_there_once_and_answered_by_what_became_of_them()
    {
        var (incident, numbers) = (await DeclaredAsync(), FreshNumbers(40));
        await ListAsync(incident, 1, string.Join('\n', numbers.Select(n => $"{n},,,,")))
            .BodyAsync(HttpStatusCode.Created);
        var ids = numbers.Select(_ => Id()).ToArray();
        var statuses = await Task.WhenAll(Enumerable.Range(0, 160).Select(async i =>
        {
            using var answer = await FileAsync(ids[i % 40], numbers[i % 40]);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
            return answer.StatusCode;
        }));
        statuses.Count(s => s == HttpStatusCode.Created).ShouldBe(40);
        statuses.Count(s => s == HttpStatusCode.OK).ShouldBe(120);
        using var auditor = service.As(Role.Auditor);
        var page = await auditor.GetAsync($"/api/cases?incident={incident}").BodyAsync(HttpStatusCode.OK);
        page.Of<System.Text.Json.JsonElement[]>("cases").Length.ShouldBe(40);
    }

    [Theory]
    [InlineData("""{"source":"s","request_id":"r","number":"1234567890","surprise":1}""")]
    [InlineData("""{"source":"s","source":"t","request_id":"r","number":"1234567890"}""")]
    [InlineData("""[{"source":"s","request_id":"r","number":"1234567890"}]""")]
    [InlineData("""{"source":"s","request_id":"r","number":"1234567890" """)]
    [InlineData("")]
    public async Task a_body_that_is_no_change_is_refused_and_not_quoted(string body)
    {
        using var answer = await _intake.PostAsync("/api/account-changes", Text(body, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("1234567890");
    }

    [Fact]
    public async Task many_changes_come_as_csv_or_ndjson_under_the_senders_id()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},,,,").BodyAsync(HttpStatusCode.Created);
        var (first, second, key) = (Id(), Id(), $"key-{Id()}");
        HttpRequestMessage Request(HttpContent content)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/account-changes") { Content = content };
            request.Headers.Add("Idempotency-Key", key);
            return request;
        }

        var csv = $"source,request_id,number,filed_on\nhttp,{first},{number},2015-05-20\nhttp,{Id()},12,2015-05-20\n";
        var answer = await _intake.SendAsync(Request(Csv(csv))).BodyAsync(HttpStatusCode.OK);
        (answer.Of<int>("rows", "accepted"), answer.Of<int>("rows", "quarantined"), answer.Of<int>("hits", "opened"))
            .ShouldBe((1, 1, 1));
        answer.Of<System.Text.Json.JsonElement[]>("notAccepted").Single().Of<string>("code").ShouldBe("NotANumber");
        (await _intake.SendAsync(Request(Csv(csv))).BodyAsync(HttpStatusCode.OK)).GetRawText()
            .ShouldBe(answer.GetRawText());
        (await _intake.SendAsync(Request(Csv(csv + "http,x,12,\n"))).ProblemAsync(HttpStatusCode.Conflict))
            .ShouldBe("other-content");

        var ndjson = $$"""{"source":"http","request_id":"{{second}}","number":"{{number}}","filed_on":"2015-05-21"}""";
        (await _intake.PostAsync("/api/account-changes", Text(ndjson, "application/x-ndjson"))
            .BodyAsync(HttpStatusCode.OK)).Of<int>("hits", "opened").ShouldBe(1);
    }

    [Fact]
    public async Task a_login_files_and_cancels_under_its_own_sources_alone_whichever_comes_first()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},,,,").BodyAsync(HttpStatusCode.Created);
        using var stranger = service.AsIntake("stranger", "elsewhere");
        Task<string> CancelAsync(string id) => stranger.PostAsync("/api/account-changes", Json(
            new { source = "http", request_id = id, kind = "cancel", number }))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity);
        var (before, after) = (Id(), Id());
        (await CancelAsync(before)).ShouldBe("quarantined");
        foreach (var id in (string[])[before, after])
        {
            (await FileAsync(id, number).BodyAsync(HttpStatusCode.Created)).Of<bool>("due").ShouldBeTrue();
        }

        (await CancelAsync(after)).ShouldBe("quarantined");
        var csv = $"source,request_id,kind,number\nhttp,{after},cancel,{number}\nelsewhere,{Id()},,{number}\n";
        (await stranger.PostAsync("/api/account-changes", Csv(csv)).BodyAsync(HttpStatusCode.OK))
            .Of<System.Text.Json.JsonElement[]>("notAccepted").Single().Of<string>("code").ShouldBe("ForeignSource");
        using var auditor = service.As(Role.Auditor);
        var queue = await auditor.GetAsync($"/api/cases?incident={incident}").BodyAsync(HttpStatusCode.OK);
        ((string[])[before, after]).ShouldBeSubsetOf(
            queue.Of<System.Text.Json.JsonElement[]>("cases").Select(c => c.Of<string>("requestId")));
    }

    [Fact]
    public async Task rule_7_a_file_that_one_may_not_file_is_not_the_answer_to_the_one_who_may()
    {
        var (source, number) = ($"s{Id()}", Number());
        async Task<System.Text.Json.JsonElement> SendAsync(string login, params string[] sources)
        {
            using var client = service.AsIntake(login, sources);
            return await client.PostAsync("/api/account-changes",
                Csv($"source,request_id,number,filed_on\n{source},a,{number},2015-05-20\n"))
                .BodyAsync(HttpStatusCode.OK);
        }

        var foreign = await SendAsync("stranger", "elsewhere");
        foreign.GetProperty("rows").Of<int>("quarantined").ShouldBe(1);
        (await SendAsync("stranger", "elsewhere")).GetRawText().ShouldBe(foreign.GetRawText());
        (await SendAsync("counter", source)).GetProperty("rows").Of<int>("accepted").ShouldBe(1);
    }

    [Fact]
    public async Task rule_7_each_sender_has_ids_of_its_own()
    {
        var (key, number) = ($"key-{Id()}", Number());
        async Task<System.Text.Json.JsonElement> SendAsync(string login, string id)
        {
            using var client = service.AsIntake(login, "*");
            client.DefaultRequestHeaders.Add("Idempotency-Key", key);
            return await client.PostAsync("/api/account-changes",
                Csv($"source,request_id,number,filed_on\n{login},{id},{number},2015-05-20\n"))
                .BodyAsync(HttpStatusCode.OK);
        }

        var (one, two) = (await SendAsync("sender-1", "a"), await SendAsync("sender-2", "b"));
        one.Of<long>("delivery").ShouldNotBe(two.Of<long>("delivery"));
        (await SendAsync("sender-1", "a")).GetRawText().ShouldBe(one.GetRawText());
    }

    [Fact]
    public async Task shift_jis_is_read_where_the_charset_says_so()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        var text = ListHeader + $"{number},山田,,東京都,\n";
        var query = $"/api/incidents/{incident}/lists?version=1&liveFrom=2015-06-02&records=1";
        (await _manager.PostAsync(query, Text(text, "text/csv", "shift_jis")).BodyAsync(HttpStatusCode.Created))
            .Of<int>("rows", "accepted").ShouldBe(1);
        (await _manager.PostAsync(query, Text(text, "text/csv", "latin1")).ProblemAsync(HttpStatusCode.BadRequest))
            .ShouldBe("invalid");
    }

    [Theory]
    [InlineData("/api/account-changes", "application/xml")]
    [InlineData("/api/renumberings", "application/json")]
    [InlineData("/api/holders", "application/x-ndjson")]
    [InlineData("/api/payments/standing", "text/csv")]
    public async Task a_wrong_content_type_is_named(string path, string mediaType)
    {
        using var client = service.As(path.Contains("payments") ? Role.PaymentSystem
            : path.Contains("renumber") || path.Contains("holders") ? Role.IncidentManager : Role.Intake);
        (await client.PostAsync(path, Text("x", mediaType)).ProblemAsync(HttpStatusCode.UnsupportedMediaType))
            .ShouldBe("wrong-content-type");
        var none = new ByteArrayContent("x"u8.ToArray());
        (await client.PostAsync(path, none).ProblemAsync(HttpStatusCode.UnsupportedMediaType))
            .ShouldBe("wrong-content-type");
    }

    [Fact]
    public async Task what_is_larger_than_its_route_allows_is_refused()
    {
        var office = new string('x', 70_000);
        var change = new { source = "http", request_id = Id(), number = Number(), office };
        (await _intake.PostAsync("/api/account-changes", Json(change))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too-large");
        (await _manager.PutAsync("/api/incidents/large", Text(new string(' ', 2 << 20), "application/json"))
            .ProblemAsync(HttpStatusCode.RequestEntityTooLarge)).ShouldBe("too-large");
    }

    [Fact]
    public async Task a_file_whose_stream_breaks_leaves_nothing_behind()
    {
        var id = Id();
        var address = new Uri(service.App.Urls.First());
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(address.Host, address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("POST /api/account-changes HTTP/1.1\r\nHost: localhost\r\n"
                + $"Authorization: {_intake.DefaultRequestHeaders.Authorization}\r\nContent-Type: text/csv\r\n"
                + $"Content-Length: 1000000\r\n\r\nsource,request_id,number\nhttp,{id},{Number()}\n"));
            socket.Shutdown(SocketShutdown.Send);
            try
            {
                while (await socket.ReceiveAsync(new byte[1024]) > 0)
                {
                    // Once it has answered, it is done with what it got.
                }
            }
            catch (SocketException)
            {
                // Or has hung up.
            }
        }

        await using var find = service.Database.At.Database.CreateCommand(
            "select count(*) from account_change where request_id = @id");
        find.Parameters.AddWithValue("id", id);
        (await find.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact(Timeout = 60_000)]
    public async Task a_file_that_came_whole_is_taken_in_though_its_sender_has_left()
    {
        var (incident, number) = (await DeclaredAsync(), Number());
        await ListAsync(incident, 1, $"{number},,,,").BodyAsync(HttpStatusCode.Created);
        var id = Id();
        using var leaving = new CancellationTokenSource();
        await using (await service.HeldFilingAsync())
        {
            var sending = _intake.PostAsync("/api/account-changes",
                Csv($"source,request_id,number,filed_on\nhttp,{id},{number},2015-05-20\n"), leaving.Token);
            while (await CountAsync("select count(*) from open_delivery") == 0)
            {
                sending.IsCompleted.ShouldBeFalse();
            }

            leaving.Cancel();
            await Should.ThrowAsync<TaskCanceledException>(sending);
        }

        while (await CountAsync("select count(*) from open_delivery") > 0)
        {
        }

        (await CountAsync($"select count(*) from hit where request_id = '{id}' and ended_at is null")).ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task a_service_that_stops_tells_whoever_waits_to_send_the_same_again()
    {
        var filings = new Filings(service.Database.At);
        var row = new string?[FiledChange.Columns.Length];
        (row[0], row[1], row[3]) = ("http", Id(), Number());
        Array.Fill(row, "", 2, 1);
        Array.Fill(row, "", 4, row.Length - 4);
        await filings.StartAsync(CancellationToken.None);
        await using (await service.HeldFilingAsync())
        {
            var inWork = filings.FileAsync(row, "s", Sources.All, CancellationToken.None);
            while (await CountAsync("select count(*) from pg_stat_activity where wait_event_type = 'Lock' "
                + "and datname = current_database() and usename = 'accountguard_app'") == 0)
            {
                inWork.IsCompleted.ShouldBeFalse();
            }

            var waiting = filings.FileAsync(row, "s", Sources.All, CancellationToken.None);
            await filings.StopAsync(CancellationToken.None);
            await Should.ThrowAsync<Unavailable>(inWork);
            await Should.ThrowAsync<Unavailable>(waiting);
        }

        await Should.ThrowAsync<Unavailable>(filings.FileAsync(row, "s", Sources.All, CancellationToken.None));
        (await CountAsync($"select count(*) from account_change where request_id = '{row[1]}'")).ShouldBe(0);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(
            service.Database.Superuser + ";Search Path=accountguard");
        await using var count = source.CreateCommand(sql);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task deliveries_are_paged_the_last_one_first()
    {
        using var sender = service.AsIntake("paging-intake", "*");
        var sent = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            sent.Add((await sender.PostAsync("/api/account-changes",
                Csv($"source,request_id,number\npaging,{Id()},{Number()}\n")).BodyAsync(HttpStatusCode.OK))
                .Of<long>("delivery"));
        }

        var seen = new List<long>();
        for (var next = "/api/deliveries?limit=2"; next is not null;)
        {
            using var page = await sender.GetAsync(next);
            page.StatusCode.ShouldBe(HttpStatusCode.OK);
            seen.AddRange(System.Text.Json.JsonDocument.Parse(await page.Content.ReadAsStringAsync()).RootElement
                .EnumerateArray().Select(d => d.Of<long>("delivery")));
            next = page.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }

        seen.ShouldBe(sent.AsEnumerable().Reverse());
        await sender.GetAsync("/api/deliveries?after=nonsense").ProblemAsync(HttpStatusCode.BadRequest);
        await sender.GetAsync("/api/deliveries?limit=0").ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task an_intake_sees_its_own_deliveries_alone()
    {
        using var other = service.AsIntake("other-intake", "*");
        var csv = $"source,request_id,number,filed_on\nhttp,{Id()},12,2015-05-20\n";
        var delivery = (await other.PostAsync("/api/account-changes", Csv(csv)).BodyAsync(HttpStatusCode.OK))
            .Of<long>("delivery");
        bool Sees(System.Text.Json.JsonElement list) => list.EnumerateArray()
            .Any(d => d.GetProperty("delivery").ValueKind != System.Text.Json.JsonValueKind.Null
                && d.Of<long>("delivery") == delivery);
        Sees(await other.GetAsync("/api/deliveries").BodyAsync(HttpStatusCode.OK)).ShouldBeTrue();
        Sees(await _intake.GetAsync("/api/deliveries").BodyAsync(HttpStatusCode.OK)).ShouldBeFalse();
        Sees(await _manager.GetAsync("/api/deliveries").BodyAsync(HttpStatusCode.OK)).ShouldBeTrue();
        (await _intake.GetAsync($"/api/deliveries/{delivery}/quarantine").ProblemAsync(HttpStatusCode.NotFound))
            .ShouldBe("not-found");
        (await other.GetAsync($"/api/deliveries/{delivery}/quarantine").BodyAsync(HttpStatusCode.OK))
            .GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task rule_22_the_queue_is_paged_in_its_order_and_numbers_are_masked()
    {
        var (incident, numbers) = (await DeclaredAsync(), FreshNumbers(7));
        await ListAsync(incident, 1, string.Join('\n', numbers.Select((n, i) => $"{n},{(i % 2 == 0 ? "A" : "")},,,")))
            .BodyAsync(HttpStatusCode.Created);
        for (var i = 0; i < 7; i++)
        {
            await FileAsync(Id(), numbers[i], $"2015-05-{10 + (i * 3)}").BodyAsync(HttpStatusCode.Created);
        }

        using var auditor = service.As(Role.Auditor);
        var whole = (await auditor.GetAsync($"/api/cases?incident={incident}").BodyAsync(HttpStatusCode.OK))
            .Of<System.Text.Json.JsonElement[]>("cases");
        whole.Select(c => c.Of<int>("rank")).ShouldBe(Enumerable.Range(1, 7));
        whole.ShouldAllBe(c => c.Of<string>("number").StartsWith("••••-•••"));
        var paged = new List<string>();
        string? next = null;
        do
        {
            var page = await auditor.GetAsync($"/api/cases?incident={incident}&limit=3"
                + (next is null ? "" : $"&after={next}")).BodyAsync(HttpStatusCode.OK);
            paged.AddRange(page.Of<System.Text.Json.JsonElement[]>("cases").Select(c => c.GetRawText()));
            next = page.Of<string?>("next");
        }
        while (next is not null);

        paged.ShouldBe(whole.Select(c => c.GetRawText()));
        foreach (var wrong in (string[])["limit=0", "limit=1001", "limit=x", "state=Sleeping", "after=nonsense"])
        {
            await auditor.GetAsync($"/api/cases?{wrong}").ProblemAsync(HttpStatusCode.BadRequest);
        }

        await auditor.GetAsync("/api/cases?incident=nobody").ProblemAsync(HttpStatusCode.NotFound);
    }
}
