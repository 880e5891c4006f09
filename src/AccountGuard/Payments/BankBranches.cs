namespace AccountGuard.Payments;

/// <summary>
/// The banks and branches that payments may go to. Nobody may pass such a list on with a program, so whoever pays names
/// a file of their own; where none is named, every bank and branch may be.
/// </summary>
public sealed class BankBranches
{
    internal const string NotListed = "not in the list of Payments__Branches";
    internal const string Remedy = "Correct the payment at its source, or bring the list up to date";

    private readonly HashSet<int> _known;

    private BankBranches(HashSet<int> known) => _known = known;

    /// <summary>Reads the file that <c>Payments:Branches</c> names, once.</summary>
    /// <returns>Null where it names none.</returns>
    /// <exception cref="BadInput">There is no such file, or a line of it is none.</exception>
    public static BankBranches? From(IConfiguration settings) => settings["Payments:Branches"] switch
    {
        null or "" => null,
        var path when !File.Exists(path) => throw new BadInput(
            "There is no file where Payments__Branches says. Correct it, or unset it to let every branch be paid to."),
        var path => Of(File.ReadLines(path)),
    };

    /// <param name="lines">
    /// Of a bank (four digits), a comma and a branch (three digits), and whatever stands behind a further comma; the
    /// first may be a header.
    /// </param>
    /// <exception cref="BadInput">A line is none.</exception>
    public static BankBranches Of(IEnumerable<string> lines)
    {
        var known = new HashSet<int>();
        foreach (var (no, line) in lines.Index())
        {
            var fields = line.Split(',', 3);
            if (fields is [{ Length: 4 } bank, { Length: 3 } branch, ..]
                && bank.All(char.IsAsciiDigit) && branch.All(char.IsAsciiDigit))
            {
                known.Add((int.Parse(bank) * 1_000) + int.Parse(branch));
            }
            else if (no > 0 && line.Length > 0)
            {
                throw new BadInput($"Line {no + 1} of the file that Payments__Branches names is no branch: it begins "
                    + "with four digits of a bank, a comma and three of a branch, as in 0001,001.");
            }
        }

        return known.Count > 0 ? new BankBranches(known)
            : throw new BadInput("The file that Payments__Branches names has no branch in it.");
    }

    public bool Has(long bank, long branch) => _known.Contains((int)((bank * 1_000) + branch));
}
