using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AccountGuard.Intake;
using AccountGuard.Payments;
using CsCheck;
using static AccountGuard.Tests.Payments.CreditTransferSample;

namespace AccountGuard.Tests.Payments;

/// <summary>Files of ISO 20022 pain.001: read, refused in words that quote nothing, and split.</summary>
public class CreditTransferTests
{
    private const string Canary = "8642097531";

    private static readonly long Files = LongRun.IsAsked ? 200_000 : 4_000;

    private static readonly byte[] LikelyBytes = [.. "<>/!?&\"'-0 \n"u8];

    private static PayRunInput Read(byte[] file) => PayRunInput.Read(new MemoryStream(file), "FILE",
        CancellationToken.None, days: new FileDays(new DateOnly(2015, 6, 15), new DateOnly(2015, 6, 15)));

    [Fact]
    public void numbers_are_read_and_counted()
    {
        var file = File(Document(5, 1_000_000_010, Information(("0000000001", 1_000_000_000), (null, 1)),
            Information(("12345", 2), ("0000000000", 4), (Canary, 3))));
        var input = Read(file);
        input.Numbers.ToArray().ShouldBe(
            [1, PayRunInput.NoNumber, PayRunInput.NoNumber, PayRunInput.NoNumber, long.Parse(Canary)]);
        input.Total.ShouldBe(new PaymentCount(5, 1_000_000_010));
        (input.Groups, input.Bytes, input.RecordOf(4)).ShouldBe((2, file.Length, 5));
        input.Digest.ShouldBe(SHA256.HashData(file));
    }

    [Fact]
    public void several_documents_prefixes_quotes_and_byte_order_marks_are_read()
    {
        var prefixed = $"<?xml version='1.0'?><p:Document xmlns:p='{Namespace}' a='>'><p:CstmrCdtTrfInitn><p:GrpHdr>"
            + "<p:NbOfTxs> 1 </p:NbOfTxs></p:GrpHdr><p:PmtInf>" + Prefixed(Day + Transfer(Canary, 5))
            + "</p:PmtInf></p:CstmrCdtTrfInitn></p:Document>";
        var input = Read([.. "\uFEFF"u8, .. File(Document(1, 7, Information(("0000000002", 7))), prefixed)]);
        input.Numbers.ToArray().ShouldBe([2, long.Parse(Canary)]);
        input.Total.ShouldBe(new PaymentCount(2, 12));
    }

    private static string Prefixed(string element) =>
        element.Replace("</", "\0").Replace("<", "<p:").Replace("\0", "</p:");

    [Fact]
    public void of_two_numbers_neither_is_taken()
    {
        var two = Transfer(Canary, 1).Replace("</PrvtId>", "<Othr><Id>0000000001</Id></Othr></PrvtId>");
        Read(File(Document(1, 1, Information(1, 1, two)))).Numbers.ToArray().ShouldBe([PayRunInput.NoNumber]);
    }

    [Fact]
    public void a_bank_of_Japan_is_looked_at_though_a_bic_names_it_too()
    {
        var both = Transfer(Canary, 5).Replace("<FinInstnId>", "<FinInstnId><BICFI>DEUTDEFF</BICFI>");
        Read(File(Of(both))).Numbers.Length.ShouldBe(1);
        Should.Throw<BadInput>(() => Read(File(Of(both.Replace(">0001<", ">001<"))))).Message
            .ShouldContain("payment 1: its bank, branch or account is not of 4, 3");
    }

    [Fact]
    public void a_bank_abroad_is_named_by_its_bic()
    {
        var abroad = Transfer(Canary, 1).Replace(
            Japan, "<CdtrAgt><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></CdtrAgt>");
        Read(File(Document(1, 1, Information(1, 1, abroad)))).Numbers.Length.ShouldBe(1);
    }

