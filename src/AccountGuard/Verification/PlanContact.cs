using AccountGuard.Identity;

namespace AccountGuard.Verification;

/// <summary>The payer means to go and see the holder; a letter is ordered (<see cref="OrderLetter"/>).</summary>
public sealed record PlanContact(Guid Entry, ContactMeans Means, DateOnly On)
{
    /// <summary>
    /// Rule 12: by post only. A visit needs a letter sent on an earlier day, so that the holder knows the reference by
    /// which the call centre confirms the visitor.
    /// </summary>
    public static Decision Decide(VerificationCase @case, PlanContact request, Caller by, DateTimeOffset now)
    {
        Refusal? refusal = request.Means switch
        {
            ContactMeans.Phone or ContactMeans.ElectronicMail => Refusal.PostOnly,
            ContactMeans.Visit => @case.IsEnded ? Refusal.HasEnded
                : @case.WroteBefore(request.On) ? null
                : Refusal.NoLetterBefore,
        };
        return @case.Seen.Contains(request.Entry)
            ? Decision.Nothing
            : Decision.Of(refusal, request, by, now, new VisitPlanned(request.Entry, request.On, by, now));
    }
}

public enum ContactMeans
{
    Visit,
    Phone,
    ElectronicMail,
}

public sealed record VisitPlanned(Guid Entry, DateOnly VisitOn, Caller Auditor, DateTimeOffset PlannedAt);
