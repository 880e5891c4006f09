using System.Reflection;
using AccountGuard.Screening;
using Marten;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification;

/// <summary>What a decision on a case may ask for beside the case itself.</summary>
/// <param name="Case">As its stream says.</param>
/// <param name="KeyedBy">Who keyed or decided the change (Rule 14): logins and persons, as the payer named them and as
/// the identity provider did.</param>
/// <param name="Now">In the incident's time zone.</param>
/// <param name="NextPayDay">The first pay-day after today.</param>
/// <param name="MayPayPrevious">
/// The change names the account before it, and no incident's policy keeps the money (Rule 19).
/// </param>
public sealed record CaseAtHand(
    VerificationCase Case, IReadOnlyCollection<string> KeyedBy, DateTimeOffset Now, DateOnly NextPayDay,
    bool MayPayPrevious)
{
    public DateOnly Today => DateOnly.FromDateTime(Now.DateTime);

    /// <summary>How many events its stream has.</summary>
    public long Version { get; init; }

    /// <summary>Its holder is protected, or may be (Rule 13).</summary>
    public bool IsProtected { get; init; }

    /// <summary>Orders whose letter is in a batch that is released: it is in the post, or on its way there.</summary>
    public IReadOnlyCollection<Guid> Released { get; init; } = [];
}

/// <summary>
/// Does one thing to one case: behind its holder's gate its stream is read, the decision taken, and what follows is
/// committed together: the events, the case's row beside them, and the state of its hits.
/// </summary>
public static class CaseWork
{
    private const int CasesAtOnce = 1_000;
    private const int MostTries = 3;

    private static readonly Dictionary<Type, MethodInfo> Applies = typeof(VerificationCase).GetMethods()
        .Where(method => method.Name == nameof(VerificationCase.Apply))
        .ToDictionary(method => method.GetParameters()[0].ParameterType);

    /// <param name="brought">What the events may name; what none of them names is not kept.</param>
    /// <returns>Why it was refused, if it was; a refusal that a rule demands is on record then.</returns>
    /// <exception cref="BadInput">There is no such case.</exception>
    public static async Task<Refusal?> DoAsync(
        Installation at, Guid change, Func<CaseAtHand, Decision> decide, CancellationToken cancel,
        IReadOnlyList<SealedExhibit>? brought = null)
    {
        for (var tries = 1; ; tries++)
        {
            var (isThere, refusal) = await Retry.OnConflictAsync(
                () => InTransactionAsync(at, change, decide, brought ?? [], cancel), cancel);
            if (isThere)
            {
                return refusal;
            }

            if (tries == MostTries)
            {
                throw new BadInput("There is no such case.", Fault.NotFound);
            }

            // The case worker comes every few seconds; whoever is faster calls it.
            await OpenCases.RunAsync(at, cancel, waits: true);
        }
    }

    private static async Task<(bool IsThere, Refusal? Refusal)> InTransactionAsync(
        Installation at, Guid change, Func<CaseAtHand, Decision> decide, IReadOnlyList<SealedExhibit> brought,
        CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var done = await DoAsync(at, transaction, change, decide, cancel, brought);
        await transaction.CommitAsync(cancel);
        return done;
    }

    /// <summary>
    /// The same in a transaction of the caller, who commits it. It is not there yet, too, while its stream does not
    /// say what its hits do: what was decided on it would keep a hold that ended with its ground, or end one whose
    /// ground is back.
    /// </summary>
    public static async Task<(bool IsThere, Refusal? Refusal)> DoAsync(
        Installation at, NpgsqlTransaction transaction, Guid change, Func<CaseAtHand, Decision> decide,
        CancellationToken cancel, IReadOnlyList<SealedExhibit>? brought = null)
    {
        await using (var pass = new NpgsqlCommand("select pass_case(@change)", transaction.Connection, transaction))
        {
            pass.Parameters.AddWithValue("change", change);
            await pass.ExecuteNonQueryAsync(cancel);
        }

        await using var session = at.SessionIn(transaction);
        var story = await session.Events.FetchStreamAsync(change, token: cancel);
        if (story.Count == 0
            || await AtHandAsync(at, transaction, Fold(story.Select(e => e.Data)), cancel) is not { } atHand)
        {
            return (false, null);
        }

        var (events, refusal) = decide(atHand with { Version = story.Count });
        if (events.Count > 0)
        {
            session.Events.Append(change, events);
            await session.SaveChangesAsync(cancel);
            await Exhibits.KeepAsync(transaction, change, brought ?? [], events, at.Clock.GetUtcNow(), cancel);
            var after = events.Aggregate(atHand.Case, Apply);
            if (after.ReportedOn != atHand.Case.ReportedOn)
            {
                await BranchReports.KeepAsync(at, transaction, after, cancel);
            }

            await KeepAsync(transaction, after, cancel);
        }

        return (true, refusal);
    }

