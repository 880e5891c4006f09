using ICU4N.Globalization;
using ICU4N.Text;

namespace AccountGuard.Letters;

/// <summary>Lines of a text by the rules of Unicode (UAX 14), strict for Japanese, as ICU4N has them.</summary>
internal static class LineBreaks
{
    // One for each thread, because it keeps its place in the text.
    [ThreadStatic]
    private static BreakIterator? _breaks;

    /// <summary>
    /// The lines of a text no wider than asked, in parts of the em; a piece without a place to break is cut where it
    /// must be.
    /// </summary>
    public static IReadOnlyList<string> Lines(string text, Typeface face, double width)
    {
        var lines = new List<string>();
        var (line, used) = ("", 0.0);
        foreach (var piece in Pieces(text))
        {
            // Spaces at the end of a line take no room.
            if (used + face.WidthOf(piece.TrimEnd()) <= width)
            {
                Take(piece, face.WidthOf(piece));
                continue;
            }

            Finish();
            foreach (var glyph in face.GlyphsOf(piece)!)
            {
                if (used + glyph.Width > width && !string.IsNullOrWhiteSpace(glyph.Text))
                {
                    Finish();
                }

                Take(glyph.Text, glyph.Width);
            }
        }

        Finish();
        return lines;

        void Take(string more, double wide) => (line, used) = (line + more, used + wide);

        void Finish()
        {
            if (line.Length > 0)
            {
                lines.Add(line.TrimEnd());
            }

            (line, used) = ("", 0);
        }
    }

    private static IEnumerable<string> Pieces(string text)
    {
        _breaks ??= BreakIterator.GetLineInstance(new UCultureInfo("ja"));
        _breaks.SetText(text);
        var pieces = new List<string>();
        var start = _breaks.First();
        for (var end = _breaks.Next(); end != BreakIterator.Done; end = _breaks.Next())
        {
            pieces.Add(text[start..end]);
            start = end;
        }

        return pieces;
    }
}
