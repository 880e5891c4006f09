-- evolve-repeat-always
-- The queue as auditors filter it (Rule 22).

-- Open hits in the order of the queue, behind a place, that meet all that is asked. Way names the range that is read,
-- the smallest of those asked for; what else is asked is asked of its rows, of at most as many as most_seen says. No
-- list says of the protected at which office they filed (Rule 13).
create or replace function queue_slice(way text, incident int, in_state text, for_reason text, of_tier int,
    at_office text, that_are_linked boolean, of_auditor text, exposed date, unchained boolean, minus_tier int,
    filed date, after_source text, after_request text, most int, most_seen int)
returns setof hit language plpgsql stable rows 100
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare hidden uuid[] := case when at_office is not null then array(select protected_cases(incident)) end;
begin
    -- Of these parts all but one are empty, so that the rows come in their order, and no more than are wanted.
    return query select r.* from (
        (select h.* from hit h where way = 'all' and h.is_open and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'state' and h.is_open and h.incident_no = incident
          and h.state <> 'Queued' and h.state = in_state
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'office' and h.is_open and h.incident_no = incident
          and h.office = at_office
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'tier' and h.is_open and h.incident_no = incident and h.tier = of_tier
          and (h.exposed_on, not h.chain, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'AddressChain' and h.is_open and h.chain and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'AlertGap' and h.is_open and h.alert_gap and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'DateDoubt' and h.is_open and h.date_doubt and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'Renumbered' and h.is_open and h.renumbered and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from verification v
        cross join lateral (select * from hit o where o.change_id = v.change_id offset 0) h
        where way = 'mine' and v.auditor = of_auditor and h.is_open and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)
        union all
        (select h.* from hit h where way = 'linked' and h.is_open and h.is_linked and h.incident_no = incident
          and (h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id)
            > (exposed, unchained, minus_tier, filed, after_source, after_request)
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id limit most_seen)) r
    where (in_state is null or r.state = in_state)
      and (for_reason is null or case for_reason when 'AddressChain' then r.chain when 'AlertGap' then r.alert_gap
            when 'DateDoubt' then r.date_doubt when 'Renumbered' then r.renumbered end)
      and (of_tier is null or r.tier = of_tier)
      and (at_office is null or r.office = at_office and r.change_id <> all (hidden))
      and (not that_are_linked or r.is_linked)
      and (of_auditor is null or exists (
            select from verification v where v.change_id = r.change_id and v.auditor = of_auditor))
    limit most;
end $$;

-- What ties a case to others is noted when its case is opened, under the lock of who opens them: of two cases the one
-- opened later sees the other. What is linked stays so: a link decides nothing.
create or replace function keep_ties(changes uuid[]) returns void language plpgsql security definer
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare fresh bytea[]; linked uuid[];
begin
    with noted as (
        insert into tie (key)
        select distinct t.key
        from unnest(changes) as u (change_id)
        cross join lateral (select * from account_change a where a.change_id = u.change_id offset 0) c
        cross join lateral (
            select c.new_account_key as key
            where c.new_account_key is not null and not exists (select from tie t where t.key = c.new_account_key)
              and exists (
                select from account_change o
                where o.new_account_key = c.new_account_key and o.number_key <> c.number_key
                  and exists (select from hit h where h.change_id = o.change_id))
            union all
            select c.proxy_key
            where c.proxy_key is not null and not exists (select from tie t where t.key = c.proxy_key)
              and exists (
                select from account_change o
                where o.proxy_key = c.proxy_key and o.number_key <> c.number_key
                  and exists (select from hit h where h.change_id = o.change_id))
            union all
            select unnest(array[c.number_key, o.number_key]) from numbers_of_holder(c.number_key) n
            cross join lateral (
                select a.change_id, a.number_key from account_change a where a.number_key = n.number_key offset 0) o
            where o.change_id <> c.change_id and exists (select from hit h where h.change_id = o.change_id)) t
        on conflict do nothing returning key)
    select array_agg(n.key) into fresh from noted n;
    linked := array(
        select u.change_id from unnest(changes) as u (change_id)
        cross join lateral (select * from account_change a where a.change_id = u.change_id offset 0) c
        where exists (select from tie t where t.key = any (array[c.number_key, c.new_account_key, c.proxy_key]))
        union
        select c.change_id from unnest(fresh) as t (key) cross join lateral (
            (select a.change_id from account_change a where a.number_key = t.key offset 0)
            union all (select a.change_id from account_change a where a.new_account_key = t.key offset 0)
            union all (select a.change_id from account_change a where a.proxy_key = t.key offset 0)) c);
    update hit set is_linked = true where not is_linked and hit_id = any (array(
        select h.hit_id from unnest(linked) as u (change_id)
        cross join lateral (select o.hit_id from hit o where o.change_id = u.change_id offset 0) h));
end $$;

-- Changes of other holders that were reported at the same bank branch within a week of this one's report (Rule 16): who
-- reports does so at once, or when a letter comes. Of reported ones alone: a branch of a large bank has thousands of
-- changes a week, and to link them all would tell nothing.
create or replace function reported_at_branch(change uuid) returns setof uuid language plpgsql stable rows 10
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    select o.change_id from branch_report r
    cross join lateral (
        select b.change_id from branch_report b
        where b.branch_key = r.branch_key and b.reported_on between r.reported_on - 7 and r.reported_on + 7 offset 0) o
    cross join lateral (select a.number_key from account_change a where a.change_id = o.change_id offset 0) c
    where r.change_id = change and c.number_key <> all (array(
        select n.number_key from account_change a cross join lateral numbers_of_holder(a.number_key) n
        where a.change_id = change));
end $$;

-- Of two reports at one branch the later waits here, before it has touched a hit, and sees the other. Where what was
-- said is taken back, the report goes; what is linked stays so.
create or replace function keep_branch_report(change uuid, branch bytea, reported date) returns void
language plpgsql security definer set search_path = accountguard, pg_temp as $$
declare others uuid[];
begin
    perform pg_advisory_xact_lock(4718, hashtext(encode(branch, 'hex')));
    delete from branch_report r where r.change_id = change;
    if reported is null then
        return;
    end if;
    insert into branch_report (change_id, branch_key, reported_on) values (change, branch, reported);
    others := array(select reported_at_branch(change));
    update hit set is_linked = true where others <> '{}' and not is_linked and hit_id = any (array(
        select h.hit_id from unnest(others || change) as u (change_id)
        cross join lateral (select o.hit_id from hit o where o.change_id = u.change_id offset 0) h));
end $$;

-- How many open cases there are of each kind, exact to 10,000: one more stands for more. Of filters, what each has by
-- itself.
drop function if exists queue_counts(int, date, text, text);
create or replace function queue_counts(incident int, next_pay_day date)
returns table (kind text, found bigint) language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    select 'Open', count(*) from (
        select from hit h where h.is_open and h.incident_no = incident limit 10001) c
    union all
    select 'PaidNext', count(*) from (
        select from hit h where h.is_open and h.incident_no = incident and h.exposed_on <= next_pay_day limit 10001) c
    union all
    select 'Queued', count(*) from (
        select from hit h where h.is_open and h.incident_no = incident and h.state = 'Queued' limit 10001) c
    union all
    select s.state, count(c.one) from unnest(array['InContact', 'Proposed', 'Unreachable']) as s (state)
    left join lateral (
        select 1 as one from hit h
        where h.is_open and h.state <> 'Queued' and h.incident_no = incident and h.state = s.state limit 10001) c
      on true
    group by s.state
    union all
    select 'AddressChain', count(*) from (
        select from hit h where h.is_open and h.chain and h.incident_no = incident limit 10001) c
    union all
    select 'AlertGap', count(*) from (
        select from hit h where h.is_open and h.alert_gap and h.incident_no = incident limit 10001) c
    union all
    select 'DateDoubt', count(*) from (
        select from hit h where h.is_open and h.date_doubt and h.incident_no = incident limit 10001) c
    union all
    select 'Renumbered', count(*) from (
        select from hit h where h.is_open and h.renumbered and h.incident_no = incident limit 10001) c
    union all
    select t.tier::text, count(c.one) from generate_series(1, 4) as t (tier)
    left join lateral (
        select 1 as one from hit h where h.is_open and h.incident_no = incident and h.tier = t.tier limit 10001) c
      on true
    group by t.tier
    union all
    select 'linked', count(*) from (
        select from hit h where h.is_open and h.is_linked and h.incident_no = incident limit 10001) c
    union all
    select e.state, count(c.one)
    from unnest(array['Confirmed', 'Denied', 'Deceased', 'ListedInError', 'Withdrawn']) as e (state)
    left join lateral (
        select 1 as one from hit h
        where not h.is_open and h.incident_no = incident and h.state = e.state and not exists (
            select from hit o
            where o.change_id = h.change_id and o.incident_no = h.incident_no and o.hit_id > h.hit_id)
        limit 10001) c on true
    group by e.state;
end $$;

-- The same of what somebody has taken, and of an office.
create or replace function own_queue_counts(incident int, login text, at_office text)
returns table (kind text, found bigint) language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    select 'mine', count(*) from verification v
    cross join lateral (select * from hit o where o.change_id = v.change_id offset 0) h
    where v.auditor = login and h.is_open and h.incident_no = incident
    union all
    select 'office', count(*) from (
        select from hit h
        where h.is_open and h.incident_no = incident and h.office = at_office
          and h.change_id <> all (array(select protected_cases(incident) where at_office <> '')) limit 10001) c;
end $$;

-- How many open cases are paid first on each day, exact to 10,000: a look-up finds the next day, and the least stands
-- for no day that is known.
create or replace function queue_pay_days(incident int) returns table (pay_on date, cases bigint)
language plpgsql stable set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare from_day date := '-infinity';
begin
    loop
        select h.exposed_on into pay_on from hit h
        where h.is_open and h.incident_no = incident and h.exposed_on >= from_day order by h.exposed_on limit 1;
        exit when pay_on is null;
        select count(*) into cases from (
            select from hit h
            where h.is_open and h.incident_no = incident and h.exposed_on = queue_pay_days.pay_on limit 10001) c;
        return next;
        from_day := case when isfinite(pay_on) then pay_on + 1 else date '0001-01-01' end;
    end loop;
end $$;

-- Offices with open cases, by one look-up each: the first of them by code point.
create or replace function queue_offices(incident int, most int) returns setof text language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set jit = off as $$
declare last text collate "C" := ''; shut uuid[] := array(select protected_cases(incident));
begin
    -- Where a protected holder alone filed is not told (Rule 13).
    for at in 1 .. most loop
        select h.office into last from hit h
        where h.is_open and h.incident_no = incident and h.office > last and h.change_id <> all (shut)
        order by h.office limit 1;
        exit when last is null;
        return next last;
    end loop;
end $$;
