using AccountGuard.Holders;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Vault;
using AccountGuard.Verification.Holds;
using Npgsql;

namespace AccountGuard.Verification.Paid;

/// <summary>Reads the payment story of a holder, under all of the holder's own numbers (Rule 8).</summary>
public static class PaymentStories
{
    /// <summary>What access records say was shown.</summary>
    public const string Fields = "payments";

    /// <summary>Against a record of who was shown it and what for (Rule 33), committed before anything is opened.
    /// </summary>
    public static async Task<PaymentStory> OfAsync(
        Installation at, NumberKey number, string who, string purpose, CancellationToken cancel)
    {
        await AccessRecords.WriteAsync(at, [number], Fields, who, purpose, cancel);
        var cases = await CasesAsync(at, number, cancel);
        var stops = await StopsAsync(at, number, cancel);
        var payments = await PaymentsAsync(at, number, cases, cancel);
        var died = (await HolderRecords.FactsOfAsync(at, number, cancel)).Died;
        DateOnly? first = payments.Select(p => (DateOnly?)p.PayOn).Concat(stops.Select(s => s.From)).Min();
        return new PaymentStory(payments, stops, [.. cases.SelectMany(c => c.Holds())],
            first is { } day ? await PayDaysAsync(at, day, cancel) : [],
            died.DayIn(cases.Select(c => c.Zone).FirstOrDefault(TimeZoneInfo.Utc)));
    }

    private static async Task<IReadOnlyList<StoryPayment>> PaymentsAsync(
        Installation at, NumberKey number, IReadOnlyList<PaidCase> cases, CancellationToken cancel)
    {
        using var personalKeys = new PersonalKeys(at.Keys);
        var payments = new List<StoryPayment>();
        await using var row = await at.LookUpAsync(
            """
            select p.payment_id, p.pay_on, p.amount, p.account_key, p.outcome, p.code, p.happened_on, p.pays_for,
                p.sealed, p.sealed_for, p.number_key, k.wrapped
            from own_numbers_of_holder(@number) n (number_key)
            cross join lateral (select * from payment v where v.number_key = n.number_key offset 0) p
            left join personal_key k on k.subject_key = p.number_key
            order by p.pay_on, p.source, p.sent_id
            """, cancel, ("number", number.ToBytes()));
        while (await row.ReadAsync(cancel))
        {
            NumberKey? account = row.IsDBNull(3) ? null : NumberKey.FromBytes(row.GetFieldValue<byte[]>(3));
            var payment = new StoryPayment(row.GetGuid(0), row.GetFieldValue<DateOnly>(1), row.GetInt64(2),
                Open(row, personalKeys), row.GetString(4), row.IsDBNull(5) ? null : row.GetString(5),
                row.GetFieldValue<DateOnly>(6), row.IsDBNull(7) ? null : row.GetGuid(7));
            var to = account is null ? []
                : cases.Where(c => c.NewAccount == account && c.FiledOn <= payment.PayOn).ToList();
            payments.Add(payment with
            {
                Mark = to.Select(c => c.MarkOf(payment.PayOn)).DefaultIfEmpty().Max(),
                IsToDenied = to.Any(c => c.IsDenied),
            });
        }

        return payments;
    }

    private static PayeeAccount? Open(NpgsqlDataReader row, PersonalKeys keys)
    {
        if (row.IsDBNull(11))
        {
            return null;
        }

        var key = keys.Unwrap(NumberKey.FromBytes(row.GetFieldValue<byte[]>(10)), row.GetFieldValue<byte[]>(11));
        var details = Sealed.OpenDetails(key, row.GetFieldValue<byte[]>(8), row.GetFieldValue<byte[]>(9));
        return PayeeAccount.TryParse(details.GetValueOrDefault("account"), out var account) ? account : null;
    }

    private static async Task<IReadOnlyList<StoryStop>> StopsAsync(
        Installation at, NumberKey number, CancellationToken cancel)
    {
        var stops = new List<StoryStop>();
        await using var row = await at.LookUpAsync(
            """
            select s.stop_id, s.reason, s.from_on, s.resumed_on, s.terminated_on, s.amount
            from own_numbers_of_holder(@number) n (number_key)
            cross join lateral (select * from payment_stop v where v.number_key = n.number_key offset 0) s
            order by s.from_on, s.source, s.sent_id
            """, cancel, ("number", number.ToBytes()));
        while (await row.ReadAsync(cancel))
        {
            stops.Add(new StoryStop(row.GetGuid(0), row.GetString(1), Day(row, 2), Day(row, 3), Day(row, 4),
                row.IsDBNull(5) ? null : row.GetInt64(5)));
        }

        return stops;
    }

    /// <summary>
    /// Regular pay-days of the calendar from a day to the last one of which anything was reported, and never beyond the
    /// next.
    /// </summary>
    private static async Task<IReadOnlyList<DateOnly>> PayDaysAsync(
        Installation at, DateOnly from, CancellationToken cancel)
    {
        await using var find = at.Database.CreateCommand(
            """
            select d.paid_on from pay_day d
            where d.paid_on >= @from and not d.is_correction
              and d.paid_on <= (
                select r.pay_on from payment_report r
                where r.pay_on <= (
                    select min(n.paid_on) from pay_day n
                    where n.paid_on >= (@now at time zone 'Asia/Tokyo')::date and not n.is_correction)
                order by r.pay_on desc limit 1)
            order by d.paid_on
            """);
        find.Parameters.AddWithValue("from", from);
        find.Parameters.AddWithValue("now", at.Clock.GetUtcNow());
        var days = new List<DateOnly>();
        await using var row = await find.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            days.Add(row.GetFieldValue<DateOnly>(0));
        }

