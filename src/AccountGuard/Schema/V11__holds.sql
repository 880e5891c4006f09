-- Holds (Rule 18): what the streams of cases say of them. keep_case alone writes them; a hold that the policy of an
-- incident places follows from its hit, so that it stands at the commit that makes the hit, and has a row here once
-- somebody worked on the case.
create table hold (
    hold_id    uuid primary key,
    change_id  uuid    not null,
    pay_to     text    not null check (pay_to in ('keep', 'previous')),
    through_on date    not null,              -- the last pay-day that it covers
    by_policy  boolean not null,
    is_ended   boolean not null);
create index hold_of_change on hold (change_id) where not is_ended;

-- The policy of an incident, out of its declaration: null where it places none.
alter table incident add column hold_days int
    generated always as ((declaration -> 'holdPolicy' ->> 'untilDays')::int) stored;
alter table incident add column hold_pay_to text
    generated always as (declaration -> 'holdPolicy' ->> 'payTo') stored;
