namespace AccountGuard.Demonstration;

/// <summary>
/// The ways in which people write a number; all of them are read as the same ten digits (contract, Text).
/// </summary>
internal static class NumberForms
{
    private static ReadOnlySpan<byte> Zero => "０"u8;

    /// <summary>
    /// Mostly plain or with the hyphen, now and then full-width, with another dash or with white space.
    /// </summary>
    public static void Put(CsvFile csv, long number, ref SplitMix64 draw)
    {
        var form = draw.Below(1_000);
        var (office, serial) = (number / 1_000_000, number % 1_000_000);
        if (form is >= 990 and < 995)
        {
            PutFullWidth(csv, office, 1_000);
            csv.Put("－"u8);
            PutFullWidth(csv, serial, 100_000);
            return;
        }

        csv.PutDigits(office, 4);
        csv.Put(form switch
        {
            < 650 => ""u8,
            < 990 => "-"u8,
            < 997 => "\u2010"u8,
            < 998 => "ー"u8,
            < 999 => "\u2212"u8,
            _ => "\u3000"u8,
        });
        csv.PutDigits(serial, 6);
    }

    private static void PutFullWidth(CsvFile csv, long value, int firstPlace)
    {
        Span<byte> digit = stackalloc byte[3];
        for (var place = firstPlace; place > 0; place /= 10)
        {
            Zero.CopyTo(digit);
            digit[2] += (byte)(value / place % 10);
            csv.Put(digit);
        }
    }
}
