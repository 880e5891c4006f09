using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Verification.Names;
using CsCheck;

namespace AccountGuard.Tests.Verification.Names;

/// <summary>S47: what a naive matcher gets wrong, each line of it, and that no line is a verdict.</summary>
public class NameComparisonTests
{
    private static NameComparison Kana(string kana, string account) => NameComparison.Of(null, kana, account);

    [Theory]
    [InlineData("キュウヨ イチロウ", "ｷﾕｳﾖ ｲﾁﾛｳ")]
    [InlineData("キュウヨ イチロウ", "きゅうよ いちろう")]
    [InlineData("キュウヨ イチロウ", "キユウヨ　イチロウ")]
    [InlineData("コー ミカ", "コ\u30FC ミカ")]
    [InlineData("コー ミカ", "コ\uFF0D ミカ")]
    [InlineData("コー ミカ", "コ\u2212 ミカ")]
    [InlineData("コー ミカ", "コ- ミカ")]
    [InlineData("コー ミカ", "ｺ\uFF70 ﾐｶ")]
    [InlineData("ガモウ ペン", "ｶﾞﾓｳ ﾍﾟﾝ")]
    [InlineData("ガモウ ペン", "カ\u3099モウ ヘ\u309Aン")]
    [InlineData("カ\u3099モウ ヘ\u309Aン", "ガモウ ペン")]
    [InlineData("ガモウ ペン", "カ゛モウ ヘ゜ン")]
    [InlineData("ヤマダ ハナコ", "ヤマダハナコ")]
    [InlineData("ヤマダハナコ", "ﾔﾏﾀﾞ  ﾊﾅｺ")]
    [InlineData("ヤマダ ハナコ", " ヤマダ\u3000ハナコ ")]
    [InlineData("ヴァン ヂヅ", "ｳﾞｱﾝ ﾁﾞﾂﾞ")]
    public void kana_are_equal_however_they_are_written(string kana, string account) =>
        Kana(kana, account).ShouldBe(new(NameMatch.Equal, NameReasons.SameKana));

    [Theory]
    [InlineData("ミヲ キヱ", "ミオ キエ", NameMatch.Equal, NameReasons.BankKana)]
    [InlineData("ミオ キエ", "ミヲ キヱ", NameMatch.Look, NameReasons.SameSound)]
    [InlineData("オオノ ケン", "オーノ ケン", NameMatch.Look, NameReasons.LongVowel)]
    [InlineData("ヤマダ イチロウ", "ヤマダ イチロー", NameMatch.Look, NameReasons.LongVowel)]
    [InlineData("コー ミカ", "コ ミカ", NameMatch.Look, NameReasons.LongVowel)]
    [InlineData("ミヅノ チカ", "ミズノ チカ", NameMatch.Look, NameReasons.SameSound)]
    [InlineData("フヂタ チカ", "フジタ チカ", NameMatch.Look, NameReasons.SameSound)]
    [InlineData("ヤマザキ ミカ", "ヤマサキ ミカ", NameMatch.Look, NameReasons.VoicedMark)]
    [InlineData("ヤマザキ イチロウ", "ヤマサキ イチロー", NameMatch.Look, NameReasons.VoicedMark | NameReasons.LongVowel)]
    [InlineData("デビッド スミス", "デイビツド スミス", NameMatch.Look, NameReasons.LongVowel)]
    [InlineData("ヤマダ ハナコ", "スズキ ハナコ", NameMatch.Look, NameReasons.OtherFamilyName)]
    [InlineData("ヤマダ ハナコ", "スズキハナコ", NameMatch.Look, NameReasons.OtherFamilyName)]
    [InlineData("ヤマダ ハナコ", "ヤマダ タケシ", NameMatch.Different, NameReasons.SameFamilyName)]
    [InlineData("ヤマダ ハナコ", "ヤマダタケシ", NameMatch.Different, NameReasons.SameFamilyName)]
    [InlineData("ヤマタ ハナコ", "ヤマダタケシ", NameMatch.Different, NameReasons.OtherName)]
    [InlineData("ヤマダ ハナコ", "スズキ タケシ", NameMatch.Different, NameReasons.OtherName)]
    [InlineData("ヤマダハナコ", "ヤマダタケシ", NameMatch.Look, NameReasons.Undivided)]
    [InlineData("ヤマダハナコ", "スズキタケシ", NameMatch.Different, NameReasons.OtherName)]
    [InlineData("スミス デビッド", "デビッド スミス", NameMatch.Look, NameReasons.WordOrder)]
    public void kana_that_differ(string kana, string account, NameMatch match, NameReasons reasons) =>
        Kana(kana, account).ShouldBe(new(match, reasons));

