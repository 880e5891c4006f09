using System.Globalization;
using CsCheck;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>What somebody tries with a case, by numbers that choose among what is there.</summary>
/// <param name="Place">Before which of the deliveries, counted round.</param>
public sealed record Attempt(Act Act, int Place, int Case, int Who, int Which);

public enum Act
{
    Claim,
    Leave,
    Note,
    Call,
    Returned,
    Met,
    Propose,
    Approve,
    SendBack,
    TakeBack,
    Reopen,
    Decide,
}

/// <summary>Facts, and a seed for the way they arrive.</summary>
public sealed record History(Facts Facts, int Arrival)
{
    /// <summary>What people do meanwhile.</summary>
    public IReadOnlyCollection<Attempt> Attempts { get; init; } = [];

    /// <summary>The history without one of its facts, without one row of a list, or without one attempt.</summary>
    public IEnumerable<History> Prunings() =>
    [
        .. Without(Facts.Changes).Select(c => this with { Facts = Facts with { Changes = c } }),
        .. Without(Facts.Lists).Select(l => this with { Facts = Facts with { Lists = l } }),
        .. Without(Facts.Mappings).Select(m => this with { Facts = Facts with { Mappings = m } }),
        .. Without(Facts.Cutoffs).Select(c => this with { Facts = Facts with { Cutoffs = c } }),
        .. Without(Facts.Cancellations).Select(c => this with { Facts = Facts with { Cancellations = c } }),
        .. Without(Attempts).Select(attempts => this with { Attempts = attempts }),
        .. Without(Facts.Deaths).Select(d => this with { Facts = Facts with { Deaths = d } }),
        .. Facts.Lists.SelectMany(list => Without(list.Rows).Select(rows => this with
        {
            Facts = Facts with { Lists = [.. Facts.Lists.Select(l => l == list ? l with { Rows = rows } : l)] },
        })),
        .. Without(Facts.Incidents).Where(kept => Facts.Lists.All(l => kept.Any(i => i.No == l.Incident))
                && Facts.Cutoffs.All(c => kept.Any(i => i.No == c.Incident)))
            .Select(i => this with { Facts = Facts with { Incidents = i } }),
    ];

    private static IEnumerable<T[]> Without<T>(IReadOnlyCollection<T> all) =>
        all.Select((_, gone) => all.Where((_, at) => at != gone).ToArray());

    public override string ToString() => string.Join('\n',
        Facts.Incidents.Select(i => $"i{i.No} {i.From:O} through {i.Through:O}, {i.Zone}, {i.PostDays} post days, "
            + $"addresses {(i.VerifiesAddresses ? "verify" : "link")}")
        .Concat(Facts.Cutoffs.Select(c => $"i{c.Incident} cutoff {c.Decision} through {c.Through:O}"))
        .Concat(Facts.Lists.Select(l => $"i{l.Incident} list {l.Version} live {l.LiveFrom:O}"
            + $"{(l.Replaces ? " replaces" : "")}: "
            + string.Join(", ", l.Rows.Select(r => r.Withdraws ? $"-n{r.Number}"
                : $"n{r.Number}{string.Concat(r.Fields.Select(f => "+" + f))}"))))
        .Concat(Facts.Mappings.Select(m => $"n{m.Old} -> n{m.New} {m.Relation} {m.EffectiveOn}"))
        .Concat(Facts.Changes.Select(c => $"{c.Source}/{c.Request} {c.Kind} n{c.Number} filed '{c.Filed}' "
            + $"received '{c.Received}' entered '{c.Entered}' delivered {Histories.Text(c.DeliveredAt)}"))
        .Concat(Facts.Cancellations.Select(c => $"{c.Source}/{c.Request} cancelled under n{c.Number}"))
        .Concat(Facts.Deaths.Select(d => $"n{d.Number} died {d.DiedOn:O}, said {Histories.Text(d.DeliveredAt)}"))
        .Concat(Attempts.Select(a => $"{a}"))
        .Append($"arrival {Arrival}"));
}

