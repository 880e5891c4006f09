using AccountGuard.Identity;
using Npgsql;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// Takes the letters that wait for a batch, so that no other prints them: with each holder's letter all of the holder's
/// open cases, under any alias; a case without an order of its own gets one.
/// </summary>
public static class ClaimLetters
{
    private const int OneAtATime = 4720;
    private const int Makers = 4717;
    private const int MostAttempts = 20;

    private const string WithoutOrder = """
        select o.change_id
        from open_cases_of_holders(array(select n.number_key from next_letters(@most) n)) as o (change_id)
        where not exists (select from letter_order l where l.change_id = o.change_id and l.over_by is null)
        order by o.change_id
        """;

    private const string Claim = """
        insert into letter_claim (batch, letter, change_id)
        select @batch, w.letter, w.change_id
        from open_cases_of_holders(array(select n.number_key from next_letters(@most) n)) as o (change_id)
        cross join lateral (select * from waiting_letter w where w.change_id = o.change_id offset 0) w
        """;

    /// <summary>
    /// Marks a batch as being made for as long as the connection lives: whose maker died is broken off by the next one.
    /// </summary>
    public static async Task<NpgsqlConnection> AttendAsync(Installation at, Guid batch, CancellationToken cancel)
    {
        var connection = await at.Database.OpenConnectionAsync(cancel);
        await ExecuteAsync(connection, "select pg_advisory_lock(@makers, hashtext(@batch::text))", batch, cancel);
        return connection;
    }

    public static async Task LeaveAsync(NpgsqlConnection attended, Guid batch)
    {
        await using (attended)
        {
            // A connection that broke has let go by itself.
            if (attended.FullState == System.Data.ConnectionState.Open)
            {
                await ExecuteAsync(attended, "select pg_advisory_unlock(@makers, hashtext(@batch::text))", batch,
                    CancellationToken.None);
            }
        }
    }

    /// <param name="at">The installation.</param>
    /// <param name="batch">Its id, which the caller attends to.</param>
    /// <param name="by">Whoever makes it.</param>
    /// <param name="most">How many orders, and those of their holders.</param>
    /// <returns>How many orders are in it; 0: none waits, and there is no batch.</returns>
    public static async Task<int> RunAsync(
        Installation at, Guid batch, Caller by, int most, CancellationToken cancel)
    {
        // What others took meanwhile brings other cases to the front, which may lack an order too. One that stays
        // without is left out, and the check at the release sees it.
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await at.Database.OpenConnectionAsync(cancel);
            foreach (var change in await WithoutOrderAsync(connection, most, cancel))
            {
                var order = new OrderLetter(IdOf(batch, change), $"{CaseReferences.Of(at.Keys, change)}", null);
                await CaseWork.DoAsync(at, change, hand => OrderLetter.Decide(hand.Case, order, by, hand.Now), cancel);
            }

            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await ExecuteAsync(connection, $"select pg_advisory_xact_lock({OneAtATime})", batch, cancel);
            await AbandonDeadAsync(at, transaction, batch, cancel);
            if (attempt == MostAttempts || (await WithoutOrderAsync(connection, most, cancel)).Count == 0)
            {
                return await ClaimAsync(at, transaction, batch, by, most, cancel);
            }
        }
    }

    private static async Task<int> ClaimAsync(
        Installation at, NpgsqlTransaction transaction, Guid batch, Caller by, int most, CancellationToken cancel)
    {
        await using var claim = new NpgsqlCommand(Claim, transaction.Connection, transaction);
        claim.Parameters.AddWithValue("batch", batch);
        claim.Parameters.AddWithValue("most", most);
        var orders = await claim.ExecuteNonQueryAsync(cancel);
        if (orders > 0)
        {
            await using var session = at.SessionIn(transaction);
            session.Events.StartStream<PrintedBatch>(
                batch, new LetterBatchBegun(batch, orders, by, at.Clock.GetUtcNow()));
            await session.SaveChangesAsync(cancel);
        }

        // Also where nothing waits: what was broken off is.
        await transaction.CommitAsync(cancel);
        return orders;
    }

    /// <summary>The id of what one batch does to one case, the same each time that it is done.</summary>
    public static Guid IdOf(Guid batch, Guid change)
    {
        Span<byte> both = stackalloc byte[32];
        batch.TryWriteBytes(both, bigEndian: true, out _);
        change.TryWriteBytes(both[16..], bigEndian: true, out _);
        return new Guid(System.Security.Cryptography.SHA256.HashData(both).AsSpan(0, 16), bigEndian: true);
    }

    private static async Task<List<Guid>> WithoutOrderAsync(
        NpgsqlConnection connection, int most, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(WithoutOrder, connection);
        find.Parameters.AddWithValue("most", most);
        var changes = new List<Guid>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            changes.Add(reader.GetGuid(0));
        }

        return changes;
    }

    /// <summary>The lock of a batch that nobody makes any longer can be had.</summary>
    private static async Task AbandonDeadAsync(
        Installation at, NpgsqlTransaction transaction, Guid own, CancellationToken cancel)
    {
        var dead = new List<Guid>();
        await using (var find = new NpgsqlCommand(
            """
            select b.batch from (select b.batch from letter_batch b where b.state = 'Begun' offset 0) b
            where pg_try_advisory_xact_lock(@makers, hashtext(b.batch::text))
            """, transaction.Connection, transaction))
        {
            find.Parameters.AddWithValue("makers", Makers);
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                dead.Add(reader.GetGuid(0));
            }
        }

        await using var session = at.SessionIn(transaction);
        foreach (var batch in dead.Where(batch => batch != own))
        {
            session.Events.Append(batch, new LetterBatchAbandoned(batch, at.Clock.GetUtcNow()));
        }

        await session.SaveChangesAsync(cancel);
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, Guid batch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("makers", Makers);
        command.Parameters.AddWithValue("batch", batch);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancel);
    }
}
