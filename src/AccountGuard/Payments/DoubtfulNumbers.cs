using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using AccountGuard.Numbers;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Every number that may stand otherwise than one of which nothing is known, with what is known of it. A pay-run of
/// forty million payments compares blind indexes, since a keyed hash of each would take longer than all the rest, and
/// hashes these alone. A number whose personal key is erased, or that an older program took in, is known by its
/// NumberKey only, and then each payment is hashed after all.
/// </summary>
public sealed class DoubtfulNumbers
{
    // As many as stay near the processor.
    private const int NumbersAtOnce = 4_096;

    // A finding of doubtful_numbers; all others are reasons.
    private const string Case = "Case";

    // By its first bits nearly every index that is none of doubt is told, without a look into a table that lies further
    // away from the processor.
    private const int BitsTold = 23;

    private readonly Installation _at;
    private readonly HashSet<long> _indexes = [];
    private readonly BitArray _begins = new(1 << BitsTold);
    private readonly Dictionary<NumberKey, Findings> _found = [];
    private readonly Dictionary<NumberKey, HashSet<UInt128>> _deniedAccounts = [];
    private bool _areAllIndexed = true;

    private DoubtfulNumbers(Installation at) => _at = at;

    /// <summary>Reads them in the snapshot that the standing rests on, for its pay-day.</summary>
    public static async Task<DoubtfulNumbers> ReadAsync(
        Installation at, Standing standing, CancellationToken cancel)
    {
        var (doubtful, snapshot) = (new DoubtfulNumbers(at), standing.Snapshot);
        await using var find = new NpgsqlCommand(
            "select number_key, blind_index, finding, pay_to from doubtful_numbers(@day)",
            snapshot.Connection, snapshot);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("day", standing.PayDay);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            doubtful.Add(
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0)), reader.IsDBNull(1) ? null : reader.GetInt64(1),
                reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3));
        }

        await reader.DisposeAsync();
        await doubtful.ReadDeniedAsync(snapshot, cancel);
        return doubtful;
    }

    private void Add(NumberKey number, long? index, string? finding, string? payTo)
    {
        ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(_found, number, out _);
        found ??= Findings.None;
        found = finding switch { null => found, Case => found.AndCase(), _ => found.And(finding, payTo) };
        if (index is not { } blind)
        {
            _areAllIndexed = false;
            return;
        }

        _indexes.Add(blind);
        _begins[BeginOf(blind)] = true;
    }

    private async Task ReadDeniedAsync(NpgsqlTransaction snapshot, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select number_key, account_key from denied_accounts()", snapshot.Connection, snapshot);
        find.CommandTimeout = 0;
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var number = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
            _deniedAccounts.TryAdd(number, []);
            _deniedAccounts[number].Add(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(1)).Value);
        }
    }

    /// <summary>What was found of a number.</summary>
    public Findings Of(NumberKey number) => _found.GetValueOrDefault(number) ?? Findings.None;

    /// <summary>Accounts that the holder of a number did not mean (Rule 17), also since another was restored; null:
    /// none.</summary>
    public IReadOnlySet<UInt128>? DeniedAccountsOf(long number) => _deniedAccounts.Count == 0 || number < 0 ? null
        : _deniedAccounts.GetValueOrDefault(NumberKey.Of(NumberOf(number), _at.Keys));

    /// <summary>
    /// The places of those numbers that are in doubt, of the sandbox or none (below zero), and perhaps of one of the
    /// others.
    /// </summary>
    public List<int> Among(ReadOnlySpan<long> numbers)
    {
        var found = new List<int>();
        using var index = new BlindIndex(_at.Keys);
        for (var from = 0; from < numbers.Length; from += NumbersAtOnce)
        {
            var some = numbers.Slice(from, Math.Min(NumbersAtOnce, numbers.Length - from));
            var indexes = index.Of(some);
            for (var i = 0; i < indexes.Length; i++)
            {
                if (some[i] < 0 || Has(indexes[i]) || Sandbox.Has(_at, some[i]) || IsWithoutIndex(some[i]))
                {
                    found.Add(from + i);
                }
            }
        }

        return found;
    }

    /// <exception cref="ArgumentOutOfRangeException">It has more than ten digits, or is below zero.</exception>
    public static PensionNumber NumberOf(long number) =>
        PensionNumber.TryParse(TextOf(number), out var parsed)
            ? parsed : throw new ArgumentOutOfRangeException(nameof(number), "It is no number.");

    public static string TextOf(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private static int BeginOf(long index) => (int)((ulong)index >> (64 - BitsTold));

    private bool Has(long index) => _begins[BeginOf(index)] && _indexes.Contains(index);

    private bool IsWithoutIndex(long number) =>
        !_areAllIndexed && _found.ContainsKey(NumberKey.Of(NumberOf(number), _at.Keys));
}
