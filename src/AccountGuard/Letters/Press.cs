using System.Text;
using PdfSharp.Drawing;
using PdfSharp.Fonts;
using PdfSharp.Pdf;

namespace AccountGuard.Letters;

/// <summary>
/// Puts sheets into one PDF. Which glyph is drawn is decided here and not by PDFsharp, which knows neither the fallback
/// nor variants; and so is what each glyph says when text is taken out of the PDF again, because PDFsharp 6.2.4
/// writes code points beyond U+FFFF in a form that no reader understands.
/// </summary>
internal sealed class Press : IDisposable
{
    // Stands for a glyph in what PDFsharp is given; what it draws is put in by an event.
    private const char Placeholder = '\uE000';
    private const int PrivateUse = 0x100000;

    private readonly PdfDocument _pdf = new();
    private readonly Dictionary<(FontFile, double), XFont> _fonts = [];
    private readonly Dictionary<FontFile, PdfDictionary> _printed = [];
    private readonly Dictionary<FontFile, SortedDictionary<ushort, string>> _meanings = [];
    private CodePointGlyphIndexPair[] _next = [];

    static Press() => GlobalFontSettings.FontResolver ??= new FilesAsFonts();

    public Press(DateOnly day)
    {
        _pdf.Options.CompressContentStreams = true;
        _pdf.Info.CreationDate = day.ToDateTime(TimeOnly.MinValue);
        _pdf.RenderEvents.RenderTextEvent += (_, e) => e.CodePointGlyphIndexPairs = _next;
    }

    /// <summary>How many sheets there are.</summary>
    public int Sheets => _pdf.PageCount;

    /// <summary>A new A4 sheet; it is drawn before the next one is asked for.</summary>
    public XGraphics NewSheet()
    {
        var page = _pdf.AddPage();
        (page.Width, page.Height) = (XUnit.FromMillimeter(210), XUnit.FromMillimeter(297));
        return XGraphics.FromPdfPage(page);
    }

    /// <summary>Draws glyphs of one font on a base line; in points.</summary>
    public void Draw(XGraphics sheet, FontFile font, double size, IReadOnlyList<Glyph> glyphs, double x, double y)
    {
        if (!_fonts.TryGetValue((font, size), out var known))
        {
            _fonts[(font, size)] = known = new XFont(
                font.Path, size, XFontStyleEx.Regular, new XPdfFontOptions(PdfFontEncoding.Unicode));
        }

        if (!_meanings.TryGetValue(font, out var meanings))
        {
            _meanings[font] = meanings = [];
        }

        // PDFsharp counts a font's glyphs by code point; one of our own for each glyph keeps variants apart.
        _next = [.. glyphs.Select(g => new CodePointGlyphIndexPair(PrivateUse + g.Id, g.Id))];
        sheet.DrawString(new string(Placeholder, glyphs.Count), known, XBrushes.Black, x, y);
        foreach (var glyph in glyphs)
        {
            meanings.TryAdd(glyph.Id, glyph.Text);
        }

        // The one font of the document that was not there before is this one.
        if (!_printed.ContainsKey(font))
        {
            _printed[font] = _pdf.Internals.GetAllObjects().OfType<PdfDictionary>()
                .Single(o => o.Elements.GetName("/Subtype") == "/Type0" && !_printed.ContainsValue(o));
        }
    }

    /// <summary>The PDF.</summary>
    public byte[] Finish()
    {
        foreach (var (font, dictionary) in _printed)
        {
            var map = new PdfDictionary(_pdf);
            map.CreateStream(Encoding.ASCII.GetBytes(MeaningsAsCMap(_meanings[font])));
            var theirs = dictionary.Elements.GetReference("/ToUnicode")!.Value;
            _pdf.Internals.AddObject(map);
            dictionary.Elements.SetReference("/ToUnicode", map);
            _pdf.Internals.RemoveObject(theirs);
        }

        using var file = new MemoryStream();
        _pdf.Save(file);
        return file.ToArray();
    }

    public void Dispose() => _pdf.Dispose();

    /// <summary>PDF 32000-1, 9.10.3: UTF-16, at most 100 in a block.</summary>
    private static string MeaningsAsCMap(SortedDictionary<ushort, string> meanings)
    {
        var map = new StringBuilder("""
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000> <FFFF>
            endcodespacerange

            """);
        foreach (var block in meanings.Chunk(100))
        {
            map.Append($"{block.Length} beginbfchar\n");
            foreach (var (glyph, text) in block)
            {
                map.Append($"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    /// <summary>A font is called by the path of its file.</summary>
    private sealed class FilesAsFonts : IFontResolver
    {
        public FontResolverInfo? ResolveTypeface(string familyName, bool bold, bool italic) => new(familyName);

        public byte[]? GetFont(string faceName) => File.ReadAllBytes(faceName);
    }
}
