namespace AccountGuard.Payments;

/// <summary>
/// What is known of a number besides what is in doubt for all (Rule 19): whether its holder has an open case, and why
/// it would be unknown or on hold.
/// </summary>
/// <param name="PayTo">Where it is paid while it is on hold; null where it is not.</param>
public sealed record Findings(bool HasCase, IReadOnlyList<string> Reasons, string? PayTo)
{
    public static readonly Findings None = new(false, [], null);
    private static readonly Findings CaseAlone = None with { HasCase = true };

    /// <summary>To show it is to show something of a person (Rule 33).</summary>
    public bool IsPersonal => HasCase || PayTo is not null;

    public Findings AndCase() => ReferenceEquals(this, None) ? CaseAlone : this with { HasCase = true };

    /// <summary>Of several holds one that keeps the money decides: the account before may be a thief's.</summary>
    public Findings And(string reason, string? payTo) => this with
    {
        Reasons = Reasons.Contains(reason) ? Reasons : [.. Reasons, reason],
        PayTo = payTo == Standing.Keep || PayTo is null ? payTo ?? PayTo : PayTo,
    };
}
