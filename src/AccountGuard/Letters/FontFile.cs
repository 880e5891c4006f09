using System.Buffers.Binary;
using System.Text;

namespace AccountGuard.Letters;

/// <summary>
/// What a font file says of its glyphs: which one a character has, also as a variant (cmap format 14, which PDFsharp
/// does not read), and how wide it is.
/// </summary>
internal sealed class FontFile
{
    private readonly byte[] _file;
    private readonly Dictionary<(int Character, int Selector), ushort> _variants = [];
    private readonly HashSet<(int Character, int Selector)> _plainVariants = [];
    private readonly List<(int First, int Last, int Glyph)> _characters = [];
    private readonly int _unitsPerEm, _widths, _lastWidth;

    /// <exception cref="BadInput">There is no such file, or none with TrueType outlines.</exception>
    public FontFile(string path)
    {
        Path = path;
        try
        {
            _file = File.ReadAllBytes(path);
            if (Find("glyf") == 0)
            {
                throw Unfit(path);
            }

            _unitsPerEm = U16(Find("head") + 18);
            _lastWidth = U16(Find("hhea") + 34) - 1;
            _widths = Find("hmtx");
            ReadCharacters(Find("cmap"));
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw Unfit(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInput($"The font {path} cannot be read. On Debian, install fonts-morisawa-bizud-mincho, "
                + "fonts-morisawa-bizud-gothic and fonts-ipamj-mincho, or set Letters__Fonts__Text, __Heading and "
                + "__Fallback.");
        }
    }

    /// <summary>Where the file lies; it names the font.</summary>
    public string Path { get; }

    /// <summary>How wide the glyph is, in parts of the em.</summary>
    public double WidthOf(ushort glyph) => (double)U16(_widths + Math.Min(glyph, _lastWidth) * 4) / _unitsPerEm;

    /// <summary>The glyph of a character and its selector (0: none), or null.</summary>
    public ushort? GlyphOf(Rune character, int selector) =>
        selector == 0 || _plainVariants.Contains((character.Value, selector)) ? PlainGlyphOf(character.Value)
        : _variants.TryGetValue((character.Value, selector), out var glyph) ? glyph : null;

    private static BadInput Unfit(string path) => new($"{path} is no font with TrueType outlines and a cmap.");

    private ushort? PlainGlyphOf(int character)
    {
        int low = 0, high = _characters.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, last, glyph) = _characters[middle];
            if (first <= character && character <= last)
            {
                var found = glyph + character - first;
                return found == 0 ? null : (ushort)found;
            }

            (low, high) = character < first ? (low, middle - 1) : (middle + 1, high);
        }

        return null;
    }

    private void ReadCharacters(int cmap)
    {
        for (var i = 0; i < U16(cmap + 2); i++)
        {
            var table = cmap + (int)U32(cmap + 8 + i * 8);
            if (U16(table) == 12 && _characters.Count == 0)
            {
                for (var group = table + 16; group < table + 16 + U32(table + 12) * 12; group += 12)
                {
                    _characters.Add(((int)U32(group), (int)U32(group + 4), (int)U32(group + 8)));
                }
            }

            if (U16(table) == 14)
            {
                ReadVariants(table);
            }
        }

        if (_characters.Count == 0)
        {
            throw Unfit(Path);
        }
    }

    private void ReadVariants(int table)
    {
        for (var i = 0; i < U32(table + 6); i++)
        {
            var record = table + 10 + i * 11;
            var (selector, plain, other) = (U24(record), (int)U32(record + 3), (int)U32(record + 7));
            for (var j = 0; plain > 0 && j < U32(table + plain); j++)
            {
                var range = table + plain + 4 + j * 4;
                for (var k = 0; k <= _file[range + 3]; k++)
                {
                    _plainVariants.Add((U24(range) + k, selector));
                }
            }

            for (var j = 0; other > 0 && j < U32(table + other); j++)
            {
                var mapping = table + other + 4 + j * 5;
                _variants[(U24(mapping), selector)] = U16(mapping + 3);
            }
        }
    }

    private int Find(string tag)
    {
        for (var i = 0; i < U16(4); i++)
        {
            if (Encoding.ASCII.GetString(_file, 12 + i * 16, 4) == tag)
            {
                return (int)U32(12 + i * 16 + 8);
            }
        }

        return 0;
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));

    private int U24(int at) => (_file[at] << 16) | U16(at + 1);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at));
}
