namespace AccountGuard.SystemTests.Crash;

/// <summary>A test that ops/test --long alone has the time for.</summary>
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongRun.IsAsked ? null : "ops/test --long runs it.";
}

/// <summary>
/// Imports that are stopped one time after the other, at rows drawn at random, in a way drawn at random: 550 times,
/// beside the named moments of CrashTests. Seven of ten are kills (-9), of the process or of PostgreSQL.
/// </summary>
public sealed class RandomStops : IAsyncLifetime
{
    private const int Rounds = 11;
    private const int Rows = 20_000;

    // A batch at least: what was stopped at its commit may be committed all the same.
    private const int Stretch = 2_000;

    private const int Seed = 2015;

    private static readonly End[] Ends =
    [
        End.Kill, End.Kill, End.Kill, End.Kill, End.KillServer, End.KillServer, End.KillServer,
        End.Interrupt, End.Disconnect, End.DisconnectAll,
    ];

    private readonly Imports _imports = new();

    public Task InitializeAsync() => _imports.InitializeAsync();

    public Task DisposeAsync() => _imports.DisposeAsync();

    [LongFact]
    public async Task changes_are_there_once_wherever_they_were_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"changes-{round}";
            var numbers = Numbers(1, round, Rows / 4);
            await _imports.DeclareAsync(id);
            var list = _imports.Write($"{id}-list.csv", "number,name", numbers.Take(500).Select(n => $"{n},A"));
            await _imports.PrepareAsync(at => Imports.BringListAsync(at, id, list, 500));
            var file = _imports.Write($"{id}.csv", "source,request_id,kind,number,filed_on",
                Enumerable.Range(0, Rows).Select(i => (i % 50) switch
                {
                    7 => $"{id},{i - 1},account,{numbers[(i - 1) % numbers.Length]},2015-05-20",
                    8 => $"{id},{i},account,12,2015-05-20",
                    9 => $"{id},{i - 4},cancel,{numbers[i % numbers.Length]},",
                    10 => $"{id},{(i + 1_102) % Rows},cancel,{numbers[i % numbers.Length]},",
                    _ => $"{id},{i},account,{numbers[i % numbers.Length]},2015-05-20",
                }));
            var random = new Random(Seed + round);
            await StopAsync(id, random, Stretches(random, "account_change", "case_step"),
                ["import-changes", file, "--json"]);
        }
    }

    [LongFact]
    public async Task a_list_is_there_once_wherever_it_was_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"list-{round}";
            var numbers = Numbers(2, round, Rows);
            await _imports.DeclareAsync(id);
            var changes = _imports.Write($"{id}-changes.csv", "source,request_id,kind,number,filed_on",
                numbers.Take(500).Select((n, i) => $"{id},{i},account,{n},2015-05-20"));
            await _imports.PrepareAsync(at => Imports.BringChangesAsync(at, changes));
            var file = _imports.Write($"{id}.csv", "number,name,birth_date",
                numbers.Select(n => $"{n},A,1950-01-01"));
            var random = new Random(Seed + round);
            var moments = Enumerable.Range(0, 5)
                .Select(_ => new Moment("list_record", $"new.row_no >= {random.Next(1, Rows)}"))
                .Append(new Moment("affected_list", "true", AtCommit: random.Next(2) == 0))
                .Concat(Enumerable.Range(0, 3).Select(i => new Moment(
                    "list_publication", $"new.first_bucket <= {240 - i * 80 - random.Next(1, 80)}",
                    random.Next(2) == 0)))
                .Append(new Moment("case_step", "true", AtCommit: random.Next(2) == 0));
            await StopAsync(id, random, moments, ["import-list", id, file, "--version", "1", "--live-from",
                "2015-06-02", "--records", $"{Rows}", "--json"]);
        }
    }

    [LongFact]
    public async Task a_renumbering_is_there_once_wherever_it_was_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"renumbering-{round}";
            var (olds, news) = (Numbers(3, round, Rows), Numbers(4, round, Rows));
            await _imports.DeclareAsync(id);
            var list = _imports.Write($"{id}-list.csv", "number,name", olds.Take(500).Select(n => $"{n},A"));
            var changes = _imports.Write($"{id}-changes.csv", "source,request_id,kind,number,filed_on",
                news.Take(500).Select((n, i) => $"{id},{i},account,{n},2015-05-20"));
            await _imports.PrepareAsync(async at =>
            {
                await Imports.BringListAsync(at, id, list, 500);
                await Imports.BringChangesAsync(at, changes);
            });
            var file = _imports.Write($"{id}.csv", "old_number,new_number,effective_on",
                olds.Zip(news, (old, @new) => $"{old},{@new},2015-08-24").Append($"{olds[0]},{news[1]},2015-08-24"));
            var random = new Random(Seed + round);
            var moments = Enumerable.Range(0, 5)
                .Select(_ => new Moment("renumbering", $"new.row_no >= {random.Next(1, Rows / 2)}"))
                .Append(new Moment("delivery_batch", $"new.rows_through >= {Rows / 2}", random.Next(2) == 0))
                .Concat(Enumerable.Range(0, 3)
                    .Select(_ => new Moment("renumbering", $"new.row_no >= {random.Next(Rows / 2 + 1, Rows)}")))
                .Append(new Moment("delivery_completion", "true", random.Next(2) == 0));
            await StopAsync(id, random, moments, ["import-renumbering", file, "--json"]);
        }
    }

    [LongFact]
    public async Task what_is_said_of_holders_is_there_once_wherever_it_was_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, numbers, random) = await PrepareAsync("holders", 5, round);
            var file = _imports.Write($"{id}.csv", "number,name,died_on", Enumerable.Range(0, Rows).Select(
                i => $"{numbers[i * 3 % Rows / 2]},{i % 2},{(i % 50 == 0 ? "2015-06-10" : "")}"));
            await StopAsync(id, random, Stretches(random, "holder_record", "delivery_completion"),
                ["import-holders", file, "--json"]);
        }
    }

    [LongFact]
    public async Task what_is_said_of_payments_is_there_once_wherever_it_was_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (id, numbers, random) = await PrepareAsync("payments", 6, round);
            var file = _imports.Write($"{id}.csv", "source,payment_id,number,outcome,pay_day,amount,account,on",
                Enumerable.Range(0, Rows).Select(i => $"{id},{i / 2},{numbers[i / 2]},"
                    + $"{(i % 2 == 0 ? "sent" : "credited")},2015-06-15,1000,zengin:0001-001-1-1234567,2015-06-15"));
            await StopAsync(id, random, Stretches(random, "payment_report", "delivery_completion"),
                ["import-payments", file, "--json"]);
        }
    }

    /// <summary>An incident with a queue, and the numbers that a file says something of.</summary>
    private async Task<(string Id, string[] Numbers, Random Random)> PrepareAsync(string kind, int series, int round)
    {
        var (id, numbers) = ($"{kind}-{round}", Numbers(series, round, Rows));
        await _imports.DeclareAsync(id);
        var list = _imports.Write($"{id}-list.csv", "number,name", numbers.Take(100).Select(n => $"{n},A"));
        var changes = _imports.Write($"{id}-changes.csv", "source,request_id,kind,number,filed_on",
            numbers.Take(100).Select((n, i) => $"{id},{i},account,{n},2015-05-20"));
        await _imports.PrepareAsync(async at =>
        {
            await Imports.BringListAsync(at, id, list, 100);
            await Imports.BringChangesAsync(at, changes);
        });
        return (id, numbers, new Random(Seed + round));
    }

    /// <summary>A moment of each stretch of rows but the last, and one behind the rows.</summary>
    private static IEnumerable<Moment> Stretches(Random random, string table, string last) => Enumerable
        .Range(0, Rows / Stretch - 1).Select(i => i * Stretch + random.Next(1, Stretch))
        .Select(row => random.Next(3) switch
        {
            0 => new Moment(table, $"new.row_no >= {row}"),
            1 => new Moment("delivery_batch", $"new.rows_through >= {row}"),
            _ => new Moment("delivery_batch", $"new.rows_through >= {row}", AtCommit: true),
        })
        .Append(new Moment(last, "true", AtCommit: random.Next(2) == 0));

    private async Task StopAsync(string id, Random random, IEnumerable<Moment> moments, string[] import)
    {
        foreach (var moment in moments)
        {
            await _imports.StopAsync(random.GetItems(Ends, 1)[0], moment, import);
        }

        await _imports.CompareAsync(id, await CommandRun.OfAsync(_imports.Stopped, import), import);
    }

    private static string[] Numbers(int series, int round, int count) => [.. Enumerable
        .Range(round * Rows, count).Select(i => $"{series}{i * 7_919L % 1_000_000_000:000000000}")];
}
