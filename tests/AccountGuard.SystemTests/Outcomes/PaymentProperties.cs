using AccountGuard.Intake;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Tests.Payments;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using AccountGuard.Verification.Paid;
using AccountGuard.Verification.Recalls;
using static AccountGuard.SystemTests.Outcomes.PaymentsTakenIn;
using static AccountGuard.SystemTests.Story;
using static AccountGuard.SystemTests.TwoPeople;

namespace AccountGuard.SystemTests.Outcomes;

/// <summary>What holds of payments after every history, in whatever order its facts arrive.</summary>
public sealed class PaymentProperties(Served service) : IClassFixture<Served>
{
    private static readonly DateOnly[] PayDays = [new(2015, 4, 15), new(2015, 6, 15), new(2015, 8, 14)];

    /// <summary>
    /// Two holders with the same payments, stops and changes: one is listed, queued, listed in error, cancelled and
    /// renumbered, the other is not. Their stories differ in marks alone, neither is ever held, and a payment file is
    /// paid byte for byte as it was before the listing.
    /// </summary>
    [Fact]
    public async Task rule_18_being_listed_or_queued_never_alters_a_payment()
    {
        var (marked, pending) = (0, 0);
        for (var seed = 0; seed < (LongRun.IsAsked ? 150 : 12); seed++)
        {
            var random = new Random(seed);
            var story = await BeginAsync(service.Database);
            var (listed, twin, alias) = (Number(), Number(), Number());
            var file = TransferSample.File(TransferSample.Group([.. ((string[])[listed, twin, alias, Number()])
                .SelectMany(n => Enumerable.Range(0, random.Next(3)).Select(_ => (n, random.NextInt64(1_000_000))))]));
            string[] rows = [.. Enumerable.Range(0, random.Next(1, 7)).SelectMany(i => Rows(random, i))];
            await story.ListAsync(1, [Listed(Number())]);
            List<(byte[] Paid, int Marked)> screened = [];
            List<Func<Task>> facts =
            [
                .. rows.Chunk(random.Next(1, 4)).SelectMany(some => (Func<Task>[])
                [
                    () => story.PaymentsAsync([.. some.Select(row => Of(story, "a", listed, row))]),
                    () => story.PaymentsAsync([.. some.Select(row => Of(story, "b", twin, row))]),
                ]),
                () => FileAsync(story, "R1", listed, "2015-05-20"), () => FileAsync(story, "R2", twin, "2015-05-20"),
                () => ListAsync(2, Listed(listed)),
            ];
            if (random.Next(2) == 0)
            {
                facts.Add(() => story.RenumberAsync($"{listed},{alias}"));
            }

            if (random.Next(3) == 0)
            {
                facts.Add(() => story.ChangesAsync(story.Cancelled("R1", listed)));
            }

            if (random.Next(3) == 0)
            {
                facts.Add(() => ListAsync(3, Withdrawn(listed)));
            }

            async Task ListAsync(int version, string row)
            {
                if (screened.Count == 0)
                {
                    screened.Add(await ScreenAsync(story, file));
                }

                await story.ListAsync(version, [row]);
            }

            foreach (var fact in facts.OrderBy(_ => random.Next()).ToList())
            {
                await fact();
            }

            screened.Add(await ScreenAsync(story, file));
            screened[1].Paid.ShouldBe(screened[0].Paid, $"seed {seed}");
            screened[0].Marked.ShouldBe(0);
            pending += screened[1].Marked;
            await OpenCases.RunAsync(story.At, default);
            var (queued, free) = (await StoryOfAsync(story, listed), await StoryOfAsync(story, twin));
            marked += queued.Payments.Count(p => p.Mark != PaymentMark.None);
            Plain(queued).ShouldBe(Plain(free), $"seed {seed}");
            free.Payments.ShouldAllBe(p => p.Mark == PaymentMark.None);
            (queued.Holds.Count, queued.Owed).ShouldBe((0, free.Owed), $"seed {seed}");
            foreach (var payDay in PayDays)
            {
                (await StandingAsync(story, listed, payDay)).ShouldNotStartWith("hold", Case.Sensitive, $"seed {seed}");
                WhyNotPaid.Of(queued, payDay).Text.ShouldNotContain("held");
            }
        }

        marked.ShouldBeGreaterThan(0, "no history paid a queued account");
        pending.ShouldBeGreaterThan(0, "no file paid a queued account");
    }

