using System.Globalization;
using AccountGuard.Payments;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>An incident, as far as the rules read it. Facts have small names for all that they speak of.</summary>
public sealed record DeclaredIncident(
    int No, DateOnly? From, DateOnly Through, int PostDays, bool VerifiesAddresses, string Zone);

public sealed record CutoffDecision(int Incident, int Decision, DateOnly Through);

/// <summary>A row of a list; Fields: the leaked ones beside the number: name, birth_date, address.</summary>
public sealed record ListRow(int Number, bool Withdraws, IReadOnlyList<string> Fields);

public sealed record ListVersion(
    int Incident, int Version, DateOnly LiveFrom, bool Replaces, IReadOnlyList<ListRow> Rows)
{
    /// <summary>Rule 5: by a row, or, where the file is the whole list, by what it lacks.</summary>
    public bool Ends(int number) => Replaces
        ? Rows.All(r => r.Number != number)
        : Rows.Any(r => r.Number == number && r.Withdraws);
}

/// <summary>An account or address change; its days are texts as they were reported.</summary>
public sealed record ReportedChange(
    string Source, string Request, string Kind, int Number, string Filed, string Received, string Entered,
    DateTimeOffset DeliveredAt);

public sealed record ChangeCancellation(string Source, string Request, int Number, DateTimeOffset DeliveredAt);

public sealed record NumberMapping(int Old, int New, string Relation, string EffectiveOn);

/// <summary>A row of a file of holders; of two on one number the one received last decides.</summary>
public sealed record HolderDeath(int Number, DateOnly DiedOn, DateTimeOffset DeliveredAt);

/// <summary>What was delivered, without any order.</summary>
public sealed record Facts(
    IReadOnlyCollection<DeclaredIncident> Incidents, IReadOnlyCollection<CutoffDecision> Cutoffs,
    IReadOnlyCollection<ListVersion> Lists, IReadOnlyCollection<ReportedChange> Changes,
    IReadOnlyCollection<ChangeCancellation> Cancellations, IReadOnlyCollection<NumberMapping> Mappings,
    IReadOnlyCollection<HolderDeath> Deaths)
{
    /// <summary>What came again is there once.</summary>
    public Facts With(Facts more) => new(
        [.. Incidents.Union(more.Incidents)], [.. Cutoffs.Union(more.Cutoffs)], [.. Lists.Union(more.Lists)],
        [.. Changes.Union(more.Changes)], [.. Cancellations.Union(more.Cancellations)],
        [.. Mappings.Union(more.Mappings)], [.. Deaths.Union(more.Deaths)]);
}

/// <summary>A row of the open queue, as the contract describes it.</summary>
public sealed record QueueLine(
    long Rank, string Source, string Request, string Kind, string Reasons, int Tier, int ListVersion, DateOnly? FiledOn,
    DateOnly? ExposedOn)
{
    public override string ToString() => string.Join(',', Rank, Source, Request, Kind, Reasons, Tier, ListVersion,
        FiledOn?.ToString("O"), ExposedOn?.ToString("O"));
}

/// <summary>The rules of screening, read off Rules 2-6, 8 and 22 without order and without a database.</summary>
public static class Model
{
    private static readonly PayDay[] Calendar = PayDays.Between(2015, 2016).ToArray();

    private sealed record Listing(int Number, int Version, DateOnly LiveFrom, IReadOnlyList<string> Fields);

    /// <summary>The days of a change in an incident (Rules 3, 4). No possible day: no earliest one.</summary>
    private sealed record Days(DateOnly? Filed, DateOnly? Received, IReadOnlyList<DateOnly> Possible)
    {
        public DateOnly? Earliest => Possible.Count == 0 ? null : Possible.Min();
    }

    /// <summary>A change in an incident that lists its holder, whether or not it meets the rule.</summary>
    private sealed record Screened(
        ReportedChange Change, IReadOnlySet<int> Holder, IReadOnlyList<Listing> Listings, Days Days, bool MeetsTheRule,
        bool IsInOwnWindow, bool IsInDoubt);

