using System.Text;
using AccountGuard.Intake;
using AccountGuard.Payments;
using static AccountGuard.Tests.Payments.TransferSample;

namespace AccountGuard.Tests.Payments;

/// <summary>Formats, section 4: what a transfer file is, and what is said of one that is none.</summary>
public class TransferFileTests
{
    private const string Canary = "8642097531";

    private static readonly string[] Two = [.. Group((Canary, 100), ("0000000019", 65_000))];

    private static PayRunInput Read(byte[] file, FileDays? days = null) => PayRunInput.Read(
        new MemoryStream(file), "FILE", CancellationToken.None, days: days ?? new FileDays(June, June));

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void a_file_is_read_bare_or_with_any_line_break(string lineBreak)
    {
        var input = Read(File(Two, lineBreak));
        input.Numbers.ToArray().ShouldBe([8642097531, 19]);
        (input.Total, input.Groups).ShouldBe((new PaymentCount(2, 65_100), 1));
        Read([.. "\uFEFF"u8, .. File(Two, lineBreak)]).Numbers.Length.ShouldBe(2);
        Read([.. File(Two, lineBreak), 0x1A]).Numbers.Length.ShouldBe(2);
        Read([.. File(Two, lineBreak), 0x1A, (byte)'\r', (byte)'\n', 0x1A]).Numbers.Length.ShouldBe(2);
    }

    [Fact]
    public void a_file_may_have_several_groups_and_groups_without_payments()
    {
        var input = Read(File([.. Two, .. Group(), .. Group(), .. Group(("0000000027", 7))]));
        (input.Total, input.Groups).ShouldBe((new PaymentCount(3, 65_107), 4));
        Enumerable.Range(0, 3).Select(input.RecordOf).ShouldBe([2, 3, 10]);
    }

    /// <summary>As the many files of a pay-run are: an account left of another would be paid.</summary>
    [Fact]
    public void a_file_that_is_read_into_the_memory_of_another_is_what_it_is_by_itself()
    {
        var credit = CreditTransferSample.File(CreditTransferSample.Document(
            2, 30, CreditTransferSample.Information(("0000000035", 10), (Canary, 20))));
        var other = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(credit).Replace("<Id>0000001<", "<Id>0000002<"));
        byte[][] files =
        [
            File([Header(), Payment("0000000051", 1), Payment(Canary, 9, newCode: '1', account: "0005-002-2-7654321"),
                Trailer(2, 10)]),
            File([.. Group(), .. Two]), credit, File(Two), other, File(Group(("0000000043", 5))),
        ];
        PayRunInput? spare = null;
        foreach (var file in files)
        {
            spare?.GiveUp();
            spare = PayRunInput.Read(new MemoryStream(file), "FILE", CancellationToken.None, spare: spare);
            Seen(spare).ShouldBe(Seen(PayRunInput.Read(new MemoryStream(file), "FILE", CancellationToken.None)));
        }

