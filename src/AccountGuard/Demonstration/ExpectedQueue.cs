using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>A row of the queue that must come out.</summary>
internal sealed record QueueRow(
    Filing Filing, string Reasons, string State, int Tier, int Version, DateOnly? FiledOn, DateOnly? ExposedOn,
    bool Coupled);

/// <summary>
/// The queue that must come out after each delivery, from how every change and holder was built. It never reads a file
/// and has no way of its own to decide a date: so it can contradict the program that it checks.
/// </summary>
internal sealed class ExpectedQueue
{
    /// <summary>
    /// From the first day of the incident through its cutoff: the window of every number listed at first.
    /// </summary>
    private static readonly Window ownWindow = new(May(8), June(1));

    /// <summary>Through the day before the corrected alert: the window of a number that was missing (rule 5).</summary>
    private static readonly Window missingWindow = new(May(8), June(13));

    private readonly ListLayout layout;
    private readonly Timetable timetable;
    private readonly Dictionary<int, int> firstOfSecond = [];
    private readonly ILookup<int, int> secondsOfFirst;
    private readonly ILookup<int, Filing> byHolder;

    public ExpectedQueue(ListLayout layout, Timetable timetable, CaseBook book, IEnumerable<Filing> filings)
    {
        this.layout = layout;
        this.timetable = timetable;
        foreach (var (first, second) in book.SameHolder)
        {
            firstOfSecond.Add(second, first);
        }

        secondsOfFirst = book.SameHolder.ToLookup(pair => pair.First, pair => pair.Second);
        byHolder = filings.ToLookup(filing => HolderOf(filing.Position));
    }

    /// <summary>Rule 22. An unknown day comes before all.</summary>
    public static IEnumerable<QueueRow> Ranked(IEnumerable<QueueRow> rows) => rows
        .OrderBy(row => row.ExposedOn ?? DateOnly.MinValue)
        .ThenByDescending(row => row.Coupled)
        .ThenByDescending(row => row.Tier)
        .ThenBy(row => row.FiledOn ?? DateOnly.MinValue)
        .ThenBy(row => row.Filing.Source, StringComparer.Ordinal)
        .ThenBy(row => row.Filing.RequestId, StringComparer.Ordinal);

    public IEnumerable<QueueRow> OpenAfter(int delivery) =>
        byHolder.SelectMany(holder => holder).Select(filing => RowOf(filing, delivery)).OfType<QueueRow>();

    /// <summary>
    /// Rows that were open once, as they were right before they ended; nobody works a case, so they just end.
    /// </summary>
    public IEnumerable<QueueRow> Ended() =>
        byHolder.SelectMany(holder => holder).Select(EndOf).OfType<QueueRow>();

    private QueueRow? EndOf(Filing filing)
    {
        if (layout.RangeOf(filing.Position).Withdrawn && filing.CancelledWith >= timetable.List2
            && RowOf(filing, timetable.List2 - 1) is { } mistaken)
        {
            return mistaken with { State = "ListedInError" };
        }

        return filing.CancelledWith != Filing.Never && RowOf(filing, filing.CancelledWith - 1) is { } open
            ? open with { State = "Withdrawn" }
            : null;
    }

    private QueueRow? RowOf(Filing filing, int delivery)
    {
        if (!Meets(filing, delivery))
        {
            return null;
        }

        var listed = ListedNumbers(filing.Position, delivery);
        var leaked = listed.Aggregate(LeakedFields.None, (sum, number) => sum | LeakedBy(number, delivery));
        var coupled = filing.Kind == ChangeKind.Account && AddressChangesOf(filing, delivery).Any(address =>
            address.Days.Earliest is not { } moved || filing.Days.Earliest is not { } filed || moved <= filed);
        var earliest = filing.Days.Earliest;
        return new(
            filing, Reasons(filing, listed, coupled), "Queued", ListLayout.Tier(leaked),
            listed.Exists(number => !IsMissing(number)) ? 1 : 2,
            earliest, earliest is { } day ? PayDays.ExposedOn(day) : null, coupled);
    }

    private string Reasons(Filing filing, List<int> listed, bool coupled) => string.Join('+', new[]
    {
        filing.Days.Touch(ownWindow) ? "Listed" : "AlertGap",
        filing.Days.InDoubt(WindowOf(listed)) ? "DateDoubt" : "",
        listed.Contains(filing.Position) ? "" : "Renumbered",
        coupled ? "AddressChain" : "",
    }.Where(reason => reason != ""));

    private bool Meets(Filing filing, int delivery) =>
        filing.ArrivesWith <= delivery && filing.CancelledWith > delivery
        && ListedNumbers(filing.Position, delivery) is { Count: > 0 } listed && filing.Days.Touch(WindowOf(listed));

    private IEnumerable<Filing> AddressChangesOf(Filing filing, int delivery) =>
        byHolder[HolderOf(filing.Position)].Where(other =>
            other.Kind == ChangeKind.Address
            && (other.Position == filing.Position || delivery >= timetable.Renumbering)
            && Meets(other, delivery));

    /// <summary>All windows begin on one day, so that the longest of a holder's is their union.</summary>
    private Window WindowOf(List<int> listed) => listed.Exists(IsMissing) ? missingWindow : ownWindow;

    private bool IsMissing(int position) => layout.RangeOf(position).InList1.Length == 0;

    /// <summary>
    /// The holder's numbers on the lists in force; before the renumbering no number has another (rule 8).
    /// </summary>
    private List<int> ListedNumbers(int position, int delivery)
    {
        List<int> numbers = [position];
        if (delivery >= timetable.Renumbering)
        {
            var first = HolderOf(position);
            numbers = [first, .. secondsOfFirst[first]];
        }

        numbers.RemoveAll(number => LeakedBy(number, delivery) == LeakedFields.None);
        return numbers;
    }

    /// <summary>The holder is named by the first number that it had.</summary>
    private int HolderOf(int position)
    {
        var old = layout.OldNumberOf(position);
        return firstOfSecond.GetValueOrDefault(old, old);
    }

    /// <summary>The fields that leaked by the lists delivered so far, withdrawals taken off.</summary>
    private LeakedFields LeakedBy(int position, int delivery)
    {
        var range = position < layout.OnLists ? layout.RangeOf(position) : layout[ListingClass.Unlisted];
        var leaked = LeakedFields.None;
        foreach (var fields in range.InList1)
        {
            leaked |= delivery >= timetable.List1 && !(range.Withdrawn && delivery >= timetable.List2)
                ? fields : LeakedFields.None;
        }

        foreach (var fields in range.InList2)
        {
            leaked |= delivery >= timetable.List2 ? fields : LeakedFields.None;
        }

        return leaked;
    }
}
