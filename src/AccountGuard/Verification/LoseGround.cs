namespace AccountGuard.Verification;

/// <summary>
/// A hit of the case ended. Facts alone end a case that nobody has worked; any other stays open, marked ground gone,
/// until two people end it (Rule 6): else one person with a list could let a fraud go. A claim alone is no work.
/// </summary>
public static class LoseGround
{
    /// <returns>The event to append; none where the stream says so already.</returns>
    public static object? Decide(
        VerificationCase @case, string incident, CaseGround goneAs, DateTimeOffset goneAt) =>
        @case.Grounds.GetValueOrDefault(incident) != CaseGround.Required ? null
        : @case.StaysOpen ? new GroundGone(@case.Id, incident, goneAs, goneAt)
        : new CaseEnded(@case.Id, incident, goneAs, goneAt);
}

/// <summary>
/// The ground of a worked case went in an incident. It returns when verification is required there again.
/// </summary>
public sealed record GroundGone(Guid ChangeId, string Incident, CaseGround GoneAs, DateTimeOffset GoneAt);
