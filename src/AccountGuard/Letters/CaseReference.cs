using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using AccountGuard.Numbers;

namespace AccountGuard.Letters;

/// <summary>
/// What a letter calls a case: eleven characters and one that checks them, written <c>XXXX-XXXX-XXXX</c>. It says
/// nothing of the holder, so that it may be told over the telephone and stand on paper (Rule 12).
/// </summary>
public readonly record struct CaseReference
{
    /// <summary>How many characters a reference has, the hyphens not counted.</summary>
    public const int Length = 12;

    /// <summary>How many bytes make a reference.</summary>
    public const int SeedLength = 16;

    // Of 0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V and the like one at most is in use, and no vowel, so that none spells a
    // word. There are 23, a prime: weights that differ then find each wrong character and each swap of two.
    private const string Alphabet = "23456789CDFHJKMNPQRTWXY";

    private readonly string? _characters;

    private CaseReference(string characters) => _characters = characters;

    /// <summary>
    /// The reference made of 16 bytes, the same each time. They are random, or a keyed hash of the case's id: whoever
    /// could reckon them could make a letter that the call centre confirms.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer or more bytes.</exception>
    public static CaseReference Of(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException("A reference is made of 16 bytes.", nameof(seed));
        }

        var rest = new BigInteger(seed, isUnsigned: true, isBigEndian: true);
        Span<char> characters = stackalloc char[Length];
        for (var i = 0; i < Length - 1; i++)
        {
            rest = BigInteger.DivRem(rest, Alphabet.Length, out var place);
            characters[i] = Alphabet[(int)place];
        }

        characters[^1] = CheckOf(characters[..^1]);
        return new CaseReference(new string(characters));
    }

    /// <summary>
    /// Reads a reference as people write and scanners read it: any case and width, hyphens and spaces anywhere. Never
    /// throws; false where a character is none of them or the last one does not check the others.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CaseReference? reference)
    {
        reference = null;
        Span<char> characters = stackalloc char[Length];
        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var character in AsciiForm.Of(rune) is { Length: > 0 } form ? form : "?")
            {
                if (character is '-' or ' ')
                {
                    continue;
                }

                if (count == Length || !Alphabet.Contains(char.ToUpperInvariant(character)))
                {
                    return false;
                }

                characters[count++] = char.ToUpperInvariant(character);
            }
        }

        if (count == Length && CheckOf(characters[..^1]) == characters[^1])
        {
            reference = new CaseReference(new string(characters));
        }

        return reference is not null;
    }

    /// <summary>The reference as it is printed: <c>XXXX-XXXX-XXXX</c>.</summary>
    public override string ToString() => _characters is { } c ? $"{c[..4]}-{c[4..8]}-{c[8..]}" : "";

    private static char CheckOf(ReadOnlySpan<char> characters)
    {
        var sum = 0;
        for (var i = 0; i < characters.Length; i++)
        {
            sum += (i + 2) * Alphabet.IndexOf(characters[i]);
        }

        return Alphabet[sum % Alphabet.Length];
    }
}
