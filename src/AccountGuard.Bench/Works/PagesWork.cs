using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using AccountGuard.Identity;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AccountGuard.Bench.Works;

/// <summary>
/// Pages, as an auditor's browser asks for them, and the taking of the next case. First bytes are those of one caller
/// alone.
/// </summary>
public static partial class PagesWork
{
    private const int FirstBytes = 40;

    public static Work Queue { get; } = new(
        "queue-page", "the queue's page with its counts, by each of its filters in turn; baseline: the bare query",
        async (ground, cancel) =>
        {
            var (incident, _) = await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            await using var office = await Office.OpenAsync(ground, cancel);
            var first = $"/cases?incident={incident}";
            var pages = Filters().Matches(await office.Browser.GetStringAsync(first, cancel))
                .Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Append(first).Distinct().ToList();
            var (ours, baseline) = await Pressure.InTurnsAsync(
                async no => await office.Browser.GetByteArrayAsync(pages[no % pages.Count], cancel),
                async no => await ReadAsync(ground, """
                    select h.source, h.request_id, h.tier, h.list_version, h.filed_on, h.exposed_on, h.change_id
                    from hit h where h.is_open and h.incident_no = 1
                    order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit 100
                    """, [], cancel), cancel);
            return Of("queue-page", ours, baseline,
                await office.FirstByteAsync(no => pages[no % pages.Count], cancel));
        });

    public static Work Case { get; } = new(
        "case", "the page of a case; baseline: the bare queries of its change, hits and events",
        async (ground, cancel) =>
        {
            var (_, cases) = await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            await using var office = await Office.OpenAsync(ground, cancel);
            Guid IdOf(int no) => Intake.FiledChange.IdOf("bench", $"R{no * 7919L % cases}");
            var (ours, baseline) = await Pressure.InTurnsAsync(
                async no => await office.Browser.GetByteArrayAsync($"/cases/{IdOf(no)}", cancel),
                async no => await ReadAsync(ground, """
                    select c.*, d.*, h.*, e.data
                    from account_change c
                    join account_change_detail d on d.change_id = c.change_id
                    join hit h on h.change_id = c.change_id
                    join accountguard_events.mt_events e on e.stream_id = c.change_id
                    where c.change_id = $1
                    """, [IdOf(no)], cancel), cancel);
            return Of("case", ours, baseline, await office.FirstByteAsync(no => $"/cases/{IdOf(no)}", cancel));
        });

    public static Work Next { get; } = new(
        "next", "taking the next case; baseline: the bare query for it, which locks and marks it",
        async (ground, cancel) =>
        {
            var (incident, _) = await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            await ground.SqlAsync("create table bench_taken (change_id uuid primary key)", cancel);
            await using var office = await Office.OpenAsync(ground, cancel);
            var (ours, baseline) = await Pressure.InTurnsAsync(
                _ => office.TakeNextAsync(incident, cancel),
                async _ => await ReadAsync(ground, """
                    insert into bench_taken
                    select h.change_id from hit h
                    where h.is_open and h.incident_no = 1
                      and not exists (select from bench_taken t where t.change_id = h.change_id)
                    order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id
                    limit 1 for update of h skip locked
                    on conflict do nothing
                    """, [], cancel), cancel);
            var alone = new List<double>();
            for (var no = 0; no < FirstBytes; no++)
            {
                alone.Add(await InTurns.SecondsAsync(() => office.TakeNextAsync(incident, cancel)));
            }

            return Of("next", ours, baseline, [.. alone.Order()]);
        });

    private static Measured[] Of(
        string work, Figures ours, Figures baseline, IReadOnlyList<double> firstBytes) =>
    [
        new(work, "p95 ms", ours.P95, baseline.P95, 4, AtLeast: false, InTurns.Runs),
        new($"{work}, one alone", "first byte, p95 ms", firstBytes.At(0.95) * 1_000, null, 200, AtLeast: false,
            firstBytes.Count),
    ];

    private static async Task ReadAsync(Ground ground, string sql, object[] values, CancellationToken cancel)
    {
        await using var query = ground.Superuser.CreateCommand(sql);
        foreach (var value in values)
        {
            query.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await query.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
        }
    }

    /// <summary>The service, and an auditor who signed in there: one browser follows redirects, one does not.</summary>
    private sealed record Office(
        WebApplication Service, HttpClient Browser, HttpClient Staying, string Token) : IAsyncDisposable
    {
        public static async Task<Office> OpenAsync(Ground ground, CancellationToken cancel)
        {
            var (service, caller) = await ground.ServeAsync(Role.Auditor);
            var (address, cookies) = (caller.BaseAddress, new CookieContainer());
            caller.Dispose();
            var browser = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = address };
            var staying = new HttpClient(
                new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false })
            { BaseAddress = address };
            using var asked = await browser.GetAsync("/", cancel);
            var fields = HiddenField().Matches(await asked.Content.ReadAsStringAsync(cancel))
                .Select(m => KeyValuePair.Create(
                    WebUtility.HtmlDecode(m.Groups[1].Value), WebUtility.HtmlDecode(m.Groups[2].Value)));
            var account = DevelopmentProvider.Open(ground.Folder.FullName).Accounts
                .Single(a => a.Login == Role.Auditor);
            using var first = await browser.PostAsync(asked.RequestMessage!.RequestUri, new FormUrlEncodedContent(
                [.. fields, new("login", account.Login), new("password", account.Password)]), cancel);
            var token = HiddenField().Matches(await first.Content.ReadAsStringAsync(cancel))
                .First(m => m.Groups[1].Value == "__RequestVerificationToken").Groups[2].Value;
            return new Office(service, browser, staying, token);
        }

        /// <summary>In seconds, sorted.</summary>
        public async Task<IReadOnlyList<double>> FirstByteAsync(Func<int, string> path, CancellationToken cancel)
        {
            var times = new List<double>();
            for (var no = 0; no < FirstBytes; no++)
            {
                var watch = Stopwatch.StartNew();
                using var answer = await Browser.GetAsync(path(no), HttpCompletionOption.ResponseHeadersRead, cancel);
                await using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancel);
                body.ReadByte();
                times.Add(watch.Elapsed.TotalSeconds);
            }

            return [.. times.Order()];
        }

        /// <summary>Up to the address of the case, whose page is another work.</summary>
        public async Task TakeNextAsync(string incident, CancellationToken cancel)
        {
            using var answer = await Staying.PostAsync("/cases/next", new FormUrlEncodedContent(
                [new("__RequestVerificationToken", Token), new("incident", incident)]), cancel);
            if (!Guid.TryParse(answer.Headers.Location?.OriginalString.Split('/')[^1], out _))
            {
                throw new InvalidOperationException($"No case was given: {answer.StatusCode}.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            Staying.Dispose();
            await Service.StopAsync();
            await Service.DisposeAsync();
        }
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenField();

    [GeneratedRegex("class=\"pill\" href=\"([^\"]*)\"")]
    private static partial Regex Filters();
}
