using System.Diagnostics;
using AccountGuard.Identity;
using Npgsql;

namespace AccountGuard.Bench.Works;

/// <summary>What goes beyond one machine, tried on one: figures only, since all parts share its processors.</summary>
public static class GrowingWork
{
    private const int Partitions = 16;
    private const int LookedUp = 100_000;

    public static Work Nodes { get; } = new(
        "nodes", "changes one by one through two services on one database, 32 connections; baseline: through one",
        async (ground, cancel) =>
        {
            await ground.IncidentAsync(cancel);
            await Screening.Reconcile.RunAsync(ground.At, null, cancel);
            var program = await StartWork.PublishAsync(Path.Combine(ground.Folder.FullName, "app"), cancel);
            using var first = await StartWork.RunAsync(ground, program, 5098, cancel);
            using var second = await StartWork.RunAsync(ground, program, 5099, cancel);
            var token = ground.TokenOf(Role.Intake);
            using var toFirst = Ground.CallerOf("http://127.0.0.1:5098", token);
            using var toSecond = Ground.CallerOf("http://127.0.0.1:5099", token);
            var filed = 0;
            Task FileAsync(HttpClient to) => FilingWork.FileOneAsync(to, Interlocked.Increment(ref filed), cancel);
            var (both, one) = await Pressure.InTurnsAsync(
                no => FileAsync(no % 2 == 0 ? toFirst : toSecond), _ => FileAsync(toFirst), cancel);
            await StartWork.StopAsync(first, cancel);
            await StartWork.StopAsync(second, cancel);
            return
            [
                Figure("nodes", "answers/s", both.Rate, one.Rate), Figure("nodes", "p99 ms", both.P99, one.P99),
            ];
        });

    public static Work Partitioned { get; } = new(
        "partitions", "1M facts in 16 partitions by the hash of their number; baseline: in one table",
        async (ground, cancel) =>
        {
            await ground.SqlAsync("""
                create table bench_one (change_id uuid, number_key bytea, sealed bytea);
                create table bench_many (like bench_one) partition by hash (number_key)
                """, cancel);
            await ground.SqlAsync(string.Concat(Enumerable.Range(0, Partitions).Select(i =>
                $"create table bench_many_{i} partition of bench_many for values with (modulus {Partitions}, "
                + $"remainder {i});")), cancel);
            await ground.SqlAsync("""
                create index on bench_one (change_id); create index on bench_one (number_key);
                create index on bench_many (change_id); create index on bench_many (number_key)
                """, cancel);
            var count = ground.Scaled(1_000_000);
            Task InsertAsync(string table) => ground.SqlAsync($"""
                truncate {table};
                insert into {table}
                select gen_random_uuid(), substr(sha256(int8send(n)), 1, 16), sha512(int8send(n))
                from generate_series(1, {count}) as n;
                analyze {table}
                """, cancel);
            Task LookUpAsync(string table) => ground.SqlAsync($"""
                select count(c.change_id) from generate_series(1, {LookedUp}) as n cross join lateral (
                    select change_id from {table}
                    where number_key = substr(sha256(int8send(n * 7 % {count} + 1)), 1, 16) offset 0) c
                """, cancel);
            async Task<Measured> MeasureAsync(string what, Func<string, Task> act, string part)
            {
                var (ours, baseline) = await InTurns.TimeAsync(_ => act(part), _ => act("bench_one"));
                return Figure($"partitions: {what}", "s", ours, baseline);
            }

            return
            [
                await MeasureAsync("insert", InsertAsync, "bench_many"),
                await MeasureAsync("100,000 look-ups by number", LookUpAsync, "bench_many"),
                await MeasureAsync(
                    "reindex, one partition", t => ground.SqlAsync($"reindex table {t}", cancel), "bench_many_0"),
            ];
        });