        static string Seen(PayRunInput input) => string.Join('\n', input.Numbers.ToArray()
            .Select((number, i) => $"{number} {input.RecordOf(i)} {input.AmountOf(i)} "
                + string.Join(' ', input.AccountsOf(i)))
            .Append($"{input.Total} {input.Groups} {input.Bytes} {string.Join(' ', input.SaidChanged)}")
            .Append(Convert.ToHexStringLower(input.Digest)));
    }

    [Fact]
    public void what_is_no_number_and_edi_information_in_its_place_are_told_apart()
    {
        string[] payments =
        [
            Payment("12345", 1), Payment("", 1), Payment("0000-12345", 1), Payment(Canary, 1, hasEdi: true),
            Payment("0000000000", 1), Payment("0000000000", 1, hasEdi: true), Payment("0000000001", 1),
            Payment(Canary, 1, newCode: '1'), Payment(Canary, 1, newCode: '2'), Payment(Canary, 1, newCode: ' '),
        ];
        var input = Read(File([Header(), .. payments, Trailer(10, 10)]));
        input.Numbers.ToArray().ShouldBe([
            PayRunInput.NoNumber, PayRunInput.NoNumber, PayRunInput.NoNumber, PayRunInput.Edi,
            PayRunInput.NoNumber, PayRunInput.Edi, 1, 8642097531, 8642097531, 8642097531,
        ]);
        input.SaidChanged.ShouldBe([7, 8]);
    }

    [Fact]
    public void the_account_of_a_payment_is_the_one_that_is_filed_however_that_is_written()
    {
        string[] payments =
        [
            Payment(Canary, 1), Payment(Canary, 1, account: "9900-058-1-1234567"),
            Payment(Canary, 1, account: "9999-999-9-9999999"),
        ];
        var input = Read(File([Header(), .. payments, Trailer(3, 3)]));
        foreach (var (i, written) in ((string[])[
            "zengin:1-1-1-1", "yucho:10530-12345671", "zengin:9999-999-9-9999999"]).Index())
        {
            PayeeAccount.TryParse(written, out var account).ShouldBeTrue();
            input.AccountsOf(i).ShouldBe([account]);
        }
    }

    /// <summary>A file, and words of its refusal.</summary>
    private static readonly (string What, byte[] File, int Record, string Says)[] Refused =
    [
        ("nothing", [], 0, "the file is empty"),
        ("a mark alone", [.. "\uFEFF"u8], 0, "the file is empty"),
        ("a table", Bytes($"number,name\n{Canary},ﾔﾏﾀﾞ\n"), 1, "before its line break"),
        ("another text", Bytes(new string('x', 200)), 1, "its first byte is not 1, 2, 8 or 9"),
        ("a zip", [.. "PK"u8, 3, 4, .. new byte[200]], 1, "byte 3 is no half-width character"),
        ("EBCDIC", [0xF1, 0xF2, 0xF1, 0xF1, .. Enumerable.Repeat((byte)0x40, 116)], 1, "EBCDIC"),
        ("code 1", File([Header(code: '1'), Trailer(0, 0)]), 1, "EBCDIC"),
        ("code 2", File([Header(code: '2'), Trailer(0, 0)]), 1, "its code (byte 4) is not 0"),
        .. ((string[])["11", "12", "71", "72"]).Select(kind => (
            $"kind {kind}", File([Header(kind), Trailer(0, 0)]), 1, "salaries or bonuses")),
        ("kind 91", File([Header("91"), Trailer(0, 0)]), 1, "direct debits"),
        ("kind 41", File([Header("41"), Trailer(0, 0)]), 1, "dividends"),
        ("kind 01", Bytes(Header("01").PadRight(200)), 1, "200-byte"),
        ("kind 03", Bytes(Header("03").PadRight(200)), 1, "200-byte"),
        ("kind 99", File([Header("99"), Trailer(0, 0)]), 1, "none of transfers"),
        .. ((string[])["0616", "0814", "0229", "0000", "    ", "06-5"]).Select(day => (
            $"day {day}", File([.. Group(), Header(day, "21", '0'), .. Two[1..]]), 3, "its day (bytes 55 to 58) is")),
        ("no header", File(Two[1..]), 1, "a payment (2) stands outside a group"),
        ("a trailer first", File(Two[3..]), 1, "a trailer (8) stands outside a group"),
        ("an end record alone", File([]), 1, "the end record (9) stands before the trailer"),
        ("two headers", File([Two[0], .. Two]), 2, "a header (1) stands before the trailer"),
        ("no trailer", File(Two[..3]), 4, "the end record (9) stands before the trailer"),
        ("no end record", File(Two)[..(4 * 122)], 4, "without an end record"),
        ("a cut record", File(Two)[..(3 * 122 + 60)], 4, "ends after 60 of its 120 bytes"),
        ("a record too short", Bytes(Two[0][..119] + "\r\n"), 1, "119 bytes before its line break"),
        ("a record too long", Bytes(Two[0] + " \r\n" + Two[1]), 2, "1 bytes before its line break"),
        ("an empty line", Bytes(Two[0] + "\r\n\r\n" + Two[1]), 2, "0 bytes before its line break"),
        ("0x1A too soon", Bytes(Two[0] + "\r\n\u001A"), 2, "the file ends (0x1A)"),
        ("full width", File([Two[0], Payment(Canary, 100, name: "山田花子"), Two[3]]), 2, "byte 51 is no half-width"),
        ("a tab", File([Two[0], Two[1].Replace("001 ", "001\t"), Two[3]]), 2, "is no half-width"),
        ("more behind it", [.. File(Two), .. File(Two)], 6, "behind the end record"),
        ("a count too low", File([.. Two[..3], Trailer(1, 65_100)]), 4, "the trailer says 1 payments"),
        ("an amount too high", File([.. Two[..3], Trailer(2, 65_101)]), 4, "65,101 yen"),
        ("totals of all groups", File([.. Two, .. Two[..3], Trailer(4, 130_200)]), 8, "the trailer says 4 payments"),
        ("a trailer of spaces", File([.. Two[..3], "8".PadRight(120)]), 4, "count or amount (bytes 2 to 19)"),
        ("a bank of letters", With(2, "00A1"), 2, "bank number (bytes 2 to 5)"),
        ("a branch of spaces", With(21, "   "), 2, "branch number (bytes 21 to 23)"),
        ("a kind of account", With(43, "3"), 2, "kind of account (byte 43)"),
        ("an account in dashes", With(44, "12-4567"), 2, "account number (bytes 44 to 50)"),
        ("an amount below zero", With(81, "-000000100"), 2, "amount (bytes 81 to 90)"),
        ("an amount to the left", With(81, "100       "), 2, "amount (bytes 81 to 90)"),
        ("a new code", With(91, "3"), 2, "new code (byte 91)"),
        ("a mark", With(113, "N"), 2, "mark of EDI information (byte 113)"),
    ];

    public static TheoryData<string> WhatIsRefused => [.. Refused.Select(r => r.What)];

    [Theory]
    [MemberData(nameof(WhatIsRefused))]
    public void what_is_no_transfer_file_is_refused_by_record_with_a_remedy_and_not_quoted(string what)
    {
        var (_, file, record, says) = Refused.Single(r => r.What == what);
        var refused = Should.Throw<BadInput>(() => Read(file));
        refused.Message.ShouldStartWith($"FILE, record {record}: ");
        refused.Message.ShouldContain(says);
        refused.Message.ShouldEndWith("Nothing was taken in.");
        refused.Message.ShouldNotContain(Canary);
        refused.Message.ShouldNotContain("ﾔﾏﾀﾞ");
        refused.Fault.ShouldBe(says.Contains("the trailer says") || says.Contains("yen")
            ? Fault.TotalsDiffer : Fault.Invalid);
    }

    /// <summary>Rule 21: MMDD has no year, and a pay-day that moved may lie in another one than the day it stands for.
    /// </summary>
    [Fact]
    public void a_file_names_the_day_on_which_it_is_paid_or_the_one_that_stands_for_it()
    {
        static void IsRead(FileDays days, string day) =>
            Read(File([Header(day, "21", '0'), .. Two[1..]]), days).Numbers.Length.ShouldBe(2);
        static void IsRefused(FileDays days, string day) => Should.Throw<BadInput>(() => IsRead(days, day)).Message
            .ShouldContain($"1: its day (bytes 55 to 58) is not that of the pay-day asked for, {days.PaidOn:O}.");
        var august = new FileDays(new DateOnly(2015, 8, 14), new DateOnly(2015, 8, 15));
        foreach (var day in (string[])["0814", "0815"])
        {
            IsRead(august, day);
        }

        foreach (var day in (string[])["0615", "0813", "0816"])
        {
            IsRefused(august, day);
        }

        var newYear = new FileDays(new DateOnly(2019, 12, 30), new DateOnly(2020, 1, 6));
        IsRead(newYear, "1230");
        IsRead(newYear, "0106");
        IsRefused(newYear, "1229");
        IsRefused(newYear, "0107");
    }

    [Fact]
    public void a_file_has_at_most_999_999_payments()
    {
        using var payments = new Repeated(File([Header()]).AsSpan(0, 122).ToArray(), Bytes(Two[1] + "\r\n"),
            TransferFile.MostPayments + 1);
        Should.Throw<BadInput>(() => PayRunInput.Read(payments, "FILE", CancellationToken.None)).Message
            .ShouldContain($"record {TransferFile.MostPayments + 2}: the file has more than 999,999 payments");
    }

    private static byte[] With(int at, string text) => File(
        [Two[0], Two[1].Remove(at - 1, text.Length).Insert(at - 1, text), Two[2], Two[3]]);

    /// <summary>A header, and one record again and again.</summary>
    private sealed class Repeated(byte[] first, byte[] then, int times) : Stream
    {
        private readonly Queue<byte[]> _next = new([first]);
        private int _left = times;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_next.Count == 0 && _left-- > 0)
            {
                _next.Enqueue(then);
            }

            if (!_next.TryDequeue(out var bytes))
            {
                return 0;
            }

            bytes.CopyTo(buffer, offset);
            return bytes.Length;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
