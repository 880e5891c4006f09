using AccountGuard.Letters;
using CsCheck;

namespace AccountGuard.Tests.Letters;

/// <summary>Kinsoku (JIS X 4051): what may not begin a line and what may not end one.</summary>
public sealed class LineBreakTests
{
    private const string NeverFirst = "、。，．・：；？！」』）〕］｝〉》】ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々ヽゝ";
    private const string NeverLast = "「『（〔［｛〈《【";

    private static readonly string[] Pieces =
        [.. "架空県夢見市コポ1".Select(c => $"{c}"), .. "、。」ーッゃ々）".Select(c => $"空{c}"), "「架", "（架"];

    private readonly LetterPrinter _printer = new(LetterSamples.Settings);

    [Fact]
    public void no_line_of_any_letter_begins_or_ends_where_it_may_not()
    {
        foreach (var page in _printer.Print(LetterSamples.Many(12)).PagesOf())
        {
            // A bullet stands before its line.
            foreach (var line in page.LinesOf().Where(l => l.Text != "・" && l.Text[0] != '・'))
            {
                MayStand(line.Text);
            }
        }
    }

    [Fact]
    public void no_line_of_an_address_begins_or_ends_where_it_may_not() =>
        Gen.Int[0, Pieces.Length - 1].Array[20, 45].Sample(at =>
    {
        var address = string.Concat(at.Select(i => Pieces[i]));
        if (_printer.Refuses(LetterSamples.To("架空", address)) is { } refusal)
        {
            refusal.Reason.ShouldBeOneOf(RefusalReason.DoesNotFit, RefusalReason.NumberInText);
            return;
        }

        var page = _printer.Print([LetterSamples.To("架空", address)]).PagesOf()[0];
        var lines = page.LinesIn(LetterSamples.Settings.Envelope.EverSeen).Select(l => l.Text).ToList();
        string.Concat(lines[1..^1]).ShouldBe(address);
        lines.ForEach(MayStand);
    }, iter: 60, threads: 1);

    [Fact]
    public void a_long_word_without_a_place_to_break_is_cut_and_not_lost()
    {
        var address = new string('W', 70);
        var lines = _printer.Print([LetterSamples.To("架空", address)]).PagesOf()[0]
            .LinesIn(LetterSamples.Settings.Envelope.EverSeen);
        string.Concat(lines.Skip(1).SkipLast(1).Select(l => l.Text)).ShouldBe(address);
    }

    private static void MayStand(string line)
    {
        NeverFirst.Contains(line[0]).ShouldBeFalse(line);
        NeverLast.Contains(line[^1]).ShouldBeFalse(line);
    }
}
