using AccountGuard.Http;

namespace AccountGuard.Payments;

/// <summary>
/// Questions after the standing of a few numbers. Those that wait together are answered from one snapshot, taken after
/// the last of them was asked: passing every gate and asking every doubt takes longer than a number.
/// </summary>
public sealed class SmallQuestions : BackgroundService
{
    /// <summary>Who asks for more numbers has a snapshot of his own.</summary>
    public const int MostNumbers = 100;

    private readonly Installation _at;
    private readonly Together<Asked, Answered> _together;

    public SmallQuestions(Installation at) =>
        (_at, _together) = (at, new(asked => (asked.PayDay, asked.Who), AnswerAsync));

    private sealed record Asked(IReadOnlyList<string> Numbers, DateOnly PayDay, string Who);

    private sealed record Answered(StandingAsOf AsOf, IReadOnlyList<StandingAnswer> Answers);

    /// <exception cref="BadInput">The day is not a pay-day.</exception>
    public async Task<(StandingAsOf AsOf, IReadOnlyList<StandingAnswer> Answers)> AskAsync(
        IReadOnlyList<string> numbers, DateOnly payDay, string who, CancellationToken cancel)
    {
        var answered = await _together.AskAsync(new Asked(numbers, payDay, who), cancel);
        return (answered.AsOf, answered.Answers);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _together.RunAsync(stoppingToken);

    private async Task<IReadOnlyList<Answered>> AnswerAsync(IReadOnlyList<Asked> batch, CancellationToken cancel)
    {
        await using var standing = await Standing.OpenAsync(_at, batch[0].PayDay, batch[0].Who, cancel);
        var answers = await standing.AnswerAsync([.. batch.SelectMany(asked => asked.Numbers)], cancel);
        var answered = new List<Answered>(batch.Count);
        var done = 0;
        foreach (var asked in batch)
        {
            answered.Add(new Answered(standing.AsOf, [.. answers.Skip(done).Take(asked.Numbers.Count)]));
            done += asked.Numbers.Count;
        }

        return answered;
    }
}
