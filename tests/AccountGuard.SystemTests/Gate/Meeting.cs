using Npgsql;

namespace AccountGuard.SystemTests.Gate;

/// <summary>How many schedules were run, and after which of them the hits are not what the rule says.</summary>
public sealed record Tally(int Schedules, int Deadlocks, IReadOnlyList<string> Broken);

/// <summary>
/// Runs schedules of an encounter on connections that stay open, since their plans are the costly part.
/// </summary>
public sealed class Meeting : IAsyncDisposable
{
    private const int Writers = 3;

    private const string Found = """
        select coalesce((
            select string_agg(distinct what, ', ') || ' among: ' from ({0}) as unsettled (what)), '') || coalesce((
            select string_agg(format('%s: %s, tier %s, version %s, pays %s', request_id,
                reasons_of(alert_gap, date_doubt, renumbered, chain), tier, list_version, exposed_on),
                '; ' order by request_id)
            from hit where ended_at is null), 'nothing')
        """;

    private readonly Stepper _stepper;
    private readonly NpgsqlConnection _eye;
    private readonly NpgsqlCommand _found;

    private Meeting(Stepper stepper, NpgsqlConnection eye, NpgsqlCommand found) =>
        (_stepper, _eye, _found) = (stepper, eye, found);

    public static async Task<Meeting> OpenAsync(GateDatabase database)
    {
        // The body of the function as a statement of our own: planned once, not for each schedule.
        var eye = await database.OpenAsync();
        var unsettled = await GateDatabase.TextAsync(
            eye, "select replace(prosrc, 'only_incident', '1') from pg_proc where proname = 'unsettled'");
        var found = new NpgsqlCommand(Found.Replace("{0}", unsettled), eye);
        await found.PrepareAsync();
        return new Meeting(await Stepper.OpenAsync(database, Writers), eye, found);
    }

    /// <summary>Every order of the statements, or as many as that.</summary>
    /// <param name="off">The gate that is switched off, or all of them; see <see cref="TurnstileDatabase"/>.</param>
    public Task<Tally> RunAsync(Encounter encounter, int atMost, string off = "") => RunAsync(
        encounter, Interleavings.Sample([.. encounter.Writers.Select(w => w.Length + 1)], atMost), off, stops: false);

    /// <summary>Statements too are held in their middle, before each gate and before the rule.</summary>
    public async Task<Tally> RunHeldAsync(Encounter encounter, int atMost, string off = "")
    {
        var steps = new int[encounter.Writers.Length];
        for (var writer = 0; writer < steps.Length; writer++)
        {
            await PrepareAsync(encounter);
            steps[writer] = await _stepper.CountAsync(encounter.Writers[writer]);
        }

        return await RunAsync(encounter, Interleavings.Sample(steps, atMost), off, stops: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _found.DisposeAsync();
        await _eye.DisposeAsync();
        await _stepper.DisposeAsync();
    }

    private async Task<Tally> RunAsync(Encounter encounter, IEnumerable<int[]> schedules, string off, bool stops)
    {
        var (count, deadlocks, broken) = (0, 0, new List<string>());
        foreach (var turns in schedules)
        {
            await PrepareAsync(encounter);
            var outcome = await _stepper.RunAsync(encounter.Writers, turns, off, stops);
            await GateDatabase.ExecuteAsync(_eye, $"begin; {encounter.After}; commit");
            var found = (string)(await _found.ExecuteScalarAsync())!;
            count++;
            deadlocks += outcome.Deadlocks;
            if (found != encounter.Queue || outcome.Errors.Count > 0)
            {
                var errors = string.Join("; ", outcome.Errors);
                broken.Add($"{encounter.Name} in turns {string.Concat(turns)}: {found} {errors}");
            }
        }

        return new Tally(count, deadlocks, broken);
    }

    private async Task PrepareAsync(Encounter encounter)
    {
        await GateDatabase.SweepAsync(_eye);
        foreach (var fact in encounter.Before)
        {
            await GateDatabase.ExecuteAsync(_eye, fact);
        }
    }
}
