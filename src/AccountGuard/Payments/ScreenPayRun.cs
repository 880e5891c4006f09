using System.Collections.Concurrent;
using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>A pay-run as it is kept.</summary>
public sealed record PayRun(long No, bool IsNew, byte[] Standings, string SummaryText, string Signature)
{
    public PayRunSummary Summary { get; } = PayRunSummary.Read(SummaryText);
}

/// <summary>
/// Screens payment files for a pay-day: one snapshot of standing for all of them, taken when the first one comes, and
/// asked while that is read. A file that was here before is answered as before; nothing is kept until all are
/// committed. Files may be screened at once: they are read and written side by side, and ask one after the other.
/// </summary>
public sealed class ScreenPayRun(Installation at, DateOnly payDay, string who, string? sender, bool keepsFiles)
    : IAsyncDisposable
{
    private readonly Dictionary<UInt128, Screened> _new = [];
    private readonly HashSet<string> _digests = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<PayRunInput> _spares = [];
    private Standing? _standing;
    private Task<DoubtfulNumbers>? _doubtful;

    /// <summary>What there is to keep of a new run; the file is read again where it is kept.</summary>
    private sealed record Screened(string? Id, DateOnly PayOn, byte[] Digest, PayRun Run, Stream File);

    /// <param name="file">Read from its beginning, twice; it stays open until the run is committed.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="id">The sender's id; without it the content says what is the same again (Rule 7).</param>
    /// <param name="outputs">Get the four files, by standing.</param>
    /// <param name="cancel">Nothing is kept then.</param>
    /// <exception cref="BadInput">The file is not sound, is for another day or was screened here already, the day is no
    /// pay-day, or the id was here with other content.</exception>
    public async Task<PayRun> ScreenAsync(
        Stream file, string name, string? id, IReadOnlyList<Stream> outputs, CancellationToken cancel)
    {
        var changedAt = ChangedAt(file);
        var days = await FileDays.OfAsync(at, payDay, cancel);
        var (standing, doubtful) = await OpenAsync(cancel);
        file.Position = 0;
        var input = PayRunInput.Read(
            file, name, cancel, at.Branches, days, _spares.TryTake(out var spare) ? spare : null);
        try
        {
            return await ScreenAsync(
                input, (file, name, id, days.Name, changedAt), standing, doubtful, outputs, cancel);
        }
        finally
        {
            // Forty files of a million payments are read in the memory of those that are read at once.
            input.GiveUp();
            _spares.Add(input);
        }
    }

    private async Task<PayRun> ScreenAsync(
        PayRunInput input, (Stream File, string Name, string? Id, DateOnly PayOn, DateTime? ChangedAt) of,
        Standing standing, Task<DoubtfulNumbers> doubtful, IReadOnlyList<Stream> outputs, CancellationToken cancel)
    {
        var (file, name, id, payOn, changedAt) = of;
        var key = KeyOf(id, input.Digest);
        lock (_digests)
        {
            if (!_digests.Add(Convert.ToHexStringLower(input.Digest)))
            {
                throw new BadInput($"{name} is another of the files again, and would be paid twice. Nothing was taken "
                    + "in: leave one of them away.");
            }
        }

        var before = await FindAsync(key, id, payOn, input.Digest, cancel);
        var standings = before?.Standings is { } kept ? new PayRunStandings(kept, new Dictionary<string, int>(), [], [])
            : await PayRunStandings.AskAsync(at, standing, await doubtful.WaitAsync(cancel), input, cancel);
        file.Position = 0;
        var parts = PayRunSplit.Run(file, name, standings.Standings, outputs, cancel);
        if (ChangedAt(file) != changedAt)
        {
            throw PayRunSplit.Changed(name);
        }

        if (before is not null)
        {
            if (!parts.SequenceEqual(before.Summary.Parts))
            {
                throw new InvalidOperationException($"Run {before.No} comes out otherwise than before.");
            }

            await PayRunAccess.RecordAsync(at, before, input,
                [PayRunStanding.Pending, PayRunStanding.Hold, PayRunStanding.Unknown], "files", who, cancel);
            return before with { IsNew = false };
        }

        var run = await SummariseAsync(input, standings, parts, standing.AsOf, cancel);
        lock (_new)
        {
            _new.Add(key, new Screened(id, payOn, input.Digest, run, file));
        }

        return run;
    }

    /// <summary>Only a file that has a name can be changed by others.</summary>
    private static DateTime? ChangedAt(Stream file) =>
        file is FileStream named ? File.GetLastWriteTimeUtc(named.SafeFileHandle) : null;

    /// <summary>Keeps the runs that are new, with their events.</summary>
    /// <exception cref="Unavailable">Somebody else screens the same file at this moment; nothing is kept.</exception>
    public async Task CommitAsync(CancellationToken cancel)
    {
        if (_new.Count == 0)
        {
            return;
        }

        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        using var personal = new PersonalKeys(at.Keys);
        var subjects = _new.Keys.ToDictionary(SubjectOf, _ => (PensionNumber?)null);
        var keys = keepsFiles ? await personal.ForAsync(connection, subjects, cancel) : [];
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var session = at.SessionIn(transaction);
        foreach (var (key, screened) in _new)
        {
            await InsertAsync(transaction, key, screened, cancel);
            if (keepsFiles)
            {
                await PayRunParts.WriteAsync(
                    connection, screened.Run.No, keys[SubjectOf(key)], screened.File, cancel);
            }

            session.Events.StartStream(new Guid(new NumberKey(key).ToBytes(), bigEndian: true), EventOf(screened));
        }

        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        // No file may have needed what was asked.
        await _end.CancelAsync();
        await (_doubtful ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (_standing?.DisposeAsync() ?? ValueTask.CompletedTask);
        _end.Dispose();
        _turn.Dispose();
    }

    /// <summary>The subject under whose key the file of a run is sealed.</summary>
    internal static NumberKey SubjectOf(Installation at, UInt128 key) =>
        new(at.Keys.Name("file of pay-run", new NumberKey(key).ToBytes()));

    private NumberKey SubjectOf(UInt128 key) => SubjectOf(at, key);

    private async Task<(Standing Standing, Task<DoubtfulNumbers> Doubtful)> OpenAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _standing ??= await Standing.OpenAsync(at, payDay, who, cancel);
            return (_standing, _doubtful ??= DoubtfulNumbers.ReadAsync(at, _standing, _end.Token));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<PayRun> SummariseAsync(
        PayRunInput input, PayRunStandings standings, PayRunPart[] parts, StandingAsOf asOf, CancellationToken cancel)
    {
        await using var next = at.Database.CreateCommand(
            "select nextval(pg_get_serial_sequence('accountguard.pay_run', 'run_no'))");
        var no = (long)(await next.ExecuteScalarAsync(cancel))!;
        var summary = new PayRunSummary(
            no, payDay, at.Clock.GetUtcNow(), asOf,
            new PayRunFile(input.Groups, input.Total.Count, input.Total.Amount, input.Bytes,
                Convert.ToHexStringLower(input.Digest)),
            parts[0], parts[1], parts[2], parts[3], standings.Reasons,
            new UnknownChanges(standings.UnknownChanges.Count, [.. standings.UnknownChanges.Select(input.RecordOf)]),
            new HeldPayTo(Held(Standing.Keep), Held(Standing.Previous)),
            new DeniedAccounts(standings.DeniedAccounts.Count, standings.DeniedAccounts.Sum(input.AmountOf),
                [.. standings.DeniedAccounts.Select(input.RecordOf)]));
        using var signature = new PayRunSignature(at.Keys);
        var text = summary.Write();
        return new PayRun(no, true, standings.Standings, text, signature.Sign(text));
        HeldPayments Held(string payTo)
        {
            var held = standings.HeldAndPaidTo(payTo).ToList();
            return new HeldPayments(held.Count, held.Sum(input.AmountOf), [.. held.Select(input.RecordOf)]);
        }
    }

    private UInt128 KeyOf(string? id, byte[] digest) => id is null
        ? at.Keys.Name("pay-run", [.. digest, .. Encoding.UTF8.GetBytes($"{payDay:O} {keepsFiles}")])
        : at.Keys.Name("pay-run id", Encoding.UTF8.GetBytes($"{id}\0{sender}"));

    /// <exception cref="BadInput">The id was here with other content; the refusal is recorded.</exception>
    private async Task<PayRun?> FindAsync(
        UInt128 key, string? id, DateOnly payOn, byte[] digest, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select run_no, pay_on, digest, standings, summary, signature from pay_run where run_key = @key");
        find.Parameters.AddWithValue("key", new NumberKey(key).ToBytes());
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var run = new PayRun(reader.GetInt64(0), false, reader.GetFieldValue<byte[]>(3), reader.GetString(4),
            reader.GetString(5));
        if (reader.GetFieldValue<DateOnly>(1) == payOn
            && reader.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(digest))
        {
            return run;
        }

        var label = new DeliveryLabel("pay-run", id, at.Keys.Name("pay-run", digest), at.Clock.GetUtcNow(),
            new Dictionary<string, string>(), sender);
        throw await Delivery.RefuseAsync(at, label, Fault.OtherContent,
            $"The id was here before with another file or pay-day (run {run.No}). Nothing was taken in. Send the same "
            + "file for the same pay-day, or give the other one an id of its own.", cancel);
    }

    private async Task InsertAsync(
        NpgsqlTransaction transaction, UInt128 key, Screened screened, CancellationToken cancel)
    {
        var run = screened.Run;
        await using var insert = new NpgsqlCommand(
            """
            insert into pay_run (run_no, run_key, id, pay_on, digest, is_kept, standings, summary, signature,
                screened_by, screened_at)
            values (@no, @key, @id, @pay, @digest, @kept, @standings, @summary, @signature, @by, @at)
            on conflict do nothing
            """, transaction.Connection, transaction);
        insert.Parameters.AddWithValue("no", run.No);
        insert.Parameters.AddWithValue("key", new NumberKey(key).ToBytes());
        insert.Parameters.AddWithValue("id", (object?)screened.Id ?? DBNull.Value);
        insert.Parameters.AddWithValue("pay", screened.PayOn);
        insert.Parameters.AddWithValue("digest", screened.Digest);
        insert.Parameters.AddWithValue("kept", keepsFiles);
        insert.Parameters.AddWithValue("standings", run.Standings);
        insert.Parameters.AddWithValue("summary", run.SummaryText);
        insert.Parameters.AddWithValue("signature", run.Signature);
        insert.Parameters.AddWithValue("by", who);
        insert.Parameters.AddWithValue("at", run.Summary.ScreenedAt);
        if (await insert.ExecuteNonQueryAsync(cancel) == 0)
        {
            throw new Unavailable("The same file is being screened at this moment. Send it again: it is answered as "
                + "before then.");
        }
    }

    private PayRunScreened EventOf(Screened screened)
    {
        var summary = screened.Run.Summary;
        static ScreenedPart Part(PayRunPart part) => new(part.Count, part.Amount, part.Sha256);
        return new PayRunScreened(summary.Run, payDay, summary.Input.Sha256, Part(summary.Clear), Part(summary.Pending),
            Part(summary.Hold), Part(summary.Unknown), summary.AsOf.Event, who, summary.ScreenedAt);
    }
}
