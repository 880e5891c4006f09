namespace AccountGuard.Demonstration;

/// <summary>Days from one through another, both included.</summary>
internal readonly record struct Window(DateOnly From, DateOnly Through)
{
    public bool Holds(DateOnly? day) => From <= day && day <= Through;
}

/// <summary>
/// The days on which a change may have been filed (rule 4), as it was built: two days, ten days in a row, or none
/// known. Whoever builds a change says which; nothing here reads a date back.
/// </summary>
internal readonly record struct PossibleDays
{
    private readonly DateOnly? one;
    private readonly DateOnly? other;
    private readonly bool everyDayBetween;

    private PossibleDays(DateOnly? one, DateOnly? other, bool everyDayBetween) =>
        (this.one, this.other, this.everyDayBetween) = (one, other, everyDayBetween);

    /// <summary>Filed on a day that is missing or impossible, with no other day to go by.</summary>
    public static PossibleDays None => default;

    /// <summary>Null only when no day is possible.</summary>
    public DateOnly? Earliest => one < other ? one : other;

    public static PossibleDays FiledAndReceived(DateOnly filed, DateOnly received) => new(filed, received, false);

    /// <summary>Filed on a good day; the day of receipt is missing or impossible.</summary>
    public static PossibleDays FiledOnly(DateOnly filed) => new(filed, filed, false);

    /// <summary>Filed on a day that is missing or impossible: any of the ten days up to and with this one.</summary>
    public static PossibleDays TenUpTo(DateOnly day) => new(day.AddDays(-9), day, true);

    /// <summary>
    /// Rule 2: one possible day in the window is enough, and no possible day at all meets every window.
    /// </summary>
    public bool Touch(Window window) =>
        one is null || window.Holds(one) || window.Holds(other)
        || (everyDayBetween && one <= window.Through && window.From <= other);

    /// <summary>Rule 4: the filed day is not known, or only one of filed and received lies in the window.</summary>
    public bool InDoubt(Window window) => one is null || everyDayBetween || window.Holds(one) != window.Holds(other);
}
