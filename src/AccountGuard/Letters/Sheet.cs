using PdfSharp.Drawing;
using QRCoder;

namespace AccountGuard.Letters;

/// <summary>How a text looks: its typeface, its size in points, and the distance of its lines in millimetres.</summary>
internal readonly record struct Look(Typeface Face, double Size, double Leading)
{
    /// <summary>Millimetres of an em.</summary>
    public double Em => Size * 25.4 / 72;
}

/// <summary>One sheet of A4, measured in millimetres from its upper left corner.</summary>
internal sealed class Sheet(Press press) : IDisposable
{
    private const double PointsPerMillimetre = 72 / 25.4;

    private readonly XGraphics _on = press.NewSheet();

    /// <summary>Sets a text on a base line and says where it ends.</summary>
    public double Text(string text, double x, double y, Look look)
    {
        var glyphs = look.Face.GlyphsOf(text)!;
        for (var i = 0; i < glyphs.Count;)
        {
            var font = glyphs[i].Font;
            var run = glyphs.Skip(i).TakeWhile(g => g.Font == font).ToList();
            press.Draw(_on, font, look.Size, run, x * PointsPerMillimetre, y * PointsPerMillimetre);
            x += run.Sum(g => g.Width) * look.Em;
            i += run.Count;
        }

        return x;
    }

    /// <summary>Sets a text so that it ends where asked.</summary>
    public void TextTo(string text, double right, double y, Look look) =>
        Text(text, right - look.Face.WidthOf(text) * look.Em, y, look);

    /// <summary>Sets a text in lines and says on which base line the next one would stand.</summary>
    public double Block(string text, double x, double y, double width, Look look)
    {
        const double ShortestLastLine = 3;
        var lines = LineBreaks.Lines(text, look.Face, width / look.Em);
        if (lines.Count > 1 && look.Face.WidthOf(lines[^1]) < ShortestLastLine)
        {
            // A word alone on the last line gets company from the lines above.
            lines = LineBreaks.Lines(text, look.Face, width / look.Em - ShortestLastLine);
        }

        foreach (var line in lines)
        {
            Text(line, x, y, look);
            y += look.Leading;
        }

        return y;
    }

    /// <summary>A horizontal line.</summary>
    public void Rule(double left, double right, double y, double thickness = 0.15) =>
        _on.DrawLine(Pen(thickness), Points(left), Points(y), Points(right), Points(y));

    /// <summary>The outline of a box.</summary>
    public void Frame(Area area, double thickness = 0.3) => _on.DrawRectangle(
        Pen(thickness), Points(area.Left), Points(area.Top), Points(area.Right - area.Left),
        Points(area.Bottom - area.Top));

    /// <summary>A QR code without its quiet zone, which the caller leaves free.</summary>
    public void Code(string text, double left, double top, double width)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        const int Quiet = 4;
        var modules = code.ModuleMatrix[Quiet..^Quiet];
        var module = width / modules.Count;
        var path = new XGraphicsPath { FillMode = XFillMode.Winding };
        for (var row = 0; row < modules.Count; row++)
        {
            for (var from = Quiet; from < modules.Count + Quiet; from++)
            {
                var length = 0;
                while (from + length < modules.Count + Quiet && modules[row][from + length])
                {
                    length++;
                }

                if (length > 0)
                {
                    path.AddRectangle(Points(left + (from - Quiet) * module), Points(top + row * module),
                        Points(length * module), Points(module));
                    from += length;
                }
            }
        }

        _on.DrawPath(XBrushes.Black, path);
    }

    public void Dispose() => _on.Dispose();

    private static XPen Pen(double thickness) => new(XColors.Black, Points(thickness));

    private static double Points(double millimetres) => millimetres * PointsPerMillimetre;
}
