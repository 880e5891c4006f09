using System.Collections.Concurrent;

namespace AccountGuard.Identity;

/// <summary>
/// Which person is behind a login, as the identity provider said of whoever signed in or filed: a change names logins,
/// and whoever keyed it verifies nothing under another one (Rule 14).
/// </summary>
public sealed class Persons(Installation at)
{
    private readonly ConcurrentDictionary<Caller, bool> _known = [];

    public async Task NoteAsync(Caller caller, CancellationToken cancel)
    {
        if (caller.Person is null || _known.ContainsKey(caller))
        {
            return;
        }

        await using var insert = at.Database.CreateCommand(
            """
            insert into login_person (login, person, plain_login) values (@login, @person, plain_name(@login))
            on conflict do nothing
            """);
        insert.Parameters.AddWithValue("login", caller.Login);
        insert.Parameters.AddWithValue("person", caller.Person);
        await insert.ExecuteNonQueryAsync(cancel);
        _known.TryAdd(caller, true);
    }
}
