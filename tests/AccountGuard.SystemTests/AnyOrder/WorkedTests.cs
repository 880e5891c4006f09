using AccountGuard.Intake;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using Xunit.Abstractions;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// Rules 6, 14 and 17: facts that arrive in any order around cases that people work on never end one, never release a
/// hold, and never lose a verdict. Ledgers of what people did say what each case has to be.
/// </summary>
public sealed class WorkedTests(ITestOutputHelper output)
{
    private const int Senders = 3;
    private static readonly int[] Numbers = [1, 2, 3, 4, 5];

    // Worlds of a database share its worker, and each waits until its own facts were told.
    private readonly SemaphoreSlim _worker = new(1);
    private readonly Sampling _sampling = new(Histories.Worked, output);

    [Fact]
    public Task after_each_step_of_people_and_facts_every_case_is_what_the_rules_say() =>
        _sampling.SampleAsync(LongRun.IsAsked ? 150 : 12, async (world, history) =>
        {
            var soFar = Parcel.Nothing with { Incidents = history.Facts.Incidents };
            var cases = history.Facts.Changes.Select(world.CaseOf).ToList();
            var auditing = new Auditing(world.At, cases);
            List<Parcel> arriving = [.. Arrival.Of(history), LastOf(history)];
            for (var at = 0; at <= arriving.Count; at++)
            {
                foreach (var attempt in history.Attempts.Where(a => a.Place % (arriving.Count + 1) == at))
                {
                    await auditing.TryAsync(attempt, cases);
                    await ShouldBeTheModelAsync(world, soFar, auditing, $"{attempt}");
                }

                if (at < arriving.Count)
                {
                    await world.DeliverAsync(arriving[at]);
                    soFar = soFar.With(arriving[at].Facts);
                    await WorkOnAsync(world, auditing);
                    await ShouldBeTheModelAsync(world, soFar, auditing, $"delivery {at}");
                }
            }
        }, ShouldBeExplainedAsync);

    /// <summary>Three at once, each of whom delivers a part of the facts and works on their own cases.</summary>
    [Fact]
    public Task facts_and_people_at_once_lose_no_verdict_end_no_case_and_release_no_hold() =>
        _sampling.SampleAsync(LongRun.IsAsked ? 250 : 16, async (world, history) =>
        {
            var cases = history.Facts.Changes.Select(world.CaseOf).ToList();
            var auditing = new Auditing(world.At, cases);
            var arriving = Arrival.Of(history);
            await Task.WhenAll(Enumerable.Range(0, Senders).Select(who => Task.Run(() => WorkAsync(who))));
            foreach (var facts in new[] { history.Facts, history.Facts.With(LastOf(history).Facts) })
            {
                await WorkOnAsync(world, auditing);
                foreach (var (id, ledger) in auditing.Ledgers)
                {
                    await ShouldBeTheStreamAsync(world, facts, id, ledger);
                }

                await world.DeliverAsync(LastOf(history));
            }

            async Task WorkAsync(int who)
            {
                var own = cases.Where((_, at) => at % Senders == who).ToList();
                var parcels = arriving.Where((_, at) => at % Senders == who).ToList();
                for (var at = 0; at <= parcels.Count; at++)
                {
                    foreach (var attempt in history.Attempts.Where(a => a.Place % (parcels.Count + 1) == at))
                    {
                        await auditing.TryAsync(attempt, own);
                    }

                    await (at < parcels.Count ? world.DeliverAsync(parcels[at])
                        : OpenCases.RunAsync(world.At, default));
                }
            }
        }, ShouldBeExplainedAsync);

    /// <summary>At the end the ground of every case goes, whatever people made of it.</summary>
    private static Parcel LastOf(History history) => new(null, Parcel.Nothing with
    {
        Cancellations = [.. history.Facts.Changes
            .Where(c => history.Facts.Cancellations.All(x => (x.Source, x.Request) != (c.Source, c.Request)))
            .Select(c => new ChangeCancellation(c.Source, c.Request, c.Number, c.DeliveredAt))],
    });

    private static async Task ShouldBeTheStreamAsync(World world, Facts facts, Guid id, Ledger ledger)
    {
        await using var session = world.At.Events.LightweightSession();
        if (await session.Events.AggregateStreamAsync<VerificationCase>(id) is not { } @case)
        {
            ledger.Verdicts.ShouldBeEmpty();
            return;
        }

        @case.Verdicts.Select(v => (v.Entry, v.Verdict)).ShouldBe(ledger.Verdicts);
        @case.IsDenied.ShouldBe(ledger.IsDenied);
        (ledger.IsWorked && !@case.StaysOpen).ShouldBeFalse();
        (@case.IsEnded && ledger.IsWorked && ledger.Verdicts.Count == 0).ShouldBeFalse("facts alone ended it");
        var change = facts.Changes.Single(c => world.CaseOf(c) == id);
        foreach (var incident in facts.Incidents)
        {
            var isRequired = Model.QueueOf(facts, incident)
                .Any(line => (line.Source, line.Request) == (change.Source, change.Request));
            var isKnown = @case.Grounds.TryGetValue(world.IdOf(incident), out var ground);
            (isKnown && ground == CaseGround.Required).ShouldBe(isRequired);
            (await world.StateOfAsync(incident, id)).ShouldBe(
                isKnown ? $"{@case.StateIn(world.IdOf(incident))}" : null);
        }

        var numbers = Model.HolderOf(change.Number, facts.Mappings);
        var answers = await world.StandingsAsync(numbers);
        if (ledger.IsDenied)
        {
            answers.ShouldAllBe(a => a.Standing == "hold");
        }
    }

