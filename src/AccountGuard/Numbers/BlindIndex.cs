using System.Buffers.Binary;
using System.Security.Cryptography;
using AccountGuard.Vault;

namespace AccountGuard.Numbers;

/// <summary>
/// A blind index of numbers: 64 bits of AES-256 under the key file, for where a <see cref="NumberKey"/> of each of
/// forty million would take longer than all the rest. Two numbers may share one, so what it finds is asked again by its
/// NumberKey. For one thread at a time.
/// </summary>
public sealed class BlindIndex(KeyFile file) : IDisposable
{
    private const int BlockLength = 16;

    private readonly Aes _aes = SetUp(file.IndexingKey);

    /// <summary>The index of each number, in their order.</summary>
    public long[] Of(ReadOnlySpan<long> numbers)
    {
        var blocks = new byte[numbers.Length * BlockLength];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(blocks.AsSpan(i * BlockLength), numbers[i]);
        }

        _aes.EncryptEcb(blocks, blocks, PaddingMode.None);
        var indexes = new long[numbers.Length];
        for (var i = 0; i < indexes.Length; i++)
        {
            indexes[i] = BinaryPrimitives.ReadInt64BigEndian(blocks.AsSpan(i * BlockLength));
        }

        return indexes;
    }

    public void Dispose() => _aes.Dispose();

    private static Aes SetUp(byte[] key)
    {
        var aes = Aes.Create();
        aes.Key = key;
        return aes;
    }
}
