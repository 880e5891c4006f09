using AccountGuard.Numbers;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Payments;

/// <summary>Where a payment stands (Rule 19), and which of the four files it goes to.</summary>
public enum PayRunStanding : byte
{
    Clear,
    Pending,
    Hold,
    Unknown,
}

/// <summary>
/// The answer to a payment file, frozen: where each payment stood in one snapshot, and where it goes while it is on
/// hold, in a byte for each; for how many payments each reason was given; the payments whose account is new or changed
/// by a change that we do not know of; and those to an account that was denied.
/// </summary>
public sealed record PayRunStandings(
    byte[] Standings, IReadOnlyDictionary<string, int> Reasons, IReadOnlyList<int> UnknownChanges,
    IReadOnlyList<int> DeniedAccounts)
{
    public const string EdiInformation = "EdiInformation", DeniedAccount = "DeniedAccount";

    private const int NumbersOfAQuestion = 5_000;

    // A byte holds a standing in its lowest bits, and the place of one of these in the next ones.
    private const int BitsOfStanding = 2;
    private static readonly string?[] PayTos = [null, Standing.Keep, Standing.Previous];

    /// <summary>As the file is named, and the answer of standing: clear, pending, hold, unknown.</summary>
    public static readonly IReadOnlyList<string> Names =
        [.. Enum.GetNames<PayRunStanding>().Select(n => n.ToLowerInvariant())];

    public static PayRunStanding StandingOf(byte frozen) => (PayRunStanding)(frozen & ((1 << BitsOfStanding) - 1));

    public static string NameOf(byte frozen) => Names[(int)StandingOf(frozen)];

    /// <summary>Where a payment on hold goes meanwhile: as <see cref="StandingAnswer.PayTo"/>.</summary>
    public static string? PayToOf(byte frozen) => PayTos[frozen >> BitsOfStanding];

    /// <summary>The payments on hold that go there meanwhile.</summary>
    public IEnumerable<int> HeldAndPaidTo(string payTo)
    {
        var frozen = CodeOf(PayRunStanding.Hold, payTo);
        for (var at = Array.IndexOf(Standings, frozen); at >= 0; at = Array.IndexOf(Standings, frozen, at + 1))
        {
            yield return at;
        }
    }

    /// <summary>
    /// Asks for every payment of the file. What is shown of a person is recorded first, as by <see cref="Standing"/>.
    /// </summary>
    public static async Task<PayRunStandings> AskAsync(
        Installation at, Standing standing, DoubtfulNumbers doubtful, PayRunInput input, CancellationToken cancel)
    {
        var doubted = doubtful.Among(input.Numbers);
        var plain = standing.OfPlainNumber;
        var numbers = doubted.Select(payment => input.Numbers[payment]).Where(number => number >= 0).Distinct()
            .ToLookup(number => Sandbox.Has(at, number));
        var answers = await AnswersAsync(at, standing, doubtful, numbers[false], cancel);
        IReadOnlyList<int> unknownChanges;
        await standing.Turn.WaitAsync(cancel);
        try
        {
            foreach (var number in numbers[true])
            {
                answers[number] = (await standing.AnswerAsync([DoubtfulNumbers.TextOf(number)], cancel))[0];
            }

            answers[PayRunInput.NoNumber] = (await standing.AnswerAsync([null], cancel))[0];
            unknownChanges = await UnknownChangesAsync(at, standing, input, cancel);
        }
        finally
        {
            standing.Turn.Release();
        }

        answers[PayRunInput.Edi] = plain with { Standing = "unknown", Reasons = [.. plain.Reasons, EdiInformation] };
        var denied = ToDeniedAccounts(at, doubtful, input, doubted);
        await standing.RecordAsync([.. denied.Select(payment => input.Numbers[payment]).Distinct()
            .Select(number => NumberKey.Of(DoubtfulNumbers.NumberOf(number), at.Keys))], cancel);
        return Of(input, doubted, answers, plain, unknownChanges, denied);
    }

    private static async Task<Dictionary<long, StandingAnswer>> AnswersAsync(
        Installation at, Standing standing, DoubtfulNumbers doubtful, IEnumerable<long> numbers,
        CancellationToken cancel)
    {
        var answers = new Dictionary<long, StandingAnswer>();
        var shown = new List<NumberKey>();
        foreach (var number in numbers)
        {
            var key = NumberKey.Of(DoubtfulNumbers.NumberOf(number), at.Keys);
            var found = doubtful.Of(key);
            answers[number] = standing.AnswerOf(found);
            if (found.IsPersonal)
            {
                shown.Add(key);
            }
        }

        await standing.RecordAsync([.. shown], cancel);
        return answers;
    }

    private static PayRunStandings Of(
        PayRunInput input, List<int> doubted, Dictionary<long, StandingAnswer> answers, StandingAnswer plain,
        IReadOnlyList<int> unknownChanges, List<int> denied)
    {
        var standings = new byte[input.Numbers.Length];
        Array.Fill(standings, CodeOf(plain));
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        Count(plain, standings.Length - doubted.Count);
        foreach (var payment in doubted)
        {
            var answer = answers[input.Numbers[payment]];
            standings[payment] = CodeOf(answer);
            Count(answer, 1);
        }

        // What is on hold is not paid there; all else would be, since restoring the account before ends the hold.
        denied.RemoveAll(payment => StandingOf(standings[payment]) == PayRunStanding.Hold);
        foreach (var payment in denied)
        {
            standings[payment] = (byte)PayRunStanding.Unknown;
            reasons[DeniedAccount] = denied.Count;
        }

        return new PayRunStandings(standings, reasons, unknownChanges, denied);

        // What is pending has none, and nothing has a reason for which it stands 0 times.
        void Count(StandingAnswer answer, int payments)
        {
            foreach (var reason in payments > 0 ? answer.Reasons : [])
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + payments;
            }
        }
    }

    /// <summary>
    /// Payments to the new account of a change that their holder did not mean (Rule 17), or to one that cannot be
    /// compared with it.
    /// </summary>
    private static List<int> ToDeniedAccounts(
        Installation at, DoubtfulNumbers doubtful, PayRunInput input, List<int> doubted) =>
        [.. doubted.Where(payment => doubtful.DeniedAccountsOf(input.Numbers[payment]) is { } denied
            && input.AccountsOf(payment).Select(account => account.NameIn(at.Keys)).ToList() is var paid
            && (paid.Count == 0 || paid.Exists(denied.Contains)))];

    private static byte CodeOf(StandingAnswer answer) =>
        CodeOf(Enum.Parse<PayRunStanding>(answer.Standing, true), answer.PayTo);

    private static byte CodeOf(PayRunStanding standing, string? payTo) =>
        (byte)((int)standing | (Array.IndexOf(PayTos, payTo) << BitsOfStanding));

    /// <summary>
    /// Those of a number, under any alias, with no change to the account that is paid; or of no number at all.
    /// </summary>
    private static async Task<IReadOnlyList<int>> UnknownChangesAsync(
        Installation at, Standing standing, PayRunInput input, CancellationToken cancel)
    {
        var unknown = new List<int>();
        foreach (var some in input.SaidChanged.Chunk(NumbersOfAQuestion))
        {
            await using var find = new NpgsqlCommand("select place from places_without_change(@numbers, @accounts)",
                standing.Snapshot.Connection, standing.Snapshot);
            find.CommandTimeout = 0;
            find.Parameters.AddWithValue("numbers", NpgsqlDbType.Array | NpgsqlDbType.Bytea,
                some.Select(payment => KeyOf(input.Numbers[payment], at)).ToArray());
            find.Parameters.AddWithValue("accounts", NpgsqlDbType.Array | NpgsqlDbType.Bytea,
                some.Select(payment => input.AccountsOf(payment)
                    .Select(account => new NumberKey(account.NameIn(at.Keys)).ToBytes()).FirstOrDefault()).ToArray());
            await using var reader = await find.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                unknown.Add(some[reader.GetInt64(0) - 1]);
            }
        }

        return unknown;
    }

    private static byte[]? KeyOf(long number, Installation at) =>
        number < 0 ? null : NumberKey.Of(DoubtfulNumbers.NumberOf(number), at.Keys).ToBytes();
}
