using System.Text;

namespace AccountGuard.Tests.Payments;

/// <summary>Transfer files as tests write them: records, and the bytes of a file.</summary>
internal static class TransferSample
{
    internal const string End = "9";

    internal static readonly DateOnly June = new(2015, 6, 15);

    internal static string Header(string kind = "21", char code = '0', DateOnly? payDay = null) =>
        Header($"{payDay ?? June:MMdd}", kind, code);

    internal static string Header(string day, string kind, char code) =>
        ($"1{kind}{code}0000000001".PadRight(54) + day).PadRight(120);

    /// <param name="account">Bank, branch, kind and number.</param>
    internal static string Payment(
        string number, long amount, char newCode = '0', bool hasEdi = false, string name = "ﾔﾏﾀﾞ ﾊﾅｺ",
        string account = "0001-001-1-0000001")
    {
        var of = account.Split('-');
        return ($"2{of[0]}".PadRight(20) + of[1].PadRight(18) + $"0000{of[2]}{of[3]}" + name.PadRight(30)
            + $"{amount:D10}{newCode}" + number.PadRight(21) + (hasEdi ? "Y" : " ")).PadRight(120);
    }

    internal static string Trailer(int count, long amount) => $"8{count:D6}{amount:D12}".PadRight(120);

    /// <summary>A group with its header and a trailer that adds up.</summary>
    internal static IEnumerable<string> Group(params (string Number, long Amount)[] payments) =>
        Group(June, payments);

    internal static IEnumerable<string> Group(DateOnly payDay, params (string Number, long Amount)[] payments) =>
    [
        Header(payDay: payDay), .. payments.Select(p => Payment(p.Number, p.Amount)),
        Trailer(payments.Length, payments.Sum(p => p.Amount)),
    ];

    internal static byte[] File(IEnumerable<string> records, string lineBreak = "\r\n") => Bytes(
        string.Concat(records.Append(End.PadRight(120)).Select(record => record + lineBreak)));

    internal static byte[] Bytes(string text) => CodePagesEncodingProvider.Instance.GetEncoding(932)!.GetBytes(text);
}
