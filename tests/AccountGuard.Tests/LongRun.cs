namespace AccountGuard.Tests;

/// <summary>ops/test --long runs everything at full size; else samples are run.</summary>
public static class LongRun
{
    public static readonly bool IsAsked = Environment.GetEnvironmentVariable("ACCOUNTGUARD_LONG") == "1";
}
