using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>One run of the generator: who and what is decided first, then written delivery by delivery.</summary>
internal sealed class DemoWriting
{
    private readonly string folder;
    private readonly int seed;
    private readonly Figures figures;
    private readonly Timetable timetable = new();
    private readonly ListLayout layout;
    private readonly NumberPermutation numbers;
    private readonly People people;
    private readonly CaseBook book;
    private readonly ChangeDeliveries changes;
    private readonly PaymentFile payments;
    private readonly RowProgress progress;

    public DemoWriting(
        string folder, Figures figures, int seed, IProgress<(long Done, long Total)>? watcher, CancellationToken cancel)
    {
        this.folder = folder;
        this.figures = figures;
        this.seed = seed;
        layout = new(figures);
        numbers = new(seed);
        people = new(seed);
        book = new(timetable);
        var cast = new Cast(layout);

        // First: a wrong number and the one that it was mistaken for are the first of their classes (S04).
        ListCases.Add(book, cast);
        PublishedCases.Add(book, cast, seed);
        DateCases.Add(book, cast);
        BorderCases.Add(book, cast);
        CancelledCases.Add(book, cast);
        AliasCases.Add(book, cast, layout);
        RefusedCases.Add(book, cast);

        var background = new BackgroundChanges(layout, cast, timetable, seed);
        changes = new(background, book, layout, timetable, figures.BackgroundChanges);
        payments = new(new ChangesFile(numbers, people, layout.Holders, seed), numbers, seed);
        var paid = payments.RowsOf(June(15), changes.Touching) + payments.RowsOf(August(14), changes.Touching);
        var total = figures.Records.All + figures.Missing.All + figures.Wrong.All + figures.AddedTwice
            + changes.RowCount + figures.Renumbered + paid;
        progress = new(total, watcher, cancel);
    }

    public void Finish() => progress.Finish();

    public IReadOnlyList<DemoDelivery> WriteDeliveries() => [.. timetable.Deliveries.Select(Write)];

    /// <summary>What the two lists come to in numbers: the wrong and the missing ones explain the difference.</summary>
    public IReadOnlyList<NumbersInForce> NumbersInForce() =>
    [
        Count(1, range => range.InList1),
        Count(2, range => range.Withdrawn ? [] : [.. range.InList1, .. range.InList2]),
    ];

    public IReadOnlyList<ExpectedFile> WriteExpected()
    {
        var queue = new ExpectedQueue(layout, timetable, book, changes.Touching);
        var last = timetable.Deliveries.Count;
        return
        [
            Open("expected-queue-before.csv", timetable.List2 - 1, "Open queue right before the list is corrected"),
            Open("expected-queue-after.csv", timetable.List2, "Open queue right after the list is corrected"),
            Open("expected-queue.csv", last, "Open queue after all deliveries"),
            new("expected-ended.csv", last,
                ExpectedQueueFile.WriteEnded(PathOf("expected-ended.csv"), queue.Ended(), progress),
                "Rows that ended: ListedInError or Withdrawn, as they last stood"),
        ];

        ExpectedFile Open(string file, int after, string label) =>
            new(file, after, ExpectedQueueFile.WriteOpen(PathOf(file), queue.OpenAfter(after), progress), label);
    }

    private DemoDelivery Write(PlannedDelivery delivery) => delivery.Command switch
    {
        "declare-incident" => WriteIncident(delivery),
        "import-list" when delivery.Order == timetable.List1 =>
            WriteList(delivery, 1, June(2), ListRecords.OfList1(layout, figures, seed), "First list, provisional"),
        "import-list" =>
            WriteList(delivery, 2, June(14), ListRecords.OfList2(layout, figures, seed), "Correction of the list"),
        "import-renumbering" => Planned(
            delivery, "New numbers for most of the listed",
            new RenumberingFile(layout, numbers, seed)
                .Write(PathOf(delivery.File), figures.Renumbered, book, progress)),
        "import-payments" => WritePayments(
            delivery, delivery.Order == timetable.JunePayments ? June(15) : August(14)),
        _ => Planned(delivery, $"Changes entered from {delivery.First:d MMMM} to {delivery.Last:d MMMM} 2015",
            changes.Write(PathOf(delivery.File), delivery, new(numbers, people, layout.Holders, seed), progress)),
    };

    private DemoDelivery WritePayments(PlannedDelivery delivery, DateOnly payDay) => Planned(
        delivery, $"Invented payments of {payDay:d MMMM yyyy} to holders whose change touches a list",
        payments.Write(PathOf(delivery.File), payDay, delivery.Order, changes.Touching, progress));

    private DemoDelivery WriteIncident(PlannedDelivery delivery)
    {
        IncidentFile.Write(PathOf(delivery.File));
        return Planned(delivery, "The incident is declared", rows: null);
    }

    private DemoDelivery WriteList(
        PlannedDelivery delivery, int version, DateOnly liveFrom, ListRecord[] records, string label)
    {
        var (sum, rows) = new ListFile(layout, numbers, people, seed)
            .Write(PathOf(delivery.File), version, records, progress);
        return Planned(delivery, label, rows) with
        {
            Arguments = new(
                IncidentFile.Incident, version, liveFrom, rows.Received, sum.Two, sum.Three, sum.Four),
        };
    }

    private static DemoDelivery Planned(PlannedDelivery delivery, string label, DeliveryRows? rows) =>
        new(delivery.Order, delivery.Command, delivery.File, delivery.ReceivedAt, Arguments: null, rows, label);

    private NumbersInForce Count(int version, Func<ListingRange, LeakedFields[]> inForce)
    {
        var byTier = layout.Ranges
            .Select(range => (range.Count, Leaked: inForce(range).Aggregate(LeakedFields.None, (a, b) => a | b)))
            .Where(range => range.Leaked != LeakedFields.None)
            .ToLookup(range => ListLayout.Tier(range.Leaked), range => range.Count);
        return new(
            version, byTier[2].Sum(), byTier[3].Sum(), byTier[4].Sum(), byTier.Sum(counts => counts.Sum()));
    }

    private string PathOf(string file) => Path.Combine(folder, file);
}
