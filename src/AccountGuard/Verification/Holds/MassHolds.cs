using System.Globalization;
using AccountGuard.Verification.Several;

namespace AccountGuard.Verification.Holds;

/// <summary>Holds proposed for several cases at once, which wait for another person.</summary>
/// <param name="Work">The joint work that proposed them.</param>
/// <param name="Proposer">The login that did.</param>
public sealed record WaitingHolds(Guid Work, string Proposer, DateTimeOffset AskedAt, long Cases, string Through);

/// <summary>
/// Holds on the payments of more than a few persons at once (Rule 18, S65): first there is a plan of how they are
/// released, who how many a day and until when, and a text for the holders in both languages; each of them then holds
/// nothing until another person approves it. A single hold or release needs none of it.
/// </summary>
public sealed record MassHolds(int MostWithoutPlan)
{
    /// <summary>The action of several cases that proposes holds, and the one that approves them.</summary>
    public const string Action = "hold", Approval = "approve-hold";

    /// <summary>The field of the reason: the queue's own filter is called reason already.</summary>
    public const string Reason = "hold-reason";

    /// <summary>Names, in the arguments of an approval, the work that proposed.</summary>
    public const string Proposed = "proposed";

    /// <summary>What the plan says; each of it is asked for by name.</summary>
    public static readonly string[] Plan = ["released-by", "releases-a-day", "released-until", "text-ja", "text-en"];

    private const int UsualMost = 20, LongestText = 2_000;

    public static readonly MassHolds Usual = new(UsualMost);

    /// <exception cref="BadInput">Holds:MostWithoutPlan is no number.</exception>
    public static MassHolds Read(IConfiguration settings) => settings["Holds:MostWithoutPlan"] switch
    {
        null or "" => Usual,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) => new(most),
        _ => throw new BadInput("Holds__MostWithoutPlan is a number of persons."),
    };

    /// <summary>Persons count, not cases: a holder may have several, under several numbers.</summary>
    /// <exception cref="BadInput">So many persons need a plan and a text, and something of it is missing.</exception>
    public async Task EnsurePlanAsync(
        Installation at, IReadOnlyDictionary<string, string> arguments, IReadOnlyList<Guid> changes,
        CancellationToken cancel)
    {
        if (changes.Count <= MostWithoutPlan || await PersonsAsync(at, changes, cancel) <= MostWithoutPlan)
        {
            return;
        }

        foreach (var field in Plan)
        {
            var text = arguments.GetValueOrDefault(field)?.Trim() ?? "";
            var isSaid = field switch
            {
                "releases-a-day" => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count > 0,
                "released-until" => DateOnly.TryParseExact(
                    text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
                _ => text.Length is > 0 and <= LongestText,
            };
            if (!isSaid)
            {
                throw new BadInput(MissingOf(field));
            }
        }
    }

    /// <summary>What is said where a part of the plan is missing.</summary>
    public static string MissingOf(string field) => field switch
    {
        "released-by" => "Holds on so many persons need a plan: say who releases them.",
        "releases-a-day" => "Holds on so many persons need a plan: say how many are released a day.",
        "released-until" => "Holds on so many persons need a plan: say until when they are released.",
        "text-ja" => "Holds on so many persons need a text for the holders: write it in Japanese.",
        _ => "Holds on so many persons need a text for the holders: write it in English.",
    };

    /// <summary>
    /// Holds of several cases that still wait for another person, the first proposed first. Whose last day is over can
    /// no longer be approved.
    /// </summary>
    public static async Task<IReadOnlyList<WaitingHolds>> WaitingAsync(
        Installation at, DateOnly today, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select w.work_id, w.login, w.asked_at, w.arguments ->> 'through',
                array(select r.change_id from joint_work_result r where r.work_id = w.work_id and r.result = 'Done')
            from joint_work w join joint_work_end e on e.work_id = w.work_id
            where w.action = 'hold' and w.arguments ->> 'through' >= @today
            order by w.asked_at
            """);
        find.Parameters.AddWithValue("today", $"{today:yyyy-MM-dd}");
        var proposed = new List<(WaitingHolds Holds, Guid[] Changes)>();
        await using (var reader = await find.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                proposed.Add((new WaitingHolds(reader.GetGuid(0), reader.GetString(1),
                    reader.GetFieldValue<DateTimeOffset>(2), 0, reader.GetString(3)),
                    reader.GetFieldValue<Guid[]>(4)));
            }
        }

        var waiting = new List<WaitingHolds>();
        foreach (var (holds, changes) in proposed)
        {
            waiting.Add(holds with { Cases = await StillProposedAsync(at, holds.Work, changes, cancel) });
        }

        return [.. waiting.Where(holds => holds.Cases > 0)];
    }

    private static async Task<long> StillProposedAsync(
        Installation at, Guid work, Guid[] changes, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand("select waiting_proposals(@changes, @holds)");
        count.Parameters.AddWithValue("changes", changes);
        count.Parameters.AddWithValue("holds", changes.Select(change => JointWork.EntryOf(work, change)).ToArray());
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<long> PersonsAsync(
        Installation at, IReadOnlyList<Guid> changes, CancellationToken cancel)
    {
        await using var count = at.Database.CreateCommand(
            """
            select count(distinct coalesce((select h.holder_key from holder h where h.number_key = c.number_key),
                c.number_key))
            from unnest(@changes) as u (change_id)
            cross join lateral (select a.number_key from account_change a where a.change_id = u.change_id offset 0) c
            """);
        count.Parameters.AddWithValue("changes", changes.ToArray());
        return (long)(await count.ExecuteScalarAsync(cancel))!;
    }
}
