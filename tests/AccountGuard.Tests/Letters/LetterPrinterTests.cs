using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Letters;
using Microsoft.Extensions.Configuration;

namespace AccountGuard.Tests.Letters;

/// <summary>What stands on a letter, read back with another library than the one that wrote it.</summary>
public sealed class LetterPrinterTests
{
    private static readonly WindowEnvelope Envelope = LetterSamples.Settings.Envelope;
    private readonly LetterPrinter _printer = new(LetterSamples.Settings);

    [Theory]
    [InlineData("𠮷田 太郎")]
    [InlineData("髙﨑 花子")]
    [InlineData("渡邉 静江")]
    [InlineData("渡" + LetterSamples.Variant + " 静江")]
    [InlineData("O'Neil, Anne-Marie")]
    public void a_name_is_printed_as_it_is_written(string name)
    {
        var pages = _printer.Print([LetterSamples.To(name)]).PagesOf();
        pages[0].LinesIn(Envelope.AlwaysSeen)[^1].Text.ShouldBe($"{name} 様");
        pages[1].TextOf().ShouldContain($"{name} 様の届け出");
    }

    [Fact]
    public void a_variant_is_another_glyph_than_the_plain_character()
    {
        // In one font each glyph has one meaning: read back as different texts, they were drawn as different glyphs.
        var name = $"邉 {LetterSamples.Variant} 邉\U000E0111";
        var page = _printer.Print([LetterSamples.To(name)]).PagesOf()[0];
        page.LinesIn(Envelope.AlwaysSeen)[^1].Text.ShouldBe($"{name} 様");
    }

    [Theory]
    [InlineData("架空 \U00020000\U0002A6D6\U0003134A")]
    [InlineData("架空 \U000F0000")]
    [InlineData("渡邉\U000E01EF")]
    [InlineData("架空 か\u3099")]
    [InlineData("架空\uD842")]
    [InlineData("架空\u200B花子")]
    [InlineData("架空\n花子")]
    [InlineData("عبد")]
    public void a_name_with_a_character_that_no_font_has_is_refused_and_stops_nobody(string name)
    {
        var batch = _printer.Print([LetterSamples.To("甲"), LetterSamples.To(name), LetterSamples.To("乙")]);
        batch.Refused.ShouldBe([new RefusedLetter(1, new Refusal(RefusalReason.MissingGlyph, "name"))]);
        batch.Manifest.Rows.Count.ShouldBe(2);
        batch.PagesOf().Select(p => p.LinesOf()).Count().ShouldBe(4);
    }

    [Theory]
    [InlineData("架空 0049-123456", "架空市", "name")]
    [InlineData("架空", "架空市 ００４９１２３４５６", "address")]
    [InlineData("架空", "架空市 口座1234567", "address")]
    public void what_looks_like_an_identity_number_or_an_account_is_refused(
        string name, string address, string field) =>
        _printer.Refuses(LetterSamples.To(name, address)).ShouldBe(new Refusal(RefusalReason.NumberInText, field));

    [Fact]
    public void other_reasons_to_refuse()
    {
        Reason(LetterSamples.To(" ")).ShouldBe(RefusalReason.MissingName);
        Reason(LetterSamples.To("架空", "")).ShouldBe(RefusalReason.MissingAddress);
        Reason(LetterSamples.To("架空", string.Concat(Enumerable.Repeat("架空県夢見市桜見", 12))))
            .ShouldBe(RefusalReason.DoesNotFit);
        Reason(LetterSamples.To("架空", "架空市", "\U000F0000")).ShouldBe(RefusalReason.MissingGlyph);
        var none = _printer.Print([LetterSamples.To(" ")]);
        (none.Pdf, none.Manifest.Rows.Count).ShouldBe((null, 0));
    }

    [Fact]
    public void the_address_and_nothing_else_comes_into_the_window_wherever_the_sheet_slides()
    {
        foreach (var letter in LetterSamples.Many(12))
        {
            var page = _printer.Print([letter]).PagesOf()[0];
            var seen = page.LinesIn(Envelope.EverSeen);
            seen.ShouldAllBe(line => Envelope.AlwaysSeen.Holds(line.Left, line.Top)
                && Envelope.AlwaysSeen.Holds(line.Right, line.Top));
            var post = letter.To.PostalCode is { } code ? $"〒{code[..3]}-{code[3..]}" : "";
            var ward = letter.To.Ward is { } whose ? $"{whose} 様 後見人" : "";
            Bare(string.Concat(seen.Select(l => l.Text)))
                .ShouldBe(Bare($"{post}{letter.To.Address}{ward}{letter.To.Name} 様"));
        }
    }

    [Fact]
    public void one_letter_asks_about_all_open_cases()
    {
        AskedChange[] changes = [.. Enumerable.Range(1, 7).Select(LetterSamples.Change)];
        var pages = _printer.Print([LetterSamples.With(new Recipient("架空", null, "架空市"), changes)]).PagesOf();
        pages.Count.ShouldBe(4);
        var answers = string.Concat(pages.Skip(1).Select(p => p.TextOf()));
        changes.ShouldAllBe(change => answers.Contains(change.Reference.ToString()));
        pages.ShouldAllBe(page => page.TextOf().Contains($"照会番号 {changes[0].Reference}"));
        Regex.Count(answers, "わたしの意思で届け出ました").ShouldBe(7);
    }

