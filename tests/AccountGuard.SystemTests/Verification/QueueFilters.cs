using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Pages;
using AccountGuard.Verification;
using AccountGuard.Verification.Queues;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Verification;

/// <summary>What auditors filter the queue by: alone and together, in its order, with exact counts.</summary>
[Collection(SharedDatabase.Name)]
public sealed class QueueFilters(FreshDatabase database)
{
    private const string Header = "source,request_id,kind,number,filed_on,received_on,office,new_account,proxy\n";
    private static readonly Caller Saeki = new("saeki", "P1");
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>A case of the queue, with all that it may be asked for.</summary>
    private sealed record Row(
        string Id, string State, string[] Reasons, int Tier, string? Office, bool IsLinked, bool IsMine)
    {
        public bool Meets(QueueFilter filter) => (filter.State is null || filter.State == State)
            && (filter.Reason is null || Reasons.Contains($"{filter.Reason}"))
            && (filter.Tier is null || filter.Tier == Tier) && (filter.Office is null || filter.Office == Office)
            && (!filter.IsLinked || IsLinked) && (filter.Auditor is null || IsMine);
    }

    private static readonly string[] Offices = ["東町", "西町", ""];

    private static async Task<(Story Story, IReadOnlyList<Row> Rows)> FillAsync(FreshDatabase database)
    {
        var (story, numbers) = (await BeginAsync(database), FreshNumbers(60));
        await story.ChangesTextAsync(Header + string.Concat(numbers.Select((n, i) =>
            $"{story.Incident},R{i:D2},account,{n},{(i % 7 == 0 ? "" : $"2015-05-{10 + i % 15}")},2015-05-25,"
            + $"{Offices[i % 3]},zengin:0001-001-1-{(i % 9 == 4 ? numbers[0] : n)[^7..]},"
            + $"{(i % 11 == 5 ? $"代理人{numbers[0]}" : "")}\n"))
            + string.Concat(numbers.Where((_, i) => i % 5 == 2).Select((n, i) =>
                $"{story.Incident},A{i:D2},address,{n},2015-05-09,2015-05-09,東町,,\n")));
        var aliases = FreshNumbers(60);
        await story.RenumberAsync([.. numbers.Where((_, i) => i % 8 == 3).Select((n, i) => $"{n},{aliases[i]}")]);
        var listed = numbers.Select((n, i) => (Number: i % 8 == 3 ? aliases[i / 8] : n, Tier: 1 + i % 4)).ToList();
        await story.ListAsync(1, [.. listed.Select(l => Listed(l.Number, l.Tier))]);
        await OpenCases.RunAsync(story.At, None);
        foreach (var i in Enumerable.Range(0, 60).Where(i => i % 6 == 1))
        {
            await CaseWork.DoAsync(story.At, FiledChange.IdOf(story.Incident, $"R{i:D2}"), at => ClaimCase.Decide(
                at.Case, new ClaimCase(at.Now + ClaimCase.Lasts), i % 12 == 1 ? Saeki : new("utsumi", "P2"),
                at.KeyedBy, at.Now), None);
        }

        var rows = new List<Row>();
        foreach (var row in await story.QueueAsync())
        {
            var change = FiledChange.IdOf(story.Incident, row.Id);
            var links = await CaseLinks.OfAsync(story.At, change, TimeZoneInfo.Utc, None);
            var i = int.Parse(row.Id[1..]);
            rows.Add(new Row(row.Id, row.State, row.Reasons.Split('+'), row.Tier,
                Offices[i % 3] is { Length: > 0 } office ? office : null, links.Any(l => l.State is not null),
                i % 12 == 1));
        }

        return (story, rows);
    }

    private static async Task<QueueView> ViewAsync(Story story, QueueFilter filter) =>
        (await QueueView.LoadAsync(story.At, story.Incident, filter, Saeki.Login, null, None))!;

