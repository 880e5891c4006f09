using AccountGuard.CommandLine;
using AccountGuard.Demonstration;
using AccountGuard.Screening;
using AccountGuard.Verification.Queues;

namespace AccountGuard.SystemTests.CommandLine;

/// <summary>What the demonstration shows of holds, verdicts and recalls, beside the leak of 2015.</summary>
public sealed class ExerciseTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    [Fact]
    public async Task each_payment_of_it_stands_as_it_must_every_yen_is_accounted_for_and_again_nothing_changes()
    {
        var at = database.At;
        var exercise = new DemoExercise(new Session(at, Json: false, default), database.Home, DemoFiles.DefaultSeed);
        for (var run = 0; run < 2; run++)
        {
            (await exercise.RunAsync()).ShouldBeTrue();
            (await Reconcile.RunAsync(at, null, default)).IsClean.ShouldBeTrue();
            (await Queue.ReadAsync(at, "exercise", null, default).Select(row => row.RequestId).ToListAsync())
                .Order().ShouldBe(["3", "4"]);
            (await Queue.ReadAsync(at, "exercise", "Denied", default).CountAsync()).ShouldBe(2);
            (await Queue.ReadAsync(at, "exercise", "Confirmed", default).CountAsync()).ShouldBe(1);
        }
    }
}
