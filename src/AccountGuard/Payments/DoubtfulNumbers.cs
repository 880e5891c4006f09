using System.Globalization;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Every number that may stand otherwise than one of which nothing is known. A pay-run of forty million
/// payments compares blind indexes, since a keyed hash of each would take longer than all the rest, and asks
/// <see cref="Standing"/> for these alone. A number whose personal key is erased, or that an older program took in, is
/// known by its NumberKey, and then each payment is hashed after all.
/// </summary>
public sealed class DoubtfulNumbers
{
    // As many as stay near the processor.
    private const int NumbersAtOnce = 4_096;

    private readonly KeyFile _keys;
    private readonly HashSet<long> _indexes = [];
    private readonly HashSet<NumberKey> _withoutIndex = [];
    private readonly Dictionary<NumberKey, HashSet<UInt128>> _deniedAccounts = [];

    private DoubtfulNumbers(KeyFile keys) => _keys = keys;

    /// <summary>Reads them in the snapshot that the standing rests on.</summary>
    public static async Task<DoubtfulNumbers> ReadAsync(
        Installation at, NpgsqlTransaction snapshot, CancellationToken cancel)
    {
        var doubtful = new DoubtfulNumbers(at.Keys);
        await using var find = new NpgsqlCommand(
            "select blind_index, key_without_index from doubtful_numbers()", snapshot.Connection, snapshot);
        find.CommandTimeout = 0;
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.IsDBNull(0))
            {
                doubtful._withoutIndex.Add(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(1)));
            }
            else
            {
                doubtful._indexes.Add(reader.GetInt64(0));
            }
        }

        await reader.DisposeAsync();
        await doubtful.ReadDeniedAsync(snapshot, cancel);
        return doubtful;
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

    /// <summary>Accounts that the holder of a number did not mean (Rule 17), also since another was restored; null:
    /// none.</summary>
    public IReadOnlySet<UInt128>? DeniedAccountsOf(long number) => _deniedAccounts.Count == 0 || number < 0 ? null
        : _deniedAccounts.GetValueOrDefault(NumberKey.Of(NumberOf(number), _keys));

    /// <summary>Those of the numbers that are in doubt, and perhaps one of the others; below zero is none.</summary>
    public HashSet<long> Among(ReadOnlySpan<long> numbers)
    {
        var found = new HashSet<long>();
        using var index = new BlindIndex(_keys);
        while (!numbers.IsEmpty)
        {
            var some = numbers[..Math.Min(NumbersAtOnce, numbers.Length)];
            numbers = numbers[some.Length..];
            var indexes = index.Of(some);
            for (var i = 0; i < indexes.Length; i++)
            {
                if (some[i] >= 0 && (_indexes.Contains(indexes[i]) || IsWithoutIndex(some[i])))
                {
                    found.Add(some[i]);
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

    private bool IsWithoutIndex(long number) =>
        _withoutIndex.Count > 0 && _withoutIndex.Contains(NumberKey.Of(NumberOf(number), _keys));
}
