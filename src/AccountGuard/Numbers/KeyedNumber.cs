using AccountGuard.Vault;

namespace AccountGuard.Numbers;

/// <summary>A number with its key.</summary>
public readonly record struct KeyedNumber(PensionNumber Number, NumberKey Key)
{
    /// <returns>Null where the text is no number.</returns>
    public static KeyedNumber? Of(string? text, KeyFile keys) =>
        PensionNumber.TryParse(text, out var number) ? new KeyedNumber(number, NumberKey.Of(number, keys)) : null;
}
