namespace AccountGuard.Numbers;

/// <summary>Rule 33: who was shown whose data, what of it, and what for.</summary>
public static class AccessRecords
{
    /// <summary>Committed when it returns; where it cannot be written, nothing may be shown.</summary>
    public static async Task WriteAsync(
        Installation at, IEnumerable<NumberKey> numbers, string fields, string who, string purpose,
        CancellationToken cancel)
    {
        await using var record = at.Database.CreateCommand(
            """
            insert into access_record (who, number_key, fields, purpose, at)
            select @who, k, @fields, @purpose, @at from unnest(@keys) as k
            """);
        record.Parameters.AddWithValue("who", who);
        record.Parameters.AddWithValue("fields", fields);
        record.Parameters.AddWithValue("purpose", purpose);
        record.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        record.Parameters.AddWithValue("keys", numbers.Select(n => n.ToBytes()).ToArray());
        await record.ExecuteNonQueryAsync(cancel);
    }
}
