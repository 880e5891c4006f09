using System.Security.Cryptography;
using System.Text.Json;
using AccountGuard.Identity;
using AccountGuard.Screening;
using AccountGuard.Vault;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Mailing;
using AccountGuard.Verification.Queues;
using Microsoft.Extensions.Primitives;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Verification.Several;

/// <summary>One thing asked of several cases, as it was previewed. Its id is the key under which it is run.</summary>
/// <param name="Results">Of each case that had its turn: Done, DoneBefore, NoCase, Revoked, or why not.</param>
public sealed record JointWork(
    Guid Id, string Action, IReadOnlyDictionary<string, string> Arguments, IReadOnlyList<Guid> Changes, Caller By,
    bool IsStarted, bool IsEnded, IReadOnlyDictionary<Guid, string> Results)
{
    /// <summary>What the preview was of; what is run under its key must be the same.</summary>
    public string Content => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { Action, Arguments = Arguments.OrderBy(a => a.Key, StringComparer.Ordinal), Changes })));

    /// <summary>Whoever asked has the role for cases of holders who are protected.</summary>
    public bool MayWorkOnProtected { get; init; }

    /// <summary>As the form of each case's own page would ask for it; asked again, it is the same entry.</summary>
    /// <exception cref="BadInput">Something that the action needs is missing, or cannot be read.</exception>
    public Func<CaseAtHand, Decision> For(KeyFile keys, Guid change) =>
        Protection.Guard(FormOf(keys, change), Action, By, MayWorkOnProtected);

    private Func<CaseAtHand, Decision> FormOf(KeyFile keys, Guid change)
    {
        var fields = Arguments.ToDictionary(a => a.Key, a => new StringValues(a.Value));
        fields["entry"] = $"{EntryOf(Id, change)}";
        if (Action == MassHolds.Approval)
        {
            fields["proposal"] = $"{EntryOf(Guid.Parse(Arguments[MassHolds.Proposed]), change)}";
            return new CaseForm(Action, new FormCollection(fields)).Verdict(By, null, []);
        }

        if (Action == MassHolds.Action)
        {
            fields["reason"] = fields.GetValueOrDefault(MassHolds.Reason);
        }

        return new CaseForm(Action, new FormCollection(fields)).Work(
            By, null, CaseReferences.Of(keys, change));
    }

    /// <summary>The id of what a work made of a case.</summary>
    public static Guid EntryOf(Guid work, Guid change) =>
        new(SHA256.HashData([.. work.ToByteArray(), .. change.ToByteArray()]).AsSpan(0, 16));
}

/// <summary>
/// One thing done to several cases: previewed, then started under the preview's key, then done case by case, each in a
/// transaction of its own with its result. Whoever stops in the middle is followed by whoever comes next; the same key
/// again does nothing twice. No verdict is given so, and nothing that needs evidence of its own; holds on more than a
/// few persons need a plan first (<see cref="MassHolds"/>).
/// </summary>
public static class SeveralCases
{
    public const string Done = "Done";
    public const string DoneBefore = "DoneBefore";
    public const string NoCase = "NoCase";

    /// <summary>Who asked was not to be let in any more before its turn came.</summary>
    public const string Revoked = "Revoked";

    public const int Most = QueueSlice.Exact;

    /// <summary>What may be asked of several cases, with what it needs to know.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Actions = new Dictionary<string, string[]>
    {
        ["claim"] = [],
        ["leave"] = [],
        ["hand-over"] = ["to", "to-person"],
        ["snooze"] = ["until"],
        ["letter"] = [],
        [MassHolds.Action] = ["through", MassHolds.Reason, "pay-to", .. MassHolds.Plan],
    };

    /// <summary>Keeps what is asked, for its preview; nothing is done to a case.</summary>
    /// <param name="holds">From how many persons on holds need a plan; as usual unless said.</param>
    /// <param name="mayWorkOnProtected">Who asks has the role for cases of holders who are protected.</param>
    /// <exception cref="BadInput">There is no such action, it lacks something, or no case or too many are asked.
    /// </exception>
    public static async Task<Guid> AskAsync(
        Installation at, Caller by, string action, IReadOnlyDictionary<string, string> arguments,
        IReadOnlyList<Guid> changes, CancellationToken cancel, MassHolds? holds = null,
        bool mayWorkOnProtected = false)
    {
        if (!Actions.TryGetValue(action, out var needed))
        {
            throw new BadInput("action: choose what to do with the cases.");
        }

        if (changes.Count is 0 or > Most)
        {
            throw new BadInput($"Select from 1 to {Most:N0} cases.");
        }

        var work = Asked(at, by, action, arguments.Where(a => needed.Contains(a.Key)).ToDictionary(), changes,
            mayWorkOnProtected);
        _ = work.For(at.Keys, changes[0]);
        if (action == MassHolds.Action)
        {
            await (holds ?? MassHolds.Usual).EnsurePlanAsync(at, work.Arguments, work.Changes, cancel);
        }

        await KeepAsync(at, work, cancel);
        return work.Id;
    }