    public static Work Replica { get; } = new(
        "replica", "the queue's query on a streaming replica while changes are imported; baseline: on the primary",
        async (ground, cancel) =>
        {
            var (_, cases) = await QueueWork.FillAsync(ground, ground.Scaled(1_000_000), cancel);
            await using var replica = await StandBy.OfAsync(ground, cancel);
            var late = new List<double>();
            var imports = 0;
            async Task<Figures> BesideAnImportAsync(NpgsqlDataSource asked)
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var importing = Task.Run(async () =>
                {
                    while (!enough.IsCancellationRequested)
                    {
                        await ChangesWork.ImportAsync(ground, $"beside-{++imports}", 10_000, cancel);
                    }
                }, cancel);
                var watching = Task.Run(async () =>
                {
                    while (!enough.IsCancellationRequested)
                    {
                        late.Add(await replica.LateAsync(ground, cancel));
                    }
                }, cancel);
                var figures = Figures.Of(await Pressure.OfAsync(
                    no => QueueWork.QueryAsync(asked, no, cases, cancel), cancel));
                await enough.CancelAsync();
                await Task.WhenAll(importing, watching);
                return figures;
            }

            var (ours, primary) = (new List<Figures>(), new List<Figures>());
            for (var run = 0; run < InTurns.Runs; run++)
            {
                primary.Add(await BesideAnImportAsync(ground.Superuser));
                ours.Add(await BesideAnImportAsync(replica.Database));
            }

            late.Sort();
            return
            [
                Figure("replica", "p95 ms", Figures.Medians(ours).P95, Figures.Medians(primary).P95),
                new("replica: behind", "median ms", late.At(0.5), null, null, AtLeast: false, late.Count),
                new("replica: behind", "longest ms", late[^1], null, null, AtLeast: false, late.Count),
            ];
        });

    public static Work Shards { get; } = new(
        "shards", "1M changes from files into two databases, half of them each; baseline: all into one",
        async (ground, cancel) =>
        {
            await using var other = await Ground.OpenAsync(ground.Server, ground.Scale, cancel);
            await ground.IncidentAsync(cancel);
            await other.IncidentAsync(cancel);
            var count = ground.Scaled(1_000_000);
            var (ours, baseline) = await InTurns.TimeAsync(
                run => Task.WhenAll(new[] { ground, other }.Select(share => Task.Run(
                    () => ChangesWork.ImportAsync(share, $"half-{run}", count / 2, cancel), cancel))),
                run => ChangesWork.ImportAsync(ground, $"whole-{run}", count, cancel));
            return [Figure("shards", "rows/s", count / ours, count / baseline)];
        });

    private static Measured Figure(string work, string unit, double ours, double baseline) =>
        new(work, unit, ours, baseline, null, AtLeast: true, InTurns.Runs);

    /// <summary>A second server that follows the one that is measured, run by the user of that one.</summary>
    private sealed class StandBy(Ground ground, string tools, string folder, NpgsqlDataSource database)
        : IAsyncDisposable
    {
        private const int Port = 5433;

        public NpgsqlDataSource Database => database;

        public static async Task<StandBy> OfAsync(Ground ground, CancellationToken cancel)
        {
            var folder = $"/tmp/{Path.GetFileName(ground.Folder.FullName)}-replica";
            var tools = (string)await ScalarAsync(
                ground.Superuser, "select setting from pg_config where name = 'BINDIR'", cancel);
            var most = (string)await ScalarAsync(ground.Superuser, "show max_connections", cancel);
            var server = new NpgsqlConnectionStringBuilder(ground.Server);
            await RunAsync(ground, $"""
                PGPASSWORD='{server.Password}' {tools}/pg_basebackup -h {server.Host} -U {server.Username} -D {folder}
                -R -X stream -c fast && {tools}/pg_ctl start -D {folder} -w -l {folder}/server.log
                -o "-c port={Port} -c unix_socket_directories={folder} -c max_connections={most}"
                >{folder}/started 2>&1
                """, cancel);
            var here = new NpgsqlConnectionStringBuilder(ground.Superuser.ConnectionString)
            {
                Host = folder,
                Port = Port,
                Password = server.Password,
            };
            return new StandBy(ground, tools, folder, NpgsqlDataSource.Create(here.ConnectionString));
        }

        /// <summary>How long what is written now takes until it is seen here, in milliseconds.</summary>
        public async Task<double> LateAsync(Ground primary, CancellationToken cancel)
        {
            var written = (string)await ScalarAsync(
                primary.Superuser, "select pg_current_wal_insert_lsn()::text", cancel);
            var watch = Stopwatch.StartNew();
            while (!(bool)await ScalarAsync(
                database, $"select pg_last_wal_replay_lsn() >= '{written}'::pg_lsn", cancel))
            {
                await Task.Delay(1, cancel);
            }

            return watch.Elapsed.TotalMilliseconds;
        }

        public async ValueTask DisposeAsync()
        {
            await database.DisposeAsync();
            await RunAsync(ground, $"{tools}/pg_ctl stop -s -D {folder} -m immediate && rm -rf {folder}", default);
        }

        private static async Task<object> ScalarAsync(NpgsqlDataSource of, string sql, CancellationToken cancel)
        {
            await using var command = of.CreateCommand(sql);
            return (await command.ExecuteScalarAsync(cancel))!;
        }

        // As the server's user, who alone may read what the server wrote.
        private static Task RunAsync(Ground ground, string command, CancellationToken cancel) => ground.SqlAsync(
            $"copy (select 1) to program '{command.Replace("'", "''").ReplaceLineEndings(" ")}'", cancel);
    }
}
