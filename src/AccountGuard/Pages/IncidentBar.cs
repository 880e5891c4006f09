using System.Globalization;
using AccountGuard.Screening;
using Npgsql;

namespace AccountGuard.Pages;

/// <summary>An incident as the bar of every page names it. Days are those of its time zone.</summary>
public sealed record BarIncident(
    int No, string Id, string Name, TimeZoneInfo Zone, DateOnly? From, DateOnly Through, int? ListVersion,
    DateOnly? ListLiveFrom, bool IsListCurrent);

/// <summary>What the bar of a page says: the incident, its list, and that nothing was missed.</summary>
public sealed record IncidentBar(
    BarIncident Incident, IReadOnlyList<BarIncident> Others, Reconciliation? Proof, DateTimeOffset Now)
{
    public DateOnly Today => DayOf(Now);

    /// <summary>The day of an instant in the incident's time zone (Rule 3).</summary>
    public DateOnly DayOf(DateTimeOffset instant) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Incident.Zone).DateTime);

    /// <summary>An instant on the clocks of the incident's time zone; the day is left out where it is today.</summary>
    public string ClockOf(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Incident.Zone).ToString(
        DayOf(instant) == Today ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>An instant to the minute, in the incident's time zone.</summary>
    public string MomentOf(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Incident.Zone).ToString(
        "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The bar of an incident; of the one declared last where none is named.</summary>
    /// <returns>Null where no incident is declared.</returns>
    /// <exception cref="BadInput">There is no such incident.</exception>
    public static async Task<IncidentBar?> LoadAsync(Installation at, string? incident, CancellationToken cancel)
    {
        var incidents = await IncidentsAsync(at, cancel);
        var chosen = incidents.FirstOrDefault(i => incident is null || i.Id == incident);
        return chosen is not null
            ? new IncidentBar(chosen, [.. incidents.Where(i => i != chosen)], await Reconcile.LastAsync(at, cancel),
                at.Clock.GetUtcNow())
            : incident is null ? null : throw BadInput.NoIncident;
    }

    private static async Task<IReadOnlyList<BarIncident>> IncidentsAsync(Installation at, CancellationToken cancel)
    {
        var incidents = new List<BarIncident>();
        await using var reader = await at.LookUpAsync(
            """
            select i.incident_no, i.id, i.declaration ->> 'name', i.time_zone, i.window_from,
                (select d.through_on from cutoff_decision d where d.incident_no = i.incident_no
                 order by d.decision desc limit 1),
                l.version, l.live_from,
                l.version = l.received and not exists (
                    select from unpublished u where u.what = 'list' and u.no = any (l.lists))
            from incident i
            cross join lateral (
                select max(a.version) as version, count(*) as received, array_agg(a.list_no) as lists,
                    (array_agg(a.live_from order by a.version desc))[1] as live_from
                from affected_list a where a.incident_no = i.incident_no) l
            order by i.declared_at desc, i.incident_no desc
            """, cancel);
        while (await reader.ReadAsync(cancel))
        {
            incidents.Add(new BarIncident(
                reader.GetInt32(0), reader.GetString(1), reader.GetString(2),
                TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(3)), Day(reader, 4), Day(reader, 5)!.Value,
                reader.IsDBNull(6) ? null : reader.GetInt32(6), Day(reader, 7),
                !reader.IsDBNull(8) && reader.GetBoolean(8)));
        }

        return incidents;
    }

    private static DateOnly? Day(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}
