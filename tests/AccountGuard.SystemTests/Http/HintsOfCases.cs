using System.Net;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Verification;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Http;

/// <summary>Open pages of the queue hear who takes a case, for as long as their session stands.</summary>
public sealed class HintsOfCases : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Served _service = new();

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    private static async Task<StreamReader> ListenAsync(HttpClient browser, string query = "")
    {
        var answer = await browser.GetAsync(CaseHints.Path + query, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(), Encoding.UTF8);
        (await NextAsync(stream, "event: ")).ShouldBe("ready");
        return stream;
    }

    /// <summary>What comes behind this mark next; null where the stream ends first.</summary>
    private static async Task<string?> NextAsync(StreamReader stream, string mark)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(mark))
            {
                return line[mark.Length..];
            }
        }

        return null;
    }

    private static async Task<string?> NextHintAsync(StreamReader stream) =>
        await NextAsync(stream, "event: taken") is null ? null : await NextAsync(stream, "data: ");

    private async Task<(Story Story, Guid Case)> FillAsync()
    {
        var (story, number) = (await BeginAsync(_service.Database), Number());
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"));
        await OpenCases.RunAsync(story.At, None);
        return (story, FiledChange.IdOf(story.Incident, "R1"));
    }

    private static readonly Caller Saeki = new("saeki", "P1");

    private static Task<Refusal?> DoAsync(Installation at, Guid change, bool takes) => CaseWork.DoAsync(
        at, change, hand => takes
            ? ClaimCase.Decide(hand.Case, new ClaimCase(hand.Now + ClaimCase.Lasts), Saeki, hand.KeyedBy, hand.Now)
            : LeaveCase.Decide(hand.Case, new LeaveCase(), Saeki, hand.Now), None);

    [Fact(Timeout = 60_000)]
    public async Task a_page_hears_of_a_case_that_another_node_gave_away_and_of_one_that_was_left()
    {
        var (_, @case) = await FillAsync();
        using var browser = await _service.BrowserOfAsync(Role.Approver);
        using var stream = await ListenAsync(browser);
        await using var other = await _service.Database.OpenAsync();
        (await DoAsync(other, @case, takes: true)).ShouldBeNull();
        (await NextHintAsync(stream)).ShouldBe($"{{\"case\":\"{@case}\",\"auditor\":\"saeki\"}}");
        (await DoAsync(other, @case, takes: false)).ShouldBeNull();
        (await NextHintAsync(stream)).ShouldBe($"{{\"case\":\"{@case}\",\"auditor\":null}}");
    }

    [Fact(Timeout = 60_000)]
    public async Task what_happened_between_the_page_and_its_stream_is_told_first()
    {
        var (_, @case) = await FillAsync();
        using var browser = await _service.BrowserOfAsync(Role.Auditor);
        var rendered = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        (await DoAsync(_service.Database.At, @case, takes: true)).ShouldBeNull();
        using var stream = await ListenAsync(browser, $"?since={rendered}");
        (await NextHintAsync(stream))!.ShouldContain("saeki");
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task what_comes_behind_hundreds_of_cases_of_one_second_is_told(bool isRendered)
    {
        var (_, @case) = await FillAsync();
        using var browser = await _service.BrowserOfAsync(Role.Auditor);
        var rendered = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        using var stream = isRendered ? null : await ListenAsync(browser);
        await using (var burst = new NpgsqlConnection(_service.Database.Superuser + ";Search Path=accountguard"))
        {
            await burst.OpenAsync();
            await using var keep = new NpgsqlCommand(
                """
                insert into verification (change_id, state, stays_open, denied, kept_at)
                select gen_random_uuid(), 'InContact', true, false, clock_timestamp() from generate_series(1, 600)
                """, burst);
            await keep.ExecuteNonQueryAsync();
        }

        (await DoAsync(_service.Database.At, @case, takes: true)).ShouldBeNull();
        using var heard = stream ?? await ListenAsync(browser, $"?since={rendered}");
        string? hint;
        do
        {
            hint = await NextHintAsync(heard);
        }
        while (hint?.Contains($"{@case}") == false);
        hint.ShouldNotBeNull().ShouldContain("saeki");
    }

    [Fact(Timeout = 60_000)]
    public async Task a_stream_ends_with_the_revocation_of_its_session_and_lets_nobody_in_then()
    {
        using var browser = await _service.BrowserOfAsync(Role.Auditor);
        using var stream = await ListenAsync(browser);
        await Revocation.RunAsync(_service.Database.At, Role.Auditor, "test", "left", None);
        (await NextAsync(stream, "never")).ShouldBeNull("the stream ends");
        using var again = await browser.GetAsync(CaseHints.Path);
        again.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/development/authorize");
    }

    [Fact(Timeout = 60_000)]
    public async Task a_stream_keeps_no_session_alive()
    {
        using var browser = await _service.BrowserOfAsync(Role.Auditor);
        _service.Clock.By = TimeSpan.FromMinutes(20);
        using (await ListenAsync(browser))
        {
        }

        _service.Clock.By = TimeSpan.FromMinutes(31);
        using var page = await browser.GetAsync("/cases");
        page.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe("/development/authorize");
    }

    [Fact(Timeout = 60_000)]
    public async Task streams_of_a_login_are_limited_and_those_that_end_make_room()
    {
        using var browser = await _service.BrowserOfAsync(Role.Auditor);
        var streams = new List<StreamReader>();
        for (var i = 0; i < CaseHints.MostOfLogin; i++)
        {
            streams.Add(await ListenAsync(browser));
        }

        using (var refused = await browser.GetAsync(CaseHints.Path))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        }

        streams.ForEach(stream => stream.Dispose());
        HttpStatusCode status;
        do
        {
            using var answer = await browser.GetAsync(CaseHints.Path, HttpCompletionOption.ResponseHeadersRead);
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.TooManyRequests);
        status.ShouldBe(HttpStatusCode.OK);
    }
}