        return days;
    }

    private static async Task<IReadOnlyList<PaidCase>> CasesAsync(
        Installation at, NumberKey number, CancellationToken cancel)
    {
        var found = new List<PaidCase>();
        await using (var row = await at.LookUpAsync(
            """
            select a.change_id, a.new_account_key, a.filed_on, a.is_known_on, a.time_zone
            from own_numbers_of_holder(@number) n (number_key)
            cross join lateral (
                select c.change_id from account_change c where c.number_key = n.number_key offset 0) c
            cross join lateral (select * from case_account v where v.change_id = c.change_id offset 0) a
            """, cancel, ("number", number.ToBytes())))
        {
            while (await row.ReadAsync(cancel))
            {
                found.Add(new PaidCase(row.GetGuid(0),
                    row.IsDBNull(1) ? null : NumberKey.FromBytes(row.GetFieldValue<byte[]>(1)),
                    row.GetFieldValue<DateOnly>(2), row.GetFieldValue<DateOnly>(3),
                    TimeZoneInfo.FindSystemTimeZoneById(row.GetString(4)), []));
            }
        }

        await using var session = at.Events.LightweightSession();
        for (var i = 0; i < found.Count; i++)
        {
            var events = await session.Events.FetchStreamAsync(found[i].Change, token: cancel);
            found[i] = found[i] with { Story = [.. events.Select(e => e.Data)] };
        }

        return found;
    }

    private static DateOnly? Day(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);

    /// <summary>A case, as far as payments ask for it.</summary>
    /// <param name="FiledOn">The first day on which its change may have been filed.</param>
    /// <param name="KnownOn">Since when the change and the list that it meets had both been received.</param>
    private sealed record PaidCase(
        Guid Change, NumberKey? NewAccount, DateOnly FiledOn, DateOnly KnownOn, TimeZoneInfo Zone,
        IReadOnlyList<object> Story)
    {
        public bool IsDenied => Story.OfType<VerdictApproved>()
            .LastOrDefault(v => v.Verdict is Verdict.Confirmed or Verdict.Denied)?.Verdict == Verdict.Denied;

        /// <summary>What the case was on the day before the pay-day.</summary>
        public PaymentMark MarkOf(DateOnly payOn) => payOn < KnownOn ? PaymentMark.BeforeCase
            : Story.Aggregate(PaymentMark.WhilePending, (mark, happened) => happened switch
            {
                VerdictApproved e when DayOf(e.ApprovedAt) < payOn => e.Verdict switch
                {
                    Verdict.Denied => PaymentMark.AfterDenial,
                    Verdict.Unreachable => PaymentMark.WhilePending,
                    Verdict.Confirmed or Verdict.Deceased or Verdict.GroundGone => PaymentMark.None,
                },
                CaseReopened e when DayOf(e.ReopenedAt) < payOn => PaymentMark.WhilePending,
                CaseEnded e when DayOf(e.EndedAt) < payOn => PaymentMark.None,
                VerificationRequired e when mark == PaymentMark.None && DayOf(e.OpenedAt) < payOn
                    => PaymentMark.WhilePending,
                _ => mark,
            });

        /// <summary>Each with the days that it held; what ended it on a day let the payment of that day go.</summary>
        public IEnumerable<StoryHold> Holds()
        {
            var holds = new List<(Guid? Id, StoryHold Hold)>();
            var policies = new Dictionary<Guid, string>();
            var isDenied = false;
            foreach (var happened in Story)
            {
                isDenied = happened switch
                {
                    VerdictApproved e => e.Verdict == Verdict.Denied,
                    CaseReopened => false,
                    _ => isDenied,
                };
                switch (happened)
                {
                    case HoldPlaced e:
                        policies[e.Hold] = e.Incident;
                        holds.Add((e.Hold, new($"{HoldReason.Policy}", DayOf(e.PlacedAt), e.Through)));
                        break;
                    case HoldApproved e when ProposalOf(e.Hold) is { } proposed:
                        holds.Add((e.Hold, new($"{proposed.Reason}", DayOf(e.ApprovedAt), proposed.Through)));
                        break;
                    case VerdictApproved { Verdict: Verdict.Denied } e:
                        holds.Add((null, new(StoryHold.Denied, DayOf(e.ApprovedAt), null)));
                        break;
                    case HoldReleased e:
                        End(id => id == e.Hold, DayOf(e.ReleasedAt));
                        break;
                    case AccountRestored e:
                        var endsAll = isDenied;
                        End(id => id is null || endsAll, DayOf(e.ReportedAt));
                        break;
                    case CaseEnded e:
                        End(id => id is { } hold && policies.GetValueOrDefault(hold) == e.Incident, DayOf(e.EndedAt));
                        break;
                    case VerdictApproved { Verdict: Verdict.Confirmed } e:
                        End(_ => true, DayOf(e.ApprovedAt));
                        break;
                    case VerdictApproved { Verdict: Verdict.GroundGone } e:
                        End(id => id is not null, DayOf(e.ApprovedAt));
                        break;
                }
            }

            return holds.Select(h => h.Hold);

            HoldProposed? ProposalOf(Guid hold) =>
                Story.OfType<HoldProposed>().LastOrDefault(p => p.Hold == hold);

            void End(Func<Guid?, bool> which, DateOnly on)
            {
                for (var i = 0; i < holds.Count; i++)
                {
                    if (which(holds[i].Id) && !(holds[i].Hold.Through < on))
                    {
                        holds[i] = (holds[i].Id, holds[i].Hold with { Through = on.AddDays(-1) });
                    }
                }
            }
        }

        private DateOnly DayOf(DateTimeOffset instant) =>
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, Zone).DateTime);
    }
}