    /// <summary>The open queue of an incident, in its order.</summary>
    public static IEnumerable<QueueLine> QueueOf(Facts facts, DeclaredIncident incident)
    {
        var screened = Screen(facts, incident).Where(s => s.MeetsTheRule).ToList();
        return screened
            .Where(s => s.Change.Kind == "account" || incident.VerifiesAddresses)
            .Select(s => (s.Change, s.Listings, s.Days.Earliest, s.IsInOwnWindow, s.IsInDoubt,
                IsChained: s.Change.Kind == "account" && screened.Any(a => a.Change.Kind == "address"
                    && a.Holder.SetEquals(s.Holder) && !(a.Days.Earliest > s.Days.Earliest)),
                ExposedOn: s.Days.Earliest is { } day ? Calendar.First(p => p.ClosesOn >= day).PaidOn : (DateOnly?)null,
                Tier: 1 + s.Listings.SelectMany(l => l.Fields).Distinct().Count()))
            .OrderBy(q => q.ExposedOn).ThenByDescending(q => q.IsChained).ThenByDescending(q => q.Tier)
            .ThenBy(q => q.Earliest).ThenBy(q => q.Change.Source, CodePoints).ThenBy(q => q.Change.Request, CodePoints)
            .Select((q, at) => new QueueLine(at + 1, q.Change.Source, q.Change.Request, q.Change.Kind,
                (q.IsInOwnWindow ? "Listed" : "AlertGap") + (q.IsInDoubt ? "+DateDoubt" : "")
                    + (q.Listings.All(l => l.Number != q.Change.Number) ? "+Renumbered" : "")
                    + (q.IsChained ? "+AddressChain" : ""),
                q.Tier, q.Listings.Min(l => l.Version), q.Earliest, q.ExposedOn));
    }

    private static IEnumerable<Screened> Screen(Facts facts, DeclaredIncident incident)
    {
        var decisions = facts.Cutoffs.Where(c => c.Incident == incident.No);
        var cutoff = decisions.MaxBy(c => c.Decision)?.Through ?? incident.Through;
        var lists = facts.Lists.Where(l => l.Incident == incident.No).ToList();
        var inForce = from list in lists
                      from row in list.Rows
                      where !row.Withdraws
                          && !lists.Any(later => later.Version > list.Version && later.Ends(row.Number))
                      select new Listing(row.Number, list.Version, list.LiveFrom, row.Fields);
        return from change in facts.Changes
               where !facts.Cancellations.Any(x => (x.Source, x.Request) == (change.Source, change.Request))
               let holder = HolderOf(change.Number, facts.Mappings)
               let listings = inForce.Where(l => holder.Contains(l.Number)).ToList()
               where listings.Count > 0
               select Screen(change, incident, cutoff, holder, listings);
    }

    private static Screened Screen(
        ReportedChange change, DeclaredIncident incident, DateOnly cutoff, IReadOnlySet<int> holder,
        List<Listing> listings)
    {
        var lastDays = listings.GroupBy(l => l.Number, l => l.LiveFrom.AddDays(-1))
            .Select(days => Later(cutoff, days.Min())).ToList();
        bool IsExposed(DateOnly day) => lastDays.Any(last => IsWithin(incident.From, last, day));
        var days = DaysOf(change, incident);
        return new Screened(change, holder, listings, days,
            MeetsTheRule: days.Possible.Count == 0 || days.Possible.Any(IsExposed),
            IsInOwnWindow: days.Possible.Count == 0 || days.Possible.Any(day => IsWithin(incident.From, cutoff, day)),
            IsInDoubt: days.Filed is not { } filed
                || (days.Received is { } received && IsExposed(filed) != IsExposed(received)));
    }

    private static bool IsWithin(DateOnly? from, DateOnly through, DateOnly day) => !(day < from) && day <= through;

    private static DateOnly Later(DateOnly one, DateOnly other) => one > other ? one : other;

    /// <summary>Rule 8: all numbers that mappings lead to, in either direction; clashing ones lead there too.</summary>
    public static HashSet<int> HolderOf(int number, IReadOnlyCollection<NumberMapping> mappings)
    {
        HashSet<int> holder = [number];
        while (mappings.FirstOrDefault(m => holder.Contains(m.Old) != holder.Contains(m.New)) is { } leading)
        {
            holder.UnionWith([leading.Old, leading.New]);
        }

        return holder;
    }

    private static Days DaysOf(ReportedChange change, DeclaredIncident incident)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(incident.Zone);
        var delivered = DayIn(zone, change.DeliveredAt);
        var entered = Read(change.Entered, zone) is { } keyed && keyed <= delivered ? keyed : (DateOnly?)null;
        DateOnly? Possible(string text) =>
            Read(text, zone) is { } day && day <= delivered && !(day > entered) ? day : null;
        var (filed, received) = (Possible(change.Filed), Possible(change.Received));
        var posted = filed is null && (received ?? entered) is { } last
            ? Enumerable.Range(0, incident.PostDays).Select(back => last.AddDays(-back)) : [];
        return new Days(filed, received, [.. new[] { filed, received }.OfType<DateOnly>(), .. posted]);
    }

    /// <summary>A day as it stands, an instant as the day that it is in the time zone; null for all else.</summary>
    private static DateOnly? Read(string text, TimeZoneInfo zone) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var at)
            ? DayIn(zone, at) : null;

    private static DateOnly DayIn(TimeZoneInfo zone, DateTimeOffset at) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>By code point, which is not the order of UTF-16.</summary>
    private static readonly Comparer<string> CodePoints = Comparer<string>.Create((one, other) =>
        System.Text.Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(other)));
}
