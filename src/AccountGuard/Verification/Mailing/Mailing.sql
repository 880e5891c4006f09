-- evolve-repeat-always
-- Which letters wait to be printed.

-- A letter waits while its case is open, it was neither sent nor taken back, and no batch has it: one that was refused,
-- broken off or stopped gives its letters back, and so does each for the letters that it could not make.
create or replace view waiting_letter as
select o.letter, o.change_id, o.reference, o.ordered_at, t.tried_at, t.reason, t.field
from letter_order o
left join lateral (
    select b.begun_at as tried_at, r.reason, r.field
    from letter_outcome r join letter_batch b on b.batch = r.batch
    where r.letter = o.letter and r.reason is not null
    order by b.begun_at desc limit 1) t on true
where o.over_by is null
  and exists (select from hit h where h.change_id = o.change_id and h.is_open)
  and not exists (
        select from letter_claim k
        join letter_batch b on b.batch = k.batch and b.state not in ('Abandoned', 'Refused', 'Stopped')
        left join letter_outcome r on r.batch = k.batch and r.letter = k.letter
        where k.letter = o.letter and r.reason is null);

-- The next ones: those that nobody tried to print before those that could not be. Who has a letter that is printed and
-- not in the post yet is written to after that one.
create or replace function next_letters(most int) returns table (letter uuid, change_id uuid, number_key bytea)
language sql stable set search_path = accountguard, pg_temp as $$
    select w.letter, w.change_id, c.number_key
    from waiting_letter w join account_change c on c.change_id = w.change_id
    where not exists (
        select from numbers_of_holder(c.number_key) n
        cross join lateral (
            select a.change_id from account_change a where a.number_key = n.number_key offset 0) a
        cross join lateral (select k.* from letter_claim k where k.change_id = a.change_id offset 0) k
        join letter_batch b on b.batch = k.batch and b.state in ('Begun', 'Printed', 'Released', 'StopAsked')
        left join letter_outcome r on r.batch = k.batch and r.letter = k.letter
        where r.reason is null)
    order by w.tried_at nulls first, w.ordered_at, w.letter
    limit most $$;

-- Rule 8: the open cases of these numbers' holders, each holder's reached from one of them; mappings that clash reach
-- nobody.
create or replace function open_cases_of_holders(numbers bytea[]) returns setof uuid language sql stable
set search_path = accountguard, pg_temp as $$
    select distinct a.change_id
    from unnest(numbers) as u (number)
    cross join lateral (select o as number_key from own_numbers_of_holder(u.number) o offset 0) n
    cross join lateral (select a.change_id from account_change a where a.number_key = n.number_key offset 0) a
    where exists (select from hit h where h.change_id = a.change_id and h.is_open) $$;

-- What the letters of a batch rest on, as a text that is another when any of it is: their orders, and of their holders,
-- under all numbers, what was said of them or waits to be read, mappings, changes, cancellations, hits; and pay-days.
-- The release compares it with that of before the check, for nobody holds a gate while a thousand letters are composed.
create or replace function letters_rest_on(wanted uuid) returns text language sql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
    with letters as materialized (
        select k.letter, k.change_id
        from letter_outcome r join letter_claim k on k.batch = r.batch and k.letter = r.letter
        where r.batch = wanted and r.row_no is not null),
    numbers as materialized (
        select distinct n.number_key from letters l
        join account_change c on c.change_id = l.change_id cross join lateral numbers_of_holder(c.number_key) n),
    changes as materialized (
        select c.change_id from numbers n
        cross join lateral (select * from account_change a where a.number_key = n.number_key offset 0) c),
    grounds (ground) as (
        select row(l.letter, o.over_by)::text from letters l join letter_order o on o.letter = l.letter
        union all
        select row(n.number_key, r.delivery_no, r.row_no)::text from numbers n
        cross join lateral (select * from holder_record o where o.number_key = n.number_key offset 0) r
        union all
        select row(n.number_key, q.delivery_no, q.row_no)::text from numbers n
        cross join lateral (select * from waiting_row o where o.number_key = n.number_key offset 0) q
        union all
        select row(m.old_key, m.new_key, m.relation)::text from numbers n
        cross join lateral (select * from renumbering o where o.old_key = n.number_key offset 0) m
        union all
        select row(c.change_id, exists (select from cancellation x where x.change_id = c.change_id offset 0))::text
        from changes c
        union all
        select row(h.hit_id, h.is_open, h.exposed_on)::text from changes c
        cross join lateral (select * from hit o where o.change_id = c.change_id offset 0) h
        union all
        select p.paid_on::text from pay_day p)
    select md5(string_agg(g.ground, ' ' order by g.ground collate "C")) from grounds g $$;
