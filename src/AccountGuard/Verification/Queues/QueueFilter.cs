using AccountGuard.Identity;

namespace AccountGuard.Verification.Queues;

/// <summary>Why a case stands in the queue beside that its number is listed.</summary>
public enum QueueReason
{
    AddressChain,
    AlertGap,
    DateDoubt,
    Renumbered,
}

/// <summary>Which cases are asked for: those that meet all of it.</summary>
/// <param name="State">One state; none: every open one.</param>
/// <param name="Reason">One of its reasons.</param>
/// <param name="Tier">How many fields leaked, 1 to 4.</param>
/// <param name="Office">Where the change was filed, as it was delivered.</param>
/// <param name="IsLinked">Rule 16: something ties it to another case.</param>
/// <param name="Auditor">The login that works on it.</param>
public sealed record QueueFilter(
    string? State = null, QueueReason? Reason = null, int? Tier = null, string? Office = null, bool IsLinked = false,
    string? Auditor = null)
{
    public const string OfficeKind = "office";
    public const string LinkedKind = "linked";
    public const string MineKind = "mine";

    public static readonly QueueFilter None = new();

    /// <summary>The cases asked for have ended; all others are open.</summary>
    public bool IsEnded => Queue.EndedStates.Contains(State);

    /// <summary>What is asked for, each by the name under which open cases are counted.</summary>
    public IReadOnlyList<string> Kinds =>
    [
        .. new[]
        {
            State, Reason?.ToString(), Tier?.ToString(), Office is null ? null : OfficeKind,
            IsLinked ? LinkedKind : null, Auditor is null ? null : MineKind,
        }.OfType<string>(),
    ];

    /// <exception cref="BadInput">There is no such state or tier.</exception>
    public QueueFilter Checked() =>
        State is not null && !Queue.OpenStates.Contains(State) && !IsEnded
            ? throw new BadInput("There is no such state. States are "
                + $"{string.Join(", ", [.. Queue.OpenStates, .. Queue.EndedStates])}.")
        : Tier is < 1 or > 4 ? throw new BadInput("tier is from 1 to 4: how many fields leaked.")
        : this;
}

/// <summary>What the address of a page of the queue asks for; an empty field asks for nothing.</summary>
public sealed record QueueAsked
{
    public string? Incident { get; init; }

    public string? State { get; init; }

    public QueueReason? Reason { get; init; }

    public string? Tier { get; init; }

    public string? Office { get; init; }

    public bool? Linked { get; init; }

    public bool? Mine { get; init; }

    /// <exception cref="BadInput">There is no such state or tier.</exception>
    public QueueFilter FilterFor(Caller reader) => new QueueFilter(
        NotEmpty(State), Reason, NotEmpty(Tier) is { } tier ? int.TryParse(tier, out var fields) ? fields : 0 : null,
        NotEmpty(Office), Linked ?? false, Mine is true ? reader.Login : null).Checked();

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
