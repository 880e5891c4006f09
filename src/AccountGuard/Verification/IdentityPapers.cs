namespace AccountGuard.Verification;

/// <summary>A paper that somebody showed in the original; one without a last day does not expire.</summary>
public sealed record ShownPaper(PaperKind Kind, bool InOwnName, DateOnly? ValidThrough = null);

public enum PaperKind
{
    DrivingLicence,
    Passport,
    NumberCard,
    ResidenceCard,
    DisabilityBook,
    InsuranceCard,
    Passbook,
    PensionBook,
    PensionCertificate,
    SealCertificate,
    ProxyLetter,
    GuardianCertificate,
}

public enum PersonMet
{
    Holder,
    Guardian,
    Proxy,
}

/// <summary>Rule 11: whether whoever appeared proved who they are.</summary>
public static class IdentityPapers
{
    /// <summary>
    /// One paper with a photo, or two of different kinds without; in the own name of the person met, and valid on the
    /// day, its last day included. Who comes for another also shows by what right.
    /// </summary>
    public static bool Prove(PersonMet met, IReadOnlyCollection<ShownPaper> shown, DateOnly on)
    {
        var kinds = shown.Where(paper => paper.InOwnName && (paper.ValidThrough ?? on) >= on)
            .Select(paper => paper.Kind).Distinct().ToList();
        return (kinds.Any(kind => HasPhoto(kind) == true) || kinds.Count(kind => HasPhoto(kind) == false) >= 2)
            && met switch
            {
                PersonMet.Holder => true,
                PersonMet.Guardian => kinds.Contains(PaperKind.GuardianCertificate),
                PersonMet.Proxy => kinds.Contains(PaperKind.ProxyLetter),
            };
    }

    /// <summary>Null: the paper gives a right and proves no identity.</summary>
    private static bool? HasPhoto(PaperKind kind) => kind switch
    {
        PaperKind.DrivingLicence or PaperKind.Passport or PaperKind.NumberCard or PaperKind.ResidenceCard
            or PaperKind.DisabilityBook => true,
        PaperKind.InsuranceCard or PaperKind.Passbook or PaperKind.PensionBook or PaperKind.PensionCertificate
            or PaperKind.SealCertificate => false,
        PaperKind.ProxyLetter or PaperKind.GuardianCertificate => null,
    };
}