    /// <summary>Of a bank of Japan the kind of account is not known, and each is looked for.</summary>
    [Fact]
    public void the_account_of_a_payment_is_the_one_that_is_filed_however_that_is_written()
    {
        var abroad = Transfer(Canary, 1).Replace(
            Japan, "<CdtrAgt><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></CdtrAgt>");
        var byIban = abroad.Replace(Account, "<CdtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id></CdtrAcct>");
        var input = Read(File(Document(3, 3, Information(3, 3, Transfer(Canary, 1), abroad, byIban))));
        input.AccountsOf(0).Select(account => account.RevealWritten()).ShouldBe([
            "zengin:0001-001-1-0000001", "zengin:0001-001-2-0000001", "zengin:0001-001-4-0000001",
            "zengin:0001-001-9-0000001"]);
        input.AccountsOf(1).ShouldBeEmpty();
        PayeeAccount.TryParse("uk:123456-98765432", out var british).ShouldBeTrue();
        input.AccountsOf(2).ShouldBe([british]);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { Document(2, 5, Information((Canary, 5))), "behind payment 1: those of its document are 1 payments of 5 yen" },
        { Document(1, 6, Information((Canary, 5))), "behind payment 1: those of its document are 1 payments of 5 yen" },
        { Document(1, 5, Information(2, 5, Transfer(Canary, 5))), "payment 1: those of a PmtInf are 1 payments" },
        { Document(1, 5, Information((Canary, 5)))[..^30], "behind payment 1: the file ends here" },
        { Document(1, 5, Information((Canary, 5)))[..^40], "payment 1: the file ends here" },
        { Document(1, 5, Information((Canary, 5)))[..600], "before its first payment: the file ends here" },
        { Document(1, 5, Information((Canary, 5))) + "text", "behind payment 1: it is not well-formed: text stands" },
        { Document(1, 5, Information((Canary, 5))) + "<?xml version='1.0'?>", "text stands outside its document" },
        { Document(1, 5, Information(1, 5, $"<!-- {Canary} -->{Transfer(Canary, 5)}")), "it holds a comment" },
        { Document(1, 5, Information(1, 5, Transfer($"<![CDATA[{Canary}]]>", 5))), "the next payment holds a comment" },
        { $"<!DOCTYPE Document [<!ENTITY e '{Canary}'>]>" + Document(0, 0), "holds a comment, CDATA, a document" },
        { Document(1, 5, Information(1, 5, Transfer("&e;", 5))), "payment 1: it is not well-formed" },
        { Document(1, 5, Information(1, 5, Transfer(Canary, 5).Replace("</PmtId>", "</PmtID>"))), "1: it is not" },
        { Document(1, 5, Information(1, 5, Canary + Transfer(Canary, 5))), "it is not well-formed" },
        { Document(1, 5, Transfer(Canary, 5)), "stands outside a PmtInf" },
        { Document(1, 5, Information(1, 5, "<CdtTrfTxInf/>")), "is empty or stands outside" },
        { Document(1, 5, Information((Canary, 5))).Replace("pain.001", "pain.002"), "its document is no pain.001" },
        { "<Document>" + string.Concat(Enumerable.Repeat("<a>", 100)), "first payment: its elements lie deeper" },
        { "<html></html>", "before its first payment: it is no Document" },
        { Document(1, 5, Information((Canary, 5))).Replace("UTF-8", "Shift_JIS"), "its declaration is not" },
        { Document(1, 5, Information((Canary, 5))).Replace("1.0", "1.0?"), "its declaration is not" },
        { Document(1, 5, Information((Canary, 5))).Replace("1.0", "1.1"), "its declaration is not" },
        { Document(0, 0) + Document(0, 0)[39..], "a further document begins without a declaration" },
        { Document(0, 0).Replace("<NbOfTxs>0</NbOfTxs>", ""), "does not say how many payments it has" },
        { Document(1, 5, Information((Canary, 5))).Replace("<NbOfTxs>1<", "<NbOfTxs>one<"), "is no whole number" },
        { On("<ReqdExctnDt>2015-06-16</ReqdExctnDt>"), "payment: the day of its next PmtInf (ReqdExctnDt) is not" },
        { On("<ReqdExctnDt>2016-06-15</ReqdExctnDt>"), "is not that of the pay-day asked for, 2015-06-15." },
        { On("<ReqdExctnDt>15 June</ReqdExctnDt>"), "is not that of the pay-day asked for" },
        { On("<ReqdExctnDt><Dt>2015-08-14</Dt></ReqdExctnDt>"), "is not that of the pay-day asked for" },
        { On("<ReqdExctnDt><DtTm>2015-06-15T15:00:00Z</DtTm></ReqdExctnDt>"), "is not that of the pay-day asked for" },
        { On("<ReqdExctnDt><Dt>2015-06-15</Dt>2015-08-14</ReqdExctnDt>"), "is not that of the pay-day asked for" },
        { On("<ReqdExctnDt></ReqdExctnDt>"), "payment 1: a PmtInf does not say on which day it is paid (ReqdExctnDt)" },
        { On("<ReqdExctnDt/>"), "payment 1: a PmtInf does not say on which day it is paid" },
        { On("<Dt>2015-06-15</Dt>"), "payment 1: a PmtInf does not say on which day it is paid" },
        { Document(2, 6, Information((Canary, 5)), Information((Canary, 1)).Replace(Day, "")), "payment 2: a PmtInf" },
        { Of(Transfer(Canary, 5).Replace("JPY", "USD")), "payment 1: its amount (InstdAmt) is none of whole yen" },
        { Of(Transfer(Canary, 5).Replace(">5<", ">5.5<")), "payment 1: its amount (InstdAmt) is none of whole yen" },
        { Of(Transfer(Canary, 5).Replace(">5<", ">-5<")), "payment 1: its amount (InstdAmt) is none of whole yen" },
        { Of(Transfer(Canary, 5).Replace("InstdAmt", "EqvtAmt")), "payment 1: its amount (InstdAmt) is none of whole" },
        { Of(Transfer(Canary, 5).Replace("JPZGN", "USABA")), "payment 1: its bank is named by neither" },
        { Of(Transfer(Canary, 5).Replace(">0001<", ">001<")), "payment 1: its bank, branch or account is not of 4, 3" },
        { Of(Transfer(Canary, 5).Replace(">001<", ">0O1<")), "payment 1: its bank, branch or account is not of 4, 3" },
        { Of(Transfer(Canary, 5).Replace(">0000001<", "><")), "payment 1: its bank, branch or account is not of 4, 3" },
    };

