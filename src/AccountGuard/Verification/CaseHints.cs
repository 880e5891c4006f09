using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AccountGuard.Identity;
using AccountGuard.Vault;
using Microsoft.AspNetCore.Authentication;
using Npgsql;

namespace AccountGuard.Verification;

/// <summary>A case changed hands: who works on it now, by login; nobody where it was left.</summary>
public sealed record CaseHint(Guid Case, string? Auditor)
{
    internal DateTimeOffset KeptAt { get; init; }
}

/// <summary>
/// Tells open pages of the queue who takes a case, by server-sent events. One question a second to the database serves
/// all pages of this process, and none is asked where no page is open; what another node did is found by it too.
/// </summary>
public sealed class CaseHints(Installation at) : BackgroundService
{
    public const string Path = "/cases/events";

    /// <summary>A page without a stream misses nothing but the hint.</summary>
    public const int MostStreams = 500;
    public const int MostOfLogin = 10;

    private const int MostAtOnce = 500;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // The browser comes again with its session, which may have ended meanwhile.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    // What was written before is seen when it is committed, a little later.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Page, bool> _pages = new();

    private sealed class Page(string login)
    {
        public string Login => login;

        public Channel<IReadOnlyList<CaseHint>> Hints { get; } = Channel.CreateBounded<IReadOnlyList<CaseHint>>(
            new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropOldest });
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, StreamAsync)
        .For(CaseRoutes.Page.Roles).WithMetadata(new Unasked()).ExcludeFromDescription();

    private static async Task<IResult> StreamAsync(
        HttpContext context, Installation at, CaseHints hints, Revocation revocation, IHostApplicationLifetime life,
        long? since = null)
    {
        var session = await context.AuthenticateAsync();
        var page = new Page(Caller.Of(context.User).Login);
        if (hints._pages.Count >= MostStreams || hints._pages.Keys.Count(p => p.Login == page.Login) >= MostOfLogin)
        {
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        var told = long.TryParse(context.Request.Headers["Last-Event-ID"], out var last) ? last : since;
        var ends = new[] { at.Clock.GetUtcNow() + Longest, session.Properties?.ExpiresUtc ?? DateTimeOffset.MaxValue }
            .Min();
        async Task<bool> StandsAsync() => at.Clock.GetUtcNow() < ends
            && await Sessions.StandsAsync(at, revocation, context.User, context.RequestAborted);
        return TypedResults.ServerSentEvents(
            hints.OfAsync(page, told is { } t ? DateTimeOffset.FromUnixTimeMilliseconds(t) : null, StandsAsync,
                life.ApplicationStopping, context.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<CaseHint?>> OfAsync(
        Page page, DateTimeOffset? since, Func<Task<bool>> stands, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancel);
        _pages[page] = true;
        try
        {
            yield return new SseItem<CaseHint?>(null, "ready") { ReconnectionInterval = Every };
            if (since is { } rendered)
            {
                // Whoever took a case before that has it no longer.
                var oldest = at.Clock.GetUtcNow() - ClaimCase.Lasts;
                await foreach (var hint in ReadAsync(rendered < oldest ? oldest : rendered - Overlap, cancel))
                {
                    yield return Item(hint);
                }
            }

            while (await NextAsync(page, ends.Token) is { } hints && await stands())
            {
                foreach (var hint in hints)
                {
                    yield return Item(hint);
                }
            }
        }
        finally
        {
            _pages.TryRemove(page, out _);
        }
    }

    private static SseItem<CaseHint?> Item(CaseHint hint) =>
        new(hint, "taken") { EventId = $"{hint.KeptAt.ToUnixTimeMilliseconds()}" };

    private static async Task<IReadOnlyList<CaseHint>?> NextAsync(Page page, CancellationToken ends)
    {
        try
        {
            return await page.Hints.Reader.ReadAsync(ends);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Each second each page hears what happened, and that the second is over.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var told = new Dictionary<Guid, DateTimeOffset>();
        DateTimeOffset? since = null;
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            IReadOnlyList<CaseHint> hints = [];
            try
            {
                if (_pages.IsEmpty)
                {
                    since = null;
                    told.Clear();
                    continue;
                }

                since ??= await NowAsync(stoppingToken);
                hints = await ReadAsync(since.Value - Overlap, stoppingToken)
                    .Where(hint => told.GetValueOrDefault(hint.Case) < hint.KeptAt).ToListAsync(stoppingToken);
                foreach (var hint in hints)
                {
                    told[hint.Case] = hint.KeptAt;
                    since = hint.KeptAt > since ? hint.KeptAt : since;
                }

                foreach (var old in told.Where(t => t.Value < since - Overlap).Select(t => t.Key).ToList())
                {
                    told.Remove(old);
                }
            }
            catch (Exception e) when (e is NpgsqlException or KeyTrouble)
            {
                // The next second asks again.
            }

            foreach (var page in _pages.Keys)
            {
                page.Hints.Writer.TryWrite(hints);
            }
        }
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancel)
    {
        await using var now = at.Database.CreateCommand("select clock_timestamp()");
        await using var reader = await now.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetFieldValue<DateTimeOffset>(0);
    }

    /// <summary>All that was kept since then, in its order.</summary>
    private async IAsyncEnumerable<CaseHint> ReadAsync(
        DateTimeOffset since, [EnumeratorCancellation] CancellationToken cancel)
    {
        var last = new CaseHint(Guid.Empty, null) { KeptAt = since };
        IReadOnlyList<CaseHint> next;
        do
        {
            next = await NextAsync(last, cancel);
            foreach (var hint in next)
            {
                yield return last = hint;
            }
        }
        while (next.Count == MostAtOnce);
    }

    private async Task<IReadOnlyList<CaseHint>> NextAsync(CaseHint last, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select v.change_id, v.auditor, v.kept_at from verification v
            where (v.kept_at, v.change_id) > (@since, @case) order by v.kept_at, v.change_id limit @most
            """);
        find.Parameters.AddWithValue("since", last.KeptAt.ToUniversalTime());
        find.Parameters.AddWithValue("case", last.Case);
        find.Parameters.AddWithValue("most", MostAtOnce);
        var hints = new List<CaseHint>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            hints.Add(new CaseHint(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1))
            {
                KeptAt = reader.GetFieldValue<DateTimeOffset>(2),
            });
        }

        return hints;
    }
}
