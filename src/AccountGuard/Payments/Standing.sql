-- evolve-repeat-always
-- Standing (Rule 19): read in one snapshot that was taken under the gates, so that no filing or listing that was
-- answered before is missing from it.

-- Waits for whoever changes any number's hits, and lets in no other until the caller's snapshot is taken.
create or replace function pass_all_gates() returns void language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    perform pass(4712, array(select generate_series(0, 255)), '{}');
end $$;

-- The highest event below every open transaction. Whoever appends has a transaction id before it takes a number, and
-- holds a lock on that id until what it appended can be seen: where nobody holds one after the highest number was read,
-- nothing below it is still to come. Else the numbers up to the first one that is missing among the latest. (A snapshot
-- does not tell: it names no open id above the last one that ended. A lock on an id names no database, whoever holds it
-- does: those that work in another one append nothing here.)
create or replace function event_position() returns bigint language plpgsql volatile
set search_path = accountguard, accountguard_events, pg_temp as $$
declare highest bigint := coalesce((select max(seq_id) from mt_events), 0);
begin
    if exists (
        select from pg_locks l
        where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.pid is distinct from pg_backend_pid()
            and not exists (
                select from pg_stat_activity a
                where a.pid = l.pid and a.datid <> (select oid from pg_database where datname = current_database())))
    then
        return coalesce((
            select min(e.seq_id) from (
                select seq_id, lead(seq_id) over (order by seq_id) as following
                from mt_events where seq_id > highest - 10000 and seq_id <= highest) e
            where e.following > e.seq_id + 1), highest);
    end if;
    return highest;
end $$;

-- A delivery that is finished by the transaction that begins it was never open: so this waits for the commit.
create or replace function on_begun() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    insert into open_delivery select new.delivery_no
    where not exists (select from delivery_completion c where c.delivery_no = new.delivery_no);
    return null;
end $$;

create or replace function on_finished() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    delete from open_delivery o where o.delivery_no = new.delivery_no;
    return null;
end $$;

drop trigger if exists open on delivery;
create constraint trigger open after insert on delivery
    deferrable initially deferred for each row execute function on_begun();
create or replace trigger close after insert on delivery_completion for each row execute function on_finished();

-- The reconciliation that is relied on, of those on this server: of the one with the last snapshot and the one written
-- last, the one that found something. By their snapshots alone, a clock that is ahead would hide what others find.
create or replace view last_reconciliation as
select l.*
from (
    (select * from reconciliation where server = this_server() order by ran_at desc, reconciliation_no desc limit 1)
    union all
    (select * from reconciliation where server = this_server() order by reconciliation_no desc limit 1)) l
order by l.missing + l.unfounded + l.misranked + l.pending = 0, l.ran_at desc limit 1;

-- Doubts about every number alike. A delivery that was begun and not finished may hold a change of any of them, and so
-- may the rest of a file that could not be read on. A file of holders or of payments holds none: a payment is no ground
-- of any case.
-- A program of before gives no key, and is to hear of the newer schema rather than of a missing function.
drop function if exists doubts(timestamptz, int);
create or replace function doubts(at timestamptz, schema_number int, key text default null)
returns text[] language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
begin
    return array(
        select 'NotReconciled'
        where not exists (
            select from last_reconciliation r
            where r.missing + r.unfounded + r.misranked + r.pending = 0 and r.ran_at > at - interval '15 minutes')
        union all
        select 'NotPublished' where exists (select from unpublished)
        union all
        select 'DeliveryOpen'
        where exists (
            select from open_delivery join delivery d using (delivery_no) where d.kind not in ('holders', 'payments'))
        union all
        select 'RemainderWaits'
        where exists (
            select from waiting_row q join delivery d using (delivery_no)
            where q.code = 'Remainder' and d.kind not in ('holders', 'payments'))
        union all
        -- Whose number leaked by it, nobody can tell: what stands in the column of numbers of a row that has another
        -- number of fields may be anything.
        select 'ListRowWaits'
        where exists (
            select from affected_list l join waiting_row q on q.delivery_no = l.delivery_no
            where (q.number_key is null or q.code = 'BrokenRow') and q.code <> 'Remainder')
        union all
        -- A change or a mapping with another number of fields is of each number that is in it: of none, or of more than
        -- two, it may be anybody's.
        select 'BrokenRowWaits'
        where exists (
            select from waiting_row q join delivery d using (delivery_no)
            where q.code = 'BrokenRow' and q.number_key is null and d.kind not in ('list', 'holders', 'payments'))
        union all
        select 'ListNotCurrent'
        where exists (
            select from incident i
            where (select coalesce(max(l.version), 1) <> count(*) from affected_list l
                   where l.incident_no = i.incident_no))
        union all
        select 'SchemaNewer' where exists (select from schema_version v where v.number > schema_number)
        union all
        select 'WrongKey' where not exists (select from key_check k where k.key_id = key));
end $$;

