namespace AccountGuard.Letters;

/// <summary>Who writes, as it stands on the letter; the fields are in Japanese.</summary>
/// <param name="Hours">When the telephone is answered, a line an entry (Rule 27).</param>
public sealed record Sender(
    string Name, string Department, string PostalCode, string Address, string Phone, IReadOnlyList<string> Hours);

/// <summary>Font files with TrueType outlines. The fallback has the rare characters of names.</summary>
public sealed record LetterFonts(string Text, string Heading, string Fallback)
{
    /// <summary>Where Debian's fonts-morisawa-bizud-mincho, -gothic and fonts-ipamj-mincho put them.</summary>
    public static readonly LetterFonts OfDebian = new(
        "/usr/share/fonts/truetype/bizud-mincho/BIZUDMincho-Regular.ttf",
        "/usr/share/fonts/truetype/bizud-gothic/BIZUDGothic-Bold.ttf",
        "/usr/share/fonts/truetype/ipamj/ipamjm.ttf");
}

/// <summary>
/// The envelope and its window, in millimetres from its upper left corner. Unless set: 長形3号 on its side, whose window
/// is as large as JIS S 5502 has it.
/// </summary>
public sealed record WindowEnvelope(
    double Width = 235, double Height = 120, double WindowLeft = 22, double WindowTop = 12, double WindowWidth = 90,
    double WindowHeight = 45)
{
    /// <summary>A4 in three.</summary>
    private const double SheetWidth = 210, SheetHeight = 99;

    /// <summary>The part of the sheet that is in the window wherever the sheet slides.</summary>
    public Area AlwaysSeen => new(
        WindowLeft, WindowTop, WindowLeft + WindowWidth - (Width - SheetWidth),
        WindowTop + WindowHeight - (Height - SheetHeight));

    /// <summary>The part of the sheet that can come into the window; nothing else may stand there.</summary>
    public Area EverSeen => new(
        WindowLeft - (Width - SheetWidth), WindowTop - (Height - SheetHeight), WindowLeft + WindowWidth,
        WindowTop + WindowHeight);
}

/// <summary>A part of a sheet, in millimetres from its upper left corner.</summary>
public readonly record struct Area(double Left, double Top, double Right, double Bottom)
{
    /// <summary>Whether the point lies in the area, its edges included.</summary>
    public bool Holds(double x, double y) => Left <= x && x <= Right && Top <= y && y <= Bottom;
}

/// <summary>What all letters of a payer have in common.</summary>
public sealed record LetterSettings(Sender Sender, LetterFonts Fonts, WindowEnvelope Envelope, string Benefit = "年金")
{
    /// <summary>
    /// Reads <c>Letters:Sender:Name</c>, <c>:Department</c>, <c>:PostalCode</c>, <c>:Address</c>, <c>:Phone</c>,
    /// <c>:Hours:0</c>…, and where they are set <c>Letters:Benefit</c>, <c>Letters:Fonts:Text</c>, <c>:Heading</c>,
    /// <c>:Fallback</c>, <c>Letters:Envelope:WindowLeft</c> and the like.
    /// </summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="invented">Who writes where no sender is set: for practice.</param>
    /// <exception cref="BadInput">What says who writes is missing.</exception>
    public static LetterSettings From(IConfiguration settings, Sender? invented = null)
    {
        var own = settings.GetSection("Letters");
        var fonts = LetterFonts.OfDebian;
        return new LetterSettings(
            invented ?? new Sender(Needed("Name"), own["Sender:Department"] ?? "", Needed("PostalCode"),
                Needed("Address"), Needed("Phone"), own.GetSection("Sender:Hours").Get<string[]>() ?? []),
            new LetterFonts(own["Fonts:Text"] ?? fonts.Text, own["Fonts:Heading"] ?? fonts.Heading,
                own["Fonts:Fallback"] ?? fonts.Fallback),
            own.GetSection("Envelope").Get<WindowEnvelope>() ?? new WindowEnvelope(), own["Benefit"] ?? "年金");

        string Needed(string field) => own[$"Sender:{field}"] is { Length: > 0 } value ? value
            : throw new BadInput($"A letter says who writes: set Letters__Sender__{field}.");
    }
}
