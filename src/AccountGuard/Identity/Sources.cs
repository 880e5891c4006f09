using System.Security.Claims;

namespace AccountGuard.Identity;

/// <summary>
/// The sources that a login may file changes under: its claims "source", where * is all. Who may file under a source
/// may cancel what was filed under it, and so end a case that nobody works on yet.
/// </summary>
public sealed class Sources
{
    public const string Claim = "source";
    public const string Every = "*";

    /// <summary>The command line acts as operator.</summary>
    public static readonly Sources All = new([Every]);

    private readonly HashSet<string> _named;

    private Sources(IEnumerable<string> named) => _named = [.. named];

    public static Sources Of(ClaimsPrincipal principal) => new(principal.FindAll(Claim).Select(c => c.Value));

    /// <summary>Those that are named, as text: the same for the same sources, and empty for all of them.</summary>
    public string Written => _named.Contains(Every) ? "" : string.Join('\u001f', _named.Order(StringComparer.Ordinal));

    public bool Allow(string source) => _named.Contains(Every) || _named.Contains(source);
}
