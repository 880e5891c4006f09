-- evolve-repeat-always
-- The calendar in force (Rule 21): pay-days as they were laid or added, and days on which banks are closed after all.

-- The day itself, or the bank day before it where banks are closed on it by exception.
create or replace function bank_day(day date) returns date language sql stable security definer
set search_path = accountguard, pg_temp as $$
    with recursive back (day) as (
        select bank_day.day
        union
        select h.bank_day_before from back b join bank_holiday h on h.closed_on = b.day)
    select min(b.day) from back b $$;

-- One decision on the calendar after the other: a day that is added and a holiday on it do not miss each other.
create or replace function on_pay_day() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    perform pg_advisory_xact_lock(4715, 0);
    new.paid_on := bank_day(new.pay_on);
    return new;
end $$;

create or replace function on_bank_holiday() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    perform pg_advisory_xact_lock(4715, 0);
    update pay_day p set paid_on = bank_day(p.paid_on)
    where p.paid_on in (select h.closed_on from bank_holiday h);
    return null;
end $$;

create or replace trigger pay before insert on pay_day for each row execute function on_pay_day();
create or replace trigger move after insert on bank_holiday for each statement execute function on_bank_holiday();

-- How many decisions the exposure of changes follows from.
create or replace function calendar_decisions() returns bigint language sql stable
set search_path = accountguard, pg_temp as $$
    select (select count(*) from closing_decision) + (select count(*) from bank_holiday)
        + (select count(*) from pay_day where is_correction) $$;
