using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AccountGuard.Vault;

/// <summary>
/// AES-256-GCM: nonce (12 bytes), cipher text, tag (16 bytes). What it belongs to is authenticated with it.
/// </summary>
public static class Sealed
{
    /// <summary>How details are written before sealing: nobody reads them as HTML, so letters stay letters.</summary>
    public static readonly JsonWriterOptions AsText = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How many bytes more than the plain ones there are.</summary>
    public const int Overhead = NonceLength + TagLength;

    private const int NonceLength = 12;
    private const int TagLength = 16;

    [ThreadStatic]
    private static byte[]? _nonces;

    [ThreadStatic]
    private static int _used;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> belongsTo)
    {
        using var aes = new AesGcm(key, TagLength);
        return Seal(aes, plain, belongsTo);
    }

    /// <summary>For one key used many times over: setting it up costs more than sealing.</summary>
    public static AesGcm SetUp(byte[] key) => new(key, TagLength);

    public static byte[] Seal(AesGcm aes, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> belongsTo)
    {
        var sealedBytes = new byte[plain.Length + Overhead];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        NextNonce(nonce);
        aes.Encrypt(
            nonce, plain, sealedBytes.AsSpan(NonceLength, plain.Length), sealedBytes.AsSpan(^TagLength..), belongsTo);
        return sealedBytes;
    }

    /// <summary>Randomness is drawn for many nonces at once: each draw is a call of the system.</summary>
    private static void NextNonce(Span<byte> nonce)
    {
        if (_nonces is null || _used == _nonces.Length)
        {
            _nonces = RandomNumberGenerator.GetBytes(NonceLength * 256);
            _used = 0;
        }

        _nonces.AsSpan(_used, NonceLength).CopyTo(nonce);
        _used += NonceLength;
    }

    /// <exception cref="KeyTrouble">Sealed under another key, or altered.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> belongsTo)
    {
        using var aes = new AesGcm(key, TagLength);
        return Open(aes, sealedBytes, belongsTo);
    }

    /// <summary>
    /// What was sealed under the key of a number; null where that key was destroyed since, and the number, named again,
    /// has another. (A wrong key file is told by that it does not unwrap the number's key.)
    /// </summary>
    public static byte[]? OpenUnlessErased(byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> belongsTo)
    {
        try
        {
            return Open(key, sealedBytes, belongsTo);
        }
        catch (KeyTrouble)
        {
            return null;
        }
    }

    /// <summary>Details that were sealed as JSON, by their names; none where they were erased.</summary>
    public static Dictionary<string, string> OpenDetails(
        byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> belongsTo) =>
        OpenUnlessErased(key, sealedBytes, belongsTo) is { } plain
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(plain)! : [];

    /// <inheritdoc cref="Open(byte[], ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static byte[] Open(AesGcm aes, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> belongsTo)
    {
        var plain = new byte[sealedBytes.Length - Overhead];
        try
        {
            aes.Decrypt(
                sealedBytes[..NonceLength], sealedBytes[NonceLength..^TagLength], sealedBytes[^TagLength..], plain,
                belongsTo);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new KeyTrouble("Sealed data does not open: it was sealed under another key file, or altered. "
                + "Put back the key file that belongs to this database.");
        }

        return plain;
    }
}

/// <summary>What is stored is not what was recorded; the message says what to do.</summary>
public sealed class AlteredData(string message) : Exception(message);
