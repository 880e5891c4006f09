using System.Globalization;
using System.Resources;
using AccountGuard.Pages;
using AccountGuard.Verification.Paid;

namespace AccountGuard.Tests.Verification.Paid;

/// <summary>What a holder is owed, and why a payment is where it is (Rule 20).</summary>
public class PaymentStoryTests
{
    private static readonly DateOnly April = new(2015, 4, 15), June = new(2015, 6, 15), August = new(2015, 8, 14);

    private static StoryPayment Paid(
        DateOnly on, long amount, string outcome = "sent", Guid? paysFor = null, bool isToDenied = false) =>
        new(Guid.NewGuid(), on, amount, null, outcome, outcome is "sent" or "credited" ? null : "name", on, paysFor)
        {
            IsToDenied = isToDenied,
        };

    private static StoryStop Stop(string reason, DateOnly from, DateOnly? resumed = null, long? amount = null) =>
        new(Guid.NewGuid(), reason, from, resumed, null, amount);

    private static PaymentStory Of(
        IReadOnlyList<StoryPayment> payments, params IReadOnlyList<StoryStop> stops) =>
        PaymentStory.Empty with { Payments = payments, Stops = stops, PayDays = [April, June, August] };

    [Fact]
    public void s39_a_payment_that_failed_is_owed_until_it_is_paid_later()
    {
        var failed = Paid(June, 100, "credit-failed");
        Of([failed]).Owed.ShouldBe(100);
        Of([failed, Paid(August, 60, paysFor: failed.Id)]).Owed.ShouldBe(40);
        Of([failed, Paid(August, 130, paysFor: failed.Id)]).Owed.ShouldBe(0, "what was paid too much is no claim");
    }

    [Fact]
    public void s34_what_a_hold_kept_is_owed_until_it_is_paid_for_and_has_a_reason_of_its_own()
    {
        var kept = Paid(June, 100, "withheld");
        var story = Of([kept], Stop("work", June)) with { DiedOn = April };
        story.Arrears.Select(a => (a.Reason, a.Owed)).ShouldBe([("withheld", 100)]);
        story.PaidAfterDeath.ShouldBe(0);
        WhyNotPaid.Of(story, June).Text.ShouldContain("was kept by the payer");
        Of([kept, Paid(August, 100, "withheld", kept.Id)]).Owed.ShouldBe(100, "kept again is owed once");
        Of([kept, Paid(August, 100, paysFor: kept.Id)]).Owed.ShouldBe(0);
    }

    [Fact]
    public void rule_20_a_missing_report_owes_nothing_after_death_or_once_payments_were_terminated()
    {
        var report = Stop(StoryStop.LifeStatusReport, April, amount: 60);
        Of([], report).Owed.ShouldBe(180);
        (Of([], report) with { DiedOn = June }).Owed.ShouldBe(120, "the day of death itself is due");
        Of([], report, Stop(StoryStop.Death, June)).Owed.ShouldBe(60);
        Of([], report with { TerminatedOn = August }).Owed.ShouldBe(120);
        Of([], report, Stop("work", June)).Owed.ShouldBe(180);
    }

    [Fact]
    public void what_is_paid_for_an_earlier_day_says_nothing_of_the_payment_of_the_day()
    {
        var june = Paid(June, 100, "withheld");
        var story = Of([june, Paid(August, 100, paysFor: june.Id), Paid(August, 100, "withheld")]);
        WhyNotPaid.Of(story, August).Text.ShouldContain("was kept by the payer");
        var tried = Paid(June, 100, "credit-failed");
        WhyNotPaid.Of(Of([tried, Paid(June, 100, paysFor: tried.Id)]), June).Text.ShouldContain("was sent");
    }

    [Fact]
    public void what_makes_up_for_it_and_fails_too_is_owed_once()
    {
        var failed = Paid(June, 100, "credit-failed");
        var again = Paid(August, 100, "returned", failed.Id);
        Of([failed, again]).Owed.ShouldBe(100);
        Of([failed, again, Paid(August, 100, "credited", again.Id)]).Owed.ShouldBe(0);
    }

    [Fact]
    public void what_a_failed_payment_was_to_make_up_for_may_be_unknown_and_it_is_owed_all_the_same()
    {
        Of([Paid(June, 100, "returned", Guid.NewGuid())]).Owed.ShouldBe(100);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        Of([Paid(June, 100, "returned", other) with { Id = one }, Paid(June, 50, "returned", one) with { Id = other }])
            .Owed.ShouldBe(150, "a circle is no chain");
    }

    [Fact]
    public void s25_what_went_to_a_denied_account_is_owed_until_the_holder_is_paid_anew()
    {
        var stolen = Paid(June, 100, isToDenied: true);
        Of([stolen]).Owed.ShouldBe(100);
        Of([stolen, Paid(August, 100, paysFor: stolen.Id, isToDenied: true)]).Owed.ShouldBe(100, "stolen again");
        Of([stolen, Paid(August, 100, paysFor: stolen.Id)]).Owed.ShouldBe(0);
    }

