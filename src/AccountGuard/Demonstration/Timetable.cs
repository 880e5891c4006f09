using static AccountGuard.Demonstration.Year2015;

namespace AccountGuard.Demonstration;

/// <summary>A delivery that is to come: of account changes when it spans days of entry.</summary>
internal sealed record PlannedDelivery(
    int Order, string Command, string File, DateTimeOffset ReceivedAt, DateOnly First, DateOnly Last);

/// <summary>
/// What arrives when. Changes arrive before the incident is declared, before the first list, between the lists and
/// after the renumbering, so that every order of facts happens (rule 6).
/// </summary>
internal sealed class Timetable
{
    private static readonly TimeSpan tokyo = TimeSpan.FromHours(9);
    private readonly List<PlannedDelivery> deliveries = [];

    public Timetable()
    {
        Changes(April(1), April(14), April(30), May(14), May(24), May(31));
        Incident = Other("declare-incident", "incident.json", June(1), 18);
        Changes(June(1), June(1));
        List1 = Other("import-list", "list-1.csv", June(2), 5);
        Changes(June(2), June(7), June(13));
        List2 = Other("import-list", "list-2.csv", June(14), 5);
        Changes(June(14), June(28));
        JunePayments = Other("import-payments", "payments-2015-06-15.csv", June(29), 5);
        Changes(June(29), July(12), July(26), August(9), August(23));
        AugustPayments = Other("import-payments", "payments-2015-08-14.csv", August(24), 4);
        Renumbering = Other("import-renumbering", "renumbering.csv", August(24), 5);
        Changes(August(24), September(6), September(20), October(4));
    }

    public IReadOnlyList<PlannedDelivery> Deliveries => deliveries;
    public int Incident { get; }
    public int List1 { get; }
    public int List2 { get; }
    public int Renumbering { get; }
    public int JunePayments { get; }
    public int AugustPayments { get; }

    /// <summary>The delivery that carries the changes entered on a day; none after the last.</summary>
    public PlannedDelivery? Of(DateOnly entered) =>
        deliveries.Find(delivery => delivery.First <= entered && entered <= delivery.Last);

    private void Changes(DateOnly first, params ReadOnlySpan<DateOnly> lastDays)
    {
        foreach (var last in lastDays)
        {
            var evening = new DateTimeOffset(last, new TimeOnly(23, 59, 59), tokyo);
            deliveries.Add(new(
                deliveries.Count + 1, "import-changes", $"changes-{last:yyyy-MM-dd}.csv", evening, first, last));
            first = last.AddDays(1);
        }
    }

    private int Other(string command, string file, DateOnly day, int hour)
    {
        var at = new DateTimeOffset(day, new TimeOnly(hour, 0), tokyo);
        deliveries.Add(new(deliveries.Count + 1, command, file, at, DateOnly.MaxValue, DateOnly.MinValue));
        return deliveries.Count;
    }
}
