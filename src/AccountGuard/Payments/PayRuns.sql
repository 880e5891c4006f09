-- evolve-repeat-always
-- What pay-runs ask beyond standing, in the snapshot of the standing.

-- What cases_and_doubts_of finds of every number for a pay-day, an open case as Case; and each number that
-- denied_accounts says anything of, with no finding. By its key, and by its blind index where it has one. What is
-- missing here goes out as clear, so what those two read, this reads too (tests compare the tables, and the answers).
-- Some hundred thousand rows: looked up one by one they take three times as long as joined.
drop function if exists doubtful_numbers();
create or replace function doubtful_numbers(pay_day date)
returns table (number_key bytea, blind_index bigint, finding text, pay_to text)
language sql stable set search_path = accountguard, pg_temp set enable_nestloop = off set work_mem = '64MB'
set jit = off as $$
    with found as (
        select c.number_key, 'Case' as finding, null::text as pay_to
        from hit h join account_change c on c.change_id = h.change_id where h.is_open
        union all
        select n.number_key, case when q.code = 'MappingClash' then 'MappingClash' else 'Quarantined' end, null
        from waiting_row q cross join lateral (values (q.number_key), (q.other_key)) as n (number_key)
        where n.number_key is not null
          and not exists (
                select from delivery d where d.delivery_no = q.delivery_no and d.kind in ('holders', 'payments'))
        union all
        select c.number_key, 'Quarantined', null
        from waiting_row q
        cross join lateral (
            select a.number_key from account_change a where a.change_id = q.change_id offset 0) c
        where not exists (
            select from delivery d where d.delivery_no = q.delivery_no and d.kind in ('holders', 'payments'))
        union all
        select c.number_key, null, null
        from verification v join account_change c on c.change_id = v.change_id where v.is_followed
        union all
        select c.number_key, 'Denied', x.pay_to
        from standing_denial x join account_change c on c.change_id = x.change_id
        union all
        select c.number_key, 'Hold', x.pay_to
        from standing_hold x join account_change c on c.change_id = x.change_id
        where x.through_on >= doubtful_numbers.pay_day),
    named as (
        select coalesce(h.holder_key, f.number_key) as holder_key, f.finding, f.pay_to
        from found f left join holder h on h.number_key = f.number_key),
    alias as (
        select n.holder_key as number_key, n.finding, n.pay_to from named n
        union all
        select h.number_key, n.finding, n.pay_to from named n join holder h on h.holder_key = n.holder_key)
    select a.number_key, p.blind_index, a.finding, a.pay_to
    from alias a left join personal_key p on p.subject_key = a.number_key $$;

-- New accounts of denied changes (Rule 17), by each number of their holder: nothing is paid there again, also when the
-- account before is restored and whatever became of the case since, but for a Confirmed.
create or replace function denied_accounts() returns table (number_key bytea, account_key bytea)
language sql stable set search_path = accountguard, pg_temp set jit = off as $$
    with denied as (
        select coalesce(h.holder_key, c.number_key) as holder_key, c.new_account_key
        from verification v
        join account_change c on c.change_id = v.change_id and c.new_account_key is not null
        left join holder h on h.number_key = c.number_key
        where v.is_followed and v.was_denied)
    select d.holder_key, d.new_account_key from denied d
    union
    select h.number_key, d.new_account_key from denied d join holder h on h.holder_key = d.holder_key $$;

-- The places, among those asked, of numbers whose holder has no change to that account, or to one that is not known,
-- that was not cancelled; also of those that are no number.
drop function if exists places_without_change(bytea[]);
create or replace function places_without_change(numbers bytea[], accounts bytea[] default null)
returns table (place bigint)
language plpgsql stable set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    select a.place from unnest(numbers, accounts) with ordinality as a (number, account, place)
    where not exists (
        select from (
            select coalesce((select h.holder_key from holder h where h.number_key = a.number), a.number) as holder_key
        ) named
        cross join lateral (
            select named.holder_key as number_key
            union all
            select h.number_key from holder h where h.holder_key = named.holder_key offset 0) alias
        join account_change c on c.number_key = alias.number_key and c.kind = 'account'
          and (c.new_account_key is null or a.account is null or c.new_account_key = a.account)
        where not exists (select from cancellation x where x.change_id = c.change_id))
    order by a.place;
end $$;