    /// <summary>
    /// Asks to approve the holds that a work proposed, for their preview; of each case it is decided by itself who may
    /// (Rule 14).
    /// </summary>
    /// <exception cref="BadInput">No such work proposed holds, or it is not at its end.</exception>
    public static async Task<Guid> AskApprovalAsync(
        Installation at, Guid proposed, Caller by, CancellationToken cancel, bool mayWorkOnProtected = false)
    {
        var proposal = await HoldsAsync(at, proposed, cancel);
        var work = Asked(at, by, MassHolds.Approval,
            new Dictionary<string, string> { [MassHolds.Proposed] = $"{proposed}" },
            [.. proposal.Changes.Where(change => proposal.Results.GetValueOrDefault(change) == Done)],
            mayWorkOnProtected);
        await KeepAsync(at, work, cancel);
        return work.Id;
    }

    /// <summary>The work that proposed holds, with its plan, for whoever approves them.</summary>
    /// <exception cref="BadInput">No such work proposed holds, or it is not at its end.</exception>
    public static async Task<JointWork> HoldsAsync(Installation at, Guid proposed, CancellationToken cancel) =>
        await ReadAsync(at, proposed, cancel) is { Action: MassHolds.Action, IsEnded: true } work
            && work.Results.Values.Contains(Done)
            ? work : throw new BadInput("There is no such work.", Fault.NotFound);

    private static JointWork Asked(
        Installation at, Caller by, string action, IReadOnlyDictionary<string, string> arguments,
        IReadOnlyList<Guid> changes, bool mayWorkOnProtected) =>
        new(Guid.CreateVersion7(at.Clock.GetUtcNow()), action, arguments, [.. changes.Distinct()], by,
            IsStarted: false, IsEnded: false, new Dictionary<Guid, string>())
        {
            MayWorkOnProtected = mayWorkOnProtected,
        };

    private static async Task KeepAsync(Installation at, JointWork work, CancellationToken cancel)
    {
        await using var insert = at.Database.CreateCommand(
            """
            insert into joint_work
                (work_id, action, arguments, changes, login, person, asked_at, may_work_on_protected)
            values (@id, @action, @arguments, @changes, @login, @person, @at, @protected)
            """);
        insert.Parameters.AddWithValue("id", work.Id);
        insert.Parameters.AddWithValue("action", work.Action);
        insert.Parameters.AddWithValue("arguments", NpgsqlDbType.Jsonb, JsonSerializer.Serialize(work.Arguments));
        insert.Parameters.AddWithValue("changes", work.Changes.ToArray());
        insert.Parameters.AddWithValue("login", work.By.Login);
        insert.Parameters.AddWithValue("person", NpgsqlDbType.Text, (object?)work.By.Person ?? DBNull.Value);
        insert.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        insert.Parameters.AddWithValue("protected", work.MayWorkOnProtected);
        await insert.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What was asked under a key, for who asked it.</summary>
    /// <exception cref="BadInput">Nothing was asked under it by this person.</exception>
    public static async Task<JointWork> FindAsync(Installation at, Guid id, Caller by, CancellationToken cancel) =>
        await ReadAsync(at, id, cancel) is { } work && work.By.IsSame(by) ? work
            : throw new BadInput("There is no such work.", Fault.NotFound);

    /// <summary>What it would do to each case as they stand now, in the words of results.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> ForetellAsync(
        Installation at, JointWork work, CancellationToken cancel)
    {
        var seen = await CaseWork.LookAsync(at, work.Changes, cancel);
        return work.Changes.ToDictionary(change => change, change => !seen.TryGetValue(change, out var hand) ? NoCase
            : ResultOf(work.For(at.Keys, change)(hand)));
    }

    private static string ResultOf(Decision decision) =>
        decision.Refusal?.ToString() ?? (decision.Events.Count == 0 ? DoneBefore : Done);

