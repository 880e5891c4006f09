using AccountGuard.Pages;

namespace AccountGuard.Letters;

/// <summary>What a letter says, in です・ます and plain verbs.</summary>
internal static class Wording
{
    public const string Reference = "照会番号";
    public const string Filings = "様の届け出";
    public const string AnswerTitle = "回答書";
    public const string Yes = "はい。わたしの意思で届け出ました。";
    public const string No = "いいえ。わたしは届け出ていません。";
    public const string HowToAnswer = "お返事の方法（次の二つだけです）";
    public const string ByPost = "郵送";
    public const string ByVisit = "窓口";
    public const string Caution = "ご注意ください";
    public const string Contact = "お問い合わせ先";
    /// <summary>Rule 12.</summary>
    public const string NeverCalled = "この件で、こちらから電話や電子メールをすることは、決してありません。";

    /// <summary>Rule 12.</summary>
    public const string VisitsAreAnnounced = "職員が伺うときは、必ず前もって、照会番号を書いた手紙を送ります。";

    /// <summary>Rule 10.</summary>
    public const string ProvesNothing = "番号や住所、生年月日を知っていても、職員である証明になりません。";

    public const string NoMoney = "お金、暗証番号、キャッシュカードを求めることはありません。";

    /// <summary>Rule 29.</summary>
    public const string Suspicious = "あやしい電話や訪問には答えず、警察か消費生活センターへ。";

    public const string NotByPhone = "この手紙が本物かどうかは、照会番号を伝えて、お電話で確かめられます。"
        + "届け出についてのお返事は、お電話では受け付けません。";

    public const string PostText = "回答書（2枚目から）に記入・署名し、同封の封筒で送ってください。";

    public const string WriteNoNumbers =
        "基礎年金番号、口座番号、電話番号は書かないでください。照会番号だけで、届け出がわかります。";

    public const string ForEach = "下の届け出について、あてはまる方の□に、レ印をつけてください。";

    public const string Truth = "上のとおり、本人の意思を回答します。";

    public static string Title(string benefit) => $"{benefit}の届け出を、ご本人に確かめるお手紙";

    /// <summary>A guardian is written to about the ward.</summary>
    public static string Intro(Recipient to, string benefit) =>
        $"{Whose(to)}の{benefit}について、下の届け出がありました。ご本人の知らないうちに届け出られたものでないかを、"
        + "お手紙で確かめています。書類に不備がないときも、同じようにお送りしています。";

    public static string What(AskedChange change) => change switch
    {
        { Kind: AskedKind.Address } => "住所の変更",
        { AccountEnding: { } ending } => $"受取口座の変更（末尾 {ending}）",
        _ => "受取口座の変更",
    };

    public static string Day(DateOnly? day) =>
        day is { } known ? $"{known.InJapaneseEra()}（{known.Iso()}）" : "届け出の日は不明";

    /// <summary>Rule 15.</summary>
    public static string Deadline(DateOnly? payDay) => payDay is { } known
        ? $"次のお支払日は、{Day(known)}です。それまでに確かめられるよう、お早めにお返事ください。"
            + "お返事がなくても、「はい」とは受け取りません。"
        : "お早めにお返事ください。お返事がなくても、「はい」とは受け取りません。";

    /// <summary>Rule 11; a guardian also shows whose guardian it is.</summary>
    public static string VisitText(Recipient to) =>
        "この手紙と、ご本人を確認できる書類をお持ちください。写真のある書類（運転免許証など）は1点、"
        + "写真のない書類（健康保険証とご本人名義の通帳など）は、種類の違う2点が必要です。"
        + (to.Ward is null ? "" : "後見人の方は、登記事項証明書もお持ちください。");

    public static string More(int count) => $"ほか {count} 件は、回答書に書いてあります。";

    public static string Signature(Recipient to) => to.Ward is null ? "ご署名（ご本人）" : "ご署名（後見人）";

    public static string Whose(Recipient to) => to.Ward is null ? "あなた" : $"{to.Ward.Trim()} 様";
}
