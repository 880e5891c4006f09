using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccountGuard.Identity;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Recalls;
using Npgsql;
using NpgsqlTypes;
using Serilog;

namespace AccountGuard.Verification;

/// <summary>
/// Something that a form brought, sealed and not yet stored: the events that will name it are not decided yet.
/// </summary>
/// <param name="Kind">Null for a note.</param>
/// <param name="Name">That of a file, sealed too.</param>
public sealed record SealedExhibit(Exhibit Exhibit, EvidenceKind? Kind, byte[] Content, byte[]? Name, Caller AddedBy);

/// <summary>A file as it was uploaded.</summary>
public sealed record EvidenceFile(EvidenceKind Kind, string Name, byte[] Content);

/// <summary>
/// What people write of a case, and the papers and files that they keep with it, sealed under the key of its number;
/// the events know each by its id and the SHA-256 of what is sealed, and no word of it.
/// </summary>
public static class Exhibits
{
    public const int LongestNote = 4_000;
    public const int LongestReference = 200;
    public const int LongestName = 200;
    public const int LargestFile = 10 << 20;

    public const string TooLarge = "file: it is larger than 10 MB. Scan it coarser, or attach its parts one by one.";
    public const string Unknown = "file: it is no PDF, JPEG or PNG, whatever its name says. Scan it as one of them.";
    public static readonly string TooLong = string.Create(CultureInfo.InvariantCulture,
        $"The note is longer than {LongestNote:N0} characters, or the reference than "
        + $"{LongestReference:N0}. Shorten it.");
    public const string Erased = "The data of this number was erased: nothing can be kept or shown of it.";

    /// <summary>Seals what a form brought: its note, first where there is one, then its evidence.</summary>
    /// <exception cref="BadInput">Something is too long, too large or of no known type, or the number's data was
    /// erased.</exception>
    public static async Task<IReadOnlyList<SealedExhibit>> SealAsync(
        Installation at, Guid change, CaseForm form, Caller by, CancellationToken cancel)
    {
        var (note, reference, file) = (form["note"]?.Trim(), form["reference"]?.Trim(), form.File());
        if (string.IsNullOrEmpty(note) && string.IsNullOrEmpty(reference) && file is null)
        {
            return [];
        }

        if (note?.Length > LongestNote || reference?.Length > LongestReference)
        {
            throw new BadInput(TooLong);
        }

        var (_, key) = await KeyOfAsync(at, change, cancel);
        var sealedOnes = new List<SealedExhibit>();
        if (!string.IsNullOrEmpty(note))
        {
            sealedOnes.Add(Seal(at, key, null, Encoding.UTF8.GetBytes(note), null, by));
        }

        if (!string.IsNullOrEmpty(reference))
        {
            sealedOnes.Add(Seal(at, key, EvidenceKind.PaperReference, Encoding.UTF8.GetBytes(reference), null, by));
        }

        if (file is not null)
        {
            sealedOnes.Add(Seal(at, key, file.Kind, file.Content, file.Name, by));
        }

        return sealedOnes;
    }

    /// <summary>
    /// Stores, of what a form brought, what these events name, in their transaction: what was refused leaves nothing
    /// behind.
    /// </summary>
    public static async Task KeepAsync(
        NpgsqlTransaction transaction, Guid change, IReadOnlyList<SealedExhibit> brought, IReadOnlyList<object> events,
        DateTimeOffset now, CancellationToken cancel)
    {
        var named = events.Select(NamedBy).OfType<Exhibit>().ToHashSet();
        foreach (var exhibit in brought.Where(b => named.Contains(b.Exhibit)))
        {
            await using var insert = new NpgsqlCommand(
                """
                insert into exhibit
                    (exhibit_id, change_id, number_key, media_type, sealed, sealed_name, added_by, added_at)
                select @id, c.change_id, c.number_key, @type, @sealed, @name, @by, @at
                from account_change c where c.change_id = @change
                """, transaction.Connection, transaction);
            insert.Parameters.AddWithValue("id", exhibit.Exhibit.Id);
            insert.Parameters.AddWithValue("change", change);
            insert.Parameters.AddWithValue("type", (exhibit.Kind ?? EvidenceKind.PaperReference).MediaType());
            insert.Parameters.AddWithValue("sealed", exhibit.Content);
            insert.Parameters.AddWithValue("name", NpgsqlDbType.Bytea, (object?)exhibit.Name ?? DBNull.Value);
            insert.Parameters.AddWithValue("by", exhibit.AddedBy.ToString());
            insert.Parameters.AddWithValue("at", now);
            await insert.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>What an event names; each names one at the most.</summary>
    public static Exhibit? NamedBy(object happened) => happened switch
    {
        NoteWritten e => e.Note,
        LetterAnswered e => e.Answer,
        MeetingHeld e => e.Minutes,
        CallRecorded e => e.Minutes,
        SuspicionReported e => e.Minutes,
        CaseReferred e => e.Reason,
        EvidenceAttached e => e.Exhibit,
        VerdictProposed e => e.Note,
        VerdictApproved e => e.Note,
        VerdictSentBack e => e.Reason,
        CaseReopened e => e.Reason,
        DeathReported e => e.Paper,
        HoldProposed e => e.Note,
        HoldReleaseProposed e => e.Note,
        HoldSentBack e => e.Reason,
        RecallRequested e => e.Note,
        RecallAnswered e => e.Note,
        ReplacementProposed e => e.Note,
        _ => null,
    };

    /// <summary>
    /// The notes and references of a case, and the names of its files, by their ids; none where the number's data was
    /// erased.
    /// </summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> ReadAsync(
        Installation at, Guid change, byte[]? key, CancellationToken cancel)
    {
        var texts = new Dictionary<Guid, string>();
        if (key is null)
        {
            return texts;
        }

        await using var find = at.Database.CreateCommand(
            """
            select exhibit_id, case when sealed_name is null then sealed end, sealed_name from exhibit
            where change_id = @change
            """);
        find.Parameters.AddWithValue("change", change);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var id = reader.GetGuid(0);
            if ((reader.IsDBNull(2)
                ? Sealed.OpenUnlessErased(key, reader.GetFieldValue<byte[]>(1), Content(id))
                : Sealed.OpenUnlessErased(key, reader.GetFieldValue<byte[]>(2), Name(id))) is { } text)
            {
                texts[id] = Encoding.UTF8.GetString(text);
            }
        }

        return texts;
    }

