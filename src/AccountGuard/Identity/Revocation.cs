using System.Diagnostics;

namespace AccountGuard.Identity;

/// <summary>
/// Takes back what a login or a person was let in with. The identity provider decides who gets a new token; what was
/// issued up to the revocation counts for nothing for any request that comes a quarter of a second later: all requests
/// of that time share one look at the revocations.
/// </summary>
public sealed class Revocation(Installation at)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(250);

    private readonly Lock _turn = new();
    private Task<Dictionary<string, DateTimeOffset>>? _latest;
    private long _readAt;

    public static async Task RunAsync(
        Installation at, string loginOrPerson, string revokedBy, string reason, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(loginOrPerson) || string.IsNullOrWhiteSpace(reason))
        {
            throw new BadInput("A revocation names a login or a person, and a reason.");
        }

        await using var insert = at.Database.CreateCommand(
            """
            insert into revocation (login_or_person, revoked_at, revoked_by, reason)
            values (@whom, @at, @by, @reason)
            """);
        insert.Parameters.AddWithValue("whom", loginOrPerson);
        insert.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        insert.Parameters.AddWithValue("by", revokedBy);
        insert.Parameters.AddWithValue("reason", reason);
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A token says its second alone: one issued in the second of the revocation is taken back too.</summary>
    public async Task<bool> StandsAsync(Caller caller, DateTimeOffset issuedAt, CancellationToken cancel)
    {
        var latest = await Latest().WaitAsync(cancel);
        return new[] { caller.Login, caller.Person }.Any(
            whom => whom is not null && latest.TryGetValue(whom, out var revokedAt) && revokedAt >= issuedAt);
    }

    private Task<Dictionary<string, DateTimeOffset>> Latest()
    {
        lock (_turn)
        {
            if (_latest is null || _latest.IsFaulted || Stopwatch.GetElapsedTime(_readAt) > Freshness)
            {
                (_readAt, _latest) = (Stopwatch.GetTimestamp(), ReadAsync());
            }

            return _latest;
        }
    }

    private async Task<Dictionary<string, DateTimeOffset>> ReadAsync()
    {
        await using var find = at.Database.CreateCommand(
            "select login_or_person, max(revoked_at) from revocation group by login_or_person");
        var latest = new Dictionary<string, DateTimeOffset>();
        await using var reader = await find.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            latest[reader.GetString(0)] = reader.GetFieldValue<DateTimeOffset>(1);
        }

        return latest;
    }
}