/// <summary>Small histories, thick with borders: few numbers and days, and all that may clash or repeat.</summary>
public static class Histories
{
    // A closing date of the calendar (20 March) and a change of the clocks (29 March, Europe) lie among the days.
    private static readonly DateOnly FirstDay = new(2015, 3, 17);
    private const int LastNumber = 5;

    private static readonly string[] Zones =
        ["Asia/Tokyo", "America/New_York", "Europe/London", "Pacific/Kiritimati", "UTC"];

    // In neither the order of UTF-16 nor that of a dictionary.
    private static readonly (string Source, string Request)[] Requests =
    [
        ("s", "b"), ("s", "\U0001F600"), ("s", "B"), ("s", "ｱ"), ("s", "10"), ("s", "9"), ("S", "b"), ("ｱ", "z"),
        ("\U0001F600", "a"), ("t", "é"),
    ];

    private static readonly string[] Unreadable = ["2015-02-30", "n/a", "2015/03/20", "2015-03-20T25:00Z", "20 March"];
    private static readonly string[] AllFields = ["name", "birth_date", "address"];

    // Some numbers and requests are met again and again, so that facts speak of each other.
    private static readonly Gen<int> Number = Gen.Frequency((1, Gen.Int[1, 2]), (1, Gen.Int[1, LastNumber]));
    private static readonly Gen<int> Request = Gen.Frequency((4, Gen.Int[0, 4]), (1, Gen.Int[0, Requests.Length - 1]));
    private static readonly Gen<int> NumberSet = Gen.Int[0, (1 << LastNumber) - 1];
    private static readonly Gen<DateOnly> Day = Gen.Int[0, 12].Select(FirstDay.AddDays);

    /// <summary>Instants at both sides of the midnights of the zones above.</summary>
    private static readonly Gen<DateTimeOffset> Instant =
        Gen.Select(Day, Gen.OneOf(0, 4, 9, 10, 15, 23), Gen.OneOf(-1L, 0L, 1L), Gen.OneOf(0, 9, -4),
            (day, hour, tick, offset) => new DateTimeOffset(
                day.ToDateTime(new TimeOnly(hour, 0)).AddTicks(tick * 10), TimeSpan.Zero)
                .ToOffset(TimeSpan.FromHours(offset)));

    private static readonly Gen<string> PlainDay = Day.Select(day => day.ToString("O", CultureInfo.InvariantCulture));

    private static readonly Gen<string> Reported = Gen.Frequency(
        (8, PlainDay), (3, Instant.Select(Text)), (2, Gen.Const("")), (1, Gen.OneOf(Unreadable)));

    private static readonly Gen<string> Entered = Gen.Frequency(
        (4, Gen.Const("")), (4, PlainDay), (1, Instant.Select(Text)), (1, Gen.OneOf(Unreadable)));

    private static readonly Gen<DeclaredIncident> Incident = Gen.Select(
        Gen.Frequency((3, Gen.Int[0, 5]), (1, Gen.Const(-1))), Gen.Int[2, 9].Select(FirstDay.AddDays), Gen.Int[1, 5],
        Gen.Bool, Gen.OneOf(Zones),
        (from, through, postDays, verifies, zone) => new DeclaredIncident(
            1, from < 0 ? null : FirstDay.AddDays(from), through, postDays, verifies, zone));

