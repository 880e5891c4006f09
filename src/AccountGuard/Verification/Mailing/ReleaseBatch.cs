using AccountGuard.Identity;
using AccountGuard.Letters;
using Npgsql;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// Another person than made a batch releases it (Rule 28), after it was read back and compared, row by row, with what
/// the cases say by now: in 2021, 975,065 notices went out with another person's data. The check takes a while; where
/// anything that the letters rest on changed meanwhile, they are checked again.
/// </summary>
public sealed record ReleaseBatch(Guid Batch)
{
    /// <summary>How many faults its event names; there are as many letters as rows.</summary>
    private const int MostFaults = 20;

    private const string RestsOn = "select letters_rest_on(@batch)";

    /// <summary>Who may release it at all; asked before it is checked, which takes a while.</summary>
    public static Refusal? Bars(PrintedBatch batch, Caller by) =>
        by.Person is null ? Refusal.NoPerson
        : by.IsSame(batch.Maker) ? Refusal.OwnBatch
        : batch.State != BatchState.Printed ? Refusal.BatchIsElsewhere
        : null;

    /// <param name="faults">What does not agree.</param>
    public static Decision Decide(
        PrintedBatch batch, ReleaseBatch request, Caller by, IReadOnlyList<BatchFault> faults, DateTimeOffset now)
    {
        if (Bars(batch, by) is { } refusal)
        {
            return Decision.Of(refusal, request, by, now);
        }

        return faults.Count == 0
            ? new Decision([new LetterBatchReleased(request.Batch, batch.FileSha256!, by, now)])
            : new Decision([new LetterBatchRefused(request.Batch, faults.Select(f => f.Row).Distinct().Count(),
                [.. faults.Take(MostFaults)], by, now)], Refusal.BatchDiffers);
    }

    /// <returns>Why it was not released, if it was not.</returns>
    /// <exception cref="BadInput">There is no such batch; or a setting or font is missing to read it back.</exception>
    public static async Task<Refusal?> RunAsync(
        Installation at, PrintRoom room, Guid batch, Caller by, CancellationToken cancel)
    {
        var barred = Bars(await Batches.FindAsync(at, batch, cancel), by);
        var restedOn = await RestsOnAsync(at.Database.CreateCommand(RestsOn), batch, cancel);
        var faults = barred is null ? await FaultsAsync(at, room, batch, by, cancel) : [];
        return await Batches.DoAsync(at, batch, async (found, transaction, now) =>
        {
            await PassAsync(transaction, batch, cancel);
            var restsOn = await RestsOnAsync(
                new NpgsqlCommand(RestsOn, transaction.Connection, transaction), batch, cancel);
            return Bars(found, by) is null && (barred is not null || restsOn != restedOn)
                ? new Decision([], Refusal.ChangedWhileChecked)
                : Decide(found, new ReleaseBatch(batch), by, faults, now);
        }, cancel);
    }

    /// <summary>Nobody works on the cases of the batch, or joins their holders, until it is released.</summary>
    private static async Task PassAsync(NpgsqlTransaction transaction, Guid batch, CancellationToken cancel)
    {
        await using var pass = new NpgsqlCommand(
            "select pass_cases(array(select k.change_id from letter_claim k where k.batch = @batch))",
            transaction.Connection, transaction);
        pass.Parameters.AddWithValue("batch", batch);
        await pass.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<string?> RestsOnAsync(NpgsqlCommand find, Guid batch, CancellationToken cancel)
    {
        await using (find)
        {
            find.Parameters.AddWithValue("batch", batch);
            return await find.ExecuteScalarAsync(cancel) as string;
        }
    }

    private static async Task<IReadOnlyList<BatchFault>> FaultsAsync(
        Installation at, PrintRoom room, Guid batch, Caller by, CancellationToken cancel)
    {
        var (pdf, manifest) = await LetterPrints.OpenAsync(at, batch, cancel);
        var printed = await PrintedAsync(at, batch, cancel);
        var (letters, faults) = (new List<Letter>(), new List<BatchFault>());
        if (manifest.FileSha256 != printed.FileSha256)
        {
            faults.Add(new BatchFault(0, "file_sha256"));
        }

        foreach (var (row, lead) in await RowsAsync(at, batch, cancel))
        {
            var cases = await HolderCases.OfAsync(at, lead, batch, cancel);
            var draft = await PrintLetters.DraftAsync(
                at, cases, c => c is { IsOpen: true, IsOver: false }, by, printed.WrittenOn, cancel);
            if (draft.Letter is { } letter)
            {
                letters.Add(letter);
            }
            else
            {
                faults.Add(new BatchFault(row, draft.Refusal!.Reason.ToString()));
            }
        }

        return faults.Exists(fault => fault.Row > 0) ? faults
            : [.. faults, .. await room.WorkAsync(
                printer => LetterCheck.Faults(pdf, manifest, letters, printer), cancel)];
    }

    private static async Task<LetterBatchPrinted> PrintedAsync(Installation at, Guid batch, CancellationToken cancel)
    {
        await using var session = at.Events.LightweightSession();
        return (await session.Events.FetchStreamAsync(batch, token: cancel)).Select(e => e.Data)
            .OfType<LetterBatchPrinted>().Single();
    }

    /// <summary>The rows as they were recorded, and not as the manifest has them.</summary>
    private static async Task<List<(int Row, Guid Lead)>> RowsAsync(
        Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select distinct on (r.row_no) r.row_no, k.change_id
            from letter_outcome r join letter_claim k on k.batch = r.batch and k.letter = r.letter
            where r.batch = @batch and r.row_no is not null order by r.row_no, k.change_id
            """);
        find.Parameters.AddWithValue("batch", batch);
        var rows = new List<(int, Guid)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add((reader.GetInt32(0), reader.GetGuid(1)));
        }

        return rows;
    }
}
