using System.Diagnostics;
using System.Globalization;
using Npgsql;
using static AccountGuard.SystemTests.Gate.Facts;

namespace AccountGuard.SystemTests.Gate;

/// <summary>A process of LoadTests: brings facts of every kind, one after the other.</summary>
public static class LoadWriter
{
    public const int Writers = 3;

    private const string Database = "LOAD_DATABASE";
    private const int Numbers = 240;
    private const int Buckets = 24;
    private const int Attempts = 20;

    private static readonly string[] PayDays = ["2015-06-15", "2015-08-14", "2015-10-15"];

    /// <summary>One of the processes; it tells at its end how many transactions it committed.</summary>
    public static Process Start(GateDatabase database, int no, TimeSpan length) => Process.Start(
        new ProcessStartInfo("dotnet", [typeof(LoadWriter).Assembly.Location, $"{no}", $"{length.TotalSeconds:F0}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Database] = database.Connection },
        })!;

    public static async Task Main(string[] args)
    {
        var watch = Stopwatch.StartNew();
        var (writer, length) = (int.Parse(args[0], CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds(int.Parse(args[1], CultureInfo.InvariantCulture)));
        await using var connection = new NpgsqlConnection(Environment.GetEnvironmentVariable(Database));
        await connection.OpenAsync();
        await GateDatabase.ExecuteAsync(connection, "set deadlock_timeout = 100; set role accountguard_app");
        var random = new Random(writer);
        var written = 0;
        for (; watch.Elapsed < length; written++)
        {
            var fact = Next(random, writer, written);
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

        Console.Write(written);
    }

    private static string Next(Random random, int writer, int no)
    {
        var number = Number(random.Next(Numbers));

        // Versions and decisions that no other writer has.
        var own = (no + 1) * Writers + writer;
        return random.Next(20) switch
        {
            < 7 => File($"{writer}-{no}", number, $"2015-05-{random.Next(1, 31):00}"),
            7 or 8 => FileAddress($"{writer}-{no}", number),

            // Of any writer, of one that was filed or that may be filed later.
            9 or 10 => Cancel($"{random.Next(Writers)}-{random.Next(no + 20)}"),
            < 14 => List(number, own, random.Next(8)),
            14 => Withdraw(number, own),

            // Joins no more than four numbers, of two gates or of four.
            15 or 16 => Join(random),
            17 => $"{Decide(own, $"2015-05-{random.Next(10, 31)}")}; {PublishCutoff(number)}",
            18 => $"{Close(PayDays[random.Next(PayDays.Length)], $"2015-05-{random.Next(10, 31)}")}; "
                + PublishClosings(number),
            _ => Whole(own, number),
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
