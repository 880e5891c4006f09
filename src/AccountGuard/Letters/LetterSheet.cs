using System.Globalization;

namespace AccountGuard.Letters;

/// <summary>The typefaces and looks of a letter. Nothing that is to be read is smaller than 12 points.</summary>
internal sealed class Looks(LetterFonts fonts)
{
    private static readonly double Plain = 12;

    public Typeface Text { get; } = Open(fonts.Text, fonts.Fallback);

    public Typeface Heading { get; } = Open(fonts.Heading, fonts.Fallback);

    public Look Body => new(Text, Plain, 6.5);

    public Look Close => new(Text, Plain, 5.4);

    public Look Label => new(Heading, Plain, 6.5);

    public Look Name => new(Text, 14, 7.5);

    public Look Section => new(Heading, 14, 7.5);

    public Look Title => new(Heading, 18, 9.5);

    private static Typeface Open(string path, string fallback)
    {
        if (!File.Exists(fallback))
        {
            _ = new FontFile(fallback);
        }

        return new Typeface(new FontFile(path), new Lazy<FontFile>(() => new FontFile(fallback)));
    }
}

/// <summary>The first sheet: what was filed, how to answer, and what we never do.</summary>
internal static class LetterSheet
{
    /// <summary>The edges of what is printed, in millimetres.</summary>
    public const double Left = 25, Right = 185;

    private const double CodeWidth = 22, CodeTop = 52, SenderLeft = 116, SenderTop = 27;
    private const int MostRows = 3;

    public static void Print(Sheet sheet, Letter letter, AddressBlock address, LetterSettings settings, Looks looks)
    {
        address.Print(sheet, settings.Envelope.AlwaysSeen);
        PrintSender(sheet, letter, settings, looks);
        sheet.Rule(3, 8, 99);
        sheet.Rule(3, 8, 198);
        sheet.Code(References(letter), Right - CodeWidth, CodeTop, CodeWidth);
        var y = sheet.Block(Wording.Title(settings.Benefit), Left, 71, Right - Left - CodeWidth - 10, looks.Title);
        y = sheet.Block(Wording.Intro(letter.To, settings.Benefit), Left, Math.Max(y, 85), Right - Left, looks.Body);
        y = PrintChanges(sheet, letter, looks, y + 2);
        y = sheet.Block(Wording.Deadline(letter.PayDay), Left, y + 1, Right - Left, looks.Body);
        y = sheet.Block(Wording.HowToAnswer, Left, y + 4, Right - Left, looks.Section);
        y = Point(sheet, Wording.ByPost, Wording.PostText, y, looks);
        y = Point(sheet, Wording.ByVisit, Wording.VisitText(letter.To), y, looks);
        y = PrintCaution(sheet, looks, y + 1);
        PrintContact(sheet, settings.Sender, looks, y + 8);
        PrintFoot(sheet, letter, 1, looks);
    }

    /// <summary>The references and the number of the sheet, on every sheet: by them a stack is put in order.</summary>
    public static void PrintFoot(Sheet sheet, Letter letter, int number, Looks looks)
    {
        var first = letter.Changes[0].Reference;
        sheet.Text($"{Wording.Reference} {first}", Left, 286, looks.Body);
        sheet.TextTo(string.Create(CultureInfo.InvariantCulture, $"{number} / {AnswerSheet.SheetsOf(letter) + 1}"),
            Right, 286, looks.Body);
    }

    /// <summary>What the QR code holds: all references, parted by spaces.</summary>
    public static string References(Letter letter) => string.Join(' ', letter.Changes.Select(c => c.Reference));

    /// <summary>The changes in the table; where they are too many, the answer sheets have the others too.</summary>
    public static IReadOnlyList<AskedChange> ShownOn(Letter letter) =>
        [.. letter.Changes.Take(letter.Changes.Count > MostRows ? MostRows - 1 : MostRows)];