    /// <summary>Rule 14: from the events of its case alone, of each verdict of all worlds of a database.</summary>
    private static async Task ShouldBeExplainedAsync(FreshDatabase database)
    {
        await using var find = database.At.Database.CreateCommand(
            "select stream_id, count(*) from accountguard_events.mt_events where type = 'verdict_approved' group by 1");
        var cases = new List<(Guid Id, long Verdicts)>();
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                cases.Add((reader.GetGuid(0), reader.GetInt64(1)));
            }
        }

        var verdicts = new HashSet<Verdict>();
        await using var session = database.At.Events.LightweightSession();
        foreach (var (id, count) in cases)
        {
            var stories = VerdictStory.Of([.. (await session.Events.FetchStreamAsync(id)).Select(e => e.Data)]);
            stories.Count.ShouldBe((int)count);
            foreach (var (proposed, evidence, approved) in stories)
            {
                evidence.ShouldNotBeEmpty();
                evidence.Count.ShouldBeGreaterThanOrEqualTo(proposed.Evidence.Count);
                (proposed.Verdict, proposed.Entry).ShouldBe((approved.Verdict, approved.Proposal));
                proposed.Auditor.Person.ShouldNotBeNull();
                approved.Approver.Person.ShouldNotBeNull().ShouldNotBe(proposed.Auditor.Person);
                approved.ApprovedAt.ShouldBeGreaterThanOrEqualTo(proposed.ProposedAt);
                verdicts.Add(approved.Verdict);
            }
        }

        verdicts.ShouldNotBeEmpty("no world came to a verdict");
        (LongRun.IsAsked ? Enum.GetValues<Verdict>() : []).Except(verdicts).ShouldBeEmpty("no world came to these");
    }

    /// <summary>What the service does by itself.</summary>
    private async Task WorkOnAsync(World world, Auditing auditing)
    {
        await _worker.WaitAsync();
        try
        {
            await world.FinishAsync();
            await OpenCases.RunAsync(world.At, default, waits: true);
            await TellDeaths.RunAsync(world.At, default);
        }
        finally
        {
            _worker.Release();
        }

        await auditing.HearOfDeathsAsync();
    }

    private static async Task ShouldBeTheModelAsync(World world, Facts facts, Auditing auditing, string after)
    {
        var required = facts.Incidents.ToDictionary(i => i, i => Model.QueueOf(facts, i).ToList());
        var cases = facts.Changes.ToDictionary(c => (c.Source, c.Request), world.CaseOf);
        foreach (var line in required.SelectMany(r => r.Value))
        {
            auditing.Ledgers[cases[(line.Source, line.Request)]].Required();
        }

        var shown = new HashSet<Guid>();
        var open = new HashSet<(Guid Case, string Incident)>();
        foreach (var (incident, lines) in required)
        {
            var mustBe = lines.ToDictionary(line => cases[(line.Source, line.Request)]);
            var rows = await world.RowsOfAsync(incident, null);
            rows.Select(r => r.Rank).ShouldBe(Enumerable.Range(1, rows.Count).Select(rank => (long?)rank), after);
            Without(rows.Where(r => mustBe.ContainsKey(r.Change)).Select(world.LineOf)).ShouldBe(
                Without(lines.Where(line => Queue.OpenStates.Contains(
                    auditing.Ledgers[cases[(line.Source, line.Request)]].StateIn(isRequired: true)))), after);
            open.UnionWith(rows.Select(r => (r.Change, world.IdOf(incident))));
            foreach (var state in Queue.EndedStates)
            {
                rows.AddRange(await world.RowsOfAsync(incident, state));
            }

            rows.Select(r => r.Change).ShouldBeUnique(after);
            mustBe.Keys.Except(rows.Select(r => r.Change)).ShouldBeEmpty(after);
            foreach (var row in rows)
            {
                var wanted = auditing.Ledgers[row.Change].StateIn(mustBe.ContainsKey(row.Change));
                row.State.ShouldBeOneOf(wanted.Length > 0 ? [wanted] : ["ListedInError", "Withdrawn"], after);
            }

            shown.UnionWith(rows.Select(r => r.Change));
        }

        auditing.Ledgers.Where(l => l.Value.IsWorked).Select(l => l.Key).Except(shown).ShouldBeEmpty(after);
        await ShouldStandAsync(world, facts, auditing, open, after);
    }

    /// <summary>On hold while somebody's denial stands, and with every open case named, whatever else is in doubt.
    /// </summary>
    private static async Task ShouldStandAsync(
        World world, Facts facts, Auditing auditing, HashSet<(Guid Case, string Incident)> open, string after)
    {
        var answers = await world.StandingsAsync(Numbers);
        foreach (var (number, answer) in Numbers.Zip(answers))
        {
            var holder = Model.HolderOf(number, facts.Mappings);
            var cases = facts.Changes.Where(c => holder.Contains(c.Number)).Select(world.CaseOf).ToHashSet();
            (answer.Standing == "hold").ShouldBe(cases.Any(c => auditing.Ledgers[c].IsDenied), after);
            answer.Cases.Select(c => (FiledChange.IdOf(c.Source, c.RequestId), c.Incident)).ToHashSet()
                .ShouldBe(open.Where(o => cases.Contains(o.Case)).ToHashSet(), ignoreOrder: true, after);
        }
    }

    private static IEnumerable<QueueLine> Without(IEnumerable<QueueLine> lines) =>
        lines.Select(line => line with { Rank = 0 });
}
