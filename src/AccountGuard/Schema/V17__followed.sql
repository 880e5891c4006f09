-- When a change was denied first: of several to one account, that one follows the payments that went there.
alter table verification add column first_denied_at timestamptz;
do $$
begin
    if to_regclass('accountguard_events.mt_events') is not null then
        update verification v set first_denied_at = (
            select min(e.timestamp) from accountguard_events.mt_events e
            where e.stream_id = v.change_id and e.type = 'verdict_approved' and e.data ->> 'Verdict' = 'Denied')
        where v.is_followed;
    end if;
end $$;

-- A payment is recalled once, under whichever change.
alter table recall drop constraint recall_change_id_payment_id_key, add unique (payment_id);

-- A payment that the payer kept because its standing was hold went to no account.
alter table payment_report
    drop constraint payment_report_outcome_check,
    drop constraint payment_report_check,
    add constraint payment_report_outcome_check check (outcome in
        ('sent', 'credited', 'credit-failed', 'returned', 'withheld', 'stopped', 'terminated', 'resumed')),
    add constraint payment_report_check check (
        outcome in ('stopped', 'terminated', 'resumed') and pay_on is null and reason is not null
        or outcome in ('sent', 'credited', 'credit-failed', 'returned', 'withheld') and reason is null
            and pay_on is not null and amount is not null and (account_key is null) = (outcome = 'withheld'));
