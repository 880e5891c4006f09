using AccountGuard.Numbers;

namespace AccountGuard.Payments;

/// <summary>
/// A payment that stands otherwise now, or goes elsewhere while it is on hold (keep, previous; null where it is not).
/// The record is counted from 1, with headers and trailers, and the amount in yen.
/// </summary>
public sealed record ChangedPayment(
    int Record, string Then, string Now, string? PayToThen, string? PayToNow, long Amount);

/// <summary>
/// What changed since a payment file was handed off: the list of what may have to be recalled (Rule 23), and of what
/// may be paid after all. The amount is that of all of them, in yen.
/// </summary>
public sealed record PayRunChanges(
    long Run, StandingAsOf Then, StandingAsOf Now, int Count, long Amount, IReadOnlyList<ChangedPayment> Changes)
{
    /// <exception cref="BadInput">There is no such run, or its file is not kept.</exception>
    public static async Task<PayRunChanges> SinceAsync(
        Installation at, long no, string who, CancellationToken cancel)
    {
        var kept = await KeptPayRun.FindAsync(at, no, cancel);
        await using var file = await PayRunParts.ReadAsync(at, kept, cancel);
        return await SinceAsync(at, kept, PayRunInput.Read(file, "The file", cancel), who, cancel);
    }

    /// <summary>The same of a run by command, whose file whoever screened it has.</summary>
    /// <exception cref="BadInput">There is no such run, or it was of another file.</exception>
    public static async Task<PayRunChanges> SinceAsync(
        Installation at, long no, Stream file, string name, string who, CancellationToken cancel)
    {
        var kept = await KeptPayRun.FindAsync(at, no, cancel);
        var input = PayRunInput.Read(file, name, cancel);
        return Convert.ToHexStringLower(input.Digest) == kept.Run.Summary.Input.Sha256
            ? await SinceAsync(at, kept, input, who, cancel)
            : throw new BadInput($"{name} is not the file of pay-run {no}. Name the one that was screened.",
                Fault.OtherContent);
    }

    private static async Task<PayRunChanges> SinceAsync(
        Installation at, KeptPayRun kept, PayRunInput input, string who, CancellationToken cancel)
    {
        await using var standing = await Standing.OpenAsync(at, kept.PayDay, who, cancel);
        var doubtful = await DoubtfulNumbers.ReadAsync(at, standing, cancel);
        var now = await PayRunStandings.AskAsync(at, standing, doubtful, input, cancel);
        var then = kept.Run.Standings;
        var changed = Enumerable.Range(0, then.Length).Where(i => then[i] != now.Standings[i]).ToList();
        await RecordAsync(at, kept.No, input, [.. changed.Where(i =>
            PayRunStandings.StandingOf(then[i]) is PayRunStanding.Pending or PayRunStanding.Hold)], who, cancel);
        return new PayRunChanges(
            kept.No, kept.Run.Summary.AsOf, standing.AsOf, changed.Count, changed.Sum(input.AmountOf),
            [
                .. changed.Select(i => new ChangedPayment(input.RecordOf(i), PayRunStandings.NameOf(then[i]),
                    PayRunStandings.NameOf(now.Standings[i]), PayRunStandings.PayToOf(then[i]),
                    PayRunStandings.PayToOf(now.Standings[i]), input.AmountOf(i))),
            ]);
    }

    /// <summary>Rule 33: what stands now is recorded by <see cref="Standing"/>, and what stood then here.</summary>
    private static async Task RecordAsync(
        Installation at, long no, PayRunInput input, int[] shown, string who, CancellationToken cancel)
    {
        var keys = new HashSet<NumberKey>();
        foreach (var payment in shown.Where(payment => !Sandbox.Has(at, input.Numbers[payment])))
        {
            keys.Add(NumberKey.Of(DoubtfulNumbers.NumberOf(input.Numbers[payment]), at.Keys));
        }

        if (keys.Count > 0)
        {
            await AccessRecords.WriteAsync(at, keys, "cases", who, $"changes since pay-run {no}", cancel);
        }
    }
}
