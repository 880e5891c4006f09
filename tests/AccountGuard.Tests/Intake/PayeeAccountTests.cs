using System.Text.Json;
using AccountGuard.Intake;
using CsCheck;

namespace AccountGuard.Tests.Intake;

public class PayeeAccountTests
{
    private static readonly string[] Openings = ["", "zengin:", "yucho:", "iban:", "iban:GB29NWBK", "us-ach:", "uk:"];

    [Theory]
    [InlineData("zengin:0001-001-1-0123456", "zengin:0001-001-1-0123456")]
    [InlineData("zengin:0001-001-1-123456", "zengin:0001-001-1-0123456")]
    [InlineData("zengin:1-1-1-123456", "zengin:0001-001-1-0123456")]
    [InlineData("zengin:0001-001-1-000000123456", "zengin:0001-001-1-0123456")]
    [InlineData(" ZENGIN: 0001 - 001 - 1 - 0123456\r\n", "zengin:0001-001-1-0123456")]
    [InlineData("ｚｅｎｇｉｎ：０００１－００１－１－０１２３４５６", "zengin:0001-001-1-0123456")]
    [InlineData("zengin:0001\u2212001ー1\u20100123456", "zengin:0001-001-1-0123456")]
    [InlineData("yucho:10530-12345671", "zengin:9900-058-1-1234567")]
    [InlineData("yucho:17300-19927651", "zengin:9900-738-1-1992765")]
    [InlineData("yucho:00530-123456", "zengin:9900-059-2-0123456")]
    [InlineData("yucho:530-123456", "zengin:9900-059-2-0123456")]
    [InlineData("yucho:10530-2-12345671", "zengin:9900-058-1-1234567")]
    [InlineData("yucho:10530-91", "zengin:9900-058-1-0000009")]
    [InlineData("zengin:9900-058-4-1234567", "zengin:9900-058-1-1234567")]
    [InlineData("iban:DE89 3704 0044 0532 0130 00", "iban:DE89370400440532013000")]
    [InlineData("iban:de89-3704-0044-0532-0130-00", "iban:DE89370400440532013000")]
    [InlineData("iban:ＤＥ８９３７０４００４４０５３２０１３０００", "iban:DE89370400440532013000")]
    [InlineData("iban:MT84MALT011000012345MTLCAST001S", "iban:MT84MALT011000012345MTLCAST001S")]
    [InlineData("iban:GB29NWBK60161331926819", "uk:601613-31926819")]
    [InlineData("us-ach:021000021-123456789", "us-ach:021000021-123456789")]
    [InlineData("us-ach:21000021-00123456789", "us-ach:021000021-123456789")]
    [InlineData("us-ach:021000021-12-ab", "us-ach:021000021-12AB")]
    [InlineData("us-ach:021000021-7", "us-ach:021000021-0007")]
    [InlineData("uk:601613-31926819", "uk:601613-31926819")]
    [InlineData("uk:60-16-13-31926819", "uk:601613-31926819")]
    [InlineData("uk:010203-1234567", "uk:010203-01234567")]
    public void one_account_has_one_key_however_it_is_written(string text, string key)
    {
        PayeeAccount.TryParse(text, out var account).ShouldBeTrue();
        account.RevealKey().ShouldBe(key);
    }

