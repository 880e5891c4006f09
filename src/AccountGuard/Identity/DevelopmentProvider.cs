using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGuard.Identity;

/// <summary>
/// Stands in for the identity provider until one is configured: one account for each role, and tokens that live for
/// minutes, signed with a key of this data folder. Production refuses it.
/// </summary>
public sealed class DevelopmentProvider
{
    public const string Issuer = "accountguard-development";
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ECDsaSecurityKey _key;

    private DevelopmentProvider(ECDsa key) => _key = new ECDsaSecurityKey(key);

    public SecurityKey Key => _key;

    /// <summary>The provider of a data folder; its signing key (mode 0600) is made where it is missing.</summary>
    public static DevelopmentProvider Open(string home)
    {
        var path = Path.Combine(home, "development-provider.pem");
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Directory.CreateDirectory(home);
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        }
        catch (IOException) when (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
        }

        return new DevelopmentProvider(key);
    }

    /// <summary>A token of the account of this role; its person is the account's own.</summary>
    /// <exception cref="BadInput">There is no such role.</exception>
    public string Issue(string role, DateTimeOffset now) => Role.All.Contains(role)
        ? Issue(role, $"person-{role}", [role], now, Lifetime, "*")
        : throw new BadInput($"There is no role '{role}'. Roles are {string.Join(", ", Role.All)}.");

    public string Issue(
        string login, string? person, string[] roles, DateTimeOffset now, TimeSpan lifetime, params string[] sources)
    {
        var claims = new Dictionary<string, object>
        {
            [Caller.LoginClaim] = login,
            [Caller.RoleClaim] = roles,
            [Sources.Claim] = sources,
        };
        if (person is not null)
        {
            claims[Caller.PersonClaim] = person;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = SignIn.Audience,
                Claims = claims,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = (now + lifetime).UtcDateTime,
                SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.EcdsaSha256),
            });
    }
}
