using System.Data;
using AccountGuard.Numbers;
using AccountGuard.Screening;
using Npgsql;

namespace AccountGuard.Payments;

/// <summary>What a standing rests on: the highest event below every open transaction, and the lists.</summary>
public sealed record StandingAsOf(long Event, IReadOnlyList<StandingList> Lists);

/// <summary>The highest version of an incident's list; null where none was delivered.</summary>
public sealed record StandingList(string Incident, int? Version);

/// <summary>An open case of a number's holder.</summary>
public sealed record StandingCase(
    string Source, string RequestId, string Incident, IReadOnlyList<string> Reasons, int Tier, DateOnly? ExposedOn);

/// <summary>
/// Where a payment to a number stands: clear, pending (an open case: it pays, marked), hold (do not pay the new
/// account: Denied, or a Hold that two people or a policy placed) or unknown, which the payer treats as not clear.
/// Reasons say why it is on hold or unknown. PayTo: previous (the account before the change) or keep (pay later) of
/// what is on hold, always keep while anything is in doubt; null of all else, which is paid as instructed. The number
/// is empty where what was asked is no number.
/// </summary>
public sealed record StandingAnswer(
    string Number, string Standing, string? PayTo, IReadOnlyList<StandingCase> Cases, IReadOnlyList<string> Reasons);

/// <summary>
/// Answers where payments stand (Rule 19), from one snapshot of the primary that was taken under the gates. Whatever
/// fails is an error or unknown, never clear.
/// </summary>
public sealed class Standing : IAsyncDisposable
{
    /// <summary>Where a payment on hold goes meanwhile.</summary>
    public const string Keep = "keep", Previous = "previous";

    private readonly Installation _at;
    private readonly NpgsqlTransaction _snapshot;
    private readonly string _who;
    private DateOnly _payDay;
    private string[] _doubts = [];

    private Standing(Installation at, NpgsqlTransaction snapshot, DateOnly payDay, string who) =>
        (_at, _snapshot, _payDay, _who) = (at, snapshot, payDay, who);

    public StandingAsOf AsOf { get; private set; } = new(0, []);

    /// <summary>What every answer is read in.</summary>
    public NpgsqlTransaction Snapshot => _snapshot;

    /// <summary>Held while the snapshot is asked, where several ask at once.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>
    /// The answer for a number of which nothing is known: clear, or what is in doubt for every number.
    /// </summary>
    public StandingAnswer OfPlainNumber => AnswerOf(Findings.None);

    /// <summary>The answer for a number of which this was found, without the number and its cases.</summary>
    public StandingAnswer AnswerOf(Findings found) => Answer("", [], found);

    /// <summary>The day on which it is paid.</summary>
    public DateOnly PayDay => _payDay;

    /// <summary>Whoever passes every gate may be the one that the database picks out of a circle of waits.</summary>
    /// <exception cref="BadInput">The day is not a pay-day.</exception>
    public static Task<Standing> OpenAsync(
        Installation at, DateOnly payDay, string who, CancellationToken cancel) =>
        Retry.OnConflictAsync(() => OpenOnceAsync(at, payDay, who, cancel), cancel);