    /// <summary>Whether window, sender, code and title stand clear of each other, as they are set.</summary>
    public static bool HasRoomFor(LetterSettings settings, Looks looks)
    {
        var (seen, ever) = (settings.Envelope.AlwaysSeen, settings.Envelope.EverSeen);
        return ever.Right <= SenderLeft - 1 && ever.Bottom <= CodeTop + 8 && seen.Left >= 15
            && seen.Right - seen.Left >= 40 && seen.Bottom - seen.Top >= 20
            && SenderTop + SenderLines(settings.Sender, looks).Sum(line => line.Look.Leading) <= CodeTop + 3;
    }

    private static void PrintSender(Sheet sheet, Letter letter, LetterSettings settings, Looks looks)
    {
        sheet.TextTo(Wording.Day(letter.WrittenOn), Right, 16, looks.Body);
        var y = SenderTop;
        foreach (var (text, look) in SenderLines(settings.Sender, looks))
        {
            sheet.Text(text, SenderLeft, y, look);
            y += look.Leading;
        }
    }

    private static List<(string Text, Look Look)> SenderLines(Sender sender, Looks looks) =>
    [
        .. Lines(sender.Name, looks.Section),
        .. Lines(sender.Department, looks.Close),
        .. Lines($"〒{sender.PostalCode}", looks.Close),
        .. Lines(sender.Address, looks.Close),
    ];

    private static IEnumerable<(string Text, Look Look)> Lines(string text, Look look) =>
        LineBreaks.Lines(text, look.Face, (Right - SenderLeft) / look.Em).Select(line => (line, look));

    private static double PrintChanges(Sheet sheet, Letter letter, Looks looks, double y)
    {
        const double Day = 82, Reference = Right - 30;
        y = Row(("届け出の内容", "届け出の日", Wording.Reference), looks.Label, y);
        var shown = ShownOn(letter).Count;
        foreach (var change in ShownOn(letter))
        {
            y = Row((Wording.What(change), Wording.Day(change.FiledOn), change.Reference.ToString()), looks.Body, y);
        }

        return shown == letter.Changes.Count ? y
            : Row((Wording.More(letter.Changes.Count - shown), "", ""), looks.Body, y);

        double Row((string What, string Day, string Reference) cells, Look look, double at)
        {
            sheet.Text(cells.What, Left, at, look);
            sheet.Text(cells.Day, Day, at, look);
            sheet.Text(cells.Reference, Reference, at, look);
            sheet.Rule(Left, Right, at + 2.2, look == looks.Label ? 0.4 : 0.15);
            return at + 7.6;
        }
    }

    private static double Point(Sheet sheet, string label, string text, double y, Looks looks)
    {
        const double Indent = 16;
        sheet.Text(label, Left, y, looks.Label);
        return sheet.Block(text, Left + Indent, y, Right - Left - Indent, looks.Body) + 0.8;
    }

    private static double PrintCaution(Sheet sheet, Looks looks, double top)
    {
        const double Padding = 5, Bullet = 4.3;
        var y = sheet.Block(Wording.Caution, Left + Padding, top + 8, Right - Left, looks.Section);
        foreach (var text in (string[])[Wording.NeverCalled, Wording.VisitsAreAnnounced, Wording.ProvesNothing,
            Wording.NoMoney, Wording.Suspicious])
        {
            sheet.Text("・", Left + Padding, y, looks.Body);
            y = sheet.Block(text, Left + Padding + Bullet, y, Right - Left - Padding * 2 - Bullet, looks.Body);
        }

        var bottom = y - 2.5;
        sheet.Frame(new Area(Left, top, Right, bottom), 0.5);
        return bottom;
    }

    private static void PrintContact(Sheet sheet, Sender sender, Looks looks, double y)
    {
        y = sheet.Block($"{Wording.Contact}　{sender.Phone}", Left, y, Right - Left, looks.Label);
        y = sheet.Block(string.Join('、', sender.Hours), Left, y, Right - Left, looks.Body);
        sheet.Block(Wording.NotByPhone, Left, y, Right - Left, looks.Body);
    }
}