    /// <returns>Null where a hit of the case opened or ended and its story does not say so yet.</returns>
    private static async Task<CaseAtHand?> AtHandAsync(
        Installation at, NpgsqlTransaction transaction, VerificationCase @case, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select array(select staff from keyed_by(@change)), i.time_zone,
                (select min(p.paid_on) from pay_day p where p.paid_on > (@now at time zone i.time_zone)::date),
                may_pay_previous(@change), is_protected(@change),
                array(
                    select k.letter from letter_claim k
                    join letter_outcome r on r.batch = k.batch and r.letter = k.letter and r.row_no is not null
                    join letter_batch b on b.batch = k.batch and b.state in ('Released', 'Posted', 'StopAsked')
                    where k.change_id = @change),
                exists (select from hit h join due_step d on d.hit_id = h.hit_id where h.change_id = @change)
            from incident i where i.id = @incident
            """, transaction.Connection, transaction);
        var now = at.Clock.GetUtcNow();
        find.Parameters.AddWithValue("now", now);
        find.Parameters.AddWithValue("change", @case.Id);
        find.Parameters.AddWithValue("incident", FirstIncident(@case));
        await using var reader = await find.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetBoolean(6) ? null
            : AtHand(@case, now, reader, 0) with { Released = reader.GetFieldValue<Guid[]>(5) };
    }

    /// <summary>
    /// Cases as they stand, to say beforehand what a request would do: nothing is held, and nothing is changed. One
    /// that nobody has opened yet is left out.
    /// </summary>
    public static async Task<IReadOnlyDictionary<Guid, CaseAtHand>> LookAsync(
        Installation at, IReadOnlyCollection<Guid> changes, CancellationToken cancel)
    {
        await using var session = at.Events.QuerySession();
        var cases = new Dictionary<Guid, VerificationCase>();
        foreach (var some in changes.Chunk(CasesAtOnce))
        {
            var events = await session.Events.QueryAllRawEvents().Where(e => e.StreamId.IsOneOf(some))
                .ToListAsync(cancel);
            foreach (var stream in events.GroupBy(e => e.StreamId))
            {
                cases[stream.Key] = Fold(stream.OrderBy(e => e.Version).Select(e => e.Data));
            }
        }

        var now = at.Clock.GetUtcNow();
        await using var find = at.Database.CreateCommand(
            """
            select u.change_id, array(select staff from keyed_by(u.change_id)), i.time_zone,
                (select min(p.paid_on) from pay_day p where p.paid_on > (@now at time zone i.time_zone)::date),
                may_pay_previous(u.change_id), is_protected(u.change_id)
            from unnest(@changes, @incidents) as u (change_id, incident) join incident i on i.id = u.incident
            """);
        find.Parameters.AddWithValue("now", now);
        find.Parameters.AddWithValue("changes", cases.Keys.ToArray());
        find.Parameters.AddWithValue("incidents", cases.Values.Select(FirstIncident).ToArray());
        var seen = new Dictionary<Guid, CaseAtHand>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            seen[reader.GetGuid(0)] = AtHand(cases[reader.GetGuid(0)], now, reader, 1);
        }

        return seen;
    }

    /// <summary>The case as the events of its stream make it.</summary>
    public static VerificationCase Fold(IEnumerable<object> events) =>
        events.Skip(1).Aggregate(VerificationCase.Create((VerificationRequired)events.First()), Apply);

    /// <summary>As the event store does: what has no Apply changes nothing.</summary>
    private static VerificationCase Apply(VerificationCase @case, object happened) =>
        Applies.TryGetValue(happened.GetType(), out var apply)
            ? (VerificationCase)apply.Invoke(@case, [happened])! : @case;

    private static string FirstIncident(VerificationCase @case) =>
        @case.Grounds.Keys.Order(StringComparer.Ordinal).First();

    private static CaseAtHand AtHand(VerificationCase @case, DateTimeOffset now, NpgsqlDataReader reader, int from)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(reader.GetString(from + 1));
        return new CaseAtHand(@case, reader.GetFieldValue<string[]>(from), TimeZoneInfo.ConvertTime(now, zone),
            reader.GetFieldValue<DateOnly>(from + 2), reader.GetBoolean(from + 3))
        {
            IsProtected = reader.GetBoolean(from + 4),
        };
    }

    /// <summary>What the queue and the payments ask for stands beside the stream, written with it.</summary>
    public static async Task KeepAsync(
        NpgsqlTransaction transaction, VerificationCase @case, CancellationToken cancel)
    {
        await using var keep = new NpgsqlCommand(
            "select keep_case(@change, @state, @stays, @auditor, @until, @back)", transaction.Connection, transaction);
        keep.Parameters.AddWithValue("change", @case.Id);
        keep.Parameters.AddWithValue("state", @case.State.ToString());
        keep.Parameters.AddWithValue("stays", @case.StaysOpen);
        keep.Parameters.AddWithValue("auditor", NpgsqlDbType.Text, (object?)@case.Claim?.Auditor.Login ?? DBNull.Value);
        keep.Parameters.AddWithValue("until", NpgsqlDbType.TimestampTz,
            (object?)@case.Claim?.ExpiresAt.ToUniversalTime() ?? DBNull.Value);
        keep.Parameters.AddWithValue("back", NpgsqlDbType.Date, (object?)@case.Snooze?.Until ?? DBNull.Value);
        await keep.ExecuteNonQueryAsync(cancel);
    }
}
