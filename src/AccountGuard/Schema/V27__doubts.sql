-- Of the verdicts that say what the holder meant the last is Denied (Rule 17). That the money of a case is followed
-- does not tell it: what had been recalled before a Confirmed is followed for good.
alter table verification add column was_denied boolean not null default false;
do $$
begin
    if to_regclass('accountguard_events.mt_events') is not null then
        update verification v set was_denied = coalesce((
            select e.data ->> 'Verdict' = 'Denied' from accountguard_events.mt_events e
            where e.stream_id = v.change_id and e.type = 'verdict_approved'
              and e.data ->> 'Verdict' in ('Confirmed', 'Denied')
            order by e.version desc limit 1), false)
        where v.is_followed;
    end if;
end $$;

-- Broken rows that may be anybody's: each question of standing looks for them.
create index quarantined_row_anybody on quarantined_row (delivery_no, row_no)
    where code = 'BrokenRow' and number_key is null;