    /// <summary>Opens a file of a case for a person, who is recorded as having seen it (Rule 33).</summary>
    /// <exception cref="BadInput">The case has no such file, or the number's data was erased.</exception>
    /// <exception cref="AlteredData">It is not what its event says.</exception>
    public static async Task<EvidenceFile> OpenAsync(
        Installation at, Guid change, Guid id, Caller reader, CancellationToken cancel)
    {
        await using var session = at.Events.LightweightSession();
        var attached = (await session.Events.FetchStreamAsync(change, token: cancel)).Select(e => e.Data)
            .OfType<EvidenceAttached>()
            .FirstOrDefault(e => e.Exhibit.Id == id && e.Kind != EvidenceKind.PaperReference)
            ?? throw new BadInput("The case has no such file.", Fault.NotFound);
        var (number, key) = await KeyOfAsync(at, change, cancel, Fault.NotFound);
        await AccessRecords.WriteAsync(at, [number], "exhibit", reader.ToString(), CaseFile.Purpose, cancel);
        await using var find = at.Database.CreateCommand(
            "select sealed, sealed_name from exhibit where exhibit_id = @id and change_id = @change");
        find.Parameters.AddWithValue("id", id);
        find.Parameters.AddWithValue("change", change);
        await using var row = await find.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel) || Digest(row.GetFieldValue<byte[]>(0)) != attached.Exhibit.Sha256)
        {
            Log.Error("Exhibit {Exhibit} of case {Case} is not what was recorded", id, change);
            throw new AlteredData("This file is not what was recorded: its hash differs from the one in the case's "
                + "events. It is shown to nobody. Tell your operator.");
        }

        return Sealed.OpenUnlessErased(key, row.GetFieldValue<byte[]>(0), Content(id)) is { } content
            ? new EvidenceFile(attached.Kind,
                Encoding.UTF8.GetString(Sealed.Open(key, row.GetFieldValue<byte[]>(1), Name(id))), content)
            : throw new BadInput(Erased, Fault.NotFound);
    }

    /// <summary>The number of a case and the key that its exhibits are sealed under.</summary>
    /// <exception cref="BadInput">There is no such case, or the number's data was erased.</exception>
    public static async Task<(NumberKey Number, byte[] Key)> KeyOfAsync(
        Installation at, Guid change, CancellationToken cancel, Fault erased = Fault.Invalid)
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
            throw new BadInput(Erased, erased);
        }

        var number = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0));
        using var personalKeys = new PersonalKeys(at.Keys);
        return (number, personalKeys.Unwrap(number, reader.GetFieldValue<byte[]>(1)));
    }

    private static SealedExhibit Seal(
        Installation at, byte[] key, EvidenceKind? kind, byte[] plain, string? name, Caller by)
    {
        var id = Guid.CreateVersion7(at.Clock.GetUtcNow());
        var content = Sealed.Seal(key, plain, Content(id));
        return new SealedExhibit(new Exhibit(id, Digest(content)), kind, content,
            name is null ? null : Sealed.Seal(key, Encoding.UTF8.GetBytes(name), Name(id)), by);
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Content(Guid id) => id.ToByteArray(bigEndian: true);

    // Neither opens in the other's place.
    private static byte[] Name(Guid id) => [.. id.ToByteArray(bigEndian: true), .. "name"u8];
}
