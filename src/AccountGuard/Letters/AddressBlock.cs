using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Numbers;

namespace AccountGuard.Letters;

/// <summary>A line of an address, and its base line in millimetres from the top of the block.</summary>
internal readonly record struct AddressLine(string Text, Look Look, double BaseLine);

/// <summary>What stands in the window of the envelope.</summary>
internal sealed partial class AddressBlock
{
    /// <summary>Free room to the left edge of what is always seen, and above the name, in millimetres.</summary>
    private const double Margin = LetterSheet.Left - 22, NameGap = 1;

    private const double LeadingOfSize = 0.4;
    private static readonly double[] Sizes = [12, 11, 10, 9];

    private readonly List<AddressLine> _lines = [];
    private double _height;

    private AddressBlock()
    {
    }

    /// <summary>The parts of an address, each beginning on a line of its own; the name is the last one.</summary>
    public static IReadOnlyList<string> PartsOf(Recipient to)
    {
        List<string> parts = [];
        if (!string.IsNullOrWhiteSpace(to.PostalCode))
        {
            parts.Add(PostalCode(to.PostalCode));
        }

        parts.Add(to.Address.Trim());
        if (to.Ward is not null)
        {
            parts.Add($"{to.Ward.Trim()} 様 後見人");
        }

        return [.. parts, $"{to.Name.Trim()} 様"];
    }

    /// <summary>Tells whether two letters go to the same name and address: SHA-256 of the parts, in hex.</summary>
    public static string HashOf(Recipient to) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', PartsOf(to)))));

    /// <summary>
    /// The block in the largest size in which all of it is seen wherever the sheet slides; null where there is none.
    /// </summary>
    public static AddressBlock? Fit(Recipient to, Typeface face, Area seen)
    {
        var parts = PartsOf(to);
        face = face.WholeFor(string.Concat(parts));
        foreach (var size in Sizes)
        {
            var block = new AddressBlock();
            foreach (var part in parts.SkipLast(1))
            {
                block.Add(part, new Look(face, size, size * LeadingOfSize), seen);
            }

            block._height += NameGap;
            block.Add(parts[^1], new Look(face, size + 2, (size + 2) * LeadingOfSize), seen);
            if (block._height <= seen.Bottom - seen.Top)
            {
                return block;
            }
        }

        return null;
    }

    /// <summary>Sets the block from the upper left corner of what is always seen.</summary>
    public void Print(Sheet sheet, Area seen)
    {
        foreach (var line in _lines)
        {
            sheet.Text(line.Text, seen.Left + Margin, seen.Top + line.BaseLine, line.Look);
        }
    }

    private void Add(string part, Look look, Area seen)
    {
        const double BelowBaseLine = 0.2;
        foreach (var line in LineBreaks.Lines(part, look.Face, (seen.Right - seen.Left - Margin) / look.Em))
        {
            _height += look.Leading;
            _lines.Add(new AddressLine(line, look, _height - look.Leading * BelowBaseLine));
        }
    }

    private static string PostalCode(string text)
    {
        var folded = string.Concat(text.EnumerateRunes().Select(AsciiForm.Of));
        return SevenDigits().Match(folded) is { Success: true } code
            ? $"〒{code.Groups[1].Value}-{code.Groups[2].Value}"
            : text.Trim();
    }

    [GeneratedRegex(@"^\s*([0-9]{3})-?([0-9]{4})\s*$")]
    private static partial Regex SevenDigits();
}