    private static string On(string day) => Of(Transfer(Canary, 5)).Replace(Day, day);

    [Theory]
    [InlineData("<ReqdExctnDt> 2015-06-15\n</ReqdExctnDt>")]
    [InlineData("<ReqdExctnDt>\n <Dt>2015-06-15</Dt>\n</ReqdExctnDt>")]
    [InlineData("<ReqdExctnDt><DtTm>2015-06-14T15:00:00Z</DtTm></ReqdExctnDt>")]
    [InlineData("<ReqdExctnDt><DtTm>2015-06-15T23:59:59</DtTm></ReqdExctnDt>")]
    public void the_day_is_one_in_Japan_however_its_version_writes_it(string day) =>
        Read(File(On(day))).Numbers.Length.ShouldBe(1);

    private static string Of(string payment) => Document(1, 5, Information(1, 5, payment));

    [Theory]
    [MemberData(nameof(Broken))]
    public void what_is_broken_is_refused_by_payment_and_quotes_nothing(string file, string message)
    {
        var refused = Should.Throw<BadInput>(() => Read(File(file)));
        refused.Message.ShouldStartWith("FILE, ");
        refused.Message.ShouldContain(message);
        refused.Message.ShouldEndWith("Nothing was taken in.");
        refused.Message.ShouldNotContain(Canary);
    }

