using AccountGuard.Letters;
using CsCheck;

namespace AccountGuard.Tests.Letters;

/// <summary>Rule 12: what people tell over the telephone and scanners read from paper.</summary>
public sealed class CaseReferenceTests
{
    private const string Alphabet = "23456789CDFHJKMNPQRTWXY";

    private static readonly Gen<CaseReference> Any =
        Gen.Byte.Array[CaseReference.SeedLength].Select(seed => CaseReference.Of(seed));

    [Fact]
    public void a_reference_is_twelve_characters_that_are_not_mistaken_for_each_other() => Any.Sample(reference =>
    {
        var text = reference.ToString();
        text.ShouldMatch($"^[{Alphabet}]{{4}}-[{Alphabet}]{{4}}-[{Alphabet}]{{4}}$");
        Read(text).ShouldBe(reference);
    });

    [Fact]
    public void a_reference_is_read_in_any_case_and_width_with_hyphens_and_spaces_anywhere() => Any.Sample(reference =>
    {
        var bare = reference.ToString().Replace("-", "");
        Read(bare.ToLowerInvariant()).ShouldBe(reference);
        Read($" {bare[..5]}\u3000{bare[5..]}－").ShouldBe(reference);
        Read(string.Concat(bare.Select(c => (char)(c + '０' - '0')))).ShouldBe(reference);
    });

    [Fact]
    public void every_wrong_character_and_every_swap_of_two_is_found() => Any.Sample(reference =>
    {
        var bare = reference.ToString().Replace("-", "");
        for (var i = 0; i < bare.Length; i++)
        {
            foreach (var other in Alphabet.Where(c => c != bare[i]))
            {
                Read($"{bare[..i]}{other}{bare[(i + 1)..]}").ShouldBeNull();
            }

            for (var j = i + 1; j < bare.Length; j++)
            {
                var swapped = bare.ToCharArray();
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                Read(new string(swapped)).ShouldBe(bare[i] == bare[j] ? reference : null);
            }
        }
    }, iter: 20);

    [Theory]
    [InlineData("")]
    [InlineData("2222-2222-222")]
    [InlineData("2222-2222-22222")]
    [InlineData("0000-0000-0000")]
    [InlineData("2222-2222-222\uD842")]
    [InlineData("吉222-2222-2222")]
    public void what_is_no_reference_is_not_read(string text) => Read(text).ShouldBeNull();

    [Fact]
    public void a_thousand_cases_have_a_thousand_references() =>
        Enumerable.Range(0, 1_000).Select(LetterSamples.Reference).Distinct().Count().ShouldBe(1_000);

    [Fact]
    public void a_reference_takes_sixteen_bytes() =>
        Should.Throw<ArgumentException>(() => { CaseReference.Of(new byte[15]); });

    private static CaseReference? Read(string text) => CaseReference.TryParse(text, out var read) ? read : null;
}
