using AccountGuard.Identity;
using AccountGuard.Verification;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// What people did with one case, and what has to become of it by Rules 6, 15 and 17: written down apart from the
/// product, from what it accepted.
/// </summary>
internal sealed class Ledger
{
    private readonly HashSet<Guid> _entries = [];

    public IReadOnlyCollection<Guid> Entries => _entries;
    public Caller? Auditor { get; private set; }
    public Guid? Proposal { get; private set; }
    public int DeathsTold { get; private set; }

    /// <summary>All verdicts that two people came to, in their order: nothing takes one away.</summary>
    public List<(Guid Proposal, Verdict Verdict)> Verdicts { get; } = [];

    /// <summary>The account is not paid until somebody confirms it, whatever else happens (Rule 17).</summary>
    public bool IsDenied => Verdicts.Select(v => v.Verdict)
        .LastOrDefault(v => v is Verdict.Confirmed or Verdict.Denied) == Verdict.Denied;

    /// <summary>More than a claim: facts alone do not end it.</summary>
    public bool IsWorked { get; private set; }

    private Verdict? InForce { get; set; }
    private Verdict? Proposed { get; set; }

    /// <summary>Empty: its row of an incident has ended for want of a ground.</summary>
    /// <param name="isRequired">Its change meets the rule of that incident.</param>
    public string StateIn(bool isRequired) => this switch
    {
        { InForce: Verdict.Confirmed or Verdict.Denied or Verdict.Deceased } => $"{InForce}",
        _ when !isRequired && (!IsWorked || InForce == Verdict.GroundGone) => "",
        { Proposed: not null } => "Proposed",
        { InForce: Verdict.Unreachable } => "Unreachable",
        { Auditor: null, Entries.Count: 0 } => "Queued",
        _ => "InContact",
    };

    public void Claimed(Caller by) => Auditor = by;

    public void Left() => Auditor = null;

    public void Recorded(Guid entry)
    {
        _entries.Add(entry);
        IsWorked = true;
    }

    /// <summary>Word came: whoever could not be reached may be, and what is contradicted is open.</summary>
    public void Arrived(Guid entry, Intent said)
    {
        Recorded(entry);
        if (InForce == Verdict.Unreachable
            || (said == Intent.Denied && InForce is Verdict.Confirmed or Verdict.GroundGone))
        {
            InForce = null;
        }
    }

    public void TakenBack(Guid entry)
    {
        _entries.Remove(entry);
        if (Proposal == entry)
        {
            NotProposed();
        }
    }

    public void Put(Guid proposal, Verdict verdict) =>
        (Proposal, Proposed, IsWorked) = (proposal, verdict, true);

    public void NotProposed() => (Proposal, Proposed) = (null, null);

    public void Approved()
    {
        Verdicts.Add((Proposal!.Value, Proposed!.Value));
        (InForce, Auditor) = (Proposed, null);
        NotProposed();
    }

    public void Reopened() => (InForce, IsWorked) = (null, true);

    /// <summary>A ground returned: what two people ended for want of one is to be done again.</summary>
    public void Required() => InForce = InForce == Verdict.GroundGone ? null : InForce;

    /// <summary>Rule 17: a change filed after a death is never Confirmed, and whoever lives is not Deceased.</summary>
    public void Told(Death death)
    {
        DeathsTold++;
        InForce = (death, InForce) is (Death.BeforeFiling, Verdict.Confirmed) or (Death.None, Verdict.Deceased)
            ? null : InForce;
    }
}
