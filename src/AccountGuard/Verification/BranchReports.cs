using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>
/// Cases that were reported, by the bank branch of the new account (Rule 16). The branch is read off the sealed
/// details when a case is reported, which few are, so that filing pays nothing for it; nobody is shown any of them.
/// </summary>
public static class BranchReports
{
    /// <summary>Keeps the day of its first report, if there is one, in the transaction of its events.</summary>
    public static async Task KeepAsync(
        Installation at, NpgsqlTransaction transaction, VerificationCase @case, CancellationToken cancel)
    {
        if (await BranchAsync(at, transaction, @case.Id, cancel) is not { } branch)
        {
            return;
        }

        await using var keep = new NpgsqlCommand(
            "select keep_branch_report(@change, @branch, @reported)", transaction.Connection, transaction);
        keep.Parameters.AddWithValue("change", @case.Id);
        keep.Parameters.AddWithValue("branch", new NumberKey(branch).ToBytes());
        keep.Parameters.AddWithValue("reported", NpgsqlDbType.Date, (object?)@case.ReportedOn ?? DBNull.Value);
        await keep.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>None for an account abroad, for one that cannot be read, and where the data was erased.</summary>
    private static async Task<UInt128?> BranchAsync(
        Installation at, NpgsqlTransaction transaction, Guid change, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select t.number_key, t.sealed, k.wrapped from account_change_detail t
            join personal_key k on k.subject_key = t.number_key where t.change_id = @change
            """, transaction.Connection, transaction);
        find.Parameters.AddWithValue("change", change);
        await using var row = await find.ExecuteReaderAsync(cancel);
        if (!await row.ReadAsync(cancel))
        {
            return null;
        }

        using var personalKeys = new PersonalKeys(at.Keys);
        var key = personalKeys.Unwrap(
            NumberKey.FromBytes(row.GetFieldValue<byte[]>(0)), row.GetFieldValue<byte[]>(2));
        var details = Sealed.OpenDetails(
            key, row.GetFieldValue<byte[]>(1), change.ToByteArray(bigEndian: true));
        return PayeeAccount.TryParse(details.GetValueOrDefault("new_account"), out var account)
            ? account.BranchIn(at.Keys) : null;
    }
}