    private static readonly Gen<ListVersion> List = Gen.Select(
        Gen.Int[2, 14].Select(FirstDay.AddDays), Gen.Frequency((3, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Select(NumberSet, NumberSet, (one, other) => one & other), Gen.Select(Number, Gen.Int[0, 7]).Array[0, 6],
        Gen.Int[1, 2],
        (live, replaces, withdrawn, rows, incident) => new ListVersion(incident, 1, live, replaces, [.. rows.Select(r =>
            !replaces && (withdrawn >> (r.Item1 - 1) & 1) == 1 ? new ListRow(r.Item1, true, [])
            : new ListRow(r.Item1, false, [.. AllFields.Where((_, at) => (r.Item2 >> at & 1) == 1)]))]));

    private static readonly Gen<ReportedChange> Change = Gen.Select(
        Gen.Frequency((3, Gen.Const("account")), (2, Gen.Const("address"))), Number, Reported, Reported, Entered,
        Gen.Frequency((3, Gen.Const(FirstDay.AddDays(20).ToDateTime(TimeOnly.MinValue))),
            (1, Gen.Const(FirstDay.AddDays(7).ToDateTime(new TimeOnly(15, 0))))),
        (kind, number, filed, received, entered, delivered) => new ReportedChange(
            "", "", kind, number, filed, received, entered, new DateTimeOffset(delivered, TimeSpan.Zero)));

    private static readonly Gen<ChangeCancellation> Cancellation = Gen.Select(
        Request, Number, (request, number) => new ChangeCancellation(
            Requests[request].Source, Requests[request].Request, number,
            new DateTimeOffset(FirstDay.AddDays(20).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)));

    private static readonly Gen<NumberMapping> Mapping = Gen.Select(
        Number, Number, Gen.Frequency((4, Gen.Const("renumbered")), (1, Gen.Const("same-holder"))),
        Gen.OneOf("", "2015-03-20", "2015-08-24", "unknown"),
        (old, @new, relation, effective) => new NumberMapping(old, @new, relation, effective));

    private static readonly Gen<(int Number, DateOnly DiedOn)> Death = Gen.Select(Number, Day);

    /// <summary>Any history. Versions, decisions and requests get their numbers and names here.</summary>
    public static readonly Gen<History> Any = Gen.Select(
        Incident.Array[1, 2], Gen.Select(Gen.Int[1, 2], Day).Array[0, 3], List.Array[1, 4], Change.Array[2, 8],
        Gen.Select(Cancellation.Array[0, 3], Mapping.Array[0, 4], Death.Array[0, 2]),
        Gen.OneOf([.. Enumerable.Range(0, 1_000)]),
        (incidents, cutoffs, lists, changes, rest, arrival) => new History(
            new Facts(
                [.. incidents.Select((incident, at) => incident with { No = at + 1 })],
                [.. cutoffs.Where(c => c.Item1 <= incidents.Length)
                    .Select((c, at) => new CutoffDecision(c.Item1, at + 1, c.Item2))],
                [.. lists.Select((list, at) => list with
                {
                    Incident = Math.Min(list.Incident, incidents.Length),
                    Version = at + 1,
                })],
                [.. changes.Select((change, at) => change with
                {
                    Source = Requests[at].Source,
                    Request = Requests[at].Request,
                })],
                [.. rest.Item1.DistinctBy(c => (c.Source, c.Request))], [.. rest.Item2.Distinct()],
                [.. rest.Item3.Select((death, at) => new HolderDeath(death.Number, death.DiedOn,
                    new DateTimeOffset(FirstDay.AddDays(30 + at).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)))]),
            arrival));

    /// <summary>Any history, with people at work meanwhile; some cases are met again and again.</summary>
    public static readonly Gen<History> Worked = Gen.Select(Any, Gen.Select(
        Gen.Frequency((1, Gen.Const(Act.Decide)), (1, Gen.Enum<Act>())), Gen.Int[0, 99],
        Gen.Frequency((2, Gen.Int[0, 1]), (1, Gen.Int[0, 7])), Gen.Int[0, 3], Gen.Int[0, 59],
        (act, place, @case, who, which) => new Attempt(act, place, @case, who, which)).Array[6, 16],
        (history, attempts) => history with { Attempts = attempts });

    public static string Text(DateTimeOffset at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
}
