using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using Npgsql;
using NpgsqlTypes;

namespace AccountGuard.Bench.Works;

/// <summary>A list is taken in and its numbers published against the changes that stand.</summary>
public static class ListWork
{
    private const string Header = "number,name,kana,birth_date,address";
    private const string Name = "年金 花子,ネンキン ハナコ,1948-02-03,東京都千代田区1-2-3";

    public static Work Whole { get; } = new(
        "list", "1.25M records imported and screened against 1M changes; baseline: COPY to a stage and sorted merge",
        async (ground, cancel) =>
        {
            var (records, changes) = (ground.Scaled(1_250_000), ground.Scaled(1_000_000));

            // One change in twenty is of a listed number.
            await ChangesWork.ImportAsync(ground, "before", changes, cancel, apart: 7 * 19);
            await ground.SqlAsync("""
                create table bench_stage (key bytea, fields smallint, sealed bytea);
                create table bench_merged (key bytea primary key, fields smallint, sealed bytea)
                """, cancel);
            var path = ground.File(
                "list.csv", Header, Enumerable.Range(0, records).Select(i => $"{i * 7L:D10},{Name}"));
            var (ours, baseline) = await InTurns.TimeAsync(
                async _ => await ImportAsync(ground, path, records, 1, await ground.IncidentAsync(cancel), cancel),
                _ => MergeAsync(ground, records, cancel));
            return [new("list", "s", ours, baseline, 2.5, AtLeast: false, InTurns.Runs)];
        });

    public static Work NewVersion { get; } = new(
        "version", "a version of 10,000 numbers against 10M changes; baseline: a look-up by index for each in SQL",
        async (ground, cancel) =>
        {
            var changes = ground.Scaled(10_000_000);
            await ReconcileWork.FillAsync(ground, changes, 0, cancel);
            var incident = await ground.IncidentAsync(cancel);
            var (ours, baseline) = await InTurns.TimeAsync(
                run => ImportAsync(
                    ground, ground.File($"v{run}.csv", Header, Enumerable.Range(0, 10_000)
                        .Select(i => $"{i * 13L + run + 5_000_000_000L:D10},{Name}")),
                    10_000, run + 1, incident, cancel),
                run => ground.SqlAsync($"""
                    select count(*) from generate_series(1, 10000) as n
                    join account_change c on c.number_key = substr(sha256(int8send((n * 97 + {run})::bigint)), 1, 16)
                    """, cancel));
            return [new("version", "s", ours, baseline, 3, AtLeast: false, InTurns.Runs)];
        });

    public static async Task ImportAsync(
        Ground ground, string path, int records, int version, string incident, CancellationToken cancel)
    {
        using var file = DeliveredFile.Open(path, null);
        await ImportList.RunAsync(ground.At, file, new ListOrder(
            incident, version, new DateOnly(2015, 6, 2), new ControlTotals(records, null, null, null, 0),
            Replaces: false, null, ground.At.Clock.GetUtcNow()), null, cancel);
    }

    private static async Task MergeAsync(Ground ground, int records, CancellationToken cancel)
    {
        await ground.SqlAsync("truncate bench_stage, bench_merged", cancel);
        await using var connection = await ground.Superuser.OpenConnectionAsync(cancel);
        await using (var copy = await connection.BeginBinaryImportAsync(
            "copy bench_stage (key, fields, sealed) from stdin (format binary)", cancel))
        {
            var random = new Random(1);
            var (key, details) = (new byte[16], new byte[120]);
            for (var i = 0; i < records; i++)
            {
                random.NextBytes(key);
                random.NextBytes(details);
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(key, NpgsqlDbType.Bytea, cancel);
                await copy.WriteAsync((short)7, NpgsqlDbType.Smallint, cancel);
                await copy.WriteAsync(details, NpgsqlDbType.Bytea, cancel);
            }

            await copy.CompleteAsync(cancel);
        }

        await using var merge = new NpgsqlCommand(
            "insert into bench_merged select * from bench_stage order by key on conflict (key) do nothing", connection);
        merge.CommandTimeout = 0;
        await merge.ExecuteNonQueryAsync(cancel);
    }
}