    /// <summary>What is paid of a file, in its order, and how many of it marked: all of it, for nothing is in doubt.
    /// </summary>
    private static async Task<(byte[] Paid, int Marked)> ScreenAsync(Story story, byte[] file)
    {
        await Publication.FinishAsync(story.At, null, default);
        await Reconcile.RunAsync(story.At, null, default);
        var input = PayRunInput.Read(new MemoryStream(file), "FILE", default);
        await using var standing = await Standing.OpenAsync(story.At, PayDays[1], "test", default);
        var doubtful = await DoubtfulNumbers.ReadAsync(story.At, standing, default);
        var frozen = await PayRunStandings.AskAsync(story.At, standing, doubtful, input, default);
        var (paid, none) = (new MemoryStream(), Stream.Null);
        var parts = PayRunSplit.Run(
            new MemoryStream(file), "FILE", frozen.Standings, [none, none, none, none], default);
        (parts[(int)PayRunStanding.Hold].Count, parts[(int)PayRunStanding.Unknown].Count).ShouldBe((0, 0));
        var together = frozen.Standings.Select(s => (byte)(s == (byte)PayRunStanding.Pending ? 0 : s)).ToArray();
        PayRunSplit.Run(new MemoryStream(file), "FILE", together, [paid, none, none, none], default);
        return (paid.ToArray(), parts[(int)PayRunStanding.Pending].Count);
    }

    private static string[] Plain(PaymentStory story) =>
    [
        .. story.Payments.Select(p => $"{p.PayOn:O} {p.Amount} {p.Account!.RevealKey()} {p.Outcome} {p.Code} {p.On:O}"),
        .. story.Stops.Select(s => $"{s.Reason} {s.From:O} {s.ResumedOn:O} {s.Amount}"),
        .. story.Arrears.Select(a => $"{a.Reason} {a.Since:O} {a.Due} {a.PaidLater}"),
    ];

    /// <summary>Rows as id,outcome and what follows; {0} stands for the prefix of a holder's ids.</summary>
    private static IEnumerable<string> Rows(Random random, int i)
    {
        var (day, amount) = (PayDays[random.Next(3)], random.Next(1, 200_000));
        var account = random.Next(2) == 0 ? Old : New;
        if (random.Next(4) == 0)
        {
            yield return $"S{i},stopped,,{amount},,,{day:O},life-status-report,";
            if (random.Next(2) == 0)
            {
                yield return $"S{i},resumed,,,,,{day.AddDays(random.Next(90)):O},life-status-report,";
            }

            yield break;
        }

        yield return $"P{i},sent,{day:O},{amount},{account},,,,";
        if (random.Next(2) == 0)
        {
            yield return random.Next(2) == 0 ? $"P{i},credited,{day:O},{amount},{account},,,,"
                : $"P{i},credit-failed,{day:O},{amount},{account},name,{day.AddDays(1):O},,";
        }
    }

    private static string Of(Story story, string holder, string number, string row)
    {
        var at = row.IndexOf(',');
        return $"{story.Incident}-{holder}-{row[..at]},{number}{row[at..]}";
    }

    private static Task FileAsync(Story story, string id, string number, string filedOn) => story.ChangesTextAsync(
        $"source,request_id,number,filed_on,new_account\n{story.Incident},{id},{number},{filedOn},{New}\n");

