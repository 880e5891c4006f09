using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccountGuard.Identity;

/// <summary>Somebody invented.</summary>
public sealed record DevelopmentAccount(string Login, string Name, string Password, string[] Roles)
{
    public string Person => $"person-{Login}";
}

/// <summary>
/// Stands in for the identity provider until one is configured: one account for each role, two for the cases of holders
/// who are protected, which take two people too, and tokens that live for minutes, signed with a key of this data
/// folder. Production refuses it.
/// </summary>
public sealed class DevelopmentProvider
{
    public const string Issuer = "accountguard-development";
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const int PasswordLength = 16;

    // No letters or digits that look alike.
    private const string PasswordLetters = "abcdefghijkmnpqrstuvwxyz23456789";

    private static readonly string[] Names =
    [
        "三浦 直", "村井 薫", "佐伯 遥", "森下 恵", "内海 渚", "大槻 望", "国枝 静", "支払システム", "早瀬 環", "日野 司",
    ];

    private static readonly (string Login, string[] Roles)[] Logins =
    [
        .. Role.All.Select(role => (role, (string[])[role])),
        ("protected-auditor", [Role.Auditor, Role.Protected]), ("protected-approver", [Role.Approver, Role.Protected]),
    ];

    private readonly ECDsaSecurityKey _key;

    private DevelopmentProvider(ECDsa key, IReadOnlyList<DevelopmentAccount> accounts) =>
        (_key, Accounts) = (new ECDsaSecurityKey(key), accounts);

    public SecurityKey Key => _key;

    /// <summary>One for each role, whose name is its login; then those of who may open protected cases.</summary>
    public IReadOnlyList<DevelopmentAccount> Accounts { get; }

    /// <summary>
    /// The provider of a data folder; its signing key and the passwords of its accounts (mode 0600) are made where they
    /// are missing.
    /// </summary>
    public static DevelopmentProvider Open(string home)
    {
        Directory.CreateDirectory(home);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        key.ImportFromPem(Kept(Path.Combine(home, "development-provider.pem"), key.ExportPkcs8PrivateKeyPem));
        var passwords = JsonSerializer.Deserialize<Dictionary<string, string>>(
            Kept(Path.Combine(home, "development-logins.json"), MakePasswords))!;
        return new DevelopmentProvider(
            key, [.. Logins.Zip(Names, (who, name) => new DevelopmentAccount(
                who.Login, name, passwords[who.Login], who.Roles))]);
    }

    /// <summary>The account of this login and password; null where one of them is wrong.</summary>
    public DevelopmentAccount? Find(string? login, string? password) => Accounts.FirstOrDefault(account =>
        account.Login == login && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(account.Password), Encoding.UTF8.GetBytes(password ?? "")));

    /// <summary>A token of the account of this role or login; its person is the account's own.</summary>
    /// <exception cref="BadInput">There is no such role.</exception>
    public string Issue(string role, DateTimeOffset now) => Accounts.FirstOrDefault(a => a.Login == role) is { } account
        ? Issue(account.Login, account.Person, account.Roles, now, Lifetime, Sources.Every)
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

    private static string MakePasswords() => JsonSerializer.Serialize(Logins.ToDictionary(
        who => who.Login, _ => RandomNumberGenerator.GetString(PasswordLetters, PasswordLength)));

    /// <summary>What the file holds, which nobody else can read; it is made where it is missing.</summary>
    private static string Kept(string path, Func<string> make)
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            var made = make();
            file.Write(Encoding.UTF8.GetBytes(made));
            return made;
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.ReadAllText(path);
        }
    }
}