    /// <summary>Starts what was previewed; started before, it goes on, or is answered as before.</summary>
    /// <param name="content">What the preview showed (<see cref="JointWork.Content"/>).</param>
    /// <exception cref="BadInput">Nothing was asked under the key by this person, or something else was.</exception>
    public static async Task StartAsync(Installation at, Guid id, Caller by, string? content, CancellationToken cancel)
    {
        if ((await FindAsync(at, id, by, cancel)).Content != content)
        {
            throw new BadInput(
                "Something else was previewed under this key. Nothing was done: select and preview anew.",
                Fault.OtherContent);
        }

        await using var start = at.Database.CreateCommand(
            "insert into joint_work_start values (@id, @at) on conflict do nothing");
        start.Parameters.AddWithValue("id", id);
        start.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        await start.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Does what was started to the next cases that it was not done to yet.</summary>
    /// <returns>Whether any may be left.</returns>
    public static async Task<bool> RunAsync(Installation at, Guid id, int most, CancellationToken cancel)
    {
        var work = (await ReadAsync(at, id, cancel))!;
        if (!work.IsStarted || work.IsEnded)
        {
            return false;
        }

        var left = work.Changes.Where(change => !work.Results.ContainsKey(change)).ToList();
        foreach (var change in left.Take(most))
        {
            await DoAsync(at, work, change, cancel);
        }

        if (left.Count > most)
        {
            return true;
        }

        await using var end = at.Database.CreateCommand(
            "insert into joint_work_end values (@id, @at) on conflict do nothing");
        end.Parameters.AddWithValue("id", id);
        end.Parameters.AddWithValue("at", at.Clock.GetUtcNow());
        await end.ExecuteNonQueryAsync(cancel);
        return false;
    }

    private static async Task DoAsync(Installation at, JointWork work, Guid change, CancellationToken cancel)
    {
        var isThere = await Retry.OnConflictAsync(() => InTransactionAsync(at, work, change, false, cancel), cancel);
        if (!isThere)
        {
            // The case worker comes every few seconds; whoever is faster calls it.
            await OpenCases.RunAsync(at, cancel, waits: true);
            await Retry.OnConflictAsync(() => InTransactionAsync(at, work, change, true, cancel), cancel);
        }
    }

    private static async Task<bool> InTransactionAsync(
        Installation at, JointWork work, Guid change, bool isLast, CancellationToken cancel)
    {
        await using var connection = await at.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var result = NoCase;
        var isThere = true;
        if (await IsRevokedAsync(transaction, work.Id, cancel))
        {
            result = Revoked;
        }
        else
        {
            (isThere, _) = await CaseWork.DoAsync(at, transaction, change, hand =>
            {
                var decision = work.For(at.Keys, change)(hand);
                result = ResultOf(decision);
                return decision;
            }, cancel);
        }

        if (!isThere && !isLast)
        {
            return false;
        }

        await using var keep = new NpgsqlCommand(
            """
            insert into joint_work_result (work_id, change_id, result, done_at) values (@id, @change, @result, @at)
            on conflict do nothing
            """, connection, transaction);
        keep.Parameters.AddWithValue("id", work.Id);
        keep.Parameters.AddWithValue("change", change);
        keep.Parameters.AddWithValue("result", result);
        keep.Parameters.AddWithValue("at", at.Clock.GetUtcNow());

        // Another process did it meanwhile: what it did stands, and is its result.
        if (await keep.ExecuteNonQueryAsync(cancel) > 0)
        {
            await transaction.CommitAsync(cancel);
        }

        return true;
    }

    private static async Task<bool> IsRevokedAsync(NpgsqlTransaction transaction, Guid work, CancellationToken cancel)
    {
        await using var ask = new NpgsqlCommand(
            """
            select exists (
                select from joint_work w join revocation r on r.login_or_person in (w.login, w.person)
                where w.work_id = @work and r.revoked_at >= w.asked_at)
            """, transaction.Connection, transaction);
        ask.Parameters.AddWithValue("work", work);
        return (bool)(await ask.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>What was started and is not at its end, the first started first.</summary>
    public static async Task<IReadOnlyList<Guid>> UnfinishedAsync(Installation at, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select s.work_id from joint_work_start s
            where not exists (select from joint_work_end e where e.work_id = s.work_id) order by s.started_at
            """);
        var unfinished = new List<Guid>();
        await using var reader = await find.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            unfinished.Add(reader.GetGuid(0));
        }

        return unfinished;
    }

    private static async Task<JointWork?> ReadAsync(Installation at, Guid id, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select w.action, w.arguments::text, w.changes, w.login, w.person,
                exists (select from joint_work_start s where s.work_id = w.work_id),
                exists (select from joint_work_end e where e.work_id = w.work_id), r.changes, r.results,
                w.may_work_on_protected
            from joint_work w cross join lateral (
                select coalesce(array_agg(r.change_id), '{}') as changes, coalesce(array_agg(r.result), '{}') as results
                from joint_work_result r where r.work_id = w.work_id) r
            where w.work_id = @id
            """);
        find.Parameters.AddWithValue("id", id);
        await using var reader = await find.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
        {
            return null;
        }

        var results = reader.GetFieldValue<Guid[]>(7).Zip(reader.GetFieldValue<string[]>(8));
        return new JointWork(
            id, reader.GetString(0), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(1))!,
            reader.GetFieldValue<Guid[]>(2),
            new Caller(reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4)),
            reader.GetBoolean(5), reader.GetBoolean(6), results.ToDictionary(r => r.First, r => r.Second))
        {
            MayWorkOnProtected = reader.GetBoolean(9),
        };
    }
}
