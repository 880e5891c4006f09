using System.Text;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// What was printed, sealed under a key of the batch's own; the manifest too, for its hashes tell whoever guesses an
/// address that it is right.
/// </summary>
public static class LetterPrints
{
    /// <summary>Names the batch among the personal keys.</summary>
    public static NumberKey SubjectOf(KeyFile keys, Guid batch) =>
        new(keys.Name("letter batch", batch.ToByteArray(bigEndian: true)));

    public static async Task KeepAsync(
        NpgsqlTransaction transaction, Guid batch, byte[] key, int sheets, byte[] pdf, LetterManifest manifest,
        CancellationToken cancel)
    {
        await using var insert = new NpgsqlCommand(
            "insert into letter_print (batch, sheets, pdf, manifest) values (@batch, @sheets, @pdf, @manifest)",
            transaction.Connection, transaction);
        insert.Parameters.AddWithValue("batch", batch);
        insert.Parameters.AddWithValue("sheets", sheets);
        insert.Parameters.AddWithValue("pdf", Sealed.Seal(key, pdf, batch.ToByteArray(bigEndian: true)));
        insert.Parameters.AddWithValue("manifest", Sealed.Seal(
            key, Encoding.UTF8.GetBytes(manifest.ToJson()), batch.ToByteArray(bigEndian: true)));
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Both in clear: to be checked, or against records of access.</summary>
    /// <exception cref="BadInput">There are none, or they were erased.</exception>
    public static async Task<(byte[] Pdf, LetterManifest Manifest)> OpenAsync(
        Installation at, Guid batch, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select p.pdf, p.manifest, k.wrapped from letter_print p
            join personal_key k on k.subject_key = @subject where p.batch = @batch
            """);
        var subject = SubjectOf(at.Keys, batch);
        find.Parameters.AddWithValue("subject", subject.ToBytes());
        find.Parameters.AddWithValue("batch", batch);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            throw new BadInput("Of this batch nothing was printed, or it was erased.", Fault.NotFound);
        }

        using var keys = new PersonalKeys(at.Keys);
        var key = keys.Unwrap(subject, reader.GetFieldValue<byte[]>(2));
        var belongsTo = batch.ToByteArray(bigEndian: true);
        return (Sealed.Open(key, reader.GetFieldValue<byte[]>(0), belongsTo), LetterManifest.FromJson(
            Encoding.UTF8.GetString(Sealed.Open(key, reader.GetFieldValue<byte[]>(1), belongsTo))));
    }
}