    [Theory]
    [InlineData("サイトウ", "ｻｲﾄｳ ﾊﾅｺ", NameMatch.Equal, NameReasons.SameKana)]
    [InlineData("サイトウ", "斉藤 花子", NameMatch.Equal, NameReasons.SameWriting)]
    [InlineData("サイトウ", "齊藤 花子", NameMatch.Look, NameReasons.KanjiForm)]
    [InlineData("サイトウ", "齋藤花子", NameMatch.Look, NameReasons.LookAlike)]
    [InlineData("サイトウ", "斉\U000E0100藤　花子", NameMatch.Equal, NameReasons.SameWriting)]
    [InlineData("サイトウ", "鈴木 花子", NameMatch.Look, NameReasons.OtherFamilyName)]
    [InlineData("サイトウ", "齊藤 武", NameMatch.Different, NameReasons.SameFamilyName)]
    [InlineData("サイトウ", "鈴木 武", NameMatch.Different, NameReasons.OtherName)]
    [InlineData(null, "サイトウ ハナコ", NameMatch.Look, NameReasons.NoFixedReading)]
    [InlineData(null, "Hanako Saito", NameMatch.Look, NameReasons.NoFixedReading)]
    public void a_name_in_kanji(string? family, string account, NameMatch match, NameReasons reasons) =>
        NameComparison.Of("斉藤 花子", family is null ? null : $"{family} ハナコ", account)
            .ShouldBe(new(match, reasons));

    [Theory]
    [InlineData("髙", "高")]
    [InlineData("﨑", "崎")]
    [InlineData("邉", "辺")]
    [InlineData("邊", "邉")]
    [InlineData("𠮷", "吉")]
    [InlineData("嶋", "島")]
    [InlineData("冨", "富")]
    [InlineData("惠", "恵")]
    [InlineData("濵", "浜")]
    [InlineData("眞", "真")]
    [InlineData("栁", "柳")]
    [InlineData("\uFA19", "神")]
    [InlineData("\uF9DC", "隆")]
    [InlineData("佐々", "佐佐")]
    public void variants_of_a_kanji_are_looked_at_and_equal_where_the_kana_are(string one, string other)
    {
        NameComparison.Of($"田{one} 花", "タナ ハナ", $"田{other} 花")
            .ShouldBe(new(NameMatch.Look, NameReasons.KanjiForm));
        NameComparison.Of($"田{one} 花", "タナ ハナ", "ﾀﾅ ﾊﾅ").Match.ShouldBe(NameMatch.Equal);
    }

    [Theory]
    [InlineData("埼", "崎")]
    [InlineData("坂", "阪")]
    [InlineData("斎", "斉")]
    public void characters_of_their_own_are_said_to_be_alike_and_no_more(string one, string other) =>
        NameComparison.Of($"{one}田 花", null, $"{other}田 花")
            .ShouldBe(new(NameMatch.Look, NameReasons.LookAlike));

    [Theory]
    [InlineData("DAVID SMITH", "David Smith", NameMatch.Equal, NameReasons.SameWriting)]
    [InlineData("DAVID SMITH", "ＤＡＶＩＤ　ＳＭＩＴＨ", NameMatch.Equal, NameReasons.SameWriting)]
    [InlineData("O'NEILL ANNE-MARIE", "ONEILL ANNE MARIE", NameMatch.Equal, NameReasons.SameWriting)]
    [InlineData("DAVID SMITH", "SMITH DAVID", NameMatch.Look, NameReasons.WordOrder)]
    [InlineData("DAVID JOHN SMITH", "SMITH, DAVID", NameMatch.Look, NameReasons.WordOrder)]
    [InlineData("DAVID SMITH", "JOHN SMITH", NameMatch.Look, NameReasons.Undivided)]
    [InlineData("JOSÉ RUIZ", "JOSE RUIS", NameMatch.Look, NameReasons.NoFixedReading)]
    [InlineData("DAVID SMITH", "PAUL JONES", NameMatch.Different, NameReasons.OtherName)]
    [InlineData("DAVID SMITH", "デビッド スミス", NameMatch.Equal, NameReasons.SameKana)]
    [InlineData("DAVID SMITH", "ダビデ スミト", NameMatch.Look, NameReasons.NoFixedReading)]
    public void a_name_in_latin_letters(string name, string account, NameMatch match, NameReasons reasons) =>
        NameComparison.Of(name, "デビッド スミス", account).ShouldBe(new(match, reasons));

