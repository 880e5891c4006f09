using AccountGuard.Pages;

namespace AccountGuard.Verification.Mailing;

/// <summary>A line of the story of a batch, in words that the page translates.</summary>
public sealed record BatchLine(DateTimeOffset At, string Text, object[] Arguments)
{
    /// <summary>Why something was refused, in a sentence that the page translates too.</summary>
    public string? Why { get; init; }
}

/// <summary>Tells the events of a batch of letters, in the order in which they were recorded.</summary>
public static class BatchStory
{
    public static IEnumerable<BatchLine> Tell(IEnumerable<BatchMoment> story) => story.Select(Line);

    public static string IconOf(BatchState state) => state switch
    {
        BatchState.Begun => "clock",
        BatchState.Printed => "open",
        BatchState.Abandoned or BatchState.Refused => "cross",
        BatchState.Released => "check",
        BatchState.Posted => "mail",
        BatchState.StopAsked => "stop",
        BatchState.Stopped => "cross",
    };

    private static BatchLine Line(BatchMoment moment) => moment.Event switch
    {
        LetterBatchBegun e => New(moment, "{0} began it", e.By.Login),
        LetterBatchPrinted e => New(moment, "Printed: letters {0}, sheets {1}", e.Letters, e.Sheets),
        LetterBatchAbandoned => New(moment, "Broken off, or no letter could be made"),
        LetterBatchRefused e => New(
            moment, "{0} had it checked; rows that do not agree: {1}", e.By.Login, e.FaultyRows),
        LetterBatchReleased e => New(moment, "Checked row by row, and released by {0}", e.By.Login),
        LetterBatchPosted e => New(moment, "{0} brought it to the post", e.By.Login),
        LetterBatchStopAsked e => New(moment, e.Reason switch
        {
            StopReason.WrongLetter => "{0} asked for it to be stopped: a letter is wrong",
            StopReason.ProtectedSince => "{0} asked for it to be stopped: somebody is protected since",
            StopReason.DiedSince => "{0} asked for it to be stopped: somebody has died",
            StopReason.Other => "{0} asked for it to be stopped",
        }, e.By.Login),
        LetterBatchStopAnswered e => New(moment, e.Outcome == StopState.Confirmed
            ? "It was stopped on {0}, as {1} recorded" : "It was too late to stop it on {0}, as {1} recorded",
            e.AnsweredOn.Iso(), e.By.Login),
        AttemptRefused e => New(moment, "{0} was refused", e.By.Login) with { Why = e.Refusal.Sentence() },
        var other => throw new InvalidOperationException($"The story of a batch does not know {other.GetType().Name}."),
    };

    private static BatchLine New(BatchMoment moment, string text, params object[] arguments) =>
        new(moment.At, text, arguments);
}
