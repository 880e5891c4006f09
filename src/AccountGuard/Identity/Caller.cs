using System.Security.Claims;

namespace AccountGuard.Identity;

/// <summary>
/// Who calls: the login, and the person behind it, who is the same under every login (Rule 14). Machines have none.
/// </summary>
public sealed record Caller(string Login, string? Person)
{
    public const string LoginClaim = "sub";
    public const string PersonClaim = "person";
    public const string RoleClaim = "role";
    public const string NameClaim = "name";

    public static Caller Of(ClaimsPrincipal principal) => new(
        principal.FindFirstValue(LoginClaim)
            ?? throw new InvalidOperationException("A caller without a login passed authentication."),
        // An empty claim would make two of one person who has it under one login alone.
        principal.FindFirstValue(PersonClaim) is { } person && !string.IsNullOrWhiteSpace(person) ? person : null);

    /// <summary>The same person, under whichever login (Rule 14).</summary>
    public bool IsSame(Caller other) => Login == other.Login || (Person is not null && Person == other.Person);

    /// <summary>As records of access and deliveries name the caller.</summary>
    public override string ToString() => Person is null ? Login : $"{Login} ({Person})";
}
