using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGuard.Vault;

namespace AccountGuard.Numbers;

/// <summary>
/// Names a number in facts and events without telling it: the first 128 bits of an HMAC-SHA256 under the key file. (An
/// unkeyed hash of ten digits is undone by trying all of them.) Prints as 32 hex digits.
/// </summary>
[JsonConverter(typeof(AsHex))]
public readonly record struct NumberKey(UInt128 Value)
{
    public static NumberKey Of(PensionNumber number, KeyFile file)
    {
        Span<byte> digits = stackalloc byte[PensionNumber.Length];
        number.WriteDigits(digits);
        return new NumberKey(file.Name("number", digits));
    }

    public static NumberKey FromBytes(byte[] bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    public override string ToString() => Value.ToString("x32");

    private sealed class AsHex : JsonConverter<NumberKey>
    {
        public override NumberKey Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            new(UInt128.Parse(reader.GetString()!, System.Globalization.NumberStyles.HexNumber));

        public override void Write(Utf8JsonWriter writer, NumberKey value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