    [Fact]
    public void a_letter_has_no_identity_number_and_of_an_account_the_last_three_digits()
    {
        var text = string.Concat(_printer.Print(LetterSamples.Many(8)).PagesOf().Select(p => p.TextOf()));
        text.ShouldContain($"末尾 {LetterSamples.Account[^3..]}");
        text.ShouldNotContain(LetterSamples.Account[^4..]);
        text.ShouldNotMatch("[0-9]{4}-[0-9]{6}(?![0-9])|[0-9]{8}");
    }

    [Fact]
    public void rules_10_12_and_15_stand_on_the_letter()
    {
        var text = _printer.Print([LetterSamples.To("架空")]).PagesOf()[0].TextOf();
        text.ShouldContain("電話や電子メールをすることは、決してありません");
        text.ShouldContain("知っていても、職員である証明になりません");
        text.ShouldContain("お返事がなくても、「はい」とは受け取りません");
        text.ShouldContain("平成27年5月8日（2015-05-08）");
        text.ShouldContain("平成27年6月15日（2015-06-15）");
    }

    [Fact]
    public void nothing_overlaps_and_all_is_inside_the_margins()
    {
        // The longest there is: a guardian, a long name, no room left in the table.
        var to = new Recipient("架空 次郎", null, "架空県星空市若葉町4丁目5番6号", "架空 光子 コンスタンス エリザベート");
        AskedChange[] changes = [.. Enumerable.Range(1, 7).Select(LetterSamples.Change)];
        foreach (var page in _printer.Print([LetterSamples.With(to, changes)]).PagesOf())
        {
            var lines = page.LinesOf().OrderBy(l => l.Top).ToList();
            lines.ShouldAllBe(l => l.Left >= 24.9 && l.Right <= 185.1 && l.Top <= 287);
            foreach (var (line, below) in lines.SelectMany((l, i) => lines.Skip(i + 1).Select(b => (l, b))))
            {
                var side = line.Right <= below.Left || below.Right <= line.Left;
                (side || below.Top - line.Top > 3.5).ShouldBeTrue($"{line.Text} / {below.Text}");
            }
        }
    }

    [Fact]
    public void fonts_are_embedded_as_subsets()
    {
        var batch = _printer.Print([LetterSamples.To("𠮷田 太郎")]);
        var file = Encoding.Latin1.GetString(batch.Pdf!);
        Regex.Count(file, "/FontFile2").ShouldBe(3);
        Regex.Count(file, "/Subtype ?/Type0").ShouldBe(3);
        batch.Pdf!.Length.ShouldBeLessThan(500_000);
    }

    [Fact]
    public void a_missing_font_is_named_with_what_to_install()
    {
        foreach (var fonts in (LetterFonts[])[LetterFonts.OfDebian with { Text = "/none.ttf" },
            LetterFonts.OfDebian with { Heading = "/none.ttf" }, LetterFonts.OfDebian with { Fallback = "/none.ttf" }])
        {
            Should.Throw<BadInput>(() => { _ = new LetterPrinter(LetterSamples.Settings with { Fonts = fonts }); })
                .Message.ShouldContain("/none.ttf");
        }
    }

    [Fact]
    public void an_envelope_that_shows_more_than_the_address_and_a_sender_without_room_are_refused()
    {
        var set = LetterSamples.Settings;
        foreach (var unfit in (LetterSettings[])[set with { Envelope = new(WindowWidth: 100) },
            set with { Envelope = new(WindowHeight: 55) }, set with { Envelope = new(Height: 140) },
            set with { Sender = set.Sender with { Address = string.Concat(Enumerable.Repeat("架空中央市", 12)) } }])
        {
            Should.Throw<BadInput>(() => { _ = new LetterPrinter(unfit); }).Message.ShouldContain("Letters__Envelope");
        }
    }

    [Fact]
    public void settings_say_who_writes_and_may_say_which_fonts_and_envelope()
    {
        var set = From(
            ("Name", "架空機構"), ("PostalCode", "100"), ("Address", "架空市"), ("Phone", "03"), ("Hours:0", "月曜"));
        (set.Sender.Name, set.Sender.Department, set.Sender.Hours.Single()).ShouldBe(("架空機構", "", "月曜"));
        (set.Fonts, set.Envelope, set.Benefit).ShouldBe((LetterFonts.OfDebian, new WindowEnvelope(), "年金"));
        Should.Throw<BadInput>(() => { From(("Name", "架空機構")); }).Message.ShouldContain("PostalCode");
    }

    private static LetterSettings From(params (string Field, string Value)[] sender) => LetterSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(
            sender.Select(s => KeyValuePair.Create($"Letters:Sender:{s.Field}", (string?)s.Value))).Build());

    private RefusalReason? Reason(Letter letter) => _printer.Refuses(letter)?.Reason;

    private static string Bare(string text) => text.Replace(" ", "");
}
