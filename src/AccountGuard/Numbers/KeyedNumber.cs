using AccountGuard.Vault;

namespace AccountGuard.Numbers;

/// <summary>A number with its key.</summary>
public readonly record struct KeyedNumber(PensionNumber Number, NumberKey Key)
{
    private static readonly char[] AroundNumbers = [.. " \t\",:;{}[]"];

    /// <summary>
    /// Whose a broken row may be, of which nobody can tell what stands in which field: the one or two numbers in any
    /// of them. Neither, where there is none or there are more: then it may be anybody's.
    /// </summary>
    public static (KeyedNumber? One, KeyedNumber? Other) InAny(IEnumerable<string?> values, KeyFile keys)
    {
        var numbers = values.OfType<string>()
            .SelectMany(value => Of(value, keys) is { } whole ? [whole]
                : value.Split(AroundNumbers).Select(part => Of(part, keys)).OfType<KeyedNumber>())
            .DistinctBy(number => number.Key).Take(3).ToList();
        return numbers switch
        {
            [var one] => (one, null),
            [var one, var other] => (one, other),
            _ => (null, null),
        };
    }

    /// <returns>Null where the text is no number.</returns>
    public static KeyedNumber? Of(string? text, KeyFile keys) =>
        PensionNumber.TryParse(text, out var number) ? new KeyedNumber(number, NumberKey.Of(number, keys)) : null;
}
