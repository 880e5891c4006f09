-- The calendar of pay-days (Rule 21). A pay-day keeps the name under which it was laid or added (pay_on); paid_on is
-- the day in force, which a bank holiday by exception moves to an earlier one. Triggers alone write paid_on.
alter table pay_day add column paid_on date, add column is_correction boolean not null default false
    check (not is_correction or extract(month from pay_on)::int % 2 = 1);
update pay_day set paid_on = pay_on;
alter table pay_day alter column paid_on set not null;
create index pay_day_paid on pay_day (paid_on);
create index pay_day_correction on pay_day (pay_on) where is_correction;

-- Banks are closed on it after all. The bank day before it is that of the usual calendar: where that is closed too, it
-- has a row of its own, so that it does not matter which of them was told first.
create table bank_holiday (
    closed_on       date primary key,
    bank_day_before date        not null check (bank_day_before < closed_on),
    reason          text        not null,
    decided_at      timestamptz not null);

-- When the files of a pay-day go to the bank, and until when a verdict or hold still reaches them: the one decided last
-- is in force. Without a row nothing is known of it here.
create table deadline_decision (
    decision_no bigint generated always as identity primary key,
    pay_on      date        not null references pay_day,
    what        text        not null check (what in ('HandOff', 'Decisions')),
    falls_at    timestamptz not null,
    decided_at  timestamptz not null);
create index deadline_of_pay_day on deadline_decision (pay_on, what, decision_no);

-- Denied changes that are not restored, of which there are few.
create index verification_denied on verification (change_id) where denied;

-- Since when a hold stands, for its age.
alter table hold add column placed_at timestamptz;
do $$
begin
    if to_regclass('accountguard_events.mt_events') is not null then
        update hold h set placed_at = e.timestamp from accountguard_events.mt_events e
        where e.stream_id = h.change_id and e.type in ('hold_placed', 'hold_approved')
          and e.data ->> 'Hold' = h.hold_id::text;
    end if;
end $$;
