using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccountGuard.Identity;
using AccountGuard.Verification;
using AccountGuard.Verification.Holds;
using CsCheck;
using static AccountGuard.Tests.Verification.CaseHistory;

namespace AccountGuard.Tests.Verification;

/// <summary>
/// People and facts in any order: whatever arrives, and whoever tries what, no case ends that should not, and no
/// verdict is lost or left without an explanation.
/// </summary>
public class AnyOrderTests
{
    private static readonly Caller[] People = [Auditor, AuditorElsewhere, Colleague, Approver, Clerk, Operator];
    private static readonly Verdict[] AllVerdicts = Enum.GetValues<Verdict>();
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    private static readonly ShownPaper[] Papers = [Licence, new(PaperKind.GuardianCertificate, true)];

    private enum Act
    {
        Ground, Death, Prepare, Claim, Leave, Reassign, Snooze, Order, Sent, Returned, Answered, Visit, Failed, Meeting,
        Call, Suspicion, Referral, Note, Propose, Approve, SendBack, TakeBack, Reopen, Wait, Policy, Hold, Release,
        ApproveHold, SendBackHold, Restore,
    }

    private sealed record Step(Act Act, Caller By, int Which);

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Frequency((3, Gen.Const(Act.Ground)), (4, Gen.Const(Act.Prepare)), (4, Gen.Const(Act.Propose)),
            (6, Gen.Const(Act.Approve)), (3, Gen.Const(Act.ApproveHold)), (26, Gen.Enum<Act>())),
        Gen.Int[0, People.Length - 1], Gen.Int[0, 1_000], (act, by, which) => new Step(act, People[by], which));

    [Fact]
    public void whatever_people_and_facts_do_no_case_is_released_by_one_and_no_verdict_is_lost()
    {
        var reached = new ConcurrentDictionary<CaseState, bool>();
        AnyStep.Array[0, 50].Sample(steps =>
        {
            var history = new CaseHistory();
            foreach (var step in steps)
            {
                var (before, count) = (history.Case, history.Events.Count);
                Play(history, step);
                Check(before, history, [.. history.Events.Skip(count)]);
                reached[history.Case.State] = true;
            }
        }, iter: 3_000);
        Enum.GetValues<CaseState>().Except(reached.Keys).ShouldBeEmpty("These states were never tried.");
    }

    [Fact]
    public void grounds_that_come_and_go_at_any_time_leave_a_case_in_the_same_state() =>
        Gen.Select(AnyStep.Array[0, 40], Gen.Int[0, 1_000].Array[60]).Sample((steps, places) =>
        {
            var history = new CaseHistory();
            foreach (var step in steps)
            {
                // What two people end for want of a ground depends on the ground, as it should.
                if (step.Act != Act.Propose || VerdictOf(step.Which) != Verdict.GroundGone)
                {
                    Play(history, step);
                }
            }

            var grounds = history.Events.Where(IsGround).Skip(1).ToList();
            var moved = history.Events.Where(e => !IsGround(e)).ToList();
            var at = 0;
            foreach (var (ground, place) in grounds.Zip(places))
            {
                // Each somewhere behind the one before: facts of one incident keep their order.
                at += place % (moved.Count - at + 1);
                moved.Insert(at++, ground);
            }

            var other = new CaseHistory();
            other.Tell([.. moved]);
            (other.Case.State, other.Case.StaysOpen, other.Case.Proposal?.Entry, other.Case.IsDenied).ShouldBe(
                (history.Case.State, history.Case.StaysOpen, history.Case.Proposal?.Entry, history.Case.IsDenied));
            other.Case.Verdicts.ShouldBe(history.Case.Verdicts);
        }, iter: 1_000);

    [Fact]
    public void what_is_stored_is_read_again_as_it_was() =>
        AnyStep.Array[0, 50].Sample(steps =>
        {
            var history = new CaseHistory();
            Array.ForEach(steps, step => Play(history, step));
            foreach (var stored in history.Events)
            {
                Events.All.ShouldContain(stored.GetType());
                var text = JsonSerializer.Serialize(stored, stored.GetType(), Json);
                var read = JsonSerializer.Deserialize(text, stored.GetType(), Json);
                JsonSerializer.Serialize(read, stored.GetType(), Json).ShouldBe(text);
            }
        }, iter: 200);

    [Fact]
    public void s66_no_event_of_a_case_has_room_for_a_name_a_number_or_an_account() =>
        Events.All.Where(e => e.Namespace!.StartsWith(typeof(Decision).Namespace!))
            .SelectMany(e => e.GetProperties()).Concat(typeof(Caller).GetProperties())
            .Concat(typeof(Exhibit).GetProperties())
            .Where(property => property.PropertyType == typeof(string))
            .Select(property => property.Name).Distinct().Order()
            .ShouldBe(["Attempted", "FileSha256", "Incident", "Login", "Person", "Reference", "Sha256"]);

    private static void Check(VerificationCase before, CaseHistory history, IReadOnlyList<object> happened)
    {
        var after = history.Case;
        var approvals = history.Events.OfType<VerdictApproved>().ToList();

        // What two people decided stays.
        after.Verdicts.Take(before.Verdicts.Count).ShouldBe(before.Verdicts);
        after.Verdicts.Select(v => (Guid?)v.Entry).ShouldBe(approvals.Select(a => (Guid?)a.Proposal));
        if (before.IsDenied && !after.IsDenied)
        {
            happened.ShouldHaveSingleItem().ShouldBeOneOf([.. happened.OfType<AccountRestored>(),
                .. happened.OfType<VerdictApproved>().Where(v => v.Verdict == Verdict.Confirmed)]);
        }

        CheckHolds(before, history, happened);

        // Each of them is explained, and is of two people who have nothing to do with the change.
        var stories = VerdictStory.Of(history.Events);
        stories.Select(s => s.Approved).ShouldBe(approvals);
        foreach (var (proposed, evidence, approved) in stories)
        {
            evidence.ShouldNotBeEmpty();
            (proposed.Verdict, proposed.Auditor.Person).ShouldNotBe((approved.Verdict, approved.Approver.Person));
            proposed.Verdict.ShouldBe(approved.Verdict);
            foreach (var person in (Caller[])[proposed.Auditor, approved.Approver])
            {
                person.Person.ShouldNotBeNull();
                person.ShouldNotBe(Clerk);
            }
        }

        // An end has its reason, and facts alone end nothing that was worked.
        var isWorked = history.Events.Any(IsWork);
        var last = approvals.LastOrDefault()?.Verdict;
        switch (after.State)
        {
            case CaseState.Confirmed:
                last.ShouldBe(Verdict.Confirmed);
                after.Death.ShouldNotBe(Death.BeforeFiling);
                stories[^1].Evidence.OfType<MeetingHeld>().ShouldContain(
                    m => m.IsIdentityProven && m.Met != PersonMet.Proxy && m.Said == Intent.Confirmed);
                break;
            case CaseState.Denied:
                last.ShouldBe(Verdict.Denied);
                break;
            case CaseState.Deceased:
                last.ShouldBe(Verdict.Deceased);
                after.Death.ShouldNotBe(Death.None);
                break;
            case CaseState.ListedInError or CaseState.Withdrawn:
                after.IsGroundGone.ShouldBeTrue();
                (isWorked ? last : null).ShouldBe(isWorked ? Verdict.GroundGone : null);
                break;
            case CaseState.Unreachable:
                last.ShouldBe(Verdict.Unreachable);
                break;
        }

        if (happened.All(e => IsGround(e) || e is DeathReported) && isWorked && !before.IsEnded)
        {
            after.IsEnded.ShouldBeFalse();
            (after.Proposal, after.Verdicts, after.Entries)
                .ShouldBe((before.Proposal, before.Verdicts, before.Entries));
        }

        // Who is ended, is ended by facts or by whoever approved.
        if (!before.IsEnded && after.IsEnded)
        {
            happened.ShouldHaveSingleItem().ShouldBeOneOf(
                happened.OfType<VerdictApproved>().Cast<object>().Concat(happened.OfType<CaseEnded>()).ToArray());
        }
    }

    /// <summary>Rule 18: two people place and lift a hold; nothing else ends it but what the rule names.</summary>
    private static void CheckHolds(VerificationCase before, CaseHistory history, IReadOnlyList<object> happened)
    {
        foreach (var hold in before.Holds.Where(hold => hold.Stands))
        {
            var after = history.Case.Holds.Single(h => h.Id == hold.Id);
            (after.Through, after.PayTo).ShouldBe((hold.Through, hold.PayTo));
            if (!after.Stands)
            {
                happened.ShouldHaveSingleItem().ShouldBeOneOf([.. happened.OfType<HoldReleased>(),
                    .. happened.OfType<VerdictApproved>()
                        .Where(v => v.Verdict is Verdict.Confirmed or Verdict.GroundGone),
                    .. happened.OfType<AccountRestored>().Where(_ => before.State == CaseState.Denied),
                    .. happened.OfType<CaseEnded>().Where(e => e.Incident == hold.PolicyOf)]);
            }
        }

        var proposals = history.Events.OfType<HoldProposed>().Select(p => (p.Hold, p.Auditor))
            .Concat(history.Events.OfType<HoldReleaseProposed>().Select(p => (p.Release, p.Auditor)))
            .ToDictionary(p => p.Item1, p => p.Auditor);
        foreach (var (proposal, approver) in history.Events.OfType<HoldApproved>().Select(a => (a.Hold, a.Approver))
            .Concat(history.Events.OfType<HoldReleased>().Select(r => (r.Release, r.Approver))))
        {
            approver.IsSame(proposals[proposal]).ShouldBeFalse();
            ((Caller[])[approver, proposals[proposal]]).ShouldAllBe(p => p.Person != null && p != Clerk);
        }

        history.Case.Holds.Where(h => h is { Stands: true, PolicyOf: null }).ShouldAllBe(h => h.Approver != null);
    }

    private static bool IsGround(object e) => e is VerificationRequired or CaseEnded or GroundGone;

    private static bool IsWork(object e) => !IsGround(e) && e is not (DeathReported or CaseClaimed or CaseLeft
        or CaseReassigned or CaseSnoozed or AttemptRefused or EntryTakenBack or HoldPlaced or HoldApproved
        or HoldSentBack or HoldReleased or AccountRestored);

    private static Verdict VerdictOf(int which) => AllVerdicts[which % AllVerdicts.Length];

    private static void Play(CaseHistory history, Step step)
    {
        var (act, by, which) = step;
        var (@case, today) = (history.Case, history.Today);
        var said = (Intent)(which % 3);
        Guid Of(EntryKind kind) => @case.Entries.Where(e => e.Kind == kind).Select(e => e.Id)
            .ElementAtOrDefault(which % Math.Max(1, @case.Entries.Count(e => e.Kind == kind)));
        Hold? HoldAt(Func<Hold, bool> isMeant) => @case.Holds.Where(isMeant)
            .ElementAtOrDefault(which % Math.Max(1, @case.Holds.Count(isMeant)));
        Guid Waiting() => HoldAt(h => h.Stage is HoldStage.Proposed or HoldStage.ReleaseProposed) is { } hold
            ? hold.Release?.Id ?? hold.Id : Id();
        var letter = Of(EntryKind.LetterOrdered);
        object? request = act switch
        {
            Act.Claim => new ClaimCase(history.Now.AddHours(which % 8)),
            Act.Leave => new LeaveCase(),
            Act.Reassign => new ReassignCase(People[which % People.Length], history.Now.AddHours(4)),
            Act.Snooze => new SnoozeCase(Id(), today.AddDays(which % 20)),
            Act.Order => new OrderLetter(Id(), "K7Q-42M-9F", which),
            Act.Sent => new RecordLetterSent(Id(), letter, today, today.AddDays(which % 20)),
            Act.Returned => new RecordLetterReturned(Id(), letter, today),
            Act.Answered => new RecordLetterAnswered(
                Id(), letter, which % 2 == 0, said, today, new Exhibit(Id(), "00")),
            Act.Visit => new PlanContact(Id(), (ContactMeans)(which % 3), today.AddDays(which % 5)),
            Act.Failed => new RecordVisitFailed(Id(), Of(EntryKind.VisitPlanned), today),
            Act.Meeting => new RecordMeeting(
                Id(), (MeetingPlace)(which % 2), (PersonMet)(which % 3), which % 5 == 0 ? [] : Papers, said, today,
                null),
            Act.Call => new RecordCall(Id(), said, today, null),
            Act.Suspicion => new ReportSuspicion(Id(), (Suspicion)(which % 5), today, null),
            Act.Referral => new ReferCase(Id(), (ReferredTo)(which % 2), today, new Exhibit(Id(), "00")),
            Act.Note => new WriteNote(Id(), new Exhibit(Id(), "00")),
            Act.Death => new ReportDeath((Death)(which % 3)),
            Act.Propose => new ProposeVerdict(Id(), VerdictOf(which), null),
            Act.Approve => new ApproveVerdict(@case.Proposal?.Entry ?? Id()),
            Act.SendBack => new SendBackVerdict(@case.Proposal?.Entry ?? Id(), new Exhibit(Id(), "00")),
            Act.TakeBack => new TakeBackEntry(
                @case.Seen.OrderBy(id => id).ElementAtOrDefault(which % Math.Max(1, @case.Seen.Count))),
            Act.Reopen => new ReopenCase(null),
            Act.Hold => new ProposeHold(Id(), HoldReason.FraudSuspected, (PayTo)(which % 2), today.AddDays(which % 140),
                null),
            Act.Release => new ProposeRelease(Id(), HoldAt(h => h.Stands)?.Id ?? Id(), null),
            Act.ApproveHold => new ApproveHold(Waiting()),
            Act.SendBackHold => new SendBackHold(Waiting(), new Exhibit(Id(), "00")),
            Act.Restore => new RestoreAccount(history.Now),
            Act.Ground or Act.Prepare or Act.Wait or Act.Policy => null,
        };
        if (request is not null)
        {
            history.Ask(request, by);
        }
        else if (act == Act.Ground)
        {
            history.Ground(which % 2 == 0 ? Incident : Other, (CaseGround)(which % 3));
        }
        else if (act == Act.Policy)
        {
            history.Tell(new HoldPlaced(Id(), Incident, PayTo.Previous, today.AddDays(which % 40), history.Now));
        }
        else if (act == Act.Wait)
        {
            history.Now = history.Now.AddDays(which % 15);
            history.NextPayDay = history.Today.AddDays(20);
        }
        else
        {
            Prepare(history, by, said);
        }
    }

    /// <summary>What a proposal needs, so that random histories come to verdicts.</summary>
    private static void Prepare(CaseHistory history, Caller by, Intent said)
    {
        var letter = Id();
        history.Ask(new ClaimCase(history.Now.AddHours(4)), by);
        history.Ask(new OrderLetter(letter, "K7Q-42M-9F", 1), by);
        history.Ask(new RecordLetterSent(Id(), letter, history.Today, history.Today.AddDays(10)), Mailroom);
        history.Ask(said == Intent.NotKnown
            ? new RecordLetterReturned(Id(), letter, history.Today)
            : new RecordMeeting(
                Id(), MeetingPlace.Counter, PersonMet.Holder, [Licence], said, history.Today, null), Colleague);
    }
}
