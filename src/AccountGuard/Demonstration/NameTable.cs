using System.Text;

namespace AccountGuard.Demonstration;

/// <summary>
/// Common names and invented places, as UTF-8. Their combinations are synthetic; 架空 means "imaginary".
/// </summary>
internal static class NameTable
{
    public static readonly (byte[] Kanji, byte[] Kana)[] Families = Pairs(
        "佐藤=サトウ 鈴木=スズキ 高橋=タカハシ 田中=タナカ 伊藤=イトウ 渡辺=ワタナベ 山本=ヤマモト 中村=ナカムラ " +
        "小林=コバヤシ 加藤=カトウ 吉田=ヨシダ 山田=ヤマダ 佐々木=ササキ 山口=ヤマグチ 松本=マツモト 井上=イノウエ " +
        "木村=キムラ 林=ハヤシ 斎藤=サイトウ 清水=シミズ 山崎=ヤマザキ 森=モリ 池田=イケダ 橋本=ハシモト " +
        "阿部=アベ 石川=イシカワ 小川=オガワ 前田=マエダ 岡田=オカダ 長谷川=ハセガワ 藤田=フジタ 後藤=ゴトウ " +
        "近藤=コンドウ 村上=ムラカミ 遠藤=エンドウ 青木=アオキ 坂本=サカモト 福田=フクダ 太田=オオタ 西村=ニシムラ");

    public static readonly (byte[] Kanji, byte[] Kana)[] Givens = Pairs(
        "一郎=イチロウ 清=キヨシ 茂=シゲル 勇=イサム 正=タダシ 実=ミノル 進=ススム 隆=タカシ 誠=マコト 健一=ケンイチ " +
        "浩=ヒロシ 修=オサム 豊=ユタカ 博=ヒロシ 昭夫=アキオ 和夫=カズオ 幸雄=ユキオ 勝=マサル 弘=ヒロシ 洋一=ヨウイチ " +
        "和子=カズコ 幸子=サチコ 節子=セツコ 洋子=ヨウコ 恵子=ケイコ 京子=キョウコ 文子=フミコ 千代=チヨ 久子=ヒサコ " +
        "美代子=ミヨコ 良子=ヨシコ 光子=ミツコ 静江=シズエ 由美子=ユミコ 直美=ナオミ 裕子=ユウコ 真理子=マリコ " +
        "春江=ハルエ 敏子=トシコ 正子=マサコ");

    public static readonly byte[][] Cities = Words("夢見市 星空市 霞野市 虹ヶ浜市 幻郡蜃気楼町 月影市 雲上市 架空中央市");

    public static readonly byte[][] Towns = Words("桜見 若葉 青嵐 朝霧 夕凪 紅葉坂 雪待 花筏 鈴音 風待 水鏡 木漏日");

    private static (byte[] Kanji, byte[] Kana)[] Pairs(string table) =>
        [.. table.Split(' ').Select(pair => pair.Split('=')).Select(pair => (Utf8(pair[0]), Utf8(pair[1])))];

    private static byte[][] Words(string table) => [.. table.Split(' ').Select(Utf8)];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
