using AccountGuard.Identity;
using AccountGuard.Verification;

namespace AccountGuard.SystemTests.AnyOrder;

/// <summary>
/// Two auditors, one of them under two logins, and an approver at work on the cases of a world, as the service's pages
/// would ask for them. What is accepted goes into ledgers.
/// </summary>
internal sealed class Auditing(Installation at, IReadOnlyList<Guid> cases)
{
    private static readonly Caller[] People =
        [new("saeki", "P1"), new("saeki-desk", "P1"), new("utsumi", "P2"), new("morishita", "P3")];

    public IReadOnlyDictionary<Guid, Ledger> Ledgers { get; } = cases.ToDictionary(id => id, _ => new Ledger());

    /// <summary>Tries it with one of these cases that an incident has hit by now, opened or not.</summary>
    public async Task TryAsync(Attempt attempt, IReadOnlyCollection<Guid> among)
    {
        await using var find = at.Database.CreateCommand(
            "select distinct h.change_id from hit h where h.change_id = any (@cases) order by 1");
        find.Parameters.AddWithValue("cases", among.ToArray());
        var hit = new List<Guid>();
        await using (var reader = await find.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                hit.Add(reader.GetGuid(0));
            }
        }

        if (hit.Count > 0)
        {
            var @case = hit[attempt.Case % hit.Count];
            await TryAsync(new Desk(at, @case, Ledgers[@case]), attempt);
        }
    }

    /// <summary>What files of holders made the case worker tell cases since.</summary>
    public async Task HearOfDeathsAsync()
    {
        await using var find = at.Database.CreateCommand(
            """
            select e.stream_id, e.data ->> 'Death' from accountguard_events.mt_events e
            where e.stream_id = any (@cases) and e.type = 'death_reported' order by e.stream_id, e.version
            """);
        find.Parameters.AddWithValue("cases", cases.ToArray());
        var told = new List<(Guid Case, Death Death)>();
        await using var reader = await find.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            told.Add((reader.GetGuid(0), Enum.Parse<Death>(reader.GetString(1))));
        }

        foreach (var reports in told.GroupBy(t => t.Case, t => t.Death))
        {
            var ledger = Ledgers[reports.Key];
            foreach (var death in reports.Skip(ledger.DeathsTold).ToList())
            {
                ledger.Told(death);
            }
        }
    }

    private static Task TryAsync(Desk desk, Attempt attempt)
    {
        var (who, said) = (People[attempt.Who % People.Length], (Intent)(attempt.Which % 3));
        return attempt.Act switch
        {
            Act.Claim => desk.ClaimAsync(who),
            Act.Leave => desk.LeaveAsync(who),
            Act.Note => desk.NoteAsync(who),
            Act.Call => desk.CallAsync(who, said),
            Act.Returned => desk.ReturnedAsync(who),
            Act.Met => desk.MetAsync(who, said),
            Act.Propose => desk.ProposeAsync(who, VerdictOf(attempt.Which)),
            Act.Approve => desk.ApproveAsync(who),
            Act.SendBack => desk.SendBackAsync(who),
            Act.TakeBack => desk.TakeBackAsync(who, attempt.Which),
            Act.Reopen => desk.ReopenAsync(who),
            Act.Decide => DecideAsync(desk, who, VerdictOf(attempt.Which)),
        };
    }

    private static Verdict VerdictOf(int which) =>
        Enum.GetValues<Verdict>()[which % Enum.GetValues<Verdict>().Length];

    /// <summary>All that a verdict takes, so that histories come to them.</summary>
    private static async Task DecideAsync(Desk desk, Caller who, Verdict verdict)
    {
        var auditor = desk.Ledger.Auditor ?? who;
        await desk.ClaimAsync(auditor);
        if (verdict is Verdict.Confirmed or Verdict.Unreachable)
        {
            await desk.ReturnedAsync(auditor);
        }

        if (verdict is Verdict.Confirmed or Verdict.Denied)
        {
            await desk.MetAsync(auditor, verdict == Verdict.Confirmed ? Intent.Confirmed : Intent.Denied);
        }

        await desk.ProposeAsync(auditor, verdict);
        await desk.ApproveAsync(People.First(person => !person.IsSame(auditor)));
    }

    /// <summary>One case and what is done with it.</summary>
    private sealed record Desk(Installation At, Guid Case, Ledger Ledger)
    {
        public Task ClaimAsync(Caller by) => AskAsync(
            hand => ClaimCase.Decide(hand.Case, new ClaimCase(hand.Now + ClaimCase.Lasts), by, hand.KeyedBy, hand.Now),
            () => Ledger.Claimed(Ledger.Auditor ?? by));

        public Task LeaveAsync(Caller by) =>
            AskAsync(hand => LeaveCase.Decide(hand.Case, new LeaveCase(), by, hand.Now), Ledger.Left);

        public Task NoteAsync(Caller by)
        {
            var entry = Guid.NewGuid();
            return AskAsync(hand => WriteNote.Decide(
                hand.Case, new WriteNote(entry, new Exhibit(entry, "00")), by, hand.Now), () => Ledger.Recorded(entry));
        }

        public Task CallAsync(Caller by, Intent said)
        {
            var entry = Guid.NewGuid();
            return AskAsync(hand => RecordCall.Decide(
                hand.Case, new RecordCall(entry, said, hand.Today, null), by, hand.Now),
                () => Ledger.Arrived(entry, said));
        }

        /// <summary>A letter is ordered, sent, and comes back.</summary>
        public async Task ReturnedAsync(Caller by)
        {
            var (letter, sent, returned) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
            await AskAsync(hand => OrderLetter.Decide(hand.Case, new OrderLetter(letter, "K7Q", null), by, hand.Now),
                () => Ledger.Recorded(letter));
            await AskAsync(hand => RecordLetterSent.Decide(
                hand.Case, new RecordLetterSent(sent, letter, hand.Today, hand.Today), by, hand.Now),
                () => Ledger.Recorded(sent));
            await AskAsync(hand => RecordLetterReturned.Decide(
                hand.Case, new RecordLetterReturned(returned, letter, hand.Today), by, hand.Now),
                () => Ledger.Arrived(returned, Intent.NotKnown));
        }

        public Task MetAsync(Caller by, Intent said)
        {
            var entry = Guid.NewGuid();
            return AskAsync(hand => RecordMeeting.Decide(
                hand.Case, new RecordMeeting(entry, MeetingPlace.Counter, PersonMet.Holder,
                    [new ShownPaper(PaperKind.Passport, InOwnName: true)], said, hand.Today, null),
                by, hand.KeyedBy, hand.Now), () => Ledger.Arrived(entry, said));
        }

        public Task ProposeAsync(Caller by, Verdict verdict)
        {
            var entry = Guid.NewGuid();
            return AskAsync(hand => ProposeVerdict.Decide(
                hand.Case, new ProposeVerdict(entry, verdict, null), by, hand.KeyedBy, hand.Now),
                () => Ledger.Put(entry, verdict));
        }

        public Task ApproveAsync(Caller by)
        {
            var proposal = Ledger.Proposal ?? Guid.NewGuid();
            return AskAsync(hand => ApproveVerdict.Decide(
                hand.Case, new ApproveVerdict(proposal), by, hand.KeyedBy, hand.NextPayDay, hand.Now),
                Ledger.Approved);
        }

        public Task SendBackAsync(Caller by)
        {
            var proposal = Ledger.Proposal ?? Guid.NewGuid();
            return AskAsync(hand => SendBackVerdict.Decide(
                hand.Case, new SendBackVerdict(proposal, new Exhibit(proposal, "00")), by, hand.KeyedBy, hand.Now),
                Ledger.NotProposed);
        }

        public Task TakeBackAsync(Caller by, int which)
        {
            Guid[] mine = [.. Ledger.Entries.Order(), .. Ledger.Proposal is { } proposal ? [proposal] : (Guid[])[]];
            var entry = mine.Length == 0 ? Guid.NewGuid() : mine[which % mine.Length];
            return AskAsync(hand => TakeBackEntry.Decide(
                hand.Case, new TakeBackEntry(entry), by, hand.Released, hand.Now), () => Ledger.TakenBack(entry));
        }

        public Task ReopenAsync(Caller by) => AskAsync(
            hand => ReopenCase.Decide(hand.Case, new ReopenCase(null), by, hand.Now), Ledger.Reopened);

        private async Task AskAsync(Func<CaseAtHand, Decision> decide, Action accepted)
        {
            if (await CaseWork.DoAsync(At, Case, decide, default) is null)
            {
                accepted();
            }
        }
    }
}
