using System.Collections.Frozen;
using AccountGuard.Numbers;

namespace AccountGuard.Payments;

/// <summary>What a number of the sandbox answers besides what is known.</summary>
public sealed record SandboxAnswer(IReadOnlyList<StandingCase> Cases, IReadOnlyList<string> Reasons, string? PayTo);

/// <summary>
/// Five numbers for integrators, each of which always has the same standing, where the development provider is on.
/// What they answer is made up when it is asked and stored nowhere, so that it is no fact of anybody; and it is added
/// to what is known, so that nothing is clear by it (Rule 19).
/// </summary>
public static class Sandbox
{
    private const long First = 9999_000001;
    private const string Name = "sandbox";

    /// <summary>Clear, pending, on hold (the money is kept; goes to the account before), unknown.</summary>
    private static readonly Func<DateOnly, SandboxAnswer>[] InOrder =
    [
        _ => new SandboxAnswer([], [], null),
        payDay => new SandboxAnswer([new StandingCase(Name, "pending", Name, ["Listed"], 2, payDay)], [], null),
        _ => new SandboxAnswer([], ["Hold"], Standing.Keep),
        _ => new SandboxAnswer([], ["Hold"], Standing.Previous),
        _ => new SandboxAnswer([], ["Quarantined"], null),
    ];

    private static readonly FrozenDictionary<PensionNumber, Func<DateOnly, SandboxAnswer>> Answers =
        InOrder.Index().ToFrozenDictionary(a => DoubtfulNumbers.NumberOf(First + a.Index), a => a.Item);

    /// <summary>Whether the digits are those of a number of the sandbox, and it is open here.</summary>
    public static bool Has(Installation at, long number) =>
        at.HasSandbox && number >= First && number < First + InOrder.Length;

    /// <returns>Null where the number is none of the sandbox.</returns>
    public static SandboxAnswer? Of(PensionNumber number, DateOnly payDay) =>
        Answers.TryGetValue(number, out var answer) ? answer(payDay) : null;
}