    [Fact]
    public void s35_a_missing_life_status_report_owes_each_pay_day_that_it_stopped_and_no_other()
    {
        Of([], Stop("life-status-report", June, amount: 60)).Owed.ShouldBe(120, "the day itself is stopped");
        Of([], Stop("life-status-report", June, new(2015, 6, 20), 60)).Owed.ShouldBe(60);
        Of([], Stop("life-status-report", June, June, 60)).Owed.ShouldBe(0, "on the day of resumption it is paid");
        var stop = Stop("life-status-report", June, new(2015, 6, 20), 60);
        Of([Paid(new(2015, 7, 15), 60, paysFor: stop.Id)], stop).Owed.ShouldBe(0);
    }

    [Theory]
    [InlineData("work")]
    [InlineData("child-over-18")]
    [InlineData("death")]
    [InlineData("other-legal")]
    public void s36_what_the_law_reduces_is_not_owed(string reason) =>
        Of([], Stop(reason, April, amount: 60)).Owed.ShouldBe(0);

    [Theory]
    [InlineData("life-status-report", "life-status report")]
    [InlineData("work", "because of work")]
    [InlineData("child-over-18", "turned 18")]
    [InlineData("death", "a death")]
    [InlineData("other-legal", "by law (")]
    public void rule_20_a_stop_is_named_by_its_own_reason_also_beside_a_hold(string reason, string named)
    {
        var story = Of([], Stop(reason, June)) with { Holds = [new("FraudSuspected", June, August)] };
        var why = WhyNotPaid.Of(story, June);
        why.Text.ShouldContain(named);
        why.Text.ShouldNotContain("fraud");
    }

    [Fact]
    public void rule_20_a_hold_is_named_where_nothing_else_stops_and_only_on_its_days()
    {
        var story = Of([]) with { Holds = [new("FraudSuspected", June, June)] };
        WhyNotPaid.Of(story, June).Text.ShouldContain("suspicion of fraud");
        WhyNotPaid.Of(story, April).Text.ShouldContain("Nothing was reported");
        WhyNotPaid.Of(story, August).Text.ShouldContain("Nothing was reported");
        WhyNotPaid.Of(story with { Holds = [new(StoryHold.Denied, June, null)] }, August).Text.ShouldContain("denied");
    }

    [Fact]
    public void what_was_paid_speaks_for_itself_and_of_two_the_one_that_arrived()
    {
        var story = Of([Paid(June, 100, "credit-failed"), Paid(June, 100)], Stop("work", June));
        WhyNotPaid.Of(story, June).Text.ShouldContain("was sent to the account");
        WhyNotPaid.Of(Of([Paid(June, 100, "credit-failed")]), June).Text.ShouldContain("could not credit");
        WhyNotPaid.Of(Of([Paid(June, 100, "returned")]), June).Text.ShouldContain("came back");
        WhyNotPaid.Of(Of([Paid(June, 100) with { Mark = PaymentMark.WhilePending }]), June).Text
            .ShouldContain("being verified");
    }

    [Fact]
    public void every_sentence_stands_in_japanese_too()
    {
        var japanese = new ResourceManager(typeof(Texts)).GetResourceSet(
            new CultureInfo(Site.Japanese), createIfNotExists: true, tryParents: false)!;
        WhyNotPaid.Texts.Where(text => japanese.GetString(text) is null).ShouldBeEmpty();
    }

    [Fact]
    public void s48_what_was_paid_after_death_may_be_recovered_once_payments_are_terminated_and_not_before()
    {
        var story = Of([Paid(June, 100), Paid(August, 70), Paid(August, 5, "returned")]) with { DiedOn = June };
        (story.PaidAfterDeath, story.IsTerminated).ShouldBe((70, false));
        (story with { Stops = [Stop("death", June)] }).IsTerminated.ShouldBeFalse("suspended is not terminated");
        (story with { Stops = [Stop("death", June) with { TerminatedOn = August }] }).IsTerminated.ShouldBeTrue();
        (story with { Stops = [Stop("work", June) with { TerminatedOn = August }] }).IsTerminated.ShouldBeFalse();
    }

    /// <summary>Whatever is paid, fails, goes astray and is made up for, no yen is owed twice or lost.</summary>
    [Fact]
    public void what_is_owed_and_what_reached_the_holder_are_what_was_due()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var due = new List<StoryPayment>();
            var all = new List<StoryPayment>();
            for (var i = 0; i < random.Next(1, 6); i++)
            {
                var first = Paid(June, random.Next(1, 1_000), Outcome());
                due.Add(first with { IsToDenied = first.Outcome == "sent" && random.Next(3) == 0 });
                all.Add(due[^1]);
                while (!all[^1].IsWithHolder && random.Next(3) > 0)
                {
                    all.Add(Paid(August, all[^1].Amount, Outcome(), all[^1].Id));
                }
            }

            string Outcome() =>
                ((string[])["sent", "credited", "credit-failed", "returned", "withheld"])[random.Next(5)];
            var story = Of([.. all.OrderBy(_ => random.Next())]);
            (story.Owed + all.Where(p => p.IsWithHolder).Sum(p => p.Amount)).ShouldBe(
                due.Sum(p => p.Amount), $"seed {seed}");
        }
    }
}
