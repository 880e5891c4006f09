using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace AccountGuard.Identity;

/// <summary>A client certificate that lets in, known by its SHA-256 fingerprint, and as whom.</summary>
public sealed record Machine
{
    public string Sha256 { get; init; } = "";
    public string Login { get; init; } = "";
    public string[] Roles { get; init; } = [];
    public string[] Sources { get; init; } = [];
}

/// <summary>
/// Machines that come with a client certificate in place of a token (Machines:0:Sha256, :Login, :Roles:0, :Sources:0).
/// A certificate counts as issued when its validity begins: whoever is revoked needs a new one.
/// </summary>
public sealed class Machines
{
    private readonly Dictionary<string, Machine> _byFingerprint;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _expiring = new();
    private readonly IConfiguration _settings;

    /// <exception cref="BadInput">A machine lacks its fingerprint, login or roles, or its role is none.</exception>
    public Machines(IConfiguration settings)
    {
        _settings = settings;
        _byFingerprint = (settings.GetSection(nameof(Machines)).Get<Machine[]>() ?? []).ToDictionary(machine =>
            machine is { Sha256: { Length: > 0 } print, Login.Length: > 0, Roles.Length: > 0 }
                && machine.Roles.All(Role.All.Contains)
                ? print.Replace(":", "").ToUpperInvariant()
                : throw new BadInput("Each of Machines has Sha256, Login and Roles, which are: "
                    + $"{string.Join(", ", Role.All)}."));
    }

    public bool AreExpected => _byFingerprint.Count > 0;

    /// <summary>The certificate that ends first of those in use, ours among them; null: none is known.</summary>
    public (string Whose, DateTimeOffset At)? FirstToExpire
    {
        get
        {
            var known = _expiring.Select(e => (Whose: e.Key, At: e.Value)).ToList();
            if (_settings["Kestrel:Certificates:Default:Path"] is { Length: > 0 } path)
            {
                using var ours = X509Certificate2.GetCertContentType(path) == X509ContentType.Pkcs12
                    ? X509CertificateLoader.LoadPkcs12FromFile(path, _settings["Kestrel:Certificates:Default:Password"])
                    : X509CertificateLoader.LoadCertificateFromFile(path);
                known.Add(("this service", ours.NotAfter));
            }

            return known.Count == 0 ? null : known.MinBy(e => e.At);
        }
    }

    public void Add(AuthenticationBuilder schemes, Revocation revocation) => schemes.AddCertificate(certificates =>
    {
        // Who is let in is a matter of the fingerprint; an authority of your own has to be named to be believed.
        certificates.AllowedCertificateTypes = CertificateTypes.All;
        certificates.RevocationMode = X509RevocationMode.NoCheck;
        certificates.ChainTrustValidationMode = X509ChainTrustMode.CustomRootTrust;
        if (_settings["Identity:CertificateAuthority"] is { Length: > 0 } authority)
        {
            certificates.CustomTrustStore.ImportFromPemFile(authority);
        }

        certificates.ForwardChallenge = JwtBearerDefaults.AuthenticationScheme;
        certificates.Events = new CertificateAuthenticationEvents
        {
            OnCertificateValidated = context => LetInAsync(context, revocation),
        };
    });

    private async Task LetInAsync(CertificateValidatedContext context, Revocation revocation)
    {
        var certificate = context.ClientCertificate;
        if (!_byFingerprint.TryGetValue(certificate.GetCertHashString(HashAlgorithmName.SHA256), out var machine))
        {
            context.Fail("No machine has this certificate.");
            return;
        }

        _expiring[machine.Login] = certificate.NotAfter;
        if (await revocation.StandsAsync(
                new Caller(machine.Login, null), certificate.NotBefore, context.HttpContext.RequestAborted))
        {
            context.Fail("The login is revoked.");
            return;
        }

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(Caller.LoginClaim, machine.Login),
                .. machine.Roles.Select(role => new Claim(Caller.RoleClaim, role)),
                .. machine.Sources.Select(source => new Claim(Sources.Claim, source)),
            ],
            context.Scheme.Name, Caller.LoginClaim, Caller.RoleClaim));
        context.Success();
    }
}
