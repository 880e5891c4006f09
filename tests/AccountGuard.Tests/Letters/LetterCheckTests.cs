using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AccountGuard.Letters;
using PdfSharp.Pdf;
using PdfSharp.Pdf.IO;

namespace AccountGuard.Tests.Letters;

/// <summary>Rule 28: a printed batch is checked row by row before it is released.</summary>
public sealed partial class LetterCheckTests
{
    private static readonly int Count = LongRun.IsAsked ? 1_000 : 60;

    private readonly LetterPrinter _printer = new(LetterSamples.Settings);

    [Fact]
    public void a_batch_that_says_what_the_cases_say_has_no_fault()
    {
        var letters = LetterSamples.Many(Count);
        var batch = _printer.Print(letters);
        batch.Refused.ShouldBeEmpty();
        batch.Manifest.Rows.Count.ShouldBe(Count);
        Faults(batch, letters).ShouldBeEmpty();
    }

    [Fact]
    public void s56_a_batch_with_rows_swapped_from_row_five_on_is_refused()
    {
        var right = LetterSamples.Many(8);
        List<Letter> wrong =
            [.. right.Take(4), .. right.Skip(4).Select((l, i) => l with { To = right[4 + (i + 1) % 4].To })];
        var batch = _printer.Print(wrong);
        Faults(batch, right).Select(f => f.Row).Distinct().ShouldBe([5, 6, 7, 8]);

        // Even with a manifest that says what should be there.
        var claimed = batch.Manifest with
        {
            Rows = [.. batch.Manifest.Rows.Zip(_printer.Print(right).Manifest.Rows,
                (row, other) => row with { AddressSha256 = other.AddressSha256 })],
        };
        LetterCheck.Faults(batch.Pdf!, claimed, right, _printer)
            .ShouldContain(new BatchFault(5, "window"));
    }

    [Fact]
    public void each_thing_that_differs_is_a_fault_of_its_row()
    {
        var one = LetterSamples.To("渡邉 静江");
        var batch = _printer.Print([one]);
        Fields(batch, one with { To = one.To with { Address = "架空県夢見市桜見2番地" } }).ShouldContain("window");
        Fields(batch, one with { To = one.To with { PostalCode = "1000002" } }).ShouldContain("window");
        Fields(batch, LetterSamples.To($"渡{LetterSamples.Variant} 静江"))
            .ShouldBe(["address_sha256", "window", "name"]);
        Fields(batch, LetterSamples.To("\U000F0000")).ShouldContain("name");
        Fields(batch, one with { To = one.To with { Ward = "渡邉 静江" } }).ShouldContain("window");
        Fields(batch, one with { Changes = [LetterSamples.Change(1)] })
            .ShouldBe(["references", "foot", "code", "changes"], ignoreOrder: true);
        var later = AskedChange.OfAccount(one.Changes[0].Reference, null, one.Changes[0].FiledOn);
        Fields(batch, one with { Changes = [later] }).ShouldBe(["changes"]);
        Fields(batch, one).ShouldBeEmpty();
    }

    /// <summary>All else on the sheets is right: whoever scans an answer would put it into another case.</summary>
    [Fact]
    public void s56_two_swapped_qr_codes_are_a_fault_of_both_rows()
    {
        var letters = LetterSamples.Many(3);
        var batch = _printer.Print(letters);
        using var pdf = PdfReader.Open(new MemoryStream(batch.Pdf!), PdfDocumentOpenMode.Modify);
        var (one, other) = (batch.Manifest.Rows[0].LastPage, batch.Manifest.Rows[2].LastPage);
        var (first, second) = (CodeOf(pdf, one), CodeOf(pdf, other));
        first.ShouldNotBe(second);
        Replace(pdf, one, first, second);
        Replace(pdf, other, second, first);
        using var swapped = new MemoryStream();
        pdf.Save(swapped);
        var manifest = batch.Manifest with
        {
            FileSha256 = Convert.ToHexStringLower(SHA256.HashData(swapped.ToArray())),
        };
        LetterCheck.Faults(swapped.ToArray(), manifest, letters, _printer)
            .ShouldBe([new BatchFault(1, "code"), new BatchFault(3, "code")]);
    }

    private static string DrawingOf(PdfDocument pdf, int page) =>
        Encoding.Latin1.GetString(pdf.Pages[page - 1].Contents.CreateSingleContent().Stream!.UnfilteredValue);

    /// <summary>The bars that are filled.</summary>
    private static string CodeOf(PdfDocument pdf, int page) => Bars().Match(DrawingOf(pdf, page)).Value;

    private static void Replace(PdfDocument pdf, int page, string code, string other)
    {
        var drawing = DrawingOf(pdf, page).Replace(code, other, StringComparison.Ordinal);
        var contents = pdf.Pages[page - 1].Contents;
        contents.Elements.Clear();
        contents.AppendContent().CreateStream(Encoding.Latin1.GetBytes(drawing));
    }

    [GeneratedRegex("""(?:[-0-9. ]+ (?:re|m|l)\s+|h\s+)+f\*?""")]
    private static partial Regex Bars();

    [Fact]
    public void a_row_too_many_or_too_few_and_another_file_are_faults()
    {
        var letters = LetterSamples.Many(3);
        var batch = _printer.Print(letters);
        Faults(batch, letters[..2]).ShouldBe([new BatchFault(0, "rows")]);
        Faults(batch, [.. letters, letters[0]]).ShouldBe([new BatchFault(0, "rows")]);
        Faults(batch with { Pdf = [.. batch.Pdf!, 10] }, letters).ShouldBe([new BatchFault(0, "file_sha256")]);
        var shifted = batch.Manifest.Rows
            .Select(r => r with { FirstPage = r.FirstPage + 1, LastPage = r.LastPage + 1 });
        Faults(batch with { Manifest = batch.Manifest with { Rows = [.. shifted] } }, letters)
            .ShouldBe([new BatchFault(1, "pages")]);
    }

    [Fact]
    public void two_characters_that_a_font_draws_alike_are_no_fault()
    {
        // U+F9DC is drawn like U+9686, and what is read back is one of them for both.
        var letters = (List<Letter>)[LetterSamples.To("架空 隆"), LetterSamples.To("架空 \uF9DC")];
        Faults(_printer.Print(letters), letters).ShouldBeEmpty();

        // IPAmj Mincho draws U+9089 with this selector as it draws it without.
        letters = [LetterSamples.To("𠮷邉"), LetterSamples.To("渡邉\U000E010F"), LetterSamples.To("渡邉")];
        Faults(_printer.Print(letters), letters).ShouldBeEmpty();
    }

    [Fact]
    public void a_manifest_is_kept_as_json()
    {
        var manifest = _printer.Print(LetterSamples.Many(3)).Manifest;
        var back = LetterManifest.FromJson(manifest.ToJson());
        back.FileSha256.ShouldBe(manifest.FileSha256);
        back.Rows.Select(r => string.Join(' ', r.References)).ShouldBe(
            manifest.Rows.Select(r => string.Join(' ', r.References)));
        manifest.ToJson().ShouldNotContain("架空");
    }

    private IReadOnlyList<BatchFault> Faults(LetterBatch batch, IReadOnlyList<Letter> letters) =>
        LetterCheck.Faults(batch.Pdf!, batch.Manifest, letters, _printer);

    private List<string> Fields(LetterBatch batch, Letter letter) =>
        [.. Faults(batch, [letter]).Select(f => f.Field).Distinct()];
}
