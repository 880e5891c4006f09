using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>
/// What follows from a request: events to append to the stream of the case, at the version that was decided on, and a
/// refusal where it is refused. Neither: it was here before. Each decision takes <c>now</c> in the payer's time zone,
/// whose days are the days of the rules.
/// </summary>
public sealed record Decision(IReadOnlyList<object> Events, Refusal? Refusal = null)
{
    public static readonly Decision Nothing = new([]);

    /// <summary>What a rule forbids is recorded; who is merely too late, or in another's way, is told so.</summary>
    public static Decision Of(
        Refusal? refusal, object request, Caller by, DateTimeOffset now, params IEnumerable<object> events) =>
        refusal is not { } why ? new([.. events])
        : why.Rule() is null ? new([], why)
        : new([new AttemptRefused(request.GetType().Name, why, by, now)], why);
}

/// <summary>Somebody tried what a rule forbids (Rule 14).</summary>
public sealed record AttemptRefused(string Attempted, Refusal Refusal, Caller By, DateTimeOffset AttemptedAt);
