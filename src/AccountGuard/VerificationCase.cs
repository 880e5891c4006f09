namespace AccountGuard;

/// <summary>
/// The life of one case: the verification of the holder's intent for one account change. Its stream has the change's id
/// and holds events alone; read it from top to bottom.
/// </summary>
public sealed record VerificationCase(Guid Id, IReadOnlyDictionary<string, CaseGround> Grounds)
{
    public static VerificationCase Create(VerificationRequired e) =>
        new(e.ChangeId, new Dictionary<string, CaseGround> { [e.Incident] = CaseGround.Required });

    public VerificationCase Apply(VerificationRequired e) => With(e.Incident, CaseGround.Required);

    public VerificationCase Apply(CaseEnded e) => With(e.Incident, e.EndedAs);

    private VerificationCase With(string incident, CaseGround ground) =>
        this with { Grounds = new Dictionary<string, CaseGround>(Grounds) { [incident] = ground } };
}

/// <summary>
/// Why a case stands in the queue of an incident, or why it left it while nobody had worked it (Rule 6).
/// </summary>
public enum CaseGround
{
    Required,
    ListedInError,
    Withdrawn,
}

/// <summary>A change meets the rule of an incident: the holder's intent has to be verified (Rule 2).</summary>
public sealed record VerificationRequired(
    Guid ChangeId, string Incident, string Reasons, int Tier, int ListVersion, DateTimeOffset OpenedAt);

/// <summary>
/// The ground of the case went while nobody had worked it (Rule 6): listed in error where no listing is in force or the
/// cutoff
/// moved back, withdrawn where the sender cancelled the change.
/// </summary>
public sealed record CaseEnded(Guid ChangeId, string Incident, CaseGround EndedAs, DateTimeOffset EndedAt);
