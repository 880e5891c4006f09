using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Holders;

/// <summary>
/// What decides of a holder, without personal data: protection (Rule 13) and death (Rule 17), and whether a row waits
/// in quarantine that may say more of either.
/// </summary>
public sealed record HolderFacts(bool IsProtected, ReportedDay Died, bool HasWaitingRow);

/// <summary>Reads what was said of a holder under any of its numbers (Rule 8).</summary>
public static class HolderRecords
{
    private static readonly Dictionary<string, string> Unopened = [];

    /// <summary>
    /// The holder's record, against a record of who was shown it and what for (Rule 33), committed before anything is
    /// opened. Null: nothing was said of the holder. Where mappings of its numbers clash, what was said under the
    /// numbers beyond them is left out, for they may be another's (Rule 8).
    /// </summary>
    /// <exception cref="KeyTrouble">Its key was wrapped under another key file.</exception>
    public static async Task<HolderRecord?> OfAsync(
        Installation at, NumberKey number, string who, string purpose, CancellationToken cancel)
    {
        var said = await SaidAsync(at, number, cancel);
        var own = said.Rows.Where(r => r.IsOwn).ToList();
        if (own.Count == 0)
        {
            return null;
        }

        await AccessRecords.WriteAsync(
            at, own.Select(r => r.Number).Distinct(), "holder record", who, purpose, cancel);
        using var personalKeys = new PersonalKeys(at.Keys);
        var record = own.Aggregate(new HolderRecord(), (record, row) => record.Apply(row.Open(personalKeys)));
        return record with { IsProtected = record.IsProtected || said.IsInDoubt };
    }

    /// <summary>What decides of the holder. It opens nothing, and leaves no access record.</summary>
    public static async Task<HolderFacts> FactsOfAsync(Installation at, NumberKey number, CancellationToken cancel)
    {
        var said = await SaidAsync(at, number, cancel);
        var record = said.Rows.Where(r => r.IsOwn).Aggregate(
            new HolderRecord(), (record, row) => record.Apply(row.Closed));
        return new HolderFacts(record.IsProtected || said.IsInDoubt, record.Died, said.HasWaitingRow);
    }

    private sealed record Row(
        NumberKey Number, bool IsOwn, HolderStatement Closed, byte[] ContentKey, byte[] Sealed, byte[]? Wrapped)
    {
        /// <summary>With its details, unless the number's key was destroyed.</summary>
        public HolderStatement Open(PersonalKeys keys) => Wrapped is null ? Closed : Closed with
        {
            Details = Vault.Sealed.OpenDetails(keys.Unwrap(Number, Wrapped), Sealed, ContentKey),
        };
    }

    /// <summary>
    /// Rows that cannot be read, or that were said of numbers whose mapping clashes, may speak of this holder's
    /// protection: doubt protects.
    /// </summary>
    private sealed record Said(IReadOnlyList<Row> Rows, bool HasWaitingRow)
    {
        public bool IsInDoubt => HasWaitingRow || Rows.Where(r => !r.IsOwn && r.Closed.Protected is not null)
            .GroupBy(r => r.Number).Any(rows => rows.Last().Closed.Protected == true);
    }

    private static async Task<Said> SaidAsync(Installation at, NumberKey number, CancellationToken cancel)
    {
        var rows = new List<Row>();
        await using (var reader = await at.LookUpAsync(
            """
            select r.number_key, r.number_key in (select own_numbers_of_holder(@number)), r.received_at, r.protected,
                r.died_on, r.died_at, r.content_key, r.sealed, k.wrapped, r.lives
            from numbers_of_holder(@number) n
            join holder_record r on r.number_key = n.number_key
            left join personal_key k on k.subject_key = r.number_key
            order by r.received_at, r.delivery_no, r.row_no
            """, cancel, ("number", number.ToBytes())))
        {
            while (await reader.ReadAsync(cancel))
            {
                rows.Add(ReadRow(reader));
            }
        }

        await using var waiting = await at.LookUpAsync(
            """
            select exists (
                select from numbers_of_holder(@number) n
                join waiting_row q on q.number_key = n.number_key
                join delivery d on d.delivery_no = q.delivery_no and d.kind = @kind)
            """, cancel, ("number", number.ToBytes()), ("kind", ImportHolders.Kind));
        await waiting.ReadAsync(cancel);
        return new Said(rows, waiting.GetBoolean(0));
    }

    private static Row ReadRow(NpgsqlDataReader reader)
    {
        var died = reader.IsDBNull(4) ? "" : $"{reader.GetFieldValue<DateOnly>(4):yyyy-MM-dd}";
        return new Row(
            NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0)), reader.GetBoolean(1),
            new HolderStatement(
                reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetBoolean(3),
                ReportedDay.Parse(reader.IsDBNull(5) ? died : $"{reader.GetFieldValue<DateTimeOffset>(5):O}"),
                Unopened)
            {
                Lives = reader.GetBoolean(9),
            },
            reader.GetFieldValue<byte[]>(6), reader.GetFieldValue<byte[]>(7),
            reader.IsDBNull(8) ? null : reader.GetFieldValue<byte[]>(8));
    }
}
