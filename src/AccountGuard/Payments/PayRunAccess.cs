using AccountGuard.Numbers;

namespace AccountGuard.Payments;

/// <summary>
/// Rule 33: in which file a payment stands tells that its number has a case or a hold, and an account that was denied
/// that it had one. Whoever is shown it of a run that was screened before is recorded as well.
/// </summary>
internal static class PayRunAccess
{
    /// <param name="shown">Of what is unknown, payments to denied accounts alone tell anything of a person.</param>
    /// <param name="what">What of the run was shown.</param>
    public static async Task RecordAsync(
        Installation at, PayRun run, PayRunInput input, IReadOnlyCollection<PayRunStanding> shown, string what,
        string who, CancellationToken cancel)
    {
        var denied = (run.Summary.DeniedAccounts?.Records ?? []).ToHashSet();
        var numbers = input.Numbers.ToArray()
            .Where((_, payment) => PayRunStandings.StandingOf(run.Standings[payment]) is var standing
                && shown.Contains(standing)
                && (standing != PayRunStanding.Unknown || denied.Contains(input.RecordOf(payment)))).Distinct()
            .Where(number => !Sandbox.Has(at, number))
            .Select(number => NumberKey.Of(DoubtfulNumbers.NumberOf(number), at.Keys)).ToList();
        if (numbers.Count > 0)
        {
            await AccessRecords.WriteAsync(at, numbers, "cases", who, $"{what} of pay-run {run.No}", cancel);
        }
    }
}
