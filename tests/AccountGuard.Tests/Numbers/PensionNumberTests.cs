using System.Text;
using System.Text.Json;
using AccountGuard.Numbers;
using CsCheck;

namespace AccountGuard.Tests.Numbers;

public class PensionNumberTests
{
    private const string Dropped =
        "-\u2010\u2011\u2013\u2014\u2212\u30FC\uFF0D\uFF70\uFE63 \t\r\n\u0085\u00A0\u2007\u2028\u3000";

    [Theory]
    [InlineData("0049123456")]
    [InlineData("0049-123456")]
    [InlineData("  00 49-12 3456\r\n")]
    [InlineData("-0-0-4-9-1-2-3-4-5-6-")]
    [InlineData("００４９１２３４５６")]
    [InlineData("００４９－１２３４５６")]
    [InlineData("0049\u2010123456")]
    [InlineData("0049\u2011123456")]
    [InlineData("0049\u2013123456")]
    [InlineData("0049\u2014123456")]
    [InlineData("0049\u2212123456")]
    [InlineData("0049\u30FC123456")]
    [InlineData("0049\uFF70123456")]
    [InlineData("0049\u3000123456")]
    [InlineData("0049\u00A0123456")]
    [InlineData("⓪⁰₄９①²𝟑𝟜５６")]
    [InlineData("⓪⓪49⑫3456")]
    public void a_number_is_read_however_its_digits_and_hyphens_are_written(string text)
    {
        PensionNumber.TryParse(text, out var number).ShouldBeTrue();
        number.RevealDigits().ShouldBe("0049123456");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("004912345")]
    [InlineData("00491234567")]
    [InlineData("004912345678")]
    [InlineData("0049-123456-1150")]
    [InlineData("００４９１２３４５６７８")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("O049123456")]
    [InlineData("004912345o")]
    [InlineData("０Ｏ４９１２３４５６")]
    [InlineData("0049123456\u0301")]
    [InlineData("００４９\u3099１２３４５６")]
    [InlineData("0049\u0000123456")]
    [InlineData("0049123456\u0000")]
    [InlineData("0049\u2012123456")]
    [InlineData("0049\u2015123456")]
    [InlineData("0049\u00AD123456")]
    [InlineData("0049\u200B123456")]
    [InlineData("\uFEFF0049123456")]
    [InlineData("٠٠٤٩١٢٣٤٥٦")]
    [InlineData("〇〇四九一二三四五六")]
    [InlineData("0049.123456")]
    [InlineData("+049123456")]
    [InlineData("⒈049123456")]
    public void what_is_not_ten_digits_is_no_number_and_is_never_printed(string text)
    {
        PensionNumber.TryParse(text, out var number).ShouldBeFalse();
        number.ShouldBe(default);
        number.ToString().ShouldBe("••••-••••••");
    }

    [Fact]
    public void half_a_surrogate_pair_is_no_digit()
    {
        PensionNumber.TryParse("004912345\uD835", out _).ShouldBeFalse();
        PensionNumber.TryParse("004912345\uDFCE", out _).ShouldBeFalse();
        PensionNumber.TryParse("0049123456\uD835", out _).ShouldBeFalse();
        PensionNumber.TryParse("004912345\uD835\uDFD4", out _).ShouldBeTrue();
    }

    [Fact]
    public void any_ten_digits_with_dropped_characters_anywhere_are_the_same_number() =>
        Gen.Select(
            Gen.Char['0', '9'].Array[PensionNumber.Length],
            Gen.Char[Dropped].Array[0, 3].Array[PensionNumber.Length + 1],
            Gen.Bool.Array[PensionNumber.Length])
        .Sample((digits, gaps, wide) =>
        {
            var text = new StringBuilder().Append(gaps[0]);
            for (var i = 0; i < digits.Length; i++)
            {
                text.Append(wide[i] ? (char)(digits[i] + '０' - '0') : digits[i]).Append(gaps[i + 1]);
            }

            PensionNumber.TryParse(text.ToString(), out var number).ShouldBeTrue();
            PensionNumber.TryParse(digits, out var plain).ShouldBeTrue();
            number.ShouldBe(plain);
            number.RevealDigits().ShouldBe(new string(digits));
        });

    [Fact]
    public void one_character_of_another_kind_anywhere_leaves_no_number() =>
        Gen.Select(Gen.Int[0, PensionNumber.Length], Gen.Char["OlIo.,/_+#\0٣〇\u0301\u200B\uD800\uDC00"])
        .Sample((at, stray) =>
            PensionNumber.TryParse("0049123456".Insert(at, stray.ToString()), out _).ShouldBeFalse());

    [Fact]
    public void reading_never_throws() =>
        Gen.OneOf(Gen.Char, Gen.Char["0123456789０１２-ー "]).Array[0, 40]
        .Sample(text => PensionNumber.TryParse(text, out var number) == (number != default));

    [Fact]
    public void digits_are_written_with_their_leading_zeros()
    {
        PensionNumber.TryParse("0000-000001", out var number).ShouldBeTrue();
        var digits = new byte[PensionNumber.Length];
        number.WriteDigits(digits);
        Encoding.ASCII.GetString(digits).ShouldBe("0000000001");
        Should.Throw<ArgumentException>(() => number.WriteDigits(new byte[PensionNumber.Length - 1]));
    }

    [Fact]
    public void ten_zeros_are_a_number_and_the_default_value_is_none()
    {
        PensionNumber.TryParse("0000000000", out var zeros).ShouldBeTrue();
        zeros.ShouldNotBe(default);
        zeros.RevealDigits().ShouldBe("0000000000");
        Should.Throw<InvalidOperationException>(() => default(PensionNumber).RevealDigits());
        Should.Throw<InvalidOperationException>(() => default(PensionNumber).WriteDigits(new byte[10]));
    }

    [Theory]
    [InlineData("0049123456", "••••-•••456")]
    [InlineData("9600-000007", "••••-•••007")]
    public void rule_33_a_number_prints_masked_in_text_and_json(string text, string masked)
    {
        PensionNumber.TryParse(text, out var number).ShouldBeTrue();
        $"{number}".ShouldBe(masked);
        JsonSerializer.Serialize(number).ShouldBe("{}");
    }
}