    private static async Task<Standing> OpenOnceAsync(
        Installation at, DateOnly payDay, string who, CancellationToken cancel)
    {
        // Both connections first: whoever holds the gates must wait for nobody.
        var connection = await at.Database.OpenConnectionAsync(cancel);
        try
        {
            return await OpenAsync(at, connection, payDay, who, cancel);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Standing> OpenAsync(
        Installation at, NpgsqlConnection connection, DateOnly payDay, string who, CancellationToken cancel)
    {
        await using var gates = await at.Database.OpenConnectionAsync(cancel);
        await using var passing = await gates.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
        await using (var pass = new NpgsqlCommand("select pass_all_gates()", gates, passing))
        {
            await pass.ExecuteNonQueryAsync(cancel);
        }

        await using var position = new NpgsqlCommand("select event_position()", gates, passing);
        var highest = (long)(await position.ExecuteScalarAsync(cancel))!;
        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        var standing = new Standing(at, snapshot, payDay, who);
        await standing.TakeSnapshotAsync(highest, cancel);
        await passing.CommitAsync(cancel);
        return standing;
    }

    /// <summary>The standings of these numbers, in their order. What is shown of a person is recorded first.</summary>
    public async Task<IReadOnlyList<StandingAnswer>> AnswerAsync(
        IReadOnlyList<string?> numbers, CancellationToken cancel)
    {
        var parsed = numbers
            .Select(n => PensionNumber.TryParse(n, out var number) ? number : (PensionNumber?)null).ToList();
        var keys = parsed.Select(n => n is { } number ? NumberKey.Of(number, _at.Keys) : (NumberKey?)null).ToList();
        var found = await FindAsync(keys, cancel);
        await RecordAsync(
            [.. keys.Where((key, i) => key is not null && found[i].Findings.IsPersonal).Select(key => key!.Value)],
            cancel);
        return [.. found.Select((f, i) => parsed[i] is { } number ? Answer(number, f)
            : AnswerOf(Findings.None.And("NotANumber", null)))];
    }

    /// <summary>What a number of the sandbox answers is added to what is known: it makes nothing clear.</summary>
    private StandingAnswer Answer(PensionNumber number, Found found) =>
        _at.HasSandbox && Sandbox.Of(number, _payDay) is { } always
            ? Answer(number.RevealDigits(), [.. found.Cases, .. always.Cases], new Findings(
                found.Findings.HasCase || always.Cases.Count > 0, [.. found.Findings.Reasons, .. always.Reasons],
                found.Findings.PayTo ?? always.PayTo))
            : Answer(number.RevealDigits(), found.Cases, found.Findings);

    private StandingAnswer Answer(string number, IReadOnlyList<StandingCase> cases, Findings found)
    {
        string[] reasons = [.. _doubts, .. found.Reasons];
        return new StandingAnswer(
            number,
            found.PayTo is not null ? "hold" : reasons.Length > 0 ? "unknown" : found.HasCase ? "pending" : "clear",
            found.PayTo is not null && reasons.Any(IsDoubt) ? Keep : found.PayTo, cases, reasons);
    }

    /// <summary>While anything is in doubt, so is which account was paid before.</summary>
    private static bool IsDoubt(string reason) => reason is not ("Denied" or "Hold");

    private async Task TakeSnapshotAsync(long highest, CancellationToken cancel)
    {
        await using var read = new NpgsqlCommand(
            $"""
            select doubts(@at, @schema, @key), (select m.paid_on from ({PayDayCalendar.Meant}) m),
                array(select i.id from incident i order by i.id),
                array(
                    select coalesce((select max(l.version) from affected_list l where l.incident_no = i.incident_no), 0)
                    from incident i order by i.id)
            """, _snapshot.Connection, _snapshot);
        read.Parameters.AddWithValue("at", _at.Clock.GetUtcNow());
        read.Parameters.AddWithValue("schema", _at.SchemaNumber);
        read.Parameters.AddWithValue("key", _at.Keys.Id);
        read.Parameters.AddWithValue("day", _payDay);
        await using var reader = await read.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        if (reader.IsDBNull(1))
        {
            throw new BadInput("payDay is not a pay-day of the calendar: give one as YYYY-MM-DD.");
        }

        // A holiday by exception moved it: its holds are those of the day on which it is paid now.
        _payDay = reader.GetFieldValue<DateOnly>(1);
        _doubts = reader.GetFieldValue<string[]>(0);
        var versions = reader.GetFieldValue<int[]>(3).Select(version => version == 0 ? (int?)null : version);
        var incidents = reader.GetFieldValue<string[]>(2);
        AsOf = new StandingAsOf(highest, [.. incidents.Zip(versions, (id, version) => new StandingList(id, version))]);
    }

    private sealed record Found(IReadOnlyList<StandingCase> Cases, Findings Findings);

    private async Task<Found[]> FindAsync(List<NumberKey?> keys, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(
            """
            select place, finding, incident, source, request_id, reasons, tier, exposed_on, pay_to
            from cases_and_doubts_of(@numbers, @day)
            """, _snapshot.Connection, _snapshot);
        find.CommandTimeout = 0;
        find.Parameters.AddWithValue("numbers", NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bytea,
            keys.Select(k => k?.ToBytes()).ToArray());
        find.Parameters.AddWithValue("day", _payDay);
        await find.PrepareAsync(cancel);
        var found = new Found[keys.Count];
        Array.Fill(found, new Found([], Findings.None));
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var place = reader.GetInt64(0) - 1;
            var (cases, findings) = found[place];
            found[place] = reader.IsDBNull(1)
                ? new Found([.. cases, Case(reader)], findings.AndCase())
                : new Found(cases, findings.And(reader.GetString(1), reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        return found;
    }

    private static StandingCase Case(NpgsqlDataReader row) => new(
        row.GetString(3), row.GetString(4), row.GetString(2), row.GetString(5).Split('+'), row.GetInt16(6),
        row.IsDBNull(7) ? null : row.GetFieldValue<DateOnly>(7));

    /// <summary>
    /// Rule 33. An answer without a case tells nothing of a person that the payment system did not say itself.
    /// </summary>
    internal async Task RecordAsync(NumberKey[] shown, CancellationToken cancel)
    {
        if (shown.Length > 0)
        {
            await AccessRecords.WriteAsync(_at, shown, "cases", _who, $"standing for pay-day {_payDay:O}", cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Turn.Dispose();
        var connection = _snapshot.Connection;
        await _snapshot.DisposeAsync();
        await (connection?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
