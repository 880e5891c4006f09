namespace AccountGuard.Demonstration;

/// <summary>
/// Counts the rows written, tells whoever watches, and stops when asked to: both every few thousand rows.
/// </summary>
internal sealed class RowProgress(long total, IProgress<(long Done, long Total)>? watcher, CancellationToken cancel)
{
    private const long Stride = 8_192;

    private long done;

    public void RowWritten()
    {
        if (++done % Stride == 0)
        {
            cancel.ThrowIfCancellationRequested();
            watcher?.Report((Math.Min(done, total), total));
        }
    }

    public void Finish() => watcher?.Report((total, total));
}
