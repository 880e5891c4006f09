using System.Text;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Vault;
using Microsoft.Extensions.Primitives;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>A form that was kept when its session had ended, and when that was; and how many more are kept.</summary>
public sealed record Draft(CaseForm Form, DateTimeOffset KeptAt, long Others);

/// <summary>
/// What people typed into a case's form and could not send: sealed under the number's key, for the same person under
/// whichever login, until it is sent, discarded or a week old. Nothing rests on a draft: it is shown in the form, and
/// becomes a fact by being sent.
/// </summary>
public static class Drafts
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    // What one login may leave behind: whoever has an old cookie fills no disk.
    private const int MostOfOne = 50;

    private const string OfPerson = "change_id = @change and (login = @login or person = @person)";

    /// <returns>False where nothing can be kept: no such case, erased data, or too many drafts.</returns>
    public static async Task<bool> KeepAsync(
        Installation at, Guid change, CaseForm form, Caller by, CancellationToken cancel)
    {
        byte[] key;
        try
        {
            (_, key) = await Exhibits.KeyOfAsync(at, change, cancel);
        }
        catch (BadInput)
        {
            return false;
        }

        var content = JsonSerializer.SerializeToUtf8Bytes(form.Fields.ToDictionary(f => f.Key, f => f.Value.ToArray()));
        await using var batch = at.Database.CreateBatch();
        var delete = batch.CreateBatchCommand();
        delete.CommandText = "delete from draft where change_id = @change and login = @login and entry = @entry";
        var insert = batch.CreateBatchCommand();
        insert.CommandText = """
            insert into draft (change_id, entry, login, person, number_key, sealed, kept_at)
            select c.change_id, @entry, @login, @person, c.number_key, @sealed, @at from account_change c
            where c.change_id = @change and (select count(*) from draft d where d.login = @login) < @most
            """;
        foreach (var command in new[] { delete, insert })
        {
            command.Parameters.AddWithValue("change", change);
            command.Parameters.AddWithValue("login", by.Login);
            command.Parameters.AddWithValue("entry", form.Entry);
            batch.BatchCommands.Add(command);
        }

        insert.Parameters.AddWithValue("person", NpgsqlDbType.Text, (object?)by.Person ?? DBNull.Value);
        insert.Parameters.AddWithValue("sealed", Sealed.Seal(key, content, About(change, form.Entry, by.Login)));
        insert.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        insert.Parameters.AddWithValue("most", MostOfOne);
        await batch.ExecuteNonQueryAsync(cancel);
        return insert.RecordsAffected > 0;
    }

    /// <summary>The latest of this person for a case; null where there is none, or it was erased.</summary>
    public static async Task<Draft?> LatestAsync(Installation at, Guid change, Caller by, CancellationToken cancel)
    {
        await using var find = Command(at, change, by, $"""
            select entry, login, sealed, kept_at, count(*) over () - 1 from draft
            where {OfPerson} and kept_at > @since
              and exists (select from personal_key k where k.subject_key = draft.number_key)
            order by kept_at desc limit 1
            """);
        find.Parameters.AddWithValue("since", at.Clock.GetUtcNow() - Kept);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var (_, key) = await Exhibits.KeyOfAsync(at, change, cancel);
        var about = About(change, reader.GetGuid(0), reader.GetString(1));
        if (Sealed.OpenUnlessErased(key, reader.GetFieldValue<byte[]>(2), about) is not { } content)
        {
            return null;
        }

        var fields = JsonSerializer.Deserialize<Dictionary<string, string?[]>>(content)!;
        return new Draft(CaseForm.Of(fields.ToDictionary(f => f.Key, f => new StringValues(f.Value))),
            reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt64(4));
    }

    /// <summary>It was sent, or is not wanted any longer.</summary>
    public static async Task DeleteAsync(
        Installation at, Guid change, Guid entry, Caller by, CancellationToken cancel)
    {
        await using var delete = Command(at, change, by, $"delete from draft where {OfPerson} and entry = @entry");
        delete.Parameters.AddWithValue("entry", entry);
        await delete.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Deletes the drafts that nobody came back for.</summary>
    public static async Task DeleteOldAsync(Installation at, CancellationToken cancel)
    {
        await using var delete = at.Database.CreateCommand("delete from draft where kept_at <= @before");
        delete.Parameters.AddWithValue("before", at.Clock.GetUtcNow() - Kept);
        await delete.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlCommand Command(Installation at, Guid change, Caller by, string sql)
    {
        var command = at.Database.CreateCommand(sql);
        command.Parameters.AddWithValue("change", change);
        command.Parameters.AddWithValue("login", by.Login);
        command.Parameters.AddWithValue("person", NpgsqlDbType.Text, (object?)by.Person ?? DBNull.Value);
        return command;
    }

    // A row that was moved to another case or person opens for nobody.
    private static byte[] About(Guid change, Guid entry, string login) =>
    [
        .. change.ToByteArray(bigEndian: true), .. entry.ToByteArray(bigEndian: true),
        .. Encoding.UTF8.GetBytes(login),
    ];
}
