using Npgsql;

namespace AccountGuard.SystemTests.Gate;

/// <summary>Runs schedules of an encounter, and counts those after which the hits are not what the rule says.</summary>
public sealed class Meeting(GateDatabase database) : IAsyncDisposable
{
    private const string Found = """
        select coalesce((select string_agg(distinct what, ', ') || ' among: ' from unsettled()), '') || coalesce((
            select string_agg(format('%s: %s, tier %s, version %s, pays %s', request_id,
                reasons_of(alert_gap, date_doubt, renumbered, chain), tier, list_version, exposed_on), '; ' order by request_id)
            from hit where ended_at is null), 'nothing')
        """;

    private Stepper? _stepper;
    private NpgsqlConnection? _eye;

    public int Schedules { get; private set; }

    public int Deadlocks { get; private set; }

    public List<string> Broken { get; } = [];

    public async Task<Meeting> OpenAsync(int lanes, params string[] options)
    {
        _eye = await database.OpenAsync();
        _stepper = await Stepper.OpenAsync(database, lanes, options);
        return this;
    }

    public async Task RunAllAsync(Encounter encounter)
    {
        var steps = encounter.Writers.Select(w => w.Length + 2).ToArray();
        foreach (var turns in Interleavings.All(steps))
        {
            await RunAsync(encounter, turns, stops: false);
        }
    }

    /// <summary>Statements too are held in their middle, before each gate and before the rule.</summary>
    public async Task RunSampleAsync(Encounter encounter, int atMost)
    {
        var steps = new int[encounter.Writers.Length];
        for (var writer = 0; writer < steps.Length; writer++)
        {
            await PrepareAsync(encounter);
            steps[writer] = await _stepper!.CountAsync(encounter.Writers[writer], stops: true);
        }

        foreach (var turns in Interleavings.Sample(steps, atMost))
        {
            await RunAsync(encounter, turns, stops: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_eye is not null)
        {
            await GateDatabase.SweepAsync(_eye);
            await _eye.DisposeAsync();
        }

        if (_stepper is not null)
        {
            await _stepper.DisposeAsync();
        }
    }

    private async Task RunAsync(Encounter encounter, int[] turns, bool stops)
    {
        await PrepareAsync(encounter);
        var outcome = await _stepper!.RunAsync(encounter.Writers, turns, stops);
        Schedules++;
        Deadlocks += outcome.Deadlocks;
        var found = await GateDatabase.TextAsync(_eye!, Found);
        if (found != encounter.Queue || outcome.Errors.Count > 0)
        {
            Broken.Add($"{encounter.Name} in turns {string.Concat(turns)}: {found} {string.Join("; ", outcome.Errors)}");
        }
    }

    private async Task PrepareAsync(Encounter encounter)
    {
        await GateDatabase.SweepAsync(_eye!);
        foreach (var fact in encounter.Before)
        {
            await GateDatabase.ExecuteAsync(_eye!, fact);
        }
    }
}
