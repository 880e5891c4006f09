namespace AccountGuard.SystemTests.Crash;

/// <summary>A test that ops/test --long alone has the time for.</summary>
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongRun.IsAsked ? null : "ops/test --long runs it.";
}

/// <summary>
/// Imports that are stopped one time after the other, at rows drawn at random, in a way drawn at random: 480 times,
/// beside the named moments of CrashTests.
/// </summary>
public sealed class RandomStops(Imports imports) : IClassFixture<Imports>
{
    private const int Rounds = 16;
    private const int Rows = 20_000;

    // More than a batch: what was stopped at its commit may be committed all the same.
    private const int Stretch = 2_000;

    private const int Seed = 2015;

    [LongFact]
    public async Task changes_are_there_once_wherever_they_were_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"changes-{round}";
            var numbers = Numbers(1, round, Rows / 4);
            await imports.DeclareAsync(id);
            var list = imports.Write($"{id}-list.csv", "number,name", numbers.Take(500).Select(n => $"{n},A"));
            await imports.PrepareAsync(at => Imports.BringListAsync(at, id, list, 500));
            var file = imports.Write($"{id}.csv", "source,request_id,kind,number,filed_on",
                Enumerable.Range(0, Rows).Select(i => (i % 50) switch
                {
                    7 => $"{id},{i - 1},account,{numbers[(i - 1) % numbers.Length]},2015-05-20",
                    8 => $"{id},{i},account,12,2015-05-20",
                    9 => $"{id},{i - 4},cancel,{numbers[i % numbers.Length]},",
                    10 => $"{id},{(i + 1_102) % Rows},cancel,{numbers[i % numbers.Length]},",
                    _ => $"{id},{i},account,{numbers[i % numbers.Length]},2015-05-20",
                }));
            var random = new Random(Seed + round);
            var moments = Enumerable.Range(0, Rows / Stretch - 1).Select(i => i * Stretch + random.Next(1, Stretch))
                .Select(row => random.Next(3) switch
                {
                    0 => new Moment("account_change", $"new.row_no >= {row}"),
                    1 => new Moment("delivery_batch", $"new.rows_through >= {row}"),
                    _ => new Moment("delivery_batch", $"new.rows_through >= {row}", AtCommit: true),
                })
                .Append(new Moment("case_step", "true", AtCommit: random.Next(2) == 0));
            await StopAsync(id, random, moments, ["import-changes", file, "--json"]);
        }
    }

    [LongFact]
    public async Task a_list_is_there_once_wherever_it_was_stopped()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var id = $"list-{round}";
            var numbers = Numbers(2, round, Rows);
            await imports.DeclareAsync(id);
            var changes = imports.Write($"{id}-changes.csv", "source,request_id,kind,number,filed_on",
                numbers.Take(500).Select((n, i) => $"{id},{i},account,{n},2015-05-20"));
            await imports.PrepareAsync(at => Imports.BringChangesAsync(at, changes));
            var file = imports.Write($"{id}.csv", "number,name,birth_date",
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
            await imports.DeclareAsync(id);
            var list = imports.Write($"{id}-list.csv", "number,name", olds.Take(500).Select(n => $"{n},A"));
            var changes = imports.Write($"{id}-changes.csv", "source,request_id,kind,number,filed_on",
                news.Take(500).Select((n, i) => $"{id},{i},account,{n},2015-05-20"));
            await imports.PrepareAsync(async at =>
            {
                await Imports.BringListAsync(at, id, list, 500);
                await Imports.BringChangesAsync(at, changes);
            });
            var file = imports.Write($"{id}.csv", "old_number,new_number,effective_on",
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

    private async Task StopAsync(string id, Random random, IEnumerable<Moment> moments, string[] import)
    {
        foreach (var moment in moments)
        {
            await imports.StopAsync(random.GetItems(Enum.GetValues<End>(), 1)[0], moment, import);
        }

        await imports.CompareAsync(id, await CommandRun.OfAsync(imports.Stopped, import), import);
    }

    private static string[] Numbers(int series, int round, int count) => [.. Enumerable
        .Range(round * Rows, count).Select(i => $"{series}{i * 7_919L % 1_000_000_000:000000000}")];
}
