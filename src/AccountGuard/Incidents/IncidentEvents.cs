namespace AccountGuard.Incidents;

/// <summary>An incident was declared, with its window and policies. Its cutoff is decision 0 (Rule 2).</summary>
public sealed record IncidentDeclared(
    string Incident, string Name, string TimeZone, DateOnly? WindowFrom, DateOnly CutoffThrough, int PostDays,
    bool VerifiesAddresses, DateTimeOffset DeclaredAt);

/// <summary>The cutoff of an incident was moved by a numbered decision (Rules 2, 6).</summary>
public sealed record CutoffMoved(
    string Incident, int Decision, DateOnly Through, string Reason, DateTimeOffset DecidedAt);