    [Fact]
    public async Task every_filter_and_each_two_together_show_what_meets_them_in_the_order_of_the_queue()
    {
        var (story, rows) = await FillAsync(database);
        rows.Count.ShouldBe(60);
        rows.Where(r => r.IsLinked).ShouldNotBeEmpty();
        rows.Where(r => !r.IsLinked).ShouldNotBeEmpty();
        QueueFilter[] parts =
        [
            new("Queued"), new("InContact"), .. Enum.GetValues<QueueReason>().Select(r => new QueueFilter(Reason: r)),
            new(Tier: 1), new(Tier: 4), new(Office: "東町"), new(Office: "北町"), new(IsLinked: true),
            new(Auditor: Saeki.Login),
        ];
        foreach (var filter in parts.SelectMany(one => parts.Select(other => new QueueFilter(
            one.State ?? other.State, one.Reason ?? other.Reason, one.Tier ?? other.Tier, one.Office ?? other.Office,
            one.IsLinked || other.IsLinked, one.Auditor ?? other.Auditor))).Distinct())
        {
            var view = await ViewAsync(story, filter);
            var meets = rows.Where(r => r.Meets(filter)).ToList();
            view.PayDays.SelectMany(d => d.Cases).Select(c => c.Row.RequestId)
                .ShouldBe(meets.Select(r => r.Id), $"{filter}");
            view.Total.ShouldBe(meets.Count, $"{filter}");
            view.PayDays.SelectMany(d => d.Cases).Select(c => c.Row.Rank).ShouldBe(
                meets.Select(r => (long?)rows.ToList().IndexOf(r) + 1), $"ranks count all open cases: {filter}");
        }
    }

    [Fact]
    public async Task counts_are_of_each_filter_alone()
    {
        var (story, rows) = await FillAsync(database);
        var view = await ViewAsync(story, new QueueFilter(Office: "西町", Tier: 4));
        var of = view.Figures.Of;
        of(QueueFigures.Open).ShouldBe(rows.Count);
        of("Queued").ShouldBe(rows.Count(r => r.State == "Queued"));
        of("InContact").ShouldBe(10);
        of("4").ShouldBe(rows.Count(r => r.Tier == 4));
        of("AddressChain").ShouldBe(rows.Count(r => r.Reasons.Contains("AddressChain")));
        of("DateDoubt").ShouldBe(rows.Count(r => r.Reasons.Contains("DateDoubt")));
        of(QueueFilter.OfficeKind).ShouldBe(rows.Count(r => r.Office == "西町"));
        of(QueueFilter.LinkedKind).ShouldBe(rows.Count(r => r.IsLinked));
        of(QueueFilter.MineKind).ShouldBe(5);
        view.Offices.ShouldBe(["東町", "西町"], ignoreOrder: true);
    }

    [Fact]
    public async Task pages_of_a_filter_go_on_where_the_last_one_ended()
    {
        var (story, rows) = await FillAsync(database);
        var bar = (await IncidentBar.LoadAsync(story.At, story.Incident, None))!;
        foreach (var filter in (QueueFilter[])[new("Queued"), new(Tier: 2), new(Office: "東町"), new(IsLinked: true)])
        {
            var figures = (await ViewAsync(story, filter)).Figures;
            var (read, place) = (new List<string>(), (QueuePlace?)null);
            do
            {
                (var page, place) = await QueueSlice.PageAsync(
                    story.At, bar.Incident.No, story.Incident, filter, figures, place, 4, None);
                read.AddRange(page.Select(r => r.RequestId));
            }
            while (place is not null);
            read.ShouldBe(rows.Where(r => r.Meets(filter)).Select(r => r.Id), $"{filter}");
        }
    }

    [Fact]
    public async Task what_cannot_be_asked_for_is_refused()
    {
        foreach (var asked in (QueueAsked[])
            [new() { State = "Open" }, new() { Tier = "5" }, new() { Tier = "four" }])
        {
            Should.Throw<BadInput>(() => asked.FilterFor(Saeki)).Fault.ShouldBe(Fault.Invalid);
        }

        new QueueAsked { State = "", Tier = "", Office = "" }.FilterFor(Saeki).ShouldBe(QueueFilter.None);
        var story = await BeginAsync(database);
        (await ViewAsync(story, new QueueFilter(Office: "東町"))).PayDays.ShouldBeEmpty();
    }

    [Fact]
    public async Task an_office_that_looks_like_a_number_is_offered_to_nobody()
    {
        var (story, number) = (await BeginAsync(database), Number());
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesTextAsync(Header
            + $"{story.Incident},R1,account,{number},2015-05-20,,{number},,\n"
            + $"{story.Incident},R2,account,{number},2015-05-20,,0123,,\n");
        (await ViewAsync(story, QueueFilter.None)).Offices.ShouldBe(["0123"]);
    }
}
