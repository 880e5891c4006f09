using System.Security.Cryptography;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>
/// Sets the closing date of a pay-day; the queue is ranked anew bucket by bucket when it is published (Rule 22).
/// </summary>
public static class SetClosing
{
    private static readonly Guid Calendar = new(SHA256.HashData("calendar"u8).AsSpan(0, 16), bigEndian: true);

    /// <returns>False where that date stood already.</returns>
    /// <exception cref="BadInput">There is no such pay-day, or it lies before its closing date.</exception>
    public static async Task<bool> RunAsync(
        Installation at, DateOnly payDay, DateOnly closesOn, DateTimeOffset decidedAt, CancellationToken cancel)
    {
        if (closesOn > payDay)
        {
            throw new BadInput("A pay-day closes on or before itself. Nothing was changed.");
        }

        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var find = new NpgsqlCommand(
            """
            select coalesce((select c.closes_on from closing_decision c where c.pay_on = p.pay_on
                             order by c.decision_no desc limit 1), p.closes_on)
            from pay_day p where p.pay_on = @pay
            """, connection);
        find.Parameters.AddWithValue("pay", payDay);
        var stands = await find.ExecuteScalarAsync(cancel) is DateOnly or DateTime
            ? await ClosesOnAsync(find, cancel)
            : throw new BadInput($"{payDay:O} is no pay-day. "
                + "Pay-days are the 15th of even months, or the bank day before.");
        if (stands == closesOn)
        {
            return false;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var turn = new NpgsqlCommand("select pg_advisory_xact_lock(4715, 0)", connection, transaction);
        await turn.ExecuteNonQueryAsync(cancel);
        await using var insert = new NpgsqlCommand(
            "insert into closing_decision (pay_on, closes_on, decided_at) values (@pay, @closes, @at)",
            connection, transaction);
        insert.Parameters.AddWithValue("pay", payDay);
        insert.Parameters.AddWithValue("closes", closesOn);
        insert.Parameters.AddWithValue("at", decidedAt.ToUniversalTime());
        await insert.ExecuteNonQueryAsync(cancel);
        await using var session = at.SessionIn(transaction);
        session.Events.Append(Calendar, new ClosingDateSet(payDay, closesOn, decidedAt.ToUniversalTime()));
        await session.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    private static async Task<DateOnly> ClosesOnAsync(NpgsqlCommand find, CancellationToken cancel)
    {
        await using var reader = await find.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetFieldValue<DateOnly>(0);
    }
}
