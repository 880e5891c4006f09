namespace AccountGuard.Demonstration;

/// <summary>Invented payout accounts in the contract's written forms; bank codes from 0990 belong to no bank.</summary>
internal static class AccountText
{
    public static string Domestic(ref SplitMix64 draw) => draw.Below(100) < 78
        ? $"zengin:{990 + draw.Below(10):D4}-{1 + draw.Below(899):D3}-{1 + draw.Below(2)}-{draw.Below(10_000_000):D7}"
        : $"yucho:1{draw.Below(100):D2}{draw.Below(10)}0-{1_000_000 + draw.Below(9_000_000):D7}1";

    public static string Abroad(ref SplitMix64 draw) => draw.Below(3) switch
    {
        0 => Iban(ref draw),
        1 => UsAch(ref draw),
        _ => $"uk:{200_000 + draw.Below(99_999):D6}-{draw.Below(100_000_000):D8}",
    };

    /// <summary>
    /// A German IBAN: 98 less the remainder by 97 of the account with DE00 behind it, as digits (ISO 7064).
    /// </summary>
    private static string Iban(ref SplitMix64 draw)
    {
        var account = $"{10_000_000 + draw.Below(89_999_999):D8}{draw.Below(1_000_000_000):D10}";
        var remainder = (account + "131400").Aggregate(0, (sum, digit) => (sum * 10 + digit - '0') % 97);
        return $"iban:DE{98 - remainder:D2}{account}";
    }

    /// <summary>
    /// A routing number carries a check digit: its digits, weighted 3, 7 and 1, come to a multiple of ten.
    /// </summary>
    private static string UsAch(ref SplitMix64 draw)
    {
        var bank = $"{1_000_000 + draw.Below(11_000_000):D8}";
        var sum = bank.Select((digit, place) => (digit - '0') * (place % 3 == 0 ? 3 : place % 3 == 1 ? 7 : 1)).Sum();
        return $"us-ach:{bank}{(10 - sum % 10) % 10}-{draw.Below(1_000_000_000):D9}";
    }
}
