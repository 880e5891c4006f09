using AccountGuard.Numbers;
using Npgsql;

namespace AccountGuard.Verification.Queues;

/// <summary>Numbers in clear, each against a record of who was shown it and what for (Rule 33).</summary>
public static class ShowNumbers
{
    /// <summary>What is shown of a number whose data was erased, or whose holder is protected.</summary>
    public const string Erased = "••••-••••••";

    /// <summary>
    /// The records are committed before the numbers are returned; where they cannot be written nothing is shown.
    /// </summary>
    public static async Task<Dictionary<NumberKey, string>> ForAsync(
        Installation at, IReadOnlyCollection<NumberKey> numbers, string who, string purpose, CancellationToken cancel)
    {
        await AccessRecords.WriteAsync(at, numbers, "number", who, purpose, cancel);
        return (await OpenAsync(at, numbers, false, cancel)).ToDictionary(n => n.Key, n => n.Value.RevealDigits());
    }

    /// <summary>
    /// Numbers as they are shown outside a case: all but the last three digits are masked, and those of the protected
    /// are left out (Rule 13).
    /// </summary>
    public static async Task<Dictionary<NumberKey, string>> MaskedAsync(
        Installation at, IReadOnlyCollection<NumberKey> numbers, CancellationToken cancel) =>
        (await OpenAsync(at, numbers, true, cancel))
            .ToDictionary(n => n.Key, n => n.Value.ToString());

    private static async Task<Dictionary<NumberKey, PensionNumber>> OpenAsync(
        Installation at, IEnumerable<NumberKey> numbers, bool withoutProtected, CancellationToken cancel)
    {
        using var personalKeys = new PersonalKeys(at.Keys);
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var find = new NpgsqlCommand(
            """
            select subject_key, wrapped, sealed_number from personal_key
            where subject_key = any (@keys)
              and (not @without or subject_key <> all (array(select protected_among(@keys) where @without)))
            """, connection);
        find.Parameters.AddWithValue("keys", numbers.Select(n => n.ToBytes()).ToArray());
        find.Parameters.AddWithValue("without", withoutProtected);
        await find.PrepareAsync(cancel);
        var opened = new Dictionary<NumberKey, PensionNumber>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var subject = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
            opened[subject] = personalKeys.OpenNumber(
                subject, reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2));
        }

        return opened;
    }
}
