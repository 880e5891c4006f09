using System.Diagnostics;
using Npgsql;
using Xunit.Abstractions;

namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// Everything at once and at full speed, from three processes and on few numbers: whoever looks, at any moment, sees
/// hits and rule agree.
/// </summary>
public sealed class LoadTests(GateDatabase database, ITestOutputHelper output) : IClassFixture<GateDatabase>
{
    private static readonly TimeSpan Length = LongRun.IsAsked ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);

    [Fact]
    public async Task nobody_ever_sees_a_hit_missing()
    {
        var watch = Stopwatch.StartNew();
        Process[] writers =
            [.. Enumerable.Range(0, LoadWriter.Writers).Select(no => LoadWriter.Start(database, no, Length))];
        try
        {
            var written = writers.Select(CommandRun.EndOfAsync).ToArray();
            var (looks, hits) = (0, 0L);
            await using var eye = await database.OpenAsync();
            await using var look = new NpgsqlCommand(
                """
                select coalesce((select string_agg(u.what || ' ' || coalesce(request_id, ''), ', ')
                                 from unsettled() u left join account_change using (change_id)), ''),
                    (select count(*) from hit where ended_at is null)
                """, eye);
            look.CommandTimeout = 0;
            while (written.Any(w => !w.IsCompleted))
            {
                await using var reader = await look.ExecuteReaderAsync();
                await reader.ReadAsync();
                reader.GetString(0).ShouldBeEmpty($"look {looks}, after {watch.Elapsed}");
                hits = Math.Max(hits, reader.GetInt64(1));
                looks++;
            }

            foreach (var (exit, transactions, messages) in await Task.WhenAll(written))
            {
                exit.ShouldBe(0, messages);
                output.WriteLine($"{transactions} transactions");
                int.Parse(transactions).ShouldBeGreaterThan(0);
            }

            output.WriteLine($"{looks} looks, at most {hits} open hits");
            hits.ShouldBeGreaterThan(0);
            looks.ShouldBeGreaterThan(1);
        }
        finally
        {
            foreach (var writer in writers)
            {
                writer.Kill();
                writer.Dispose();
            }
        }
    }
}
