using AccountGuard.Demonstration;

namespace AccountGuard.Tests.Demonstration;

public sealed class DemoScheduleTests(DemoFolder demo) : IClassFixture<DemoFolder>
{
    [Fact]
    public void the_schedule_in_the_folder_is_the_one_returned()
    {
        var read = DemoSchedule.Read(demo.Folder);

        read.Deliveries.ShouldBe(demo.Schedule.Deliveries);
        read.Expected.ShouldBe(demo.Schedule.Expected);
        read.Numbers.ShouldBe(demo.Schedule.Numbers);
    }

    [Fact]
    public void deliveries_come_one_after_another_and_no_two_have_the_same_content()
    {
        var deliveries = demo.Schedule.Deliveries;

        deliveries.Select(one => one.Order).ShouldBe(Enumerable.Range(1, deliveries.Count));
        deliveries.Zip(deliveries.Skip(1)).ShouldAllBe(pair => pair.First.ReceivedAt < pair.Second.ReceivedAt);
        deliveries.Select(one => Convert.ToBase64String(demo.Bytes(one.File))).ShouldBeUnique();
    }

    [Fact]
    public void rows_of_a_delivery_end_as_accepted_duplicate_or_quarantined()
    {
        foreach (var (delivery, rows) in demo.Schedule.Deliveries.Where(one => one.Rows is not null)
            .Select(one => (one, one.Rows!)))
        {
            rows.Received.ShouldBe(demo.Rows(delivery.File).Count(), delivery.File);
            (rows.Accepted + rows.Duplicates + rows.Quarantined).ShouldBe(rows.Received, delivery.File);
        }
    }

    [Fact]
    public void changes_come_before_the_lists_between_them_and_after_the_renumbering()
    {
        var commands = demo.Schedule.Deliveries.Select(one => one.Command).ToList();

        commands[0].ShouldBe("import-changes");
        commands[commands.IndexOf("import-list") + 1].ShouldBe("import-changes");
        commands[commands.IndexOf("import-renumbering") + 1].ShouldBe("import-changes");
        commands.IndexOf("declare-incident").ShouldBeLessThan(commands.IndexOf("import-list"));
    }

    [Fact]
    public void nothing_is_entered_after_its_delivery_except_where_a_case_means_it()
    {
        foreach (var delivery in demo.Changes())
        {
            var received = DateOnly.FromDateTime(delivery.ReceivedAt.DateTime);
            demo.Rows(delivery.File).Where(row => row["source"] != "demo-edge")
                .ShouldAllBe(row => DateOnly.Parse(row["entered_on"]) <= received);
        }
    }

    [Fact]
    public void the_109_published_holders_file_nothing_else_in_the_window()
    {
        var changes = demo.Changes().SelectMany(one => demo.Rows(one.File)).ToList();
        var published = changes.Where(row => row["source"] == "demo-case")
            .ToLookup(row => DemoFolder.Digits(row["number"]));
        var others = changes.Where(row => !row["source"].StartsWith("demo-", StringComparison.Ordinal))
            .Select(row => DemoFolder.Digits(row["number"]));

        published.Count(holder => holder.Count() == 2).ShouldBe(35);
        published.Count(holder => holder.Count() == 1 && holder.Single()["kind"] == "address").ShouldBe(74);
        published.Count.ShouldBe(109);
        others.Any(published.Contains).ShouldBeFalse();
    }

    [Fact]
    public void the_35_chains_all_stand_in_the_queue_at_the_end() =>
        demo.Rows("expected-queue.csv").Count(row =>
            row["source"] == "demo-case" && row["kind"] == "account"
            && row["reasons"].EndsWith("+AddressChain", StringComparison.Ordinal)).ShouldBe(35);

    [Theory]
    [InlineData("expected-queue-before.csv")]
    [InlineData("expected-queue-after.csv")]
    [InlineData("expected-queue.csv")]
    public void the_queue_is_ranked_by_exposure_then_chain_then_tier_then_day(string file)
    {
        var rows = demo.Rows(file).ToList();
        var keys = rows.Select(row => (
            row["exposed_on"], row["reasons"].Contains("AddressChain", StringComparison.Ordinal) ? 0 : 1,
            -int.Parse(row["tier"]), row["filed_on"])).ToList();

        rows.Select(row => int.Parse(row["rank"])).ShouldBe(Enumerable.Range(1, rows.Count));
        keys.ShouldBe(keys.Order());
        rows.Count.ShouldBe(demo.Schedule.Expected.Single(one => one.File == file).Rows);
    }

    [Theory]
    [InlineData("filed-7-may", null)]
    [InlineData("filed-8-may", "Listed,3,1,2015-05-08,2015-06-15")]
    [InlineData("filed-20-may", "Listed,3,1,2015-05-20,2015-06-15")]
    [InlineData("filed-21-may", "Listed,4,1,2015-05-21,2015-08-14")]
    [InlineData("instant-last-second", "Listed,3,1,2015-06-01,2015-08-14")]
    [InlineData("instant-z-2-june", null)]
    [InlineData("unfiled-received-3-june", "Listed+DateDoubt,3,1,2015-05-25,2015-08-14")]
    [InlineData("unfiled-received-20-june", null)]
    [InlineData("late-received-5-june", "Listed+DateDoubt,3,1,2015-05-30,2015-08-14")]
    [InlineData("gap-2-june", "AlertGap,3,2,2015-06-02,2015-08-14")]
    [InlineData("gap-14-june", null)]
    [InlineData("no-day", "Listed+DateDoubt,3,1,,")]
    [InlineData("raised-to-four", "Listed,4,1,2015-05-19,2015-06-15")]
    [InlineData("new-number-chain-account", "Listed+Renumbered+AddressChain,3,1,2015-05-25,2015-08-14")]
    [InlineData("both-listed-late-paper", "Listed,4,1,2015-05-30,2015-08-14")]
    [InlineData("cancelled-before-it-came", null)]
    public void a_built_case_stands_in_the_queue_as_the_rules_say(string request, string? expected)
    {
        string[] columns = ["reasons", "tier", "list_version", "filed_on", "exposed_on"];
        var row = demo.Rows("expected-queue.csv").SingleOrDefault(row => row["request_id"] == request);

        (row is null ? null : string.Join(',', columns.Select(column => row[column]))).ShouldBe(expected);
    }

    [Fact]
    public void what_was_open_and_is_no_more_has_ended_once()
    {
        var ended = demo.Rows("expected-ended.csv").ToList();
        var open = demo.Rows("expected-queue.csv").Select(Id).ToHashSet();

        ended.Select(Id).ShouldBeUnique();
        ended.Select(Id).ShouldAllBe(id => !open.Contains(id));
        ended.ShouldAllBe(row => row["rank"] == "");
        demo.Rows("expected-queue-before.csv").Concat(demo.Rows("expected-queue-after.csv")).Select(Id)
            .ShouldBeSubsetOf(open.Concat(ended.Select(Id)));
        ended.Single(row => row["request_id"] == "mistaken-for-another")["state"].ShouldBe("ListedInError");
        ended.Single(row => row["request_id"] == "cancelled-then-wrong")["state"].ShouldBe("Withdrawn");

        static string Id(Dictionary<string, string> row) => row["source"] + " " + row["request_id"];
    }
}
