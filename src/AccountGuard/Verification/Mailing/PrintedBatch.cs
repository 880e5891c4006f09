using AccountGuard.Identity;
using AccountGuard.Letters;

namespace AccountGuard.Verification.Mailing;

/// <summary>
/// The life of a printed batch of letters (Rule 28): begun, printed, and checked against the cases before another
/// person releases it; only then it goes into the post. Its stream holds no word of what stands in the letters.
/// </summary>
public sealed record PrintedBatch(Guid Id, Caller Maker, BatchState State)
{
    /// <summary>SHA-256 of the PDF; null until there is one.</summary>
    public string? FileSha256 { get; init; }

    public DateTimeOffset ReleasedAt { get; init; }

    public DateOnly? PostedOn { get; init; }

    /// <summary>The last stop that was asked for; null: none was.</summary>
    public StopState? Stop { get; init; }

    public static PrintedBatch Create(LetterBatchBegun e) => new(e.Batch, e.By, BatchState.Begun);

    public PrintedBatch Apply(LetterBatchPrinted e) =>
        this with { State = BatchState.Printed, FileSha256 = e.FileSha256 };

    public PrintedBatch Apply(LetterBatchAbandoned e) => this with { State = BatchState.Abandoned };
    public PrintedBatch Apply(LetterBatchRefused e) => this with { State = BatchState.Refused };

    public PrintedBatch Apply(LetterBatchReleased e) =>
        this with { State = BatchState.Released, ReleasedAt = e.ReleasedAt };

    public PrintedBatch Apply(LetterBatchPosted e) => this with { State = BatchState.Posted, PostedOn = e.PostedOn };

    public PrintedBatch Apply(LetterBatchStopAsked e) =>
        this with { State = BatchState.StopAsked, Stop = StopState.Asked };

    public PrintedBatch Apply(LetterBatchStopAnswered e) => this with
    {
        State = e.Outcome == StopState.Confirmed ? BatchState.Stopped
            : PostedOn is null ? BatchState.Released : BatchState.Posted,
        Stop = e.Outcome,
    };
}

public enum BatchState
{
    /// <summary>Being made.</summary>
    Begun,

    /// <summary>Waits for another person to release it.</summary>
    Printed,

    /// <summary>Broken off, or no letter could be made.</summary>
    Abandoned,

    /// <summary>It did not say what the cases say; its letters wait again.</summary>
    Refused,

    Released,

    Posted,

    /// <summary>Released or posted, and somebody asked for it to be stopped.</summary>
    StopAsked,

    /// <summary>It reached nobody; its letters wait again.</summary>
    Stopped,
}

public sealed record LetterBatchBegun(Guid Batch, int Orders, Caller By, DateTimeOffset BegunAt);

/// <summary>The day is the one that stands on the letters.</summary>
public sealed record LetterBatchPrinted(
    Guid Batch, int Letters, int Sheets, DateOnly WrittenOn, string FileSha256, DateTimeOffset PrintedAt);

public sealed record LetterBatchAbandoned(Guid Batch, DateTimeOffset AbandonedAt);

/// <summary>The first faults, by row of the manifest and field.</summary>
public sealed record LetterBatchRefused(
    Guid Batch, int FaultyRows, IReadOnlyList<BatchFault> Faults, Caller By, DateTimeOffset RefusedAt);

public sealed record LetterBatchReleased(Guid Batch, string FileSha256, Caller By, DateTimeOffset ReleasedAt);

public sealed record LetterBatchPosted(Guid Batch, DateOnly PostedOn, Caller By, DateTimeOffset RecordedAt);
