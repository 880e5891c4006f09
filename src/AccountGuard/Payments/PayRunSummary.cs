using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccountGuard.Payments;

/// <summary>The payment file as it came.</summary>
public sealed record PayRunFile(int Groups, int Count, long Amount, long Bytes, string Sha256);

/// <summary>
/// Records whose new code says that the account is new or changed, to one that no change we know of names.
/// </summary>
public sealed record UnknownChanges(int Count, IReadOnlyList<int> Records);

/// <summary>
/// Payments to an account that their holder did not mean, that no hold stops any more: they are unknown (Rule 17).
/// </summary>
public sealed record DeniedAccounts(int Count, long Amount, IReadOnlyList<int> Records);

/// <summary>Payments on hold, by record.</summary>
public sealed record HeldPayments(int Count, long Amount, IReadOnlyList<int> Records);

/// <summary>
/// What becomes of payments on hold: they are kept and paid later, or may go to the account before the change. Together
/// they are those on hold.
/// </summary>
public sealed record HeldPayTo(HeldPayments Keep, HeldPayments Previous);

/// <summary>
/// What is said of a pay-run, and signed. The four parts add up to the input. Reasons: for how many payments on hold or
/// unknown each was given. It names no person: records are named by their number in the file, from 1.
/// </summary>
public sealed record PayRunSummary(
    long Run, DateOnly PayDay, DateTimeOffset ScreenedAt, StandingAsOf AsOf, PayRunFile Input, PayRunPart Clear,
    PayRunPart Pending, PayRunPart Hold, PayRunPart Unknown, IReadOnlyDictionary<string, int> Reasons,
    UnknownChanges UnknownChanges, HeldPayTo? PayTo = null, DeniedAccounts? DeniedAccounts = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>By standing.</summary>
    [JsonIgnore]
    public IReadOnlyList<PayRunPart> Parts => [Clear, Pending, Hold, Unknown];

    /// <summary>Whether it tells of which payments a person's case is known by.</summary>
    [JsonIgnore]
    public bool NamesRecords => Hold.Count > 0 || DeniedAccounts?.Count > 0;

    /// <summary>As it is kept and signed.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    public static PayRunSummary Read(string text) => JsonSerializer.Deserialize<PayRunSummary>(text, Json)!;
}
