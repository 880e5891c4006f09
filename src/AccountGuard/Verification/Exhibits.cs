using System.Security.Cryptography;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>
/// What people write of a case, sealed under the key of its number; the events know each by its id and the SHA-256 of
/// what is sealed, and no word of it.
/// </summary>
public static class Exhibits
{
    public const int LongestNote = 4_000;

    private const string PlainText = "text/plain";

    /// <summary>Keeps a note; null where nothing was written.</summary>
    /// <exception cref="BadInput">The note is too long, or the number's data was erased.</exception>
    public static async Task<Exhibit?> KeepAsync(
        Installation at, Guid change, string? text, Caller by, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (text.Length > LongestNote)
        {
            throw new BadInput($"The note is longer than {LongestNote:N0} characters. Shorten it.");
        }

        var (number, key) = await KeyOfAsync(at, change, cancel);
        var id = Guid.CreateVersion7(at.Clock.GetUtcNow());
        var content = Sealed.Seal(key, Encoding.UTF8.GetBytes(text.Trim()), id.ToByteArray(bigEndian: true));
        await using var insert = at.Database.CreateCommand(
            """
            insert into exhibit (exhibit_id, change_id, number_key, media_type, sealed, added_by, added_at)
            values (@id, @change, @number, @type, @sealed, @by, @at)
            """);
        insert.Parameters.AddWithValue("id", id);
        insert.Parameters.AddWithValue("change", change);
        insert.Parameters.AddWithValue("number", number.ToBytes());
        insert.Parameters.AddWithValue("type", PlainText);
        insert.Parameters.AddWithValue("sealed", content);
        insert.Parameters.AddWithValue("by", by.ToString());
        insert.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        await insert.ExecuteNonQueryAsync(cancel);
        return new Exhibit(id, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>The notes of a case by their ids; none where the number's data was erased.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> ReadAsync(
        Installation at, Guid change, byte[]? key, CancellationToken cancel)
    {
        var notes = new Dictionary<Guid, string>();
        if (key is null)
        {
            return notes;
        }

        await using var find = at.Database.CreateCommand(
            "select exhibit_id, sealed from exhibit where change_id = @change and media_type = @type");
        find.Parameters.AddWithValue("change", change);
        find.Parameters.AddWithValue("type", PlainText);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetGuid(0);
            notes[id] = Encoding.UTF8.GetString(Sealed.Open(
                key, reader.GetFieldValue<byte[]>(1), id.ToByteArray(bigEndian: true)));
        }

        return notes;
    }

    private static async Task<(NumberKey Number, byte[] Key)> KeyOfAsync(
        Installation at, Guid change, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select c.number_key, k.wrapped from account_change c
            left join personal_key k on k.subject_key = c.number_key where c.change_id = @change
            """);
        find.Parameters.AddWithValue("change", NpgsqlDbType.Uuid, change);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            throw new BadInput("There is no such case.", Fault.NotFound);
        }

        if (reader.IsDBNull(1))
        {
            throw new BadInput("The data of this number was erased: no note can be kept.");
        }

        var number = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
        using var personalKeys = new PersonalKeys(at.Keys);
        return (number, personalKeys.Unwrap(number, reader.GetFieldValue<byte[]>(1)));
    }
}