    [Fact]
    public void every_payment_goes_into_the_file_of_its_standing_as_it_came()
    {
        var file = File(
            Document(4, 15, Information(("1", 1), ("2", 2)), Information(("3", 4), ("4", 8))),
            Document(1, 16, Information(("5", 16))));
        var (parts, files) = PayRunSplitTests.Split(file, [0, 1, 2, 1, 1]);
        parts.Select(p => (p.Count, p.Amount)).ShouldBe([(1, 1), (3, 26), (1, 4), (0, 0)]);
        files[0].ShouldBe(File(Document(1, 1, Information(("1", 1))), Document(0, 0)));
        files[1].ShouldBe(File(Document(2, 10, Information(("2", 2)), Information(("4", 8))),
            Document(1, 16, Information(("5", 16)))));
        files[2].ShouldBe(File(Document(1, 4, Information(("3", 4))), Document(0, 0)));
        files[3].ShouldBe(File(Document(0, 0), Document(0, 0)));
        foreach (var (part, output) in parts.Zip(files))
        {
            part.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(output)));
            part.Bytes.ShouldBe(output.Length);
            Read(output).Total.ShouldBe(new PaymentCount(part.Count, part.Amount));
        }

        PayRunSplitTests.Split(file, [3, 3, 3, 3, 3]).Files[3].ShouldBe(file);
    }

    [Fact]
    public void standings_of_another_file_are_refused()
    {
        var file = File(Document(2, 3, Information(("1", 1), ("2", 2))));
        foreach (var standings in (byte[][])[[0], [0, 0, 0]])
        {
            Should.Throw<BadInput>(() => PayRunSplitTests.Split(file, standings)).Message
                .ShouldContain("was changed while it was read");
        }
    }

    [Fact]
    public void a_file_longer_than_what_is_read_at_once_is_read_and_split()
    {
        var payments = Enumerable.Range(0, 9_000).Select(i => ((string?)$"{i:D10}", (long)i)).ToArray();
        var file = File(Document(9_000, payments.Sum(p => p.Item2), Information(payments)));
        file.Length.ShouldBeGreaterThan(3 << 20);
        var standings = payments.Select(p => (byte)(p.Item2 & 3)).ToArray();
        ShouldAddUp(file, standings);
    }

    /// <summary>What may happen to a file: bytes are others, are lost, or come twice.</summary>
    private static readonly Gen<byte[]> Harmed = Gen.Select(
        Gen.Select(Gen.Int[0, 4], Gen.Long[0, 99]).Array[0, 4].Array[1, 2].Array[1, 2],
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4_000], Gen.Int[1, 400], Gen.OneOf(LikelyBytes))
            .Array[0, 2],
        (documents, harms) => harms.Aggregate(
            File([.. documents.Select(informations => Document(informations.Sum(i => i.Length),
                informations.Sum(i => i.Sum(p => p.Item2)), [.. informations.Where(i => i.Length > 0).Select(i =>
                    Information([.. i.Select(p => (p.Item1 == 0 ? null : $"{8642097530 + p.Item1}", p.Item2))]))]))]),
            (file, harm) =>
            {
                var (kind, at, length, with) = harm;
                at %= file.Length;
                length = Math.Min(length, file.Length - at);
                return kind switch
                {
                    0 => [.. file[..at], with, .. file[(at + 1)..]],
                    1 => [.. file[..at], with, .. file[at..]],
                    2 => [.. file[..at], .. file[(at + length)..], (byte)' '],
                    3 => [.. file[..(at + length)], .. file[at..]],
                    _ => [.. file[..at], (byte)' '],
                };
            }));

    [Fact]
    public void each_that_is_broken_by_chance_is_refused_or_adds_up() => BrokenTransferFiles.EachIsRefusedOr(
        file => ShouldAddUp(file, [.. Read(file).Numbers.ToArray().Select((n, i) => (byte)((n + i) & 3))]),
        Harmed.Where(file => CreditTransferFile.Is(new MemoryStream(file))), Files, "FILE, ", Canary);

    /// <summary>Against another reader of XML: each payment is in one file, and none is lost or changed.</summary>
    private static void ShouldAddUp(byte[] file, byte[] standings)
    {
        var (parts, files) = PayRunSplitTests.Split(file, standings);
        var payments = Payments(file);
        payments.Count.ShouldBe(standings.Length);
        for (var standing = 0; standing < 4; standing++)
        {
            Payments(files[standing]).ShouldBe(payments.Where((_, i) => standings[i] == standing));
            Read(files[standing]).Total.ShouldBe(new PaymentCount(parts[standing].Count, parts[standing].Amount));
        }
    }

    private static List<string> Payments(byte[] file) =>
    [
        .. Regex.Split(Encoding.UTF8.GetString(file).TrimStart('\uFEFF'), @"<\?xml[^?]*\?>")
            .Where(document => document.Trim().Length > 0)
            .SelectMany(document => XDocument.Parse(document, LoadOptions.PreserveWhitespace).Descendants()
                .Where(element => element.Name.LocalName == "CdtTrfTxInf"))
            .Select(element => element.ToString(SaveOptions.DisableFormatting)),
    ];
}
