using System.Text;

namespace AccountGuard.Tests.Payments;

/// <summary>Files of pain.001 as tests write them.</summary>
internal static class CreditTransferSample
{
    internal const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03";

    internal const string Day = "<ReqdExctnDt>2015-06-15</ReqdExctnDt>";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    internal const string Japan = """
        <CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>JPZGN</Cd></ClrSysId><MmbId>0001</MmbId></ClrSysMmbId>
        </FinInstnId><BrnchId><Id>001</Id></BrnchId></CdtrAgt>
        """;

    internal const string Account = "<CdtrAcct><Id><Othr><Id>0000001</Id></Othr></Id></CdtrAcct>";

    internal static string Amount(object yen, string currency = "JPY") =>
        $"<Amt><InstdAmt Ccy=\"{currency}\">{yen}</InstdAmt></Amt>";

    internal static string Payee(string? number) => number is null ? "<Cdtr><Nm>年金花子</Nm></Cdtr>"
        : $"<Cdtr><Nm>年金花子</Nm><Id><PrvtId><Othr><Id>{number}</Id></Othr></PrvtId></Id></Cdtr>";

    internal static string Transfer(string? number, long yen) =>
        $"<CdtTrfTxInf><PmtId><EndToEndId>E{number}</EndToEndId></PmtId>{Amount(yen)}{Japan}{Payee(number)}{Account}"
            + "</CdtTrfTxInf>";

    /// <summary>Payments of one debtor and day, with totals that add up.</summary>
    internal static string Information(params (string? Number, long Yen)[] payments) => Information(
        payments.Length, payments.Sum(p => p.Yen), [.. payments.Select(p => Transfer(p.Number, p.Yen))]);

    internal static string Information(int count, long sum, params string[] payments) =>
        $"  <PmtInf>\n    <PmtInfId>I</PmtInfId><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum>{Day}\n"
            + string.Concat(payments.Select(p => $"    {p}\n")) + "  </PmtInf>\n";

    internal static string Document(int count, long sum, params string[] informations) =>
        $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{Namespace}\"><CstmrCdtTrfInitn>\n"
            + $"  <GrpHdr><MsgId>M</MsgId><NbOfTxs>{count}</NbOfTxs><CtrlSum>{sum}</CtrlSum></GrpHdr>\n"
            + string.Concat(informations) + "</CstmrCdtTrfInitn></Document>\n";

    internal static byte[] File(params string[] documents) => Utf8.GetBytes(string.Concat(documents));
}
