using AccountGuard.AffectedLists;
using AccountGuard.Deliveries;
using AccountGuard.Incidents;
using AccountGuard.Intake;
using AccountGuard.Payments;

namespace AccountGuard;

/// <summary>Every event that is stored, forever. A shape changes only together with events.approved.txt.</summary>
public static class Events
{
    public static readonly Type[] All =
    [
        typeof(IncidentDeclared), typeof(CutoffMoved),
        typeof(DeliveryReceived), typeof(RowsAccounted),
        typeof(AffectedListDelivered),
        typeof(AccountChangeFiled), typeof(AccountChangeCancelled),
        typeof(ClosingDateSet),
        typeof(VerificationRequired), typeof(CaseEnded),
    ];
}
