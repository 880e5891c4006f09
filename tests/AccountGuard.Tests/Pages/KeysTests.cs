using System.Text.RegularExpressions;
using AccountGuard.Verification;

namespace AccountGuard.Tests.Pages;

/// <summary>One table of keys serves all pages.</summary>
public sealed partial class KeysTests
{
    private static readonly string Table =
        File.ReadAllText(Path.Combine(Tidy.Root, "src/AccountGuard/Pages/Frame.razor"));

    [Fact]
    public void every_key_that_a_page_names_stands_in_the_table()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Tidy.Root, "src"), "*.razor", SearchOption.AllDirectories);
        var keys = pages.SelectMany(page => Key().Matches(File.ReadAllText(page)))
            .Select(m => m.Groups[1].Value).Distinct().ToList();
        keys.ShouldContain("t");
        keys.Where(key => !Table.Contains($"<kbd>{(key == "Escape" ? "Esc" : key.ToUpperInvariant())}</kbd>"))
            .ShouldBeEmpty();
        Table.ShouldContain($"<kbd>1</kbd> – <kbd>{CaseFilePage.Parts.Count}</kbd>");
    }

    [GeneratedRegex("data-key=\"([^@\"]+)\"")]
    private static partial Regex Key();
}
