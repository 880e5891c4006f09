using AccountGuard.Deliveries;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Payments;

/// <summary>The payment file of a run, sealed in the database in parts of 1 MB.</summary>
public static class PayRunParts
{
    private const int PartLength = 1 << 20;

    /// <summary>Writes the file in the transaction that the connection is in.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection, long run, byte[] key, Stream file, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy pay_run_part (run_no, part_no, sealed) from stdin (format binary)", cancel);
        file.Position = 0;
        var part = new byte[PartLength];
        for (var no = 1; await file.ReadAtLeastAsync(part, PartLength, false, cancel) is > 0 and var length; no++)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(run, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(no, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(
                Sealed.Seal(key, part.AsSpan(0, length), PlaceOf(run, no)), NpgsqlDbType.Bytea, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    /// <summary>The file as it came, without a name on disk.</summary>
    /// <exception cref="BadInput">It is not kept: it was screened by command, or its key was destroyed.</exception>
    public static async Task<NamelessFile> ReadAsync(Installation at, KeptPayRun run, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select p.wrapped from personal_key p join pay_run r on r.is_kept where r.run_no = @run "
            + "and p.subject_key = @subject");
        find.Parameters.AddWithValue("run", run.No);
        find.Parameters.AddWithValue("subject", run.Subject.ToBytes());
        using var personal = new PersonalKeys(at.Keys);
        var key = await find.ExecuteScalarAsync(cancel) is byte[] wrapped ? personal.Unwrap(run.Subject, wrapped)
            : throw new BadInput("The file of this run is not kept here: whoever screened it by command has it.",
                Fault.NotFound);
        await using var read = at.Database.CreateCommand(
            "select part_no, sealed from pay_run_part where run_no = @run order by part_no");
        read.CommandTimeout = 0;
        read.Parameters.AddWithValue("run", run.No);
        var file = new NamelessFile();
        try
        {
            await using var reader = await read.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                await file.WriteAsync(
                    Sealed.Open(key, reader.GetFieldValue<byte[]>(1), PlaceOf(run.No, reader.GetInt32(0))), cancel);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>No part opens in the place of another.</summary>
    private static byte[] PlaceOf(long run, int part) => System.Text.Encoding.ASCII.GetBytes($"pay-run {run}/{part}");
}

/// <summary>A run as it stands in the database.</summary>
public sealed record KeptPayRun(PayRun Run, NumberKey Subject, DateOnly PayDay, bool IsKept)
{
    public long No => Run.No;

    /// <exception cref="BadInput">There is none.</exception>
    public static async Task<KeptPayRun> FindAsync(Installation at, long no, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select run_key, pay_on, standings, summary, signature, is_kept from pay_run where run_no = @no");
        find.Parameters.AddWithValue("no", no);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            throw new BadInput("There is no such pay-run.", Fault.NotFound);
        }

        var key = NumberKey.FromBytes(reader.GetFieldValue<byte[]>(0)).Value;
        return new KeptPayRun(
            new PayRun(no, false, reader.GetFieldValue<byte[]>(2), reader.GetString(3), reader.GetString(4)),
            ScreenPayRun.SubjectOf(at, key), reader.GetFieldValue<DateOnly>(1), reader.GetBoolean(5));
    }
}
