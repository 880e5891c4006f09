namespace AccountGuard.Verification;

/// <summary>Open cases of one kind, in the order in which Queue and QueueView count them.</summary>
public enum QueueFilter
{
    AddressChain,
    AlertGap,
    DateDoubt,
    Renumbered,
    FourFields,
}