    [Theory]
    [InlineData("yucho:10530-12345671", "zengin:9900-058-1-1234567", true)]
    [InlineData("yucho:10530-12345671", "yucho:10530-1-12345671", true)]
    [InlineData("iban:GB29NWBK60161331926819", "uk:60-16-13-31926819", true)]
    [InlineData("yucho:10530-12345671", "yucho:10530-12345681", false)]
    [InlineData("yucho:10530-12345671", "yucho:10540-12345671", true)]
    [InlineData("yucho:10530-12345671", "yucho:11530-12345671", false)]
    [InlineData("zengin:9900-058-2-1234567", "zengin:9900-058-1-1234567", false)]
    [InlineData("zengin:0001-001-4-1234567", "zengin:0001-001-1-1234567", false)]
    [InlineData("zengin:0001-001-1-1234567", "zengin:0001-002-1-1234567", false)]
    public void accounts_are_equal_when_they_are_one_account(string one, string other, bool equal)
    {
        PayeeAccount.TryParse(one, out var first).ShouldBeTrue();
        PayeeAccount.TryParse(other, out var second).ShouldBeTrue();
        first.Equals(second).ShouldBe(equal);
        (first.GetHashCode() == second.GetHashCode()).ShouldBe(equal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("zengin")]
    [InlineData("zengin:")]
    [InlineData("swift:0001-001-1-0123456")]
    [InlineData("0001-001-1-0123456")]
    [InlineData("zengin:0001-001-0123456")]
    [InlineData("zengin:0001-001-1-0123456-1")]
    [InlineData("zengin:00010-001-1-0123456x")]
    [InlineData("zengin:10001-001-1-0123456")]
    [InlineData("zengin:0001-1001-1-0123456")]
    [InlineData("zengin:0001-001-0-0123456")]
    [InlineData("zengin:0001-001-12-0123456")]
    [InlineData("zengin:0001-001-1-12345678")]
    [InlineData("zengin:0001-001-1-")]
    [InlineData("zengin:0001-001-1-O123456")]
    [InlineData("zengin:0001-001-1-01234\u000056")]
    [InlineData("zengin:0001-001-1-0123456\u0301")]
    [InlineData("zengin:0001-001-1-01234٥٦")]
    [InlineData("yucho:10530")]
    [InlineData("yucho:20530-12345671")]
    [InlineData("yucho:10530-12345672")]
    [InlineData("yucho:10530-123456711")]
    [InlineData("yucho:10530-12-12345671")]
    [InlineData("yucho:10530-1-1-12345671")]
    [InlineData("yucho:00530-12345678")]
    [InlineData("iban:")]
    [InlineData("iban:DE89370400440532013001")]
    [InlineData("iban:DE89370400440532O13000")]
    [InlineData("iban:D189370400440532013000")]
    [InlineData("iban:GB00NWBK60161331926819")]
    [InlineData("iban:DE8937040044")]
    [InlineData("iban:DE89.3704.0044.0532.0130.00")]
    [InlineData("us-ach:021000021")]
    [InlineData("us-ach:021000021-")]
    [InlineData("us-ach:1021000021-123456789")]
    [InlineData("us-ach:021000021-123456789012345678")]
    [InlineData("us-ach:021000021-1234_5678")]
    [InlineData("uk:60161331926819")]
    [InlineData("uk:6016133-31926819")]
    [InlineData("uk:601613-319268190")]
    public void an_account_that_cannot_be_read_is_left_to_its_raw_text(string text)
    {
        PayeeAccount.TryParse(text, out var account).ShouldBeFalse();
        account.ShouldBeNull();
    }

    [Fact]
    public void half_a_surrogate_pair_is_no_character_of_an_account()
    {
        PayeeAccount.TryParse("zengin:0001-001-1-012345\uD835", out _).ShouldBeFalse();
        PayeeAccount.TryParse("zengin:0001-001-1-012345\uDFD2", out _).ShouldBeFalse();
        PayeeAccount.TryParse("zengin:0001-001-1-012345\uD835\uDFD2", out _).ShouldBeTrue();
    }

    [Fact]
    public void an_iban_whose_check_digits_are_beyond_98_or_below_2_is_no_second_spelling()
    {
        // Mod 97 alone takes 99 for 02, 98 for 01 and 97 for 00; ISO 13616 allows 02 to 98.
        var spellings = from check in Enumerable.Range(0, 100)
                        let text = $"iban:DE{check:D2}370400440532013000"
                        where PayeeAccount.TryParse(text, out _)
                        select text;
        spellings.ShouldBe(["iban:DE89370400440532013000"]);
        var numbers = Enumerable.Range(0, 300).Select(last => $"37040044053201{last:D4}");
        foreach (var number in numbers)
        {
            Enumerable.Range(0, 100)
                .Count(check => PayeeAccount.TryParse($"iban:DE{check:D2}{number}", out _)).ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("zengin:0001-001-1-0123456", "•••456")]
    [InlineData("yucho:10530-12345671", "•••671")]
    [InlineData("iban:DE89370400440532013000", "•••000")]
    [InlineData("us-ach:021000021-7", "•••007")]
    [InlineData("uk:601613-31926819", "•••819")]
    public void rule_33_an_account_prints_its_last_three_digits_alone(string text, string masked)
    {
        PayeeAccount.TryParse(text, out var account).ShouldBeTrue();
        $"{account}".ShouldBe(masked);
        JsonSerializer.Serialize(account).ShouldBe($$"""{"Scheme":{{(int)account.Scheme}}}""");
    }

    [Fact]
    public void what_a_pension_must_be_paid_to_stays_as_symbol_and_number()
    {
        PayeeAccount.TryParse("yucho:10530-3-2345671", out var account).ShouldBeTrue();
        account.Scheme.ShouldBe(PayeeScheme.Yucho);
        account.RevealWritten().ShouldBe("yucho:10530-02345671");
    }

    [Fact]
    public void reading_a_written_account_or_its_key_again_gives_the_same_account() =>
        Gen.OneOf(
            Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 999], Gen.Int[1, 9], Gen.Int[0, 9_999_999],
                (bank, branch, type, number) => $"zengin:{bank}-{branch}-{type}-{number}"),
            Gen.Select(Gen.Int[10_000, 19_999], Gen.Int[0, 9_999_999], (symbol, number) => $"yucho:{symbol}-{number}1"),
            Gen.Select(Gen.Int[0, 9_999], Gen.Int[0, 999_999], (symbol, number) => $"yucho:{symbol}-{number}"),
            Gen.Select(Gen.Int[0, 999_999_999], Gen.Long[0, 99_999_999_999_999_999], (r, n) => $"us-ach:{r}-{n}"),
            Gen.Select(Gen.Int[0, 999_999], Gen.Int[0, 99_999_999], (sort, number) => $"uk:{sort}-{number}"))
        .Sample(text =>
        {
            PayeeAccount.TryParse(text, out var account).ShouldBeTrue();
            PayeeAccount.TryParse(account.RevealWritten(), out var written).ShouldBeTrue();
            PayeeAccount.TryParse(account.RevealKey(), out var key).ShouldBeTrue();
            written.ShouldBe(account);
            key.ShouldBe(account);
            written.RevealWritten().ShouldBe(account.RevealWritten());
        });

    [Fact]
    public void reading_never_throws() =>
        Gen.Select(
            Gen.Int[0, Openings.Length - 1].Select(at => Openings[at]),
            Gen.OneOf(Gen.Char, Gen.Char["0123456789-- Aｚ－ー㎏:"]).Array[0, 80])
        .Sample((scheme, rest) =>
            PayeeAccount.TryParse(scheme + new string(rest), out var account) == (account?.ToString().Length == 6));
}
