using System.Net;
using AccountGuard.Deliveries;
using AccountGuard.Identity;
using AccountGuard.Payments;
using AccountGuard.Payments.Outcomes;
using AccountGuard.Screening;
using AccountGuard.SystemTests.Http;
using AccountGuard.Verification.Paid;
using Npgsql;
using static AccountGuard.SystemTests.Http.Served;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Outcomes;

/// <summary>What the payment system reports is taken in as every delivery is (Rule 7), and decides nothing.</summary>
public sealed class PaymentsTakenIn(Served service) : IClassFixture<Served>
{
    internal const string Old = "zengin:0001-001-1-1111111", New = "zengin:0002-002-1-2222222";

    private static RowCount Rows(long received, long accepted, long duplicates, long quarantined) =>
        new(received, accepted, duplicates, quarantined);

    [Fact]
    public async Task rule_7_rows_are_accepted_duplicates_or_quarantined_and_the_first_content_stands()
    {
        var story = await BeginAsync(service.Database);
        var (number, id) = (Number(), Id());
        var sent = $"{id},{number},sent,2015-06-15,120000,{Old},,,,";
        (await story.PaymentsAsync(sent, sent)).Rows.ShouldBe(Rows(2, 1, 1, 0));
        var later = await story.PaymentsAsync($"{id},{number},credit-failed,2015-06-15,120000,{Old},name,2015-06-16,,",
            $"{id},{number},sent,2015-06-15,130000,{Old},,,,", $"{id},{Number()},credited,2015-06-15,120000,{Old},,,,",
            sent);
        later.Rows.ShouldBe(Rows(4, 1, 1, 2));
        (await story.WaitingAsync(later)).ShouldBe([QuarantineCode.OtherContent, QuarantineCode.OtherContent]);
        var payment = (await StoryOfAsync(story, number)).Payments.Single();
        (payment.Amount, payment.Outcome, payment.Code, payment.On, payment.Account!.RevealWritten())
            .ShouldBe((120_000L, "credit-failed", "name", new DateOnly(2015, 6, 16), Old));
    }

    /// <summary>Half a file that waits holds no change of account: it leaves every standing as it was.</summary>
    [Fact]
    public async Task a_report_that_waits_or_breaks_off_leaves_standing_as_it_was()
    {
        var story = await BeginAsync(service.Database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        var before = await StandingAsync(story, number);
        (await story.PaymentsAsync($"{Id()},{number},paid,2015-06-15,120000,{Old},,,,")).Rows.Quarantined.ShouldBe(1);
        (await story.PaymentsTextAsync($"source,payment_id,number,outcome\npayer,{Id()},{number},\"sent\npayer"))
            .Rows.Quarantined.ShouldBe(1);
        (await StandingAsync(story, number)).ShouldBe(before);
    }

    [Fact]
    public async Task two_deliveries_at_once_of_other_content_make_one_payment()
    {
        var story = await BeginAsync(service.Database);
        for (var i = 0; i < 5; i++)
        {
            var (number, id) = (Number(), Id());
            var answers = await Task.WhenAll(Enumerable.Range(1, 4).Select(n => Task.Run(() => story.PaymentsAsync(
                $"{id},{number},{(n % 2 == 0 ? "sent" : "credited")},2015-06-15,{n}0000,{Old},,,,"))));
            answers.Sum(a => a.Rows.Accepted).ShouldBe(1);
            answers.Sum(a => a.Rows.Quarantined).ShouldBe(3);
            (await StoryOfAsync(story, number)).Payments.ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task over_http_one_is_answered_by_what_became_of_it_and_many_by_their_rows()
    {
        using var payer = service.As(Role.PaymentSystem);
        var (number, id) = (Number(), Id());
        object Report(string outcome, string amount = "120000") => new
        {
            source = "payer",
            payment_id = id,
            number,
            outcome,
            pay_day = "2015-06-15",
            amount,
            account = New,
        };
        async Task<HttpResponseMessage> SendAsync(object body, string? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, ResultRoutes.Path) { Content = Json(body) };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            return await payer.SendAsync(request);
        }

        (await SendAsync(Report("sent"), id)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(Report("sent"), id)).StatusCode.ShouldBe(HttpStatusCode.OK, "twice is once");
        (await SendAsync(Report("credited"), id).ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");
        (await SendAsync(Report("credited", "1")).ProblemAsync(HttpStatusCode.Conflict)).ShouldBe("other-content");
        (await SendAsync(Report("paid")).ProblemAsync(HttpStatusCode.UnprocessableEntity)).ShouldBe("quarantined");
        (await SendAsync(new { nummer = number }).ProblemAsync(HttpStatusCode.BadRequest)).ShouldBe("invalid");
        var many = await payer.PostAsync(ResultRoutes.Path, Text(
            $"{{\"source\":\"payer\",\"payment_id\":\"{Id()}\",\"number\":\"{number}\",\"outcome\":\"stopped\","
            + "\"on\":\"2015-08-01\",\"reason\":\"work\"}\nnonsense\n", "application/x-ndjson"))
            .BodyAsync(HttpStatusCode.OK);
        many.GetProperty("rows").Of<long>("accepted").ShouldBe(1);
        many.GetProperty("notAccepted").EnumerateArray().Single().Of<string>("code").ShouldBe("BrokenRow");
    }

    [Fact]
    public async Task rule_34_the_application_alters_no_report_and_writes_no_recall()
    {
        foreach (var statement in new[] { "update payment_report set amount = 1", "delete from payment_report",
            "insert into recall default values", "insert into replacement_payment default values" })
        {
            await using var write = service.Database.At.Database.CreateCommand(statement);
            (await Should.ThrowAsync<PostgresException>(() => write.ExecuteNonQueryAsync())).SqlState
                .ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    internal static Task<PaymentStory> StoryOfAsync(Story story, string number) =>
        PaymentStories.OfAsync(story.At, KeyOf(story, number), "test", "a test", default);

    internal static AccountGuard.Numbers.NumberKey KeyOf(Story story, string number) =>
        AccountGuard.Numbers.PensionNumber.TryParse(number, out var parsed)
            ? AccountGuard.Numbers.NumberKey.Of(parsed, story.At.Keys) : throw new FormatException("No number.");

    internal static async Task<string> StandingAsync(Story story, string number, DateOnly? payDay = null)
    {
        await Publication.FinishAsync(story.At, null, default);
        (await Reconcile.RunAsync(story.At, null, default)).IsClean.ShouldBeTrue();
        await using var standing = await Standing.OpenAsync(
            story.At, payDay ?? new DateOnly(2015, 6, 15), "test", default);
        var answer = (await standing.AnswerAsync([number], default)).Single();
        return string.Join(' ', new[] { answer.Standing, answer.PayTo }.Concat(answer.Reasons).OfType<string>());
    }
}