-- What keeps new accounts from being paid, through which pay-day, and where it was said to pay meanwhile (Rule 18):
-- holds that two people placed, and those that follow from a hit by the policy of its incident until two people
-- released them.
create or replace view placed_hold as
select x.change_id, x.through_on, x.pay_to, x.placed_at, false as by_policy
from hold x where not x.is_ended and not x.by_policy
union all
select h.change_id, (h.opened_at at time zone i.time_zone)::date + i.hold_days, i.hold_pay_to, h.opened_at, true
from hit h join incident i on i.incident_no = h.incident_no
where i.hold_days is not null and (h.is_open or h.state = 'Deceased')
  and not exists (
        select from hold x where x.change_id = h.change_id and x.hold_id = policy_hold(h.hit_id) and x.is_ended);

-- The same with where to pay by what else is known of the account before (Rule 19). Most are the new account of no
-- other change, or the holder has no other change at all, which is told much sooner than whether one of the holder's is
-- in doubt; here, since PostgreSQL does not open a function that has a query in it.
create or replace view standing_hold as
select x.change_id, x.through_on,
    case when x.pay_to = 'previous' and exists (
        select from account_change c
        where c.change_id = x.change_id and case
            when c.previous_account_key is null then exists (
                    select from account_change o where o.number_key = c.number_key and o.change_id <> c.change_id)
                or exists (select from holder h where h.number_key = c.number_key)
                or exists (select from holder h where h.holder_key = c.number_key)
            else exists (
                select from account_change o
                where o.new_account_key = c.previous_account_key and o.change_id <> c.change_id) end)
    then paid_meanwhile(x.change_id, x.pay_to) else x.pay_to end as pay_to,
    x.placed_at, x.by_policy
from placed_hold x;

-- Whose verdict was Denied is not paid on the new account, before the account is restored (Rule 17), and where to pay
-- meanwhile.
create or replace view standing_denial as
select v.change_id, coalesce(paid_meanwhile(v.change_id, p.pay_to), 'keep') as pay_to
from verification v cross join lateral (
    select min(i.hold_pay_to) as pay_to from hit h join incident i on i.incident_no = h.incident_no
    where h.change_id = v.change_id) p
where v.denied;

-- What is known of the numbers, by their place among those asked: a row for each open case of the holder, and one for
-- each reason why the standing would be unknown, or on hold for this pay-day (Rules 17, 18), with where to pay then.
-- Most numbers have neither. Planned once for a connection, as the doubts are: planning takes longer than a number.
drop function if exists cases_and_doubts_of(bytea[]);
create or replace function cases_and_doubts_of(numbers bytea[], pay_day date default null)
returns table (place bigint, finding text, incident text, source text, request_id text, reasons text, tier smallint,
    exposed_on date, pay_to text) language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    with named as (
        select a.place, coalesce(h.holder_key, a.number) as holder_key
        from unnest(numbers) with ordinality as a (number, place) left join holder h on h.number_key = a.number
        where a.number is not null),
    alias as (
        select n.place, n.holder_key as number_key from named n
        union all
        select n.place, h.number_key from named n join holder h on h.holder_key = n.holder_key),
    change as materialized (
        select a.place, c.change_id from alias a join account_change c on c.number_key = a.number_key)
    select c.place, null::text, i.id, h.source, h.request_id,
        reasons_of(h.alert_gap, h.date_doubt, h.renumbered, h.chain), h.tier, nullif(h.exposed_on, '-infinity'),
        null::text
    from change c
    join hit h on h.change_id = c.change_id and h.is_open
    join incident i on i.incident_no = h.incident_no
    union all
    -- A row that waits puts the numbers in doubt that it names, and that of the change whose id it repeats.
    select distinct a.place, case when q.code = 'MappingClash' then 'MappingClash' else 'Quarantined' end,
        null, null, null, null, null::smallint, null::date, null
    from alias a cross join lateral (
        select q.delivery_no, q.code from waiting_row q where q.number_key = a.number_key
        union all
        select q.delivery_no, q.code from waiting_row q where q.other_key = a.number_key) q
    where not exists (
        select from delivery d where d.delivery_no = q.delivery_no and d.kind in ('holders', 'payments'))
    union all
    select distinct c.place, 'Quarantined', null, null, null, null, null::smallint, null::date, null
    from change c join waiting_row q on q.change_id = c.change_id
    where not exists (
        select from delivery d where d.delivery_no = q.delivery_no and d.kind in ('holders', 'payments'))
    union all
    select c.place, 'Denied', null, null, null, null, null::smallint, null::date, x.pay_to
    from change c
    join standing_denial x on x.change_id = c.change_id
    union all
    select c.place, 'Hold', null, null, null, null, null::smallint, null::date, x.pay_to
    from change c
    join standing_hold x on x.change_id = c.change_id and x.through_on >= pay_day
    order by 1, 2, 3, 4, 5;
end $$;

-- Open cases whose last hold ended or ends within two days: without a verdict they are paid then (Rule 18).
drop function if exists expiring_holds(timestamptz);
create or replace function expiring_holds(at timestamptz) returns setof uuid language sql stable
set search_path = accountguard, pg_temp as $$
    select s.change_id from standing_hold s
    where exists (select from hit h where h.change_id = s.change_id and h.is_open)
    group by s.change_id
    having max(s.through_on) <= (
        select (at at time zone i.time_zone)::date + 2
        from hit h join incident i on i.incident_no = h.incident_no
        where h.change_id = s.change_id limit 1) $$;
