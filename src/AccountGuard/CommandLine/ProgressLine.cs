using System.Globalization;

namespace AccountGuard.CommandLine;

/// <summary>
/// Progress of a long command on stderr: percent, rate and time left; one line that is overwritten on a terminal, else
/// a line every ten seconds.
/// </summary>
public sealed class ProgressLine(string what, string unit, TimeProvider clock)
    : IProgress<(long Done, long Total)>, IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan InLog = TimeSpan.FromSeconds(10);
    private readonly long _started = clock.GetTimestamp();
    private long _shown = clock.GetTimestamp();
    private bool _isOpen;

    public void Report((long Done, long Total) value)
    {
        if (clock.GetElapsedTime(_shown) < (Console.IsErrorRedirected ? InLog : OnTerminal) || value.Total == 0)
        {
            return;
        }

        _shown = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(_started).TotalSeconds;
        var rate = value.Done / seconds;
        var left = TimeSpan.FromSeconds(rate > 0 ? (value.Total - value.Done) / rate : 0);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{what}: {100.0 * value.Done / value.Total:F0} %, {rate:N0} {unit}/s, {left:m\\:ss} left");
        Console.Error.Write(Console.IsErrorRedirected ? text + "\n" : "\r\u001b[K" + text);
        _isOpen = !Console.IsErrorRedirected;
    }

    public void Dispose()
    {
        if (_isOpen)
        {
            Console.Error.Write("\r\u001b[K");
        }
    }
}
