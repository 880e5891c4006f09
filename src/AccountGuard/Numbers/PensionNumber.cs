using System.Globalization;

namespace AccountGuard.Numbers;

/// <summary>
/// A basic pension number: ten digits, written <c>NNNN-NNNNNN</c>. It prints masked (Rule 33); only
/// <see cref="RevealDigits"/>, <see cref="RevealValue"/> and <see cref="WriteDigits"/> show it, and they are methods
/// because serialisers and loggers read properties.
/// </summary>
public readonly record struct PensionNumber
{
    /// <summary>How many digits a number has.</summary>
    public const int Length = 10;

    // One more than the number, so that the default value is no number rather than 0000-000000.
    private readonly long _valuePlusOne;

    private PensionNumber(long value) => _valuePlusOne = value + 1;

    /// <summary>
    /// Reads a number as people write it: NFKC, then white space and U+002D, 2010, 2011, 2013, 2014, 2212, 30FC are
    /// dropped wherever they stand; what remains must be ten ASCII digits. Never throws; false leaves no number.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PensionNumber number)
    {
        var digits = new DigitCount();
        foreach (var character in text)
        {
            if (!char.IsAscii(character))
            {
                return TryParseFolded(text, out number);
            }

            if (!digits.Take(character))
            {
                number = default;
                return false;
            }
        }

        return digits.TryFinish(out number);
    }

    /// <summary>Writes the ten ASCII digits, for the NumberKey and for files that must carry the number.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than ten bytes.</exception>
    /// <exception cref="InvalidOperationException">This is the default value, which is no number.</exception>
    public void WriteDigits(Span<byte> destination)
    {
        if (!Value.TryFormat(destination, out _, "D10", CultureInfo.InvariantCulture))
        {
            throw new ArgumentException("Ten digits need ten bytes.", nameof(destination));
        }
    }

    /// <summary>The ten ASCII digits in clear; showing them to a person leaves a record (Rule 33).</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which is no number.</exception>
    public string RevealDigits() => Value.ToString("D10", CultureInfo.InvariantCulture);

    /// <summary>The ten digits as a value, from 0 to 9,999,999,999, for what compares many numbers.</summary>
    /// <exception cref="InvalidOperationException">This is the default value, which is no number.</exception>
    public long RevealValue() => Value;

    /// <summary>The number masked to its last three digits: <c>••••-•••123</c>.</summary>
    public override string ToString() => _valuePlusOne == 0
        ? "••••-••••••"
        : string.Create(CultureInfo.InvariantCulture, $"••••-•••{Value % 1000:D3}");

    private long Value => _valuePlusOne != 0
        ? _valuePlusOne - 1
        : throw new InvalidOperationException("The default PensionNumber is no number.");

    private static bool TryParseFolded(ReadOnlySpan<char> text, out PensionNumber number)
    {
        var digits = new DigitCount();
        foreach (var character in text.EnumerateRunes())
        {
            var form = AsciiForm.Of(character);
            if (form.Length == 0)
            {
                number = default;
                return false;
            }

            foreach (var folded in form)
            {
                if (!digits.Take(folded))
                {
                    number = default;
                    return false;
                }
            }
        }

        return digits.TryFinish(out number);
    }

    private struct DigitCount
    {
        private int _count;
        private long _value;

        /// <summary>Counts a digit, drops white space and hyphen; false for all else and a digit too many.</summary>
        public bool Take(char character)
        {
            if (char.IsAsciiDigit(character))
            {
                _value = (_value * 10) + (character - '0');
                return ++_count <= Length;
            }

            return character == '-' || char.IsWhiteSpace(character);
        }

        public readonly bool TryFinish(out PensionNumber number)
        {
            number = _count == Length ? new PensionNumber(_value) : default;
            return _count == Length;
        }
    }
}
