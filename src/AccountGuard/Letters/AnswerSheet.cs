using System.Globalization;

namespace AccountGuard.Letters;

/// <summary>The sheets that come back: yes or no to each change, day and signature.</summary>
internal static class AnswerSheet
{
    private const double Left = LetterSheet.Left, Right = LetterSheet.Right;
    private const double CodeWidth = 22, ChangeHeight = 42;
    private const int MostChanges = 3;

    /// <summary>How many sheets the answer to a letter takes.</summary>
    public static int SheetsOf(Letter letter) => (letter.Changes.Count + MostChanges - 1) / MostChanges;

    /// <summary>The changes that are answered on one of the sheets, counted from 0.</summary>
    public static IEnumerable<AskedChange> ChangesOn(Letter letter, int index) =>
        letter.Changes.Skip(index * MostChanges).Take(MostChanges);

    /// <param name="index">Which of the sheets, from 0.</param>
    public static void Print(Sheet sheet, Letter letter, int index, LetterSettings settings, Looks looks)
    {
        sheet.Text(Wording.AnswerTitle, Left, 27, looks.Title);
        sheet.Block($"{settings.Sender.Name}　あて", Left, 37, Right - Left - CodeWidth - 10, looks.Body);
        sheet.Code(LetterSheet.References(letter), Right - CodeWidth, 17, CodeWidth);
        var whose = $"{letter.To.Holder.Trim()} {Wording.Filings}";
        var y = sheet.Block(
            whose, Left, 52, Right - Left, looks.Name with { Face = looks.Name.Face.WholeFor(whose) });
        y = sheet.Block(Wording.ForEach, Left, y + 1.5, Right - Left, looks.Body);
        foreach (var change in ChangesOn(letter, index))
        {
            PrintChange(sheet, change, y, looks);
            y += ChangeHeight + 4;
        }

        PrintSignature(sheet, letter, looks, y + 5);
        PrintFoot(sheet, settings, looks);
        LetterSheet.PrintFoot(sheet, letter, index + 2, looks);
    }

    private static void PrintChange(Sheet sheet, AskedChange change, double top, Looks looks)
    {
        const double Padding = 5, BoxWidth = 6;
        sheet.Frame(new Area(Left, top, Right, top + ChangeHeight));
        sheet.Text(Wording.What(change), Left + Padding, top + 8, looks.Label);
        sheet.TextTo($"{Wording.Reference} {change.Reference}", Right - Padding, top + 8, looks.Body);
        sheet.Text(Wording.Day(change.FiledOn), Left + Padding, top + 15, looks.Body);
        var y = top + 25;
        foreach (var answer in (string[])[Wording.Yes, Wording.No])
        {
            sheet.Frame(new Area(Left + Padding, y - 4.7, Left + Padding + BoxWidth, y + 1.3), 0.4);
            sheet.Text(answer, Left + Padding + BoxWidth + 3, y, looks.Body);
            y += 10.5;
        }
    }

    private static void PrintSignature(Sheet sheet, Letter letter, Looks looks, double y)
    {
        sheet.Text(Wording.Truth, Left, y, looks.Body);
        sheet.Text("記入日", Left, y + 12, looks.Label);
        sheet.Text("年　　　　月　　　　日", Left + 45, y + 12, looks.Body);
        sheet.Text(Wording.Signature(letter.To), Left, y + 26, looks.Label);
        sheet.Rule(Left + 45, Right, y + 28, 0.3);
    }

    private static void PrintFoot(Sheet sheet, LetterSettings settings, Looks looks)
    {
        var sender = settings.Sender;
        var y = sheet.Block(Wording.WriteNoNumbers, Left, 264, Right - Left, looks.Body);
        sheet.Block(string.Create(CultureInfo.InvariantCulture,
            $"送り先　〒{sender.PostalCode}　{sender.Address}　{sender.Name}"), Left, y, Right - Left, looks.Body);
    }
}
