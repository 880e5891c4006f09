using System.Diagnostics;
using Npgsql;
using Xunit.Abstractions;
using static AccountGuard.SystemTests.Gate.Facts;

namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// Everything at once and at full speed, on few numbers: whoever looks, at any moment, sees hits and rule agree.
/// </summary>
public sealed class LoadTests(GateDatabase database, ITestOutputHelper output) : IClassFixture<GateDatabase>
{
    private const int Writers = 3;
    private const int Numbers = 240;
    private const int Buckets = 24;
    private const int Attempts = 20;

    private static readonly TimeSpan Length = LongRun.IsAsked ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);
    private static readonly string[] PayDays = ["2015-06-15", "2015-08-14", "2015-10-15"];

    private int _version;
    private int _decision;

    [Fact]
    public async Task nobody_ever_sees_a_hit_missing()
    {
        var watch = Stopwatch.StartNew();
        var writers = Enumerable.Range(0, Writers).Select(no => WriteAsync(no, watch)).ToArray();
        var (looks, hits) = (0, 0L);
        await using var eye = await database.OpenAsync();
        await using var look = new NpgsqlCommand(
            """
            select coalesce((select string_agg(u.what || ' ' || coalesce(request_id, ''), ', ')
                             from unsettled() u left join account_change using (change_id)), ''),
                (select count(*) from hit where ended_at is null)
            """, eye);
        look.CommandTimeout = 0;
        while (writers.Any(w => !w.IsCompleted))
        {
            await using var reader = await look.ExecuteReaderAsync();
            await reader.ReadAsync();
            reader.GetString(0).ShouldBeEmpty($"look {looks}, after {watch.Elapsed}");
            hits = Math.Max(hits, reader.GetInt64(1));
            looks++;
        }

        var written = (await Task.WhenAll(writers)).Sum();
        output.WriteLine($"{written} transactions, {looks} looks, at most {hits} open hits");
        hits.ShouldBeGreaterThan(0);
        looks.ShouldBeGreaterThan(1);
    }

    private async Task<int> WriteAsync(int no, Stopwatch watch)
    {
        await using var connection = await database.OpenAsync();
        await GateDatabase.ExecuteAsync(connection, "set deadlock_timeout = 100; set role accountguard_app");
        var random = new Random(no);
        var written = 0;
        for (; watch.Elapsed < Length; written++)
        {
            var fact = Next(random, no, written);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await GateDatabase.ExecuteAsync(connection, $"begin; {fact}; commit");
                    break;
                }
                catch (PostgresException e)
                    when (e.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < Attempts)
                {
                    await GateDatabase.ExecuteAsync(connection, "rollback");
                }
            }
        }

        return written;
    }

    private string Next(Random random, int writer, int no)
    {
        var number = Number(random.Next(Numbers));
        return random.Next(20) switch
        {
            < 7 => File($"{writer}-{no}", number, $"2015-05-{random.Next(1, 31):00}"),
            7 or 8 => FileAddress($"{writer}-{no}", number),

            // Of any writer, of one that was filed or that may be filed later.
            9 or 10 => Cancel($"{random.Next(Writers)}-{random.Next(no + 20)}"),
            < 14 => List(number, Interlocked.Increment(ref _version), random.Next(8)),
            14 => Withdraw(number, Interlocked.Increment(ref _version)),

            // Joins no more than four numbers, of two gates or of four.
            15 or 16 => Join(random),
            17 => $"{Decide(Interlocked.Increment(ref _decision), $"2015-05-{random.Next(10, 31)}")}; "
                + PublishCutoff(number),
            18 => $"{Close(PayDays[random.Next(PayDays.Length)], $"2015-05-{random.Next(10, 31)}")}; "
                + PublishClosings(number),
            _ => Whole(Interlocked.Increment(ref _version), number),
        };
    }

    private static string Whole(int version, string number) =>
        $"""
        insert into affected_list (list_no, incident_no, version, delivery_no, live_from, records, replaces)
        overriding system value values ({version}, 1, {version}, 1, '2015-05-10', 1, true);
        insert into list_record (list_no, row_no, number_key, withdraws, fields, sealed)
        values ({version}, 1, '\x{number}', false, 0, '\x00');
        {PublishList(version, number)}
        """;

    private static string Join(Random random)
    {
        var four = random.Next(Numbers / 4) * 4;
        return Renumber(Number(four + random.Next(4)), Number(four + random.Next(4)));
    }

    private static string Number(int no) => $"{no * 7 % Buckets * 10:x2}{no:x30}";
}
