using System.Security.Cryptography;
using AccountGuard.Demonstration;
using AccountGuard.Intake;
using AccountGuard.Payments;

namespace AccountGuard.Tests.Demonstration;

public sealed class DemoFilesTests(DemoFolder demo) : IClassFixture<DemoFolder>
{
    [Fact]
    public void the_same_seed_writes_the_same_bytes()
    {
        using var again = new DemoFolder();

        again.Files().ShouldBe(demo.Files());
        foreach (var file in demo.Files())
        {
            again.Bytes(file).AsSpan().SequenceEqual(demo.Bytes(file)).ShouldBeTrue(file);
        }
    }

    /// <summary>Changes only together with what the demonstration shows; then the new hash belongs here.</summary>
    [Fact]
    public void every_machine_writes_the_same_bytes()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in demo.Files())
        {
            hash.AppendData(demo.Bytes(file));
        }

        Convert.ToHexStringLower(hash.GetHashAndReset()).ShouldBe(
            "c287a725d2baf6dc063c5e73e2471fb8d26d2b93dc23ca94bb3e4f3c6530ef02");
    }

    [Fact]
    public void another_seed_writes_other_numbers()
    {
        using var other = DemoFolder.At(DemoFolder.Scale, seed: 7);

        NumbersOf(other, "list-1.csv").Intersect(NumbersOf(demo, "list-1.csv")).Count().ShouldBeLessThan(10);
    }

    [Theory]
    [InlineData(0.0009)]
    [InlineData(10.5)]
    [InlineData(double.NaN)]
    public void a_scale_out_of_range_is_refused_before_anything_is_written(double scale) =>
        Should.Throw<ArgumentOutOfRangeException>(() => DemoFolder.At(scale, seed: 1));

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.0015)]
    [InlineData(0.004)]
    public void a_small_scale_keeps_every_built_case(double scale)
    {
        using var small = DemoFolder.At(scale, DemoFiles.DefaultSeed);

        Built(small).ShouldBe(Built(demo));

        static string[] Built(DemoFolder folder) =>
        [
            .. folder.Rows("expected-queue.csv").Concat(folder.Rows("expected-ended.csv"))
                .Where(row => row["source"].StartsWith("demo-", StringComparison.Ordinal))
                .Select(row => $"{row["request_id"]} {row["state"]}").Order(StringComparer.Ordinal),
        ];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void records_add_up_by_tier(int version)
    {
        var totals = demo.List(version).Arguments!;
        var rows = demo.Rows(demo.List(version).File).ToList();
        var additions = rows.Where(row => row["action"] != "withdraw")
            .CountBy(row => 1 + LeakedBy(row).Count()).ToDictionary();

        rows.Count.ShouldBe(totals.Records);
        additions.ShouldBe(
            new Dictionary<int, int> { [2] = totals.Two, [3] = totals.Three, [4] = totals.Four }, ignoreOrder: true);
    }

    [Fact]
    public void the_first_list_has_the_published_records_times_the_scale()
    {
        var totals = demo.List(1).Arguments!;

        (totals.Records, totals.Two, totals.Three, totals.Four).ShouldBe((12_500, 310, 11_670, 520));
    }

    [Fact]
    public void after_the_correction_the_numbers_in_force_are_the_published_persons_times_the_scale()
    {
        var leaked = new Dictionary<string, HashSet<string>>();
        foreach (var row in demo.Rows("list-1.csv").Concat(demo.Rows("list-2.csv")))
        {
            var number = DemoFolder.Digits(row["number"]);
            if (row["action"] == "withdraw")
            {
                leaked.Remove(number);
                continue;
            }

            leaked.TryAdd(number, []);
            leaked[number].UnionWith(LeakedBy(row));
        }

        var tiers = leaked.Values.CountBy(fields => 1 + fields.Count).ToDictionary();
        (tiers[2], tiers[3], tiers[4]).ShouldBe((304, 9_690, 153));
        demo.Schedule.Numbers[1].ShouldBe(new NumbersInForce(2, tiers[2], tiers[3], tiers[4], leaked.Count));
    }

    [Fact]
    public void numbers_in_any_written_form_are_ten_digits()
    {
        var written = demo.Rows("list-1.csv").Select(row => row["number"]).ToList();

        written.ShouldContain(number => number.Length == 11 && number[4] == '-');
        written.ShouldContain(number => number[0] > '９' - 10 && number[0] <= '９');
        written.Select(DemoFolder.Digits).ShouldAllBe(number => number.Length == 10 && number.All(char.IsAsciiDigit));
    }

    [Fact]
    public void new_numbers_are_unique_and_nobodys_before()
    {
        var mappings = demo.Rows("renumbering.csv").Where(row => row["relation"] != "same-holder").ToList();
        var old = mappings.Select(row => DemoFolder.Digits(row["old_number"])).ToHashSet();
        var replaced = mappings.Select(row => DemoFolder.Digits(row["new_number"])).ToHashSet();

        (mappings.Count, old.Count, replaced.Count).ShouldBe((9_600, 9_600, 9_600));
        replaced.Overlaps(old).ShouldBeFalse();
        replaced.Overlaps(NumbersOf(demo, "list-1.csv").Concat(NumbersOf(demo, "list-2.csv"))).ShouldBeFalse();
    }

    /// <summary>Rule 18: what is sent is what is reported, whoever is queued; abroad goes another way.</summary>
    [Theory]
    [InlineData("2015-06-15")]
    [InlineData("2015-08-14")]
    public void a_transfer_file_has_the_payments_that_are_reported(string day)
    {
        var payDay = DateOnly.ParseExact(day, "O");
        using var file = new MemoryStream(demo.Bytes($"payments-{day}.txt"));
        var input = PayRunInput.Read(
            file, "FILE", CancellationToken.None, days: new FileDays(payDay, payDay));
        var sent = demo.Rows($"payments-{day}.csv").Where(row => row["outcome"] == "sent"
            && row["account"].Split(':')[0] is ("zengin" or "yucho")).ToList();
        sent.Count.ShouldBeGreaterThan(100);
        input.Numbers.ToArray().ShouldBe(sent.Select(row => long.Parse(DemoFolder.Digits(row["number"]))));
        for (var i = 0; i < sent.Count; i++)
        {
            input.AmountOf(i).ShouldBe(long.Parse(sent[i]["amount"]));
            PayeeAccount.TryParse(sent[i]["account"], out var account).ShouldBeTrue();
            input.AccountsOf(i).ShouldBe([account]);
        }
    }

    [Fact]
    public void progress_ends_at_the_total_and_a_cancelled_run_stops()
    {
        var seen = new List<(long Done, long Total)>();
        var folder = Directory.CreateTempSubdirectory("demo-").FullName;
        DemoFiles.Write(folder, DemoFolder.Scale, seed: 1, new Watcher(seen), CancellationToken.None);
        Should.Throw<OperationCanceledException>(
            () => DemoFiles.Write(folder, DemoFolder.Scale, seed: 1, progress: null, new CancellationToken(true)));
        Directory.Delete(folder, recursive: true);

        seen[^1].Done.ShouldBe(seen[^1].Total);
        seen.ShouldBe(seen.OrderBy(step => step.Done));
    }

    private static HashSet<string> NumbersOf(DemoFolder folder, string file) =>
        folder.Rows(file).Select(row => DemoFolder.Digits(row["number"])).ToHashSet();

    /// <summary>A filled field is a leaked field; name and kana are one.</summary>
    private static IEnumerable<string> LeakedBy(Dictionary<string, string> row) =>
        new[] { ("name", row["name"] + row["kana"]), ("birth_date", row["birth_date"]), ("address", row["address"]) }
            .Where(field => field.Item2 != "").Select(field => field.Item1);

    private sealed class Watcher(List<(long Done, long Total)> seen) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value) => seen.Add(value);
    }
}
