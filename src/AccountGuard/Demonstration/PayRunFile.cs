using System.Text;

namespace AccountGuard.Demonstration;

/// <summary>
/// The payments of a pay-day as the bank takes them: a Zengin transfer file with the number as customer code 1. What is
/// paid abroad goes another way.
/// </summary>
internal sealed class PayRunFile(DateOnly payDay)
{
    private readonly StringBuilder payments = new();
    private int count;
    private long amount;

    /// <param name="account">In one of the forms that the demonstration invents.</param>
    public void Add(long number, int yen, string account)
    {
        // An account of Japan Post Bank goes by its bank and branch.
        var (bank, branch, kind, digits) = account.Split(':', '-') switch
        {
            ["zengin", var of, var at, var type, var no] => (of, at, type, no),
            ["yucho", var symbol, var no] => ("9900", $"{symbol[1..3]}8", "1", no[..^1]),
            _ => default,
        };
        if (bank is null)
        {
            return;
        }

        Add($"2{bank}".PadRight(20) + branch.PadRight(18) + $"0000{kind}{digits}" + "DEMO".PadRight(30)
            + $"{yen:D10}0{number:D10}");
        (count, amount) = (count + 1, amount + yen);
    }

    public void Write(string path)
    {
        payments.Insert(0, Record("12100000000001".PadRight(54) + $"{payDay:MMdd}"));
        Add($"8{count:D6}{amount:D12}");
        Add("9");
        File.WriteAllText(path, payments.ToString(), Encoding.ASCII);
    }

    private void Add(string record) => payments.Append(Record(record));

    private static string Record(string text) => text.PadRight(120) + "\r\n";
}
