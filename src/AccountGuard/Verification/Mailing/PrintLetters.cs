using AccountGuard.Holders;
using AccountGuard.Identity;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Verification.Queues;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// Makes a batch of the letters that wait: claimed in one short transaction, composed and printed outside of any, and
/// kept in another. Where it is broken off on the way, its letters wait again.
/// </summary>
public static class PrintLetters
{
    /// <summary>How many orders one batch takes, and those of their holders with them.</summary>
    public const int MostOrders = 1_000;

    /// <summary>What the records of a holder are opened for, as access records say (Rule 33).</summary>
    public const string Purpose = "letter to the holder";

    /// <summary>What came of the orders of one holder: a row of the batch, or a refusal.</summary>
    private sealed record Composed(
        IReadOnlyList<Guid> Orders, Letter? Letter, Letters.Refusal? Refusal, int? Row = null);

    /// <returns>The batch; null where no letter waits.</returns>
    /// <exception cref="BadInput">
    /// It takes a person; or nothing can be printed, for want of a setting or font.
    /// </exception>
    public static async Task<Guid?> RunAsync(
        Installation at, PrintRoom room, Caller by, int most, CancellationToken cancel)
    {
        if (by.Person is null)
        {
            throw new BadInput(Verification.Refusal.NoPerson.Sentence());
        }

        if (room.Trouble() is { } trouble)
        {
            throw new BadInput(trouble);
        }

        var batch = Guid.CreateVersion7(at.Clock.GetUtcNow());
        var attended = await ClaimLetters.AttendAsync(at, batch, cancel);
        try
        {
            if (await ClaimLetters.RunAsync(at, batch, by, most, cancel) == 0)
            {
                return null;
            }

            try
            {
                await MakeAsync(at, room, batch, by, cancel);
            }
            catch
            {
                await Batches.DoAsync(at, batch, (found, now) => found.State != BatchState.Begun ? Decision.Nothing
                    : new Decision([new LetterBatchAbandoned(batch, now)]), CancellationToken.None);
                throw;
            }

            return batch;
        }
        finally
        {
            await ClaimLetters.LeaveAsync(attended, batch);
        }
    }

    private static async Task MakeAsync(
        Installation at, PrintRoom room, Guid batch, Caller by, CancellationToken cancel)
    {
        var composed = new List<Composed>();
        var taken = new HashSet<Guid>();
        var orders = await OrdersAsync(at, batch, cancel);
        DateOnly? writtenOn = null;
        foreach (var (_, lead) in orders)
        {
            if (taken.Contains(lead))
            {
                continue;
            }

            var cases = await HolderCases.OfAsync(at, lead, batch, cancel);
            writtenOn ??= DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at.Clock.GetUtcNow(), cases.Zone).DateTime);
            var draft = await DraftAsync(
                at, cases, c => c is { IsOpen: true, IsInBatch: true, IsOver: false }, by, writtenOn.Value, cancel);
            var own = cases.Changes.Where(c => c.IsInBatch && taken.Add(c.Id)).Select(c => c.Id).ToHashSet();
            composed.Add(new Composed(
                [.. orders.Where(o => own.Contains(o.Change)).Select(o => o.Letter)], draft.Letter, draft.Refusal));
        }

        var letters = composed.Where(c => c.Letter is not null).ToList();
        var printed = await room.WorkAsync(printer => printer.Print([.. letters.Select(c => c.Letter!)]), cancel);
        var refused = printed.Refused.ToDictionary(r => r.Index, r => r.Refusal);
        var rows = 0;
        List<Composed> outcomes =
        [
            .. composed.Where(c => c.Letter is null),
            .. letters.Select((c, i) => refused.TryGetValue(i, out var why)
                ? c with { Refusal = why } : c with { Row = ++rows }),
        ];
        await KeepAsync(at, batch, printed, writtenOn!.Value, outcomes, cancel);
    }

    /// <summary>The letter of a holder as of now, whose record is opened against a record of access.</summary>
    public static async Task<LetterDraft> DraftAsync(
        Installation at, HolderCases cases, Func<HolderChange, bool> asked, Caller by, DateOnly writtenOn,
        CancellationToken cancel) =>
        LetterDraft.Of(cases, await HolderRecords.OfAsync(at, cases.Number, by.ToString(), Purpose, cancel), asked,
            change => CaseReferences.Of(at.Keys, change), writtenOn,
            await QueueView.NextPayDayAsync(at, writtenOn, cancel));

    private static async Task<List<(Guid Letter, Guid Change)>> OrdersAsync(
        Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select k.letter, k.change_id from letter_claim k join letter_order o on o.letter = k.letter
            where k.batch = @batch order by o.ordered_at, o.letter
            """);
        find.Parameters.AddWithValue("batch", batch);
        var orders = new List<(Guid, Guid)>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            orders.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        return orders;
    }

    private static async Task KeepAsync(
        Installation at, Guid batch, LetterBatch printed, DateOnly writtenOn, List<Composed> outcomes,
        CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        using var keys = new PersonalKeys(at.Keys);
        var subject = LetterPrints.SubjectOf(at.Keys, batch);
        var key = printed.Pdf is null ? null : (await keys.ForAsync(
            connection, new Dictionary<NumberKey, PensionNumber?> { [subject] = null }, cancel))[subject];
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var insert = new NpgsqlCommand(
            """
            insert into letter_outcome (batch, letter, row_no, reason, field)
            select @batch, * from unnest(@letters, @rows, @reasons, @fields)
            """, connection, transaction))
        {
            var rows = outcomes.SelectMany(o => o.Orders.Select(letter => (Letter: letter, o.Row, o.Refusal)))
                .ToList();
            insert.Parameters.AddWithValue("batch", batch);
            insert.Parameters.AddWithValue("letters", rows.Select(r => r.Letter).ToArray());
            insert.Parameters.AddWithValue("rows", NpgsqlDbType.Array | NpgsqlDbType.Integer,
                rows.Select(r => r.Row).ToArray());
            insert.Parameters.AddWithValue("reasons", NpgsqlDbType.Array | NpgsqlDbType.Text,
                rows.Select(r => r.Refusal?.Reason.ToString()).ToArray());
            insert.Parameters.AddWithValue("fields", NpgsqlDbType.Array | NpgsqlDbType.Text,
                rows.Select(r => r.Refusal?.Field).ToArray());
            await insert.ExecuteNonQueryAsync(cancel);
        }

        var sheets = printed.Manifest.Rows.LastOrDefault()?.LastPage ?? 0;
        await using var session = at.SessionIn(transaction);
        if (printed.Pdf is { } pdf)
        {
            await LetterPrints.KeepAsync(transaction, batch, key!, sheets, pdf, printed.Manifest, cancel);
            session.Events.Append(batch, new LetterBatchPrinted(batch, printed.Manifest.Rows.Count, sheets, writtenOn,
                printed.Manifest.FileSha256, at.Clock.GetUtcNow()));
        }
        else
        {
            session.Events.Append(batch, new LetterBatchAbandoned(batch, at.Clock.GetUtcNow()));
        }

        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }
}
