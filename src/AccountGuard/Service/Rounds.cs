using AccountGuard.Identity;
using AccountGuard.Schema;
using AccountGuard.Screening;
using AccountGuard.Verification;
using AccountGuard.Verification.Mailing;
using Serilog;

namespace AccountGuard.Service;

/// <summary>
/// What the service does by itself, again and again: finishes what stands unpublished, opens and ends cases,
/// reconciles. Its work list is the database, so that nothing is lost when it is killed, and several services may run
/// beside each other.
/// </summary>
public sealed class Rounds(Installation at, Alarms alarms, Machines machines) : BackgroundService
{
    // The largest upload, once.
    private const long LeastFree = 2L << 30;

    private static readonly TimeSpan NoticeOfExpiry = TimeSpan.FromDays(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenReconciliations = TimeSpan.FromMinutes(5);

    // Standing is unknown as long: it may have met a list in the middle of its publication.
    private static readonly TimeSpan AfterUnclean = TimeSpan.FromSeconds(10);

    /// <summary>The last reconciliation of this process; null before the first.</summary>
    public Reconciliation? Last { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, at.Clock);
        do
        {
            try
            {
                await EnsureOursAsync(stoppingToken);
                await Publication.FinishAsync(at, null, stoppingToken);
                await OpenCases.RunAsync(at, stoppingToken);
                if (Last is null || at.Clock.GetUtcNow() - Last.RanAt
                    >= (Last.IsClean ? BetweenReconciliations : AfterUnclean))
                {
                    await TellDeaths.RunAsync(at, stoppingToken);
                    await Drafts.DeleteOldAsync(at, stoppingToken);
                    await PostBatch.FinishAsync(at, stoppingToken);
                    await AnswerStop.FinishAsync(at, stoppingToken);
                    await ReconcileAsync(stoppingToken);
                }

                await alarms.SetAsync("rounds", null, stoppingToken);
                await alarms.SetAsync("disk", TroubleOfDisk(), stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The next round does what this one could not; readiness is gone until it reconciles again.
                Last = null;
                var why = e is NotLayable ? e.Message
                    : $"{e.GetType().Name} {(e as Npgsql.NpgsqlException)?.SqlState}";
                await alarms.SetAsync("rounds", $"A round failed and will be repeated: {why}", stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>
    /// On a newer program's schema, or another key's, nothing is done and nothing is ready; and where nobody reconciled
    /// on this server, as after a failover, what was found on another is forgotten.
    /// </summary>
    private async Task EnsureOursAsync(CancellationToken cancel)
    {
        await using var ask = at.Database.CreateCommand("select doubts(@at, @schema, @key)");
        ask.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        ask.Parameters.AddWithValue("schema", at.SchemaNumber);
        ask.Parameters.AddWithValue("key", at.Keys.Id);
        var doubts = (string[])(await ask.ExecuteScalarAsync(cancel))!;
        if (doubts.Contains("SchemaNewer") || doubts.Contains("WrongKey"))
        {
            throw new NotLayable("The database was laid by a newer program, or with another key.");
        }

        if (Last is { IsClean: true } && doubts.Contains("NotReconciled"))
        {
            Last = null;
        }
    }

    private async Task ReconcileAsync(CancellationToken cancel)
    {
        Last = await Reconcile.RunAsync(at, null, cancel);
        if (Last.IsClean)
        {
            Log.Information("Reconciled: missing 0, unfounded 0");
        }

        // What is being published is no alarm: the next reconciliation sees it done.
        await alarms.SetAsync("reconciliation",
            Last.Missing + Last.Unfounded + Last.Misranked == 0 ? null
                : $"The hits are not what the rule says: missing {Last.Missing}, unfounded {Last.Unfounded}, wrong "
                    + $"reason or rank {Last.Misranked}.",
            cancel);
        await alarms.SetAsync("cases", await TroubleOfCasesAsync(cancel), cancel);
        var expiring = await ExpiringHoldsAsync(cancel);
        await alarms.SetAsync("holds", expiring.Count == 0 ? null
            : $"{expiring.Count} open cases have a hold that ended or ends within two days: their new accounts are "
                + "paid from then on, unless two people decide or place another hold.", cancel, expiring);
        await alarms.SetAsync("certificates", TroubleOfCertificates(), cancel);
    }

    private string? TroubleOfCertificates() =>
        machines.FirstToExpire is { } first && first.At - at.Clock.GetUtcNow() < NoticeOfExpiry
            ? $"The certificate of {first.Whose} ends on {first.At:yyyy-MM-dd}: put a new one in its place."
            : null;

    /// <summary>Hits that have stood for minutes without a case: whoever opens them hangs, or is not there.</summary>
    private async Task<string?> TroubleOfCasesAsync(CancellationToken cancel)
    {
        await using var late = at.Database.CreateCommand(
            """
            select count(*) from hit h
            where h.opened_at < now() - interval '5 minutes'
              and not exists (select from case_step s where s.hit_id = h.hit_id and s.step = 'required')
            """);
        return await late.ExecuteScalarAsync(cancel) is > 0L and var count
            ? $"{count} cases have waited for more than 5 minutes to be opened; the queue shows them all the same."
            : null;
    }

    /// <summary>Rule 18: a hold is never made longer silently; without a verdict the account is paid.</summary>
    private async Task<IReadOnlySet<Guid>> ExpiringHoldsAsync(CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand("select * from expiring_holds(@at)");
        find.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        var expiring = new HashSet<Guid>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            expiring.Add(reader.GetGuid(0));
        }

        return expiring;
    }

    private static string? TroubleOfDisk()
    {
        var free = new DriveInfo(Path.GetTempPath()).AvailableFreeSpace;
        return free >= LeastFree ? null : $"{free >> 20} MB are left where uploads are spooled.";
    }
}
