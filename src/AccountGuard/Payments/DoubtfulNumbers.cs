using System.Globalization;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Every number whose standing may differ from that of a number nothing is known of. A pay-run of forty million
/// payments compares numbers, since a keyed hash of each would take longer than all the rest, and asks
/// <see cref="Standing"/> for these alone. A number whose personal key is erased, or does not open, is known by its
/// NumberKey, and then each payment is hashed after all.
/// </summary>
public sealed class DoubtfulNumbers
{
    private const int RowsOfAPart = 5_000;

    private readonly KeyFile _keys;
    private readonly HashSet<long> _numbers = [];
    private readonly HashSet<NumberKey> _unopened = [];

    private DoubtfulNumbers(KeyFile keys) => _keys = keys;

    /// <summary>Reads them in the snapshot that the standing rests on.</summary>
    public static async Task<DoubtfulNumbers> ReadAsync(
        Installation at, NpgsqlTransaction snapshot, CancellationToken cancel)
    {
        var doubtful = new DoubtfulNumbers(at.Keys);
        await Parallel.ForEachAsync(
            RowsAsync(snapshot, cancel).Chunk(RowsOfAPart), cancel, (rows, _) =>
            {
                doubtful.Add(rows);
                return ValueTask.CompletedTask;
            });
        return doubtful;
    }

    public bool Contains(long number) =>
        _numbers.Contains(number) || (_unopened.Count > 0 && _unopened.Contains(NumberKey.Of(NumberOf(number), _keys)));

    /// <exception cref="ArgumentOutOfRangeException">It has more than ten digits, or is below zero.</exception>
    public static PensionNumber NumberOf(long number) =>
        PensionNumber.TryParse(TextOf(number), out var parsed)
            ? parsed : throw new ArgumentOutOfRangeException(nameof(number), "It is no number.");

    public static string TextOf(long number) => number.ToString("D10", CultureInfo.InvariantCulture);

    private static async IAsyncEnumerable<Row> RowsAsync(
        NpgsqlTransaction snapshot, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            "select number_key, wrapped, sealed_number from doubtful_numbers()", snapshot.Connection, snapshot);
        find.CommandTimeout = 0;
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return new Row(
                NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0)),
                reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1),
                reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
        }
    }

    private void Add(Row[] rows)
    {
        using var personal = new PersonalKeys(_keys);
        var opened = new List<long>(rows.Length);
        var unopened = new List<NumberKey>();
        foreach (var row in rows)
        {
            if (row.Open(personal) is { } number)
            {
                opened.Add(number);
            }
            else
            {
                unopened.Add(row.Key);
            }
        }

        lock (_numbers)
        {
            _numbers.UnionWith(opened);
            _unopened.UnionWith(unopened);
        }
    }

    private readonly record struct Row(NumberKey Key, byte[]? Wrapped, byte[]? SealedNumber)
    {
        public long? Open(PersonalKeys personal)
        {
            if (Wrapped is null || SealedNumber is null)
            {
                return null;
            }

            try
            {
                return long.Parse(
                    personal.OpenNumber(Key, Wrapped, SealedNumber).RevealDigits(), CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is KeyTrouble or InvalidDataException)
            {
                // What does not open is doubt, not a reason to stop the pay-run.
                return null;
            }
        }
    }
}
