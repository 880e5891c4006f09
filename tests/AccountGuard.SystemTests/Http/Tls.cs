using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccountGuard.SystemTests.Http;

/// <summary>Certificates of this test, and a service that listens with one.</summary>
public static class Tls
{
    public static X509Certificate2 Made(string name, TimeSpan lasts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(now.AddDays(-30), now + lasts);
    }

    /// <summary>What makes a service listen over https on a free port, with a certificate of 20 days.</summary>
    public static Dictionary<string, string?> Settings(string folder)
    {
        var ours = Made("127.0.0.1", TimeSpan.FromDays(20));
        var (path, keyPath) = (CertificateIn(folder), Path.Combine(folder, "tls-key.pem"));
        File.WriteAllText(path, ours.ExportCertificatePem());
        File.WriteAllText(keyPath, ours.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return new Dictionary<string, string?>
        {
            ["ASPNETCORE_URLS"] = "https://127.0.0.1:0",
            ["Kestrel:Certificates:Default:Path"] = path,
            ["Kestrel:Certificates:Default:KeyPath"] = keyPath,
        };
    }

    public static string CertificateIn(string folder) => Path.Combine(folder, "tls.pem");

    /// <summary>Asks whoever answers.</summary>
    public static HttpClientHandler Trusting() => new()
    {
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    };
}
