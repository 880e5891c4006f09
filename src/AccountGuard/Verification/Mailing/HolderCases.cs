using AccountGuard.Intake;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Mailing;

/// <summary>A change of a holder, as far as letters ask for it. It prints nothing (Rule 33).</summary>
/// <param name="FiledOn">The day filed, or null where it is not possible (Rule 4).</param>
/// <param name="Earliest">Its earliest possible day; null where none is.</param>
/// <param name="IsInBatch">The batch that was asked for has its order.</param>
/// <param name="IsOver">It has, but the letter was sent or taken back.</param>
public sealed record HolderChange(
    Guid Id, string Source, string RequestId, string Kind, DateOnly? FiledOn, DateOnly? Earliest, bool IsCancelled,
    bool IsOpen, bool IsInBatch, bool IsOver, PayeeAccount? NewAccount, KnownAddress? Told)
{
    /// <summary>It says since when the holder lives at the address of which it tells.</summary>
    public bool NamesSince { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Id.ToString();
}

/// <summary>
/// What is known of the cases of a holder, under any alias, when a letter is due: numbers beyond mappings that clash
/// are left out (Rule 8).
/// </summary>
/// <param name="WindowFrom">The earliest of the windows that its cases lie in; null where none has a first day.</param>
/// <param name="ExposedOn">The first pay-day on which one of its new accounts would be paid; null: not known.</param>
public sealed record HolderCases(
    NumberKey Number, TimeZoneInfo Zone, DateOnly? WindowFrom, DateOnly? ExposedOn, bool HasClash,
    IReadOnlyList<HolderChange> Changes)
{
    // Without `offset 0` all open hits would be read into a table of hashes, to look up those of one holder.
    private const string Find = """
        with mine as materialized (
            select o as number_key
            from own_numbers_of_holder((select c.number_key from account_change c where c.change_id = @change)) o),
        changes as materialized (
            select a.* from mine m
            cross join lateral (select * from account_change o where o.number_key = m.number_key offset 0) a),
        place as materialized (
            select min(i.window_from) as window_from, (array_agg(i.time_zone order by i.incident_no))[1] as time_zone,
                (array_agg(i.post_days order by i.incident_no))[1] as post_days,
                min(h.exposed_on) filter (where h.is_open and h.exposed_on > '-infinity') as exposed_on
            from changes c
            cross join lateral (select * from hit o where o.change_id = c.change_id offset 0) h
            join incident i on i.incident_no = h.incident_no)
        select c.change_id, c.source, c.request_id, c.kind, c.number_key,
            case when d.filed_known then coalesce(c.filed_on, (c.filed_at at time zone p.time_zone)::date) end,
            greatest(least(d.from_on, d.received, date '9999-12-30'), date '0001-01-02'),
            d.from_on is null and d.received is null,
            exists (select from cancellation x where x.change_id = c.change_id offset 0),
            exists (select from hit h where h.change_id = c.change_id and h.is_open offset 0),
            coalesce(k.is_in_batch, false), coalesce(k.is_over, false),
            t.sealed, w.wrapped, p.window_from, p.time_zone, p.exposed_on,
            exists (select from clashes_of(array(
                select n.number_key from mine m cross join lateral numbers_of_holder(m.number_key) n))),
            (select c.number_key from account_change c where c.change_id = @change)
        from changes c cross join place p
        cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
            c.entered_on, c.entered_at, c.delivered_at, p.time_zone, p.post_days) d
        left join lateral (
            select true as is_in_batch, bool_or(o.over_by is not null) as is_over
            from letter_claim k join letter_order o on o.letter = k.letter
            where k.change_id = c.change_id and k.batch = @batch having count(*) > 0) k on true
        left join lateral (
            select t.sealed from account_change_detail t where t.change_id = c.change_id offset 0) t on true
        left join lateral (
            select w.wrapped from personal_key w where w.subject_key = c.number_key offset 0) w on true
        order by 7 nulls first, c.source, c.request_id
        """;

    /// <summary>The cases of the holder of one of them. What it opens is for a letter, or against a record.</summary>
    /// <param name="batch">Of which batch it says what is in it.</param>
    /// <exception cref="BadInput">There is no such case.</exception>
    public static async Task<HolderCases> OfAsync(
        Installation at, Guid change, Guid? batch, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var find = new NpgsqlCommand(Find, connection);
        find.Parameters.AddWithValue("change", change);
        find.Parameters.AddWithValue("batch", NpgsqlDbType.Uuid, (object?)batch ?? DBNull.Value);
        await find.PrepareAsync(cancel);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        using var keys = new PersonalKeys(at.Keys);
        HolderCases? found = null;
        var changes = new List<HolderChange>();
        while (await reader.ReadAsync(cancel))
        {
            found ??= new HolderCases(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(18)),
                TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(15)), Day(reader, 14), Day(reader, 16),
                reader.GetBoolean(17), changes);
            changes.Add(Read(reader, keys));
        }

        return found ?? throw new BadInput("There is no such case.", Fault.NotFound);
    }

    private static HolderChange Read(NpgsqlDataReader reader, PersonalKeys keys)
    {
        var (id, kind) = (reader.GetGuid(0), reader.GetString(3));
        DateOnly? earliest = reader.GetBoolean(7) ? null : reader.GetFieldValue<DateOnly>(6);
        var details = reader.IsDBNull(12) || reader.IsDBNull(13) ? [] : Sealed.OpenDetails(
            keys.Unwrap(NumberKey.FromBytes(reader.GetFieldValue<byte[]>(4)), reader.GetFieldValue<byte[]>(13)),
            reader.GetFieldValue<byte[]>(12), id.ToByteArray(bigEndian: true));
        var told = kind == "address" && details.TryGetValue("address_of_record", out var address)
            ? new KnownAddress(null, address, ReportedDay.Parse(details.GetValueOrDefault("address_since") ?? "")
                .DayIn(TimeZoneInfo.Utc) ?? earliest, earliest ?? DateOnly.MaxValue,
                $"{reader.GetString(1)} {reader.GetString(2)}")
            : null;
        return new HolderChange(
            id, reader.GetString(1), reader.GetString(2), kind, Day(reader, 5), earliest, reader.GetBoolean(8),
            reader.GetBoolean(9), reader.GetBoolean(10), reader.GetBoolean(11),
            PayeeAccount.TryParse(details.GetValueOrDefault("new_account"), out var account) ? account : null, told)
        {
            NamesSince = details.ContainsKey("address_since"),
        };
    }

    private static DateOnly? Day(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}
