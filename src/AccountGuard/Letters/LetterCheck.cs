using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using ZXing.Common;
using ZXing.QrCode.Internal;

namespace AccountGuard.Letters;

/// <summary>What does not agree, in which row (0: the file as a whole). It quotes nothing.</summary>
public sealed record BatchFault(int Row, string Field);

/// <summary>
/// Compares a printed batch with what the cases say, row by row, by reading the PDF back with another library than the
/// one that wrote it (Rule 28: in 2021, 975,065 notices went out with another person's data).
/// </summary>
public static class LetterCheck
{
    private const double MillimetresPerPoint = 25.4 / 72;

    /// <summary>
    /// All that does not agree; a batch with a fault is not released. The letters are those that the cases ask for
    /// now, in the order of the manifest, and not those that the batch was made from.
    /// </summary>
    public static IReadOnlyList<BatchFault> Faults(
        byte[] pdf, LetterManifest manifest, IReadOnlyList<Letter> letters, LetterPrinter printer)
    {
        if (LetterPrinter.HashOf(pdf) != manifest.FileSha256)
        {
            return [new BatchFault(0, "file_sha256")];
        }

        using var document = PdfDocument.Open(pdf);
        if (manifest.Rows.Count != letters.Count
            || document.NumberOfPages != manifest.Rows.Sum(r => r.LastPage - r.FirstPage + 1))
        {
            return [new BatchFault(0, "rows")];
        }

        var faults = new List<BatchFault>();
        var page = 1;
        foreach (var (row, letter) in manifest.Rows.Zip(letters))
        {
            var pages = 1 + AnswerSheet.SheetsOf(letter);
            if (row.FirstPage != page || row.LastPage != page + pages - 1)
            {
                return [.. faults, new BatchFault(row.Row, "pages")];
            }

            faults.AddRange(Compare(document, row, letter, printer).Select(f => new BatchFault(row.Row, f)));
            page += pages;
        }

        return faults;
    }

    private static IEnumerable<string> Compare(
        PdfDocument document, ManifestRow row, Letter letter, LetterPrinter printer)
    {
        var references = letter.Changes.Select(c => c.Reference.ToString()).ToList();
        if (!row.References.SequenceEqual(references))
        {
            yield return "references";
        }

        if (row.AddressSha256 != AddressBlock.HashOf(letter.To))
        {
            yield return "address_sha256";
        }

        for (var number = row.FirstPage; number <= row.LastPage; number++)
        {
            var page = document.GetPage(number);
            var read = string.Concat(page.Letters.Select(l => l.Value));
            if (number == row.FirstPage
                && !printer.Shows(InWindow(page, printer), string.Concat(AddressBlock.PartsOf(letter.To)), true))
            {
                yield return "window";
            }

            // The key on both faces.
            if (!printer.Shows(read, $"{Wording.Reference} {references[0]}{number - row.FirstPage + 1} /"))
            {
                yield return "foot";
            }

            if (CodeOn(page) != LetterSheet.References(letter))
            {
                yield return "code";
            }

            if (number > row.FirstPage && !printer.Shows(read, $"{letter.To.Holder.Trim()} {Wording.Filings}"))
            {
                yield return "name";
            }

            var changes = number == row.FirstPage
                ? LetterSheet.ShownOn(letter).Select(c => $"{Wording.What(c)}{Wording.Day(c.FiledOn)}{c.Reference}")
                : AnswerSheet.ChangesOn(letter, number - row.FirstPage - 1).Select(c =>
                    $"{Wording.What(c)}{Wording.Reference} {c.Reference}{Wording.Day(c.FiledOn)}");
            if (!changes.All(change => printer.Shows(read, change)))
            {
                yield return "changes";
            }
        }
    }

    /// <summary>
    /// What a scanner reads in the QR code, by another library than the one that made it: nothing else is filled on a
    /// sheet, and a module is as high as the lowest bar. Null where none can be read.
    /// </summary>
    private static string? CodeOn(Page page)
    {
        var bars = page.Paths.Where(path => path.IsFilled).SelectMany(path => path)
            .Select(bar => bar.GetBoundingRectangle()).OfType<PdfRectangle>().Where(bar => bar.Height > 0).ToList();
        if (bars.Count == 0)
        {
            return null;
        }

        var (left, top, module) = (bars.Min(b => b.Left), bars.Max(b => b.Top), bars.Min(b => b.Height));
        var code = new BitMatrix(Modules(bars.Max(b => b.Right) - left));
        foreach (var bar in bars)
        {
            for (var x = Modules(bar.Left - left); x < Modules(bar.Right - left); x++)
            {
                for (var y = Modules(top - bar.Top); y < Math.Min(Modules(top - bar.Bottom), code.Height); y++)
                {
                    code[x, y] = true;
                }
            }
        }

        return new Decoder().decode(code, null)?.Text;

        int Modules(double length) => (int)Math.Round(length / module);
    }

    /// <summary>What can come into the window wherever the sheet slides, in the order in which it is printed.</summary>
    private static string InWindow(Page page, LetterPrinter printer)
    {
        var window = printer.Settings.Envelope.EverSeen;
        return string.Concat(page.Letters
            .Where(l => window.Holds(l.StartBaseLine.X * MillimetresPerPoint,
                (page.Height - l.StartBaseLine.Y) * MillimetresPerPoint))
            .Select(l => l.Value));
    }
}
