using System.Security.Cryptography;
using AccountGuard.Intake;
using AccountGuard.Letters;

namespace AccountGuard.Tests.Letters;

/// <summary>Letters of invented persons.</summary>
internal static class LetterSamples
{
    public const string Account = "7654321";

    /// <summary>邉 in a form of its own: U+9089 with a selector that IPAmj Mincho has.</summary>
    public const string Variant = "邉\U000E0110";

    public static readonly LetterSettings Settings = new(
        new Sender("架空年金支払機構", "受取口座確認センター", "100-0099", "架空中央市夢見町1丁目2番3号", "03-0000-0000",
            ["月曜 8:30～19:00", "火～金曜 8:30～17:15", "第2土曜 9:30～16:00"]),
        LetterFonts.OfDebian, new WindowEnvelope());

    private static readonly string[] Names =
        ["𠮷田 太郎", "髙橋 花子", "山﨑 一郎", $"渡{Variant} 静江", "渡邉 静江", "架空 隆", "佐藤 和子"];

    private static readonly string[] Addresses =
    [
        "架空県夢見市桜見3丁目14番15号",
        "架空県幻郡蜃気楼町大字木漏日字水鏡1234番地の5 コーポ花筏 第2棟 1203号室",
        "架空県虹ヶ浜市紅葉坂（旧・風待村）1-2-3「雪待」ハイツ",
    ];

    public static CaseReference Reference(int number) =>
        CaseReference.Of(SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, CaseReference.SeedLength));

    public static AskedChange Change(int number)
    {
        PayeeAccount.TryParse($"zengin:0001-001-1-{Account}", out var account).ShouldBeTrue();
        return AskedChange.OfAccount(Reference(number), account, new DateOnly(2015, 5, 8).AddDays(number % 25));
    }

    public static Letter To(string name, string address = "架空県夢見市桜見1番地", string? ward = null) =>
        With(new Recipient(name, "1000001", address, ward));

    public static Letter With(Recipient to, params AskedChange[] changes) => new(
        to, new DateOnly(2015, 6, 2), new DateOnly(2015, 6, 15), changes.Length > 0 ? changes : [Change(0)]);

    /// <summary>As many letters as asked, each of another case; some about several cases, some to guardians.</summary>
    public static List<Letter> Many(int count) =>
        [.. Enumerable.Range(0, count).Select(i => With(
            new Recipient(Names[i % Names.Length], i % 9 == 0 ? null : $"100{i % 10_000:D4}",
                $"{Addresses[i % Addresses.Length]} {i}", i % 11 == 0 ? "年金 文子" : null),
            [.. Enumerable.Range(0, i % 10 == 0 ? 1 + i / 10 % 6 : 1).Select(c => Change(i * 10 + c))]))];
}
