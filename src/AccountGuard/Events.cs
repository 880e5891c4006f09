namespace AccountGuard;

/// <summary>
/// Every type of event that may be appended to a stream. What stands here is stored forever: a name or a property
/// that was once written can be added to, but not renamed, removed or given another meaning (Rule 34). Each is a
/// sealed record named noun + past participle; its shape is approved in tests/AccountGuard.Tests/events.approved.txt.
/// </summary>
public static class Events
{
    public static readonly Type[] All = [];
}
