using System.Diagnostics;
using System.Threading.Channels;

namespace AccountGuard.Http;

/// <summary>
/// Requests that come one by one while the database is at work are answered together by the next work. Each batch holds
/// requests of one kind only, and fails or succeeds as a whole.
/// </summary>
/// <param name="kindOf">What requests of one batch have in common.</param>
/// <param name="answerAsync">Answers a batch, in its order.</param>
/// <param name="rests">
/// Whether the work rests as often as it works: whoever asks often waits a little longer, more are answered by one
/// batch, and half a processor is left.
/// </param>
public sealed class Together<TRequest, TAnswer>(
    Func<TRequest, object> kindOf,
    Func<IReadOnlyList<TRequest>, CancellationToken, Task<IReadOnlyList<TAnswer>>> answerAsync,
    bool rests = false)
{
    private const int LongestWait = 2_000;
    private const int BatchLength = 200;

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(LongestWait) { SingleReader = true });

    private sealed record Waiting(TRequest Request, TaskCompletionSource<TAnswer> Answer);

    /// <summary>Whoever stops waiting leaves the request behind: it is worked on all the same.</summary>
    /// <exception cref="Unavailable">The service is stopping.</exception>
    public async Task<TAnswer> AskAsync(TRequest request, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _waiting.Writer.WriteAsync(new Waiting(request, answer), cancel);
        }
        catch (ChannelClosedException)
        {
            throw Stopping();
        }

        return await answer.Task.WaitAsync(cancel);
    }

    /// <summary>Works until the service stops; whoever still waits is told then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stopping))
            {
                var began = Stopwatch.GetTimestamp();
                foreach (var kind in TakeBatch(BatchLength).GroupBy(w => kindOf(w.Request)))
                {
                    await AnswerAsync([.. kind], stopping);
                }

                if (rests)
                {
                    await Task.Delay(Stopwatch.GetElapsedTime(began), stopping);
                }
            }
        }
        finally
        {
            _waiting.Writer.Complete();
            foreach (var left in TakeBatch(LongestWait))
            {
                left.Answer.TrySetException(Stopping());
            }
        }
    }

    private static Unavailable Stopping() => new("The service is stopping: send the same again.");

    private List<Waiting> TakeBatch(int length)
    {
        var batch = new List<Waiting>();
        while (batch.Count < length && _waiting.Reader.TryRead(out var next))
        {
            batch.Add(next);
        }

        return batch;
    }

    private async Task AnswerAsync(Waiting[] batch, CancellationToken cancel)
    {
        try
        {
            var answers = await answerAsync([.. batch.Select(w => w.Request)], cancel);
            foreach (var (waiting, answer) in batch.Zip(answers))
            {
                waiting.Answer.SetResult(answer);
            }
        }
        catch (Exception e)
        {
            foreach (var waiting in batch)
            {
                waiting.Answer.TrySetException(e is OperationCanceledException ? Stopping() : e);
            }
        }
    }
}
