namespace AccountGuard.Demonstration;

/// <summary>
/// Lays the background changes and the built cases into deliveries by their day of entry, and keeps the few that touch
/// a list: the queue can only be made of those.
/// </summary>
internal sealed class ChangeDeliveries
{
    private readonly BackgroundChanges background;
    private readonly CaseBook book;
    private readonly Dictionary<DateOnly, List<int>> indexesOn = [];
    private readonly Dictionary<DateOnly, List<int>> cancelledOn = [];
    private readonly List<Filing> touching;

    public ChangeDeliveries(
        BackgroundChanges background, CaseBook book, ListLayout layout, Timetable timetable, int count)
    {
        this.background = background;
        this.book = book;
        touching = [.. book.Filings];
        var cancelled = new List<(int Index, Filing Filing, DateOnly On)>();
        for (var index = 0; index < count; index++)
        {
            var (filing, entered) = background.Draw(index);
            On(indexesOn, entered).Add(index);
            if (filing.Position < layout.OnLists)
            {
                touching.Add(filing);
            }

            if (background.CancelledOn(index, entered) is { } day)
            {
                cancelled.Add((index, filing, day));
            }
        }

        Cancel(cancelled, timetable);
        RowCount = count + cancelledOn.Values.Sum(day => day.Count) + book.RowCount;
    }

    /// <summary>The changes by which the queue is judged.</summary>
    public IReadOnlyList<Filing> Touching => touching;

    public int RowCount { get; }

    public DeliveryRows Write(string path, PlannedDelivery delivery, ChangesFile file, RowProgress progress)
    {
        var outcomes = new int[3];
        using var csv = new CsvFile(path, ChangesFile.Header, progress);
        for (var day = delivery.First; day <= delivery.Last; day = day.AddDays(1))
        {
            foreach (var row in RowsOf(day))
            {
                file.Write(csv, row, day);
                outcomes[(int)row.Outcome]++;
            }
        }

        return new(
            outcomes.Sum(), outcomes[(int)RowOutcome.Accepted], outcomes[(int)RowOutcome.Duplicate],
            outcomes[(int)RowOutcome.Quarantined]);
    }

    private IEnumerable<DeliveredRow> RowsOf(DateOnly day)
    {
        foreach (var index in On(indexesOn, day))
        {
            yield return new(background.Draw(index).Filing, RowOutcome.Accepted);
        }

        foreach (var index in On(cancelledOn, day))
        {
            yield return new(background.Draw(index).Filing, RowOutcome.Accepted, Cancels: true);
        }

        foreach (var row in book.On(day))
        {
            yield return row;
        }
    }

    /// <summary>
    /// A listed holder with several changes is left alone: what an ended case showed last would depend on the order of
    /// rows where a delivery cancels one and brings another.
    /// </summary>
    private void Cancel(List<(int Index, Filing Filing, DateOnly On)> cancelled, Timetable timetable)
    {
        var several = touching.GroupBy(filing => filing.Position).Where(group => group.Skip(1).Any())
            .Select(group => group.Key).ToHashSet();
        var kept = touching.Where(filing => filing.Source is not (CaseBook.Edge or CaseBook.Published))
            .ToDictionary(filing => filing.Serial);
        foreach (var (index, filing, day) in cancelled.Where(one => !several.Contains(one.Filing.Position)))
        {
            On(cancelledOn, day).Add(index);
            if (kept.TryGetValue(filing.Serial, out var touched))
            {
                touched.CancelledWith = timetable.Of(day)!.Order;
            }
        }
    }

    private static List<int> On(Dictionary<DateOnly, List<int>> days, DateOnly day)
    {
        if (!days.TryGetValue(day, out var found))
        {
            days[day] = found = [];
        }

        return found;
    }
}
