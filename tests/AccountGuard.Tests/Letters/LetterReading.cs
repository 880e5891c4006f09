using AccountGuard.Letters;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;

namespace AccountGuard.Tests.Letters;

/// <summary>A line of a sheet as it was read back; its place in millimetres from the upper left corner.</summary>
internal sealed record ReadLine(double Top, double Left, double Right, string Text);

/// <summary>Reads printed letters back.</summary>
internal static class LetterReading
{
    private const double Millimetre = 72 / 25.4;

    public static List<Page> PagesOf(this LetterBatch batch)
    {
        using var document = PdfDocument.Open(batch.Pdf.ShouldNotBeNull());
        return [.. document.GetPages()];
    }

    public static string TextOf(this Page page) => string.Concat(page.Letters.Select(l => l.Value));

    /// <summary>What stands on one base line, and in one column of it.</summary>
    public static List<ReadLine> LinesOf(this Page page)
    {
        const double Column = 4 * Millimetre;
        var lines = new List<List<UglyToad.PdfPig.Content.Letter>>();
        foreach (var letter in page.Letters)
        {
            if (lines.Count == 0 || lines[^1][^1] is var last
                && (Math.Abs(last.EndBaseLine.Y - letter.StartBaseLine.Y) > 0.1
                    || Math.Abs(letter.StartBaseLine.X - last.EndBaseLine.X) > Column))
            {
                lines.Add([]);
            }

            lines[^1].Add(letter);
        }

        return
        [
            .. lines.Select(line => new ReadLine(
                (page.Height - line[0].StartBaseLine.Y) / Millimetre, line[0].StartBaseLine.X / Millimetre,
                line[^1].EndBaseLine.X / Millimetre, string.Concat(line.Select(l => l.Value)))),
        ];
    }

    public static List<ReadLine> LinesIn(this Page page, Area area) =>
        [.. page.LinesOf().Where(l => area.Holds(l.Left, l.Top) || area.Holds(l.Right, l.Top))];
}
