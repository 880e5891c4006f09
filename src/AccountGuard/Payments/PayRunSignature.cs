using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccountGuard.Vault;

namespace AccountGuard.Payments;

/// <summary>
/// Signs the summaries of pay-runs: a detached JWS (RFC 7515, appendix F) under ES256. The key comes from the key file,
/// so that every service of an installation signs with the same one and there is none to keep beside it.
/// </summary>
public sealed class PayRunSignature : IDisposable
{
    private readonly ECDsa _key;
    private readonly string _x;
    private readonly string _y;
    private readonly string _id;

    public PayRunSignature(KeyFile keys)
    {
        _key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = keys.SigningKey });
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        (_x, _y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));

        // RFC 7638: the required members, in this order, without white space.
        _id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
            $$"""{"crv":"P-256","kty":"EC","x":"{{_x}}","y":"{{_y}}"}""")));
    }

    /// <summary>HEADER..SIGNATURE: the payload between the points is the text, encoded, and sent apart.</summary>
    public string Sign(string text)
    {
        var header = Encode(JsonSerializer.Serialize(new { alg = "ES256", kid = _id }));
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{header}.{Encode(text)}"), HashAlgorithmName.SHA256);
        return $"{header}..{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The public key, as a JSON web key set (RFC 7517).</summary>
    public object PublicKeys => new
    {
        keys = new[] { new { kty = "EC", crv = "P-256", x = _x, y = _y, use = "sig", alg = "ES256", kid = _id } },
    };

    public void Dispose() => _key.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
