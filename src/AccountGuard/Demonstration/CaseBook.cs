namespace AccountGuard.Demonstration;

/// <summary>
/// The days of a built case: the texts in its row, the day on which the row comes in, and what they leave possible,
/// said by whoever builds the case.
/// </summary>
internal sealed record CaseDays(
    string FiledOn, string ReceivedOn, string EnteredOn, DateOnly Arrives, PossibleDays Possible)
{
    public static CaseDays Known(DateOnly filed, DateOnly received, DateOnly entered) =>
        new($"{filed:yyyy-MM-dd}", $"{received:yyyy-MM-dd}", $"{entered:yyyy-MM-dd}", entered,
            PossibleDays.FiledAndReceived(filed, received));

    /// <summary>Filed, received and entered at the counter on one day.</summary>
    public static CaseDays Counter(DateOnly day) => Known(day, day, day);
}

/// <summary>All built cases, with the rows that they put into the deliveries and the numbers that they join.</summary>
internal sealed class CaseBook(Timetable timetable)
{
    /// <summary>
    /// The source of the 109 holders of the published figures: 35 address-and-account, 74 address-only.
    /// </summary>
    public const string Published = "demo-case";

    /// <summary>The source of all other built cases: borders, doubts, cancellations, second numbers.</summary>
    public const string Edge = "demo-edge";

    private readonly Dictionary<DateOnly, List<DeliveredRow>> rows = [];
    private readonly List<Filing> filings = [];
    private long serial = 1L << 40;

    public IReadOnlyList<Filing> Filings => filings;

    /// <summary>Holders whose renumbering a case needs.</summary>
    public List<int> Renumbered { get; } = [];

    /// <summary>
    /// Pairs of numbers that the renumbering file says are one person's (rule 8, <c>same-holder</c>).
    /// </summary>
    public List<(int First, int Second)> SameHolder { get; } = [];

    public int RowCount => rows.Values.Sum(day => day.Count);

    public IReadOnlyList<DeliveredRow> On(DateOnly day) => rows.TryGetValue(day, out var found) ? found : [];

    public Filing Add(
        string requestId, int position, CaseDays days, ChangeKind kind = ChangeKind.Account,
        Channel channel = Channel.Counter, string source = Edge, string? newAccount = null, string? channelText = null,
        string? kindText = null)
    {
        var filing = new Filing
        {
            Source = source,
            RequestId = requestId,
            Serial = serial++,
            Position = position,
            Days = days.Possible,
            Kind = kind,
            Channel = channel,
            FiledOn = days.FiledOn,
            ReceivedOn = days.ReceivedOn,
            EnteredOn = days.EnteredOn,
            ArrivesWith = DeliveryOf(days.Arrives),
            NewAccount = newAccount,
            ChannelText = channelText,
            KindText = kindText,
        };
        filings.Add(filing);
        Put(days.Arrives, new(filing, RowOutcome.Accepted));
        return filing;
    }

    /// <summary>
    /// In a delivery other than the change's own: within one it would depend on the order of rows whether a case was
    /// open in between.
    /// </summary>
    public void Cancel(Filing filing, DateOnly on)
    {
        filing.CancelledWith = DeliveryOf(on);
        if (filing.CancelledWith == filing.ArrivesWith)
        {
            throw new InvalidOperationException($"{filing.RequestId} is cancelled by the delivery that brings it.");
        }

        Put(on, new(filing, RowOutcome.Accepted, Cancels: true));
    }

    /// <summary>A cancellation of what never comes.</summary>
    public void CancelNothing(Filing unsent, DateOnly on) => Put(on, new(unsent, RowOutcome.Accepted, Cancels: true));

    /// <summary>The same row again in a later delivery, perhaps with its number written in another form.</summary>
    public void Repeat(Filing filing, DateOnly on, bool cancels = false) =>
        Put(on, new(filing, RowOutcome.Duplicate, cancels));

    /// <summary>A row that cannot be taken. It is on no queue, so it is not among the filings.</summary>
    public void Refuse(Filing row, DateOnly on, bool cancels = false) =>
        Put(on, new(row, RowOutcome.Quarantined, cancels));

    /// <summary>
    /// A form that is not delivered as it stands: the beginning of a cancellation or of a row to refuse.
    /// </summary>
    public Filing Draft(
        string requestId, int position, string source = Edge, string? numberText = null, string? kindText = null,
        string filedOn = "2015-05-18", string? newAccount = null) => new()
        {
            Source = source,
            RequestId = requestId,
            Serial = serial++,
            Position = position,
            Days = PossibleDays.None,
            FiledOn = filedOn,
            ReceivedOn = "2015-05-18",
            EnteredOn = "2015-05-19",
            NumberText = numberText,
            KindText = kindText,
            NewAccount = newAccount,
        };

    private int DeliveryOf(DateOnly day) => timetable.Of(day)?.Order
        ?? throw new InvalidOperationException($"No delivery brings what is entered on {day:yyyy-MM-dd}.");

    private void Put(DateOnly day, DeliveredRow row)
    {
        if (!rows.TryGetValue(day, out var found))
        {
            rows[day] = found = [];
        }

        found.Add(row);
    }
}
