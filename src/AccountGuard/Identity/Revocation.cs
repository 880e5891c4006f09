namespace AccountGuard.Identity;

/// <summary>
/// Takes back what a login or a person was let in with. The identity provider decides who gets a new token; what was
/// issued up to the revocation counts for nothing from the next request on.
/// </summary>
public static class Revocation
{
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
    public static async Task<bool> StandsAsync(
        Installation at, Caller caller, DateTimeOffset issuedAt, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            "select exists (select from revocation where login_or_person = any (@whom) and revoked_at >= @issued)");
        find.Parameters.AddWithValue("whom", caller.Person is { } person
            ? new[] { caller.Login, person } : [caller.Login]);
        find.Parameters.AddWithValue("issued", issuedAt.ToUniversalTime());
        return (bool)(await find.ExecuteScalarAsync(cancel))!;
    }
}
