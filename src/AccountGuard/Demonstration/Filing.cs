namespace AccountGuard.Demonstration;

internal enum ChangeKind
{
    Account,
    Address,
}

internal enum Channel
{
    Counter,
    Post,
    Online,
    Proxy,
    Bank,
    Registry,
    Abroad,
}

/// <summary>
/// One change as it was built: what its row will say, and what is known about it beyond the row. The days that decide
/// are given by whoever builds it, beside the texts that stand in the file.
/// </summary>
internal sealed class Filing
{
    public const int Never = int.MaxValue;

    public required string Source { get; init; }
    public required string RequestId { get; init; }

    /// <summary>Picks the details of the form; the same serial writes the same form.</summary>
    public required long Serial { get; init; }

    /// <summary>The position of the number on the form, which need not be the holder's only one.</summary>
    public required int Position { get; init; }
    public required PossibleDays Days { get; init; }
    public ChangeKind Kind { get; init; }
    public Channel Channel { get; init; }
    public string FiledOn { get; init; } = "";
    public string ReceivedOn { get; init; } = "";
    public string EnteredOn { get; init; } = "";

    /// <summary>
    /// The delivery that brings it, and the one that brings its cancellation, which may be the earlier.
    /// </summary>
    public int ArrivesWith { get; init; } = Never;
    public int CancelledWith { get; set; } = Never;

    /// <summary>What stands in the row instead of what belongs there; null where nothing is amiss.</summary>
    public string? NumberText { get; init; }
    public string? KindText { get; init; }
    public string? ChannelText { get; init; }
    public string? NewAccount { get; init; }
}

internal enum RowOutcome
{
    Accepted,
    Duplicate,
    Quarantined,
}

/// <summary>A row of a delivery: a change, or the cancellation of one, and how the row must end (rule 7).</summary>
internal sealed record DeliveredRow(Filing Filing, RowOutcome Outcome, bool Cancels = false);