    [Fact]
    public void a_name_cut_at_thirty_positions_is_looked_at()
    {
        const string Long = "ヤマダガワ ハナコマリアテレジアガブリエラ";
        Kana(Long, "ﾔﾏﾀﾞｶﾞﾜ ﾊﾅｺﾏﾘｱﾃﾚｼﾞｱｶﾞﾌﾞﾘｴﾗ").Match.ShouldBe(NameMatch.Equal);
        Kana(Long + "ミカエラ", "ﾔﾏﾀﾞｶﾞﾜ ﾊﾅｺﾏﾘｱﾃﾚｼﾞｱｶﾞﾌﾞﾘｴﾗﾐｶｴ").ShouldBe(new(NameMatch.Look, NameReasons.CutShort));
        Kana(Long + "ミカエラ", "ﾔﾏﾀﾞｶﾞﾜ ﾊﾅｺﾏﾘｱ").ShouldBe(new(NameMatch.Different, NameReasons.SameFamilyName));
    }

    [Theory]
    [InlineData("山田 花子", "山田花子　成年後見人　佐藤次郎")]
    [InlineData("山田花子 成年後見人 佐藤次郎", "佐藤次郎")]
    [InlineData("山田 花子", "ﾔﾏﾀﾞ ﾊﾅｺ ｾｲﾈﾝｺｳｹﾝﾆﾝ ｻﾄｳ ｼﾞﾛｳ")]
    [InlineData("山田 花子", "ﾔﾏﾀﾞ ﾊﾅｺ ﾎｼﾞﾖﾆﾝ ｻﾄｳ ｼﾞﾛｳ")]
    public void an_account_of_a_guardian_is_looked_at(string name, string account) =>
        NameComparison.Of(name, "ヤマダ ハナコ", account).ShouldBe(new(NameMatch.Look, NameReasons.Guardian));

    [Fact]
    public void where_there_is_a_guardian_another_name_may_be_the_guardians()
    {
        NameComparison.Of("山田 花子", "ヤマダ ハナコ", "ｻﾄｳ ｼﾞﾛｳ", "佐藤 次郎")
            .ShouldBe(new(NameMatch.Look, NameReasons.Guardian));
        NameComparison.Of("山田 花子", "ヤマダ ハナコ", "ﾔﾏﾀﾞ ﾊﾅｺ", "佐藤 次郎").Match.ShouldBe(NameMatch.Equal);
    }

    [Theory]
    [InlineData("", null, "ﾔﾏﾀﾞ")]
    [InlineData("山田", "ヤマダ", "")]
    [InlineData("山田", "ヤマダ", " -・")]
    public void a_name_that_is_not_known_is_looked_at(string? name, string? kana, string? account) =>
        NameComparison.Of(name, kana, account).ShouldBe(new(NameMatch.Look, NameReasons.Missing));

    [Theory]
    [InlineData("yucho:10530-12345671", "zengin:9900-058-1-1234567")]
    [InlineData("yucho:17300-19927651", "zengin:9900-738-1-1992765")]
    [InlineData("yucho:00530-123456", "zengin:9900-059-2-0123456")]
    [InlineData("zengin:0001-001-1-123456", "zengin:0001-001-1-0123456")]
    public void accounts_of_the_table_that_are_one(string one, string other)
    {
        PayeeAccount.TryParse(one, out var account).ShouldBeTrue();
        PayeeAccount.TryParse(other, out var same).ShouldBeTrue();
        account.ShouldBe(same);
    }

    [Fact]
    public void numbers_of_the_table()
    {
        PensionNumber.TryParse("0000-123456", out var number).ShouldBeTrue();
        PensionNumber.TryParse("０００0１２３４５６", out var same).ShouldBeTrue();
        number.ShouldBe(same);
        PensionNumber.TryParse("OOOO-123456", out _).ShouldBeFalse("a letter O for 0 cannot be determined");
    }

    [Fact]
    public void comparing_never_throws_and_a_name_is_equal_to_itself() =>
        Gen.OneOf(Gen.Char, Gen.Char["ヤマダハナｶﾞﾊﾟー- 山田花々﨑AZé\uD842\uDFB7\u3099"]).Array[0, 40]
            .Select(letters => new string(letters))
            .Sample(name =>
            {
                var self = NameComparison.Of(name, name, name);
                NameComparison.Of(name, null, "ﾔﾏﾀﾞ ﾊﾅｺ").Reasons.ShouldNotBe(NameReasons.None);
                return self.Match == NameMatch.Equal || self.Reasons == NameReasons.Missing;
            });
}
