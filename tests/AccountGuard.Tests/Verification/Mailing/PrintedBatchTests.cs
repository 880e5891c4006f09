using AccountGuard.Identity;
using AccountGuard.Letters;
using AccountGuard.Verification;
using AccountGuard.Verification.Mailing;
using Refusal = AccountGuard.Verification.Refusal;

namespace AccountGuard.Tests.Verification.Mailing;

/// <summary>Rule 28: a batch is checked, released by another person, and only then posted.</summary>
public sealed class PrintedBatchTests
{
    private static readonly Caller Maker = new("saeki", "P1"), MakerElsewhere = new("saeki-desk", "P1"),
        Other = new("utsumi", "P2"), Machine = new("mail", null);

    private static readonly Guid Id = new("b0000000-0000-0000-0000-000000000001");
    private static readonly DateTimeOffset Now = new(2015, 6, 3, 10, 0, 0, TimeSpan.FromHours(9));
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    private static readonly PrintedBatch Printed = PrintedBatch.Create(new LetterBatchBegun(Id, 2, Maker, Now))
        .Apply(new LetterBatchPrinted(Id, 2, 4, new DateOnly(2015, 6, 3), "aa", Now));

    private static readonly PrintedBatch Released =
        Printed.Apply(new LetterBatchReleased(Id, "aa", Other, Now));

    private static Decision Release(PrintedBatch batch, Caller by, params BatchFault[] faults) =>
        ReleaseBatch.Decide(batch, new ReleaseBatch(Id), by, faults, Now);

    private static Decision Post(PrintedBatch batch, int day, Caller? by = null) => PostBatch.Decide(
        batch, new PostBatch(Id, new DateOnly(2015, 6, day)), by ?? Other, Tokyo, Now);

    [Fact]
    public void another_person_releases_what_agrees_with_the_cases()
    {
        var decision = Release(Printed, Other);
        decision.Refusal.ShouldBeNull();
        decision.Events.ShouldBe([new LetterBatchReleased(Id, "aa", Other, Now)]);
    }

    [Fact]
    public void nobody_releases_their_own_under_any_login_and_the_attempt_is_recorded()
    {
        foreach (var by in (Caller[])[Maker, MakerElsewhere])
        {
            var decision = Release(Printed, by);
            decision.Refusal.ShouldBe(Refusal.OwnBatch);
            decision.Events.ShouldBe([new AttemptRefused("ReleaseBatch", Refusal.OwnBatch, by, Now)]);
        }

        Release(Printed, Machine).Refusal.ShouldBe(Refusal.NoPerson);
    }

    [Fact]
    public void s56_one_fault_refuses_the_batch_as_a_whole_and_names_row_and_field()
    {
        var decision = Release(Printed, Other, new BatchFault(5, "window"), new BatchFault(5, "name"));
        decision.Refusal.ShouldBe(Refusal.BatchDiffers);
        var refused = decision.Events.ShouldHaveSingleItem().ShouldBeOfType<LetterBatchRefused>();
        refused.FaultyRows.ShouldBe(1);
        refused.Faults.ShouldBe([new BatchFault(5, "window"), new BatchFault(5, "name")]);
        Printed.Apply(refused).State.ShouldBe(BatchState.Refused);
    }

    [Fact]
    public void a_batch_is_released_once()
    {
        Release(Released, Other).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
        Release(Released, Other).Events.ShouldBeEmpty();
    }

    [Fact]
    public void only_what_is_released_is_posted_on_that_day_or_later_and_once()
    {
        Post(Printed, 3).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
        Post(Released, 2).Refusal.ShouldBe(Refusal.BeforeRelease);
        Post(Released, 4).Refusal.ShouldBe(Refusal.DayAhead);
        Post(Released, 3, Machine).Refusal.ShouldBe(Refusal.NoPerson);
        var posted = Post(Released, 3).Events.ShouldHaveSingleItem().ShouldBeOfType<LetterBatchPosted>();
        var batch = Released.Apply(posted);
        (Post(batch, 3).Refusal, Post(batch, 3).Events.Count).ShouldBe((null, 0));
        Post(batch, 2).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
    }

    private static Decision Stop(PrintedBatch batch, Caller by) =>
        StopBatch.Decide(batch, new StopBatch(Id, StopReason.WrongLetter), by, Now);

    private static Decision Answer(PrintedBatch batch, StopState outcome, int day = 3) => AnswerStop.Decide(
        batch, new AnswerStop(Id, outcome, new DateOnly(2015, 6, day)), Other, new DateOnly(2015, 6, 3), Now);

    [Fact]
    public void s56_a_stop_is_asked_of_what_is_released_and_confirmed_or_too_late()
    {
        Stop(Printed, Other).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
        Stop(Released, Machine).Refusal.ShouldBe(Refusal.NoPerson);
        var posted = Released.Apply(new LetterBatchPosted(Id, new DateOnly(2015, 6, 3), Other, Now));
        foreach (var batch in (PrintedBatch[])[Released, posted])
        {
            Answer(batch, StopState.Confirmed).Refusal.ShouldBe(Refusal.BatchIsElsewhere, "nobody asked");
            var asked = batch.Apply(
                Stop(batch, Maker).Events.ShouldHaveSingleItem().ShouldBeOfType<LetterBatchStopAsked>());
            (asked.State, asked.Stop).ShouldBe((BatchState.StopAsked, StopState.Asked));
            Stop(asked, Other).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
            Post(asked with { PostedOn = null }, 3).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
            Answer(asked, StopState.Asked).Refusal.ShouldBe(Refusal.BatchIsElsewhere);
            Answer(asked, StopState.Confirmed, 4).Refusal.ShouldBe(Refusal.DayAhead);
            var (stopped, late) = (Applied(StopState.Confirmed), Applied(StopState.TooLate));
            (stopped.State, stopped.Stop).ShouldBe((BatchState.Stopped, StopState.Confirmed));
            (late.State, late.Stop).ShouldBe((batch.State, StopState.TooLate));
            Stop(stopped, Other).Refusal.ShouldBe(Refusal.BatchIsElsewhere);

            PrintedBatch Applied(StopState outcome) => asked.Apply(
                Answer(asked, outcome).Events.ShouldHaveSingleItem().ShouldBeOfType<LetterBatchStopAnswered>());
        }
    }
}
