using System.Security.Cryptography;
using System.Text;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Numbers;

/// <summary>
/// The data keys under which personal data is sealed: one for each number, wrapped by the key file. Destroying a row of
/// personal_key erases everything that was sealed under it. For one thread at a time.
/// </summary>
public sealed class PersonalKeys(KeyFile file) : IDisposable
{
    private const int KeyLength = 32;

    private readonly AesGcm _wrapping = Sealed.SetUp(file.WrappingKey);

    private const string Insert = """
        insert into personal_key (subject_key, wrapped, sealed_number, blind_index)
        select * from unnest(@subjects, @wrapped, @sealed, @indexes)
            as g (subject_key, wrapped, sealed_number, blind_index)
        order by subject_key
        on conflict (subject_key) do nothing
        """;

    private const string Claim = $"""
        with fresh as ({Insert} returning subject_key)
        select subject_key, null from fresh
        union all
        select subject_key, wrapped from personal_key where subject_key = any (@subjects)
        """;

    /// <summary>
    /// The data keys of these subjects; those that have none get one, together with their sealed number where they are
    /// numbers. Runs outside any transaction of the caller: a key without data does no harm, a lock held for it would.
    /// </summary>
    public async Task<Dictionary<NumberKey, byte[]>> ForAsync(
        NpgsqlConnection connection, IReadOnlyDictionary<NumberKey, PensionNumber?> subjects, CancellationToken cancel)
    {
        var keys = new Dictionary<NumberKey, byte[]>(subjects.Count);
        var open = subjects.ToArray();
        while (open.Length > 0)
        {
            var (command, offered) = Offer(connection, Claim, open);
            await using (command)
            await using (var reader = await command.ExecuteReaderAsync(cancel))
            {
                while (await reader.ReadAsync(cancel))
                {
                    var subject = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
                    keys[subject] = reader.IsDBNull(1)
                        ? offered[subject]
                        : Unwrap(subject, reader.GetFieldValue<byte[]>(1));
                }
            }

            // Claimed by another at this very moment: neither fresh nor visible yet, so look again.
            open = open.Where(s => !keys.ContainsKey(s.Key)).ToArray();
        }

        return keys;
    }

    /// <summary>
    /// Sees that each number is kept sealed under a key of its own, for facts that seal nothing else.
    /// </summary>
    public async Task EnsureAsync(
        NpgsqlConnection connection, IReadOnlyDictionary<NumberKey, PensionNumber> numbers, CancellationToken cancel)
    {
        var missing = new List<KeyValuePair<NumberKey, PensionNumber?>>();
        await using (var find = new NpgsqlCommand(
            """
            select k from (select k from unnest(@subjects) as k order by k) as sorted
            where not exists (select from personal_key p where p.subject_key = k)
            """, connection))
        {
            find.Parameters.AddWithValue("subjects", numbers.Keys.Select(k => k.ToBytes()).ToArray());
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                var subject = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
                missing.Add(new(subject, numbers[subject]));
            }
        }

        await using var command = Offer(connection, Insert, missing).Command;
        await command.ExecuteNonQueryAsync(cancel);
    }

    private (NpgsqlCommand Command, Dictionary<NumberKey, byte[]> Offered) Offer(
        NpgsqlConnection connection, string statement, IReadOnlyList<KeyValuePair<NumberKey, PensionNumber?>> subjects)
    {
        var random = RandomNumberGenerator.GetBytes(subjects.Count * KeyLength);
        var offered = new Dictionary<NumberKey, byte[]>(subjects.Count);
        var wrapped = new byte[subjects.Count][];
        var numbers = new byte[]?[subjects.Count];
        for (var i = 0; i < subjects.Count; i++)
        {
            var (subject, number) = subjects[i];
            var key = random[(i * KeyLength)..((i + 1) * KeyLength)];
            offered[subject] = key;
            wrapped[i] = Sealed.Seal(_wrapping, key, subject.ToBytes());
            numbers[i] = number is { } known ? SealNumber(key, known) : null;
        }

        var command = new NpgsqlCommand(statement, connection);
        command.Parameters.AddWithValue("subjects", subjects.Select(s => s.Key.ToBytes()).ToArray());
        command.Parameters.AddWithValue("wrapped", wrapped);
        command.Parameters.AddWithValue("sealed", numbers);
        command.Parameters.AddWithValue("indexes", IndexesOf(subjects));
        return (command, offered);
    }

    /// <exception cref="KeyTrouble">The key was wrapped under another key file.</exception>
    public byte[] Unwrap(NumberKey subject, byte[] wrapped) =>
        Sealed.Open(_wrapping, wrapped, subject.ToBytes());

    /// <summary>The number under its own key. Only for an answer that leaves an access record (Rule 33).</summary>
    public PensionNumber OpenNumber(NumberKey subject, byte[] wrapped, byte[] sealedNumber)
    {
        var digits = Encoding.ASCII.GetString(Sealed.Open(Unwrap(subject, wrapped), sealedNumber, "number"u8));
        return PensionNumber.TryParse(digits, out var number)
            ? number
            : throw new InvalidDataException("A sealed number does not hold a number.");
    }

    public void Dispose() => _wrapping.Dispose();

    /// <summary>Null where the subject is no number.</summary>
    private long?[] IndexesOf(IReadOnlyList<KeyValuePair<NumberKey, PensionNumber?>> subjects)
    {
        using var index = new BlindIndex(file);
        var indexes = index.Of([.. subjects.Select(s => s.Value?.RevealValue() ?? 0)]);
        return [.. indexes.Select((found, i) => subjects[i].Value is null ? (long?)null : found)];
    }

    private static byte[] SealNumber(byte[] key, PensionNumber number)
    {
        Span<byte> digits = stackalloc byte[PensionNumber.Length];
        number.WriteDigits(digits);
        return Sealed.Seal(key, digits, "number"u8);
    }
}
