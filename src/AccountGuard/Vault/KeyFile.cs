using System.Security.Cryptography;
using System.Text;

namespace AccountGuard.Vault;

/// <summary>
/// The secret that stands outside the database: 32 random bytes, in a file of mode 0600 or from configuration. From it
/// come the keys that name and index numbers and name contents, and the one that wraps personal keys. Whoever loses it
/// loses all sealed data.
/// </summary>
public sealed class KeyFile
{
    private const int SecretLength = 32;
    private readonly byte[] _wrapping;
    private readonly byte[] _naming;
    private readonly byte[] _proving;
    private readonly byte[] _sessions;
    private readonly byte[] _signing;
    private readonly byte[] _indexing;

    private KeyFile(byte[] secret)
    {
        _wrapping = Derive(secret, "wrap personal keys");
        _naming = Derive(secret, "name numbers and contents");
        _proving = Derive(secret, "prove the key file");
        _sessions = Derive(secret, "seal sessions");
        _signing = Derive(secret, "sign pay-runs");
        _indexing = Derive(secret, "index numbers");
        Id = Convert.ToHexStringLower(Derive(secret, "identify the key file").AsSpan(0, 8));
    }

    /// <summary>Names the key file without telling it: 16 hex digits.</summary>
    public string Id { get; }

    /// <summary>What a database keeps to recognise its key file.</summary>
    public byte[] Proof => HMACSHA256.HashData(_proving, Encoding.UTF8.GetBytes(Id));

    internal byte[] WrappingKey => _wrapping;

    internal byte[] IndexingKey => _indexing;

    /// <summary>The private scalar of P-256. (Beyond the order of the curve once in four billion key files.)</summary>
    internal byte[] SigningKey => _signing;

    /// <summary>The key that cookies of one purpose are sealed under.</summary>
    internal byte[] SessionKey(string purpose) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, _sessions, SecretLength, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>
    /// The key from configuration (base64 of 32 bytes) or from the file. Null: there is none yet, and the caller
    /// decides whether one may be made.
    /// </summary>
    /// <exception cref="KeyTrouble">The key cannot be read, or others could read it.</exception>
    public static KeyFile? Find(string? configured, string path)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return new KeyFile(Decode(configured, "The setting AccountGuard:Key"));
        }

        if (!File.Exists(path))
        {
            return null;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
        {
            throw new KeyTrouble($"The key file {path} can be read or written by others. Run: chmod 600 '{path}'");
        }

        return new KeyFile(Decode(File.ReadAllText(path), $"The key file {path}"));
    }

    /// <summary>Makes a new key file, mode 0600 from its first byte on.</summary>
    public static KeyFile Make(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var secret = RandomNumberGenerator.GetBytes(SecretLength);

        // Written beside it: a key file that is there is whole.
        var unfinished = path + ".part";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(secret) + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
        return new KeyFile(secret);
    }

    /// <summary>A key for tests and tools that keep none.</summary>
    public static KeyFile FromSecret(byte[] secret) => new(secret);

    /// <summary>
    /// The first 128 bits of HMAC-SHA256 over a domain label and the value: names it without telling it.
    /// </summary>
    public UInt128 Name(string domain, ReadOnlySpan<byte> value)
    {
        Span<byte> input = stackalloc byte[256];
        var length = Encoding.ASCII.GetBytes(domain, input);
        input[length++] = 0;
        if (length + value.Length > input.Length)
        {
            input = new byte[length + value.Length].AsSpan();
            Encoding.ASCII.GetBytes(domain, input);
        }

        value.CopyTo(input[length..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_naming, input[..(length + value.Length)], hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>The same over a content that is read as a stream: append to it, then take the first 16 bytes.</summary>
    public IncrementalHash NameContent() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _naming);

    private static byte[] Derive(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, SecretLength, info: Encoding.ASCII.GetBytes(purpose));

    private static byte[] Decode(string text, string what)
    {
        var secret = new byte[SecretLength];
        if (!Convert.TryFromBase64String(text.Trim(), secret, out var length) || length != SecretLength)
        {
            throw new KeyTrouble(
                $"{what} does not hold a key (base64 of {SecretLength} bytes). Put back the one from your key backup.");
        }

        return secret;
    }
}

/// <summary>The key is missing, wrong or exposed. The message says what to do.</summary>
public sealed class KeyTrouble(string message) : Exception(message);