    /// <summary>
    /// Rule 23: whatever people record and the payment system reports, in whatever order, recovered, lost and open are
    /// what was sent, once, also where two changes to the same account are denied; and no loss ever vanishes.
    /// </summary>
    [Fact]
    public async Task rule_23_recovered_lost_and_open_are_what_was_sent_always()
    {
        for (var seed = 0; seed < (LongRun.IsAsked ? 60 : 6); seed++)
        {
            var random = new Random(seed);
            var story = await BeginAsync(service.Database);
            var number = Number();
            await story.ListAsync(1, [Listed(number)]);
            await FileAsync(story, "R1", number, "2015-05-20");
            await FileAsync(story, "R2", number, "2015-05-21");
            await OpenCases.RunAsync(story.At, default);
            Guid[] cases = [FiledChange.IdOf(story.Incident, "R1"), FiledChange.IdOf(story.Incident, "R2")];
            random.Shuffle(cases);
            await DenyAsync(story.At, cases[0]);
            var isOther = false;
            var ((before, sent, reported), recalls) = ((0L, 0L, 0), new List<(Guid Case, Guid Recall)>());
            for (var step = 0; step < 14; step++)
            {
                var @case = cases[random.Next(2)];
                switch (random.Next(6))
                {
                    case 0:
                        var amount = random.Next(1, 100_000);
                        await story.PaymentsAsync(
                            $"{story.Incident}-{reported++},{number},sent,2015-06-15,{amount},{New},,,,");
                        break;
                    case 1 when reported > 0:
                        await ReturnAsync(story, number, random.Next(reported));
                        break;
                    case 2 when reported > 0:
                        recalls.Add((@case, await RequestAsync(story, @case, random)));
                        break;
                    case 3 when recalls.Count > 0:
                        var (of, recall) = recalls[random.Next(recalls.Count)];
                        await CaseWork.DoAsync(story.At, of, at => AnswerRecall.Decide(at.Case, new AnswerRecall(
                            Guid.NewGuid(), recall, (RecallState)random.Next(1, 5), random.Next(1, 100_000), at.Today,
                            null), Saeki, at.KeyedBy, at.Now), default);
                        break;
                    case 4 when !isOther:
                        await DenyAsync(story.At, cases[1]);
                        isOther = true;
                        break;
                    default:
                        await CaseWork.DoAsync(story.At, @case, at => random.Next(2) == 0
                            ? RestoreAccount.Decide(at.Case, new RestoreAccount(at.Now), Saeki, at.Now)
                            : ReopenCase.Decide(at.Case, new ReopenCase(null), Saeki, at.Now), default);
                        break;
                }

                FollowedPayment[] followed =
                [
                    .. await FollowedPayment.OfAsync(story.At, cases[0], default),
                    .. await FollowedPayment.OfAsync(story.At, cases[1], default),
                ];
                followed.Select(p => p.Payment).Distinct().Count().ShouldBe(followed.Length, $"twice: seed {seed}");
                followed.Length.ShouldBe(reported, $"a payment vanished: seed {seed}");
                followed.ShouldAllBe(p => p.Recovered >= 0 && p.Lost >= 0 && p.Open >= 0
                    && p.Recovered + p.Lost + p.Open == p.Amount, $"seed {seed}");
                (followed.Sum(p => p.Amount) >= sent).ShouldBeTrue();
                (followed.Sum(p => p.Lost) >= before).ShouldBeTrue($"a loss vanished: seed {seed}");
                (before, sent) = (followed.Sum(p => p.Lost), followed.Sum(p => p.Amount));
            }
        }

        var totals = await RecallsView.TotalsAsync(service.Database.At, default);
        totals.ShouldAllBe(t => t.Recovered + t.Lost + t.Open == t.Sent && t.Open >= 0);
        await using var once = service.Database.At.Database.CreateCommand(
            "select sum(amount)::bigint from (select distinct payment_id, amount from followed_payment) p");
        totals.Sum(t => t.Sent).ShouldBe((long)(await once.ExecuteScalarAsync())!);
    }

    private static async Task ReturnAsync(Story story, string number, int which)
    {
        await using var find = story.At.Database.CreateCommand(
            "select amount from payment where source = 'payer' and sent_id = @id");
        find.Parameters.AddWithValue("id", $"{story.Incident}-{which}");
        var amount = (long)(await find.ExecuteScalarAsync())!;
        await story.PaymentsAsync(
            $"{story.Incident}-{which},{number},returned,2015-06-15,{amount},{New},closed,2015-06-20,,");
    }

    private static async Task<Guid> RequestAsync(Story story, Guid @case, Random random)
    {
        var followed = await FollowedPayment.OfAsync(story.At, @case, default);
        var recall = Guid.NewGuid();
        var payment = followed.ElementAtOrDefault(random.Next(followed.Count + 1))?.Payment ?? Guid.NewGuid();
        await CaseWork.DoAsync(story.At, @case, at => RequestRecall.Decide(at.Case, new RequestRecall(
            recall, payment, at.Today, null), followed, Saeki, at.KeyedBy,
            at.Now), default);
        return recall;
    }
}
