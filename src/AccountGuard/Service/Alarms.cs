using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Serilog;

namespace AccountGuard.Service;

/// <summary>An alarm as the webhook gets it.</summary>
public sealed record Alarm(string Kind, string State, string Detail, DateTimeOffset At);

/// <summary>
/// The one channel for what a person has to look into: a webhook (Alarm:Webhook) and the metric accountguard.alarms. A
/// kind is told when it begins, when another case joins those that it is about, and when it ends; what could not be
/// told is told in a later round.
/// </summary>
public sealed class Alarms : IDisposable
{
    public const string Raised = "raised";
    public const string Ended = "ended";

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Meter _meter = new(Telemetry.Name);
    private readonly ConcurrentDictionary<string, string> _standing = new();
    private readonly ConcurrentDictionary<string, IReadOnlySet<Guid>> _told = new();
    private readonly Uri? _webhook;
    private readonly TimeProvider _clock;

    /// <exception cref="BadInput">The webhook's address is none.</exception>
    public Alarms(Installation at, IConfiguration settings)
    {
        _clock = at.Clock;
        _webhook = settings["Alarm:Webhook"] is not { Length: > 0 } address ? null
            : Uri.TryCreate(address, UriKind.Absolute, out var webhook) && webhook.Scheme is "http" or "https" ? webhook
            : throw new BadInput("Alarm:Webhook is no address that begins with http:// or https://.");
        _meter.CreateObservableGauge("accountguard.alarms", () => _standing.Select(
            alarm => new Measurement<int>(1, new KeyValuePair<string, object?>("kind", alarm.Key))));
    }

    /// <summary>Says how it stands with a kind: a sentence of what is wrong, or null where all is well.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="trouble">The sentence.</param>
    /// <param name="cancel">It is told in a later round then.</param>
    /// <param name="cases">Those that it is about, where each of them has to be looked into.</param>
    public async Task SetAsync(
        string kind, string? trouble, CancellationToken cancel, IReadOnlySet<Guid>? cases = null)
    {
        cases ??= ImmutableHashSet<Guid>.Empty;
        if (trouble is null)
        {
            _standing.TryRemove(kind, out _);
        }
        else
        {
            if (_standing.TryAdd(kind, trouble))
            {
                Log.Error("Alarm {Kind}: {Trouble}", kind, trouble);
            }

            _standing[kind] = trouble;
        }

        var wasTold = _told.TryGetValue(kind, out var told);
        if (_webhook is null || (trouble is null ? !wasTold : wasTold && cases.IsSubsetOf(told!)))
        {
            // A case that left is told again when it comes back.
            _told.TryUpdate(kind, cases, told!);
            return;
        }

        try
        {
            using var answer = await _client.PostAsJsonAsync(
                _webhook, new Alarm(kind, trouble is null ? Ended : Raised, trouble ?? "All is well again.",
                    _clock.GetUtcNow()), cancel);
            answer.EnsureSuccessStatusCode();
            if (trouble is null)
            {
                _told.TryRemove(kind, out _);
            }
            else
            {
                _told[kind] = cases;
            }
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            Log.Error("The alarm webhook did not take {Kind}: {Error}", kind, e.GetType().Name);
        }
    }

    public void Dispose()
    {
        _meter.Dispose();
        _client.Dispose();
    }
}
