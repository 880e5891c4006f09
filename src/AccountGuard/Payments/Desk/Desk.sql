-- evolve-repeat-always
-- What the payment desk sees before a pay-day. A figure is exact to 10,000, and one more stands for more.

-- What is undecided and either paid to the new account by a pay-day or held on it, and how many of these are held, by
-- the state of the cases; a change that two incidents hit is one case. A hold holds whatever the exposure, as it does
-- for standing (Rules 18, 19, 22).
create or replace function undecided(pay_day date) returns table (state text, cases bigint, held bigint)
language plpgsql stable set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off as $$
begin
    return query
    with open_state as (select unnest(array['Queued', 'InContact', 'Proposed', 'Unreachable']) as state),
    open_case as (
        select s.state, h.change_id
        from open_state s cross join incident i cross join lateral (
            (select o.change_id from hit o
             where s.state = 'Queued' and o.is_open and o.incident_no = i.incident_no and o.state = 'Queued'
               and o.exposed_on <= undecided.pay_day limit 10001)
            union all
            (select o.change_id from hit o
             where s.state <> 'Queued' and o.is_open and o.state <> 'Queued' and o.incident_no = i.incident_no
               and o.state = s.state and o.exposed_on <= undecided.pay_day limit 10001) offset 0) h),
    -- Two people place few holds, so these are counted from the holds; a policy may place one with every hit.
    held_case as (
        select h.state, h.change_id from hold x cross join lateral (
            select o.state, o.change_id from hit o
            where o.change_id = x.change_id and o.is_open offset 0) h
        where not x.is_ended and not x.by_policy and x.through_on >= undecided.pay_day
        union
        select s.state, h.change_id
        from open_state s cross join incident i cross join lateral (
            (select o.change_id from hit o
             where s.state = 'Queued' and o.is_open and o.incident_no = i.incident_no and o.state = 'Queued'
               and (o.opened_at at time zone i.time_zone)::date + i.hold_days >= undecided.pay_day
               and not exists (
                    select from hold x
                    where x.change_id = o.change_id and x.hold_id = policy_hold(o.hit_id) and x.is_ended)
             limit 10001)
            union all
            (select o.change_id from hit o
             where s.state <> 'Queued' and o.is_open and o.state <> 'Queued' and o.incident_no = i.incident_no
               and o.state = s.state
               and (o.opened_at at time zone i.time_zone)::date + i.hold_days >= undecided.pay_day
               and not exists (
                    select from hold x
                    where x.change_id = o.change_id and x.hold_id = policy_hold(o.hit_id) and x.is_ended)
             limit 10001) offset 0) h
        where i.hold_days is not null)
    select s.state,
        least(10001, (
            select count(distinct c.change_id)
            from (select * from open_case union all select * from held_case) c where c.state = s.state)),
        least(10001, (select count(distinct c.change_id) from held_case c where c.state = s.state))
    from open_state s;
end $$;

-- How many of these proposals of holds wait for another person: nobody approved, sent or took them back, and the case
-- has not ended.
create or replace function waiting_proposals(changes uuid[], holds uuid[]) returns bigint language plpgsql stable
set search_path = accountguard, accountguard_events, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return (
        select count(*) from unnest(changes, holds) as u (change_id, hold_id)
        cross join lateral (
            select e.version from mt_events e
            where e.stream_id = u.change_id and e.type = 'hold_proposed' and e.data ->> 'Hold' = u.hold_id::text
            offset 0) p
        where not exists (
            select from mt_events l
            where l.stream_id = u.change_id and l.version > p.version
              and (l.type = 'hold_approved' and l.data ->> 'Hold' = u.hold_id::text
                or l.type in ('hold_sent_back', 'entry_taken_back')
                    and coalesce(l.data ->> 'Proposal', l.data ->> 'Entry') = u.hold_id::text
                or l.type = 'verdict_approved' and l.data ->> 'Verdict' in ('Confirmed', 'GroundGone')))
          and exists (select from hit h where h.change_id = u.change_id and h.is_open));
end $$;

-- Cases whose holds stand, or ended without a verdict, a row for each with the last day that any of them covers: those
-- that are paid on the next pay-day first, then the oldest (Rule 18).
create or replace function holds_by_age(next_pay_day date, today date, most int)
returns table (change_id uuid, source text, request_id text, number_key bytea, state text, through_on date,
    pay_to text, placed_at timestamptz, by_policy boolean) language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    with by_people as (
        select x.change_id, g.*
        from (select distinct p.change_id from hold p where not p.is_ended and not p.by_policy) x
        cross join lateral (
            select max(s.through_on) as through_on, min(s.pay_to) as pay_to, min(s.placed_at) as placed_at,
                bool_and(s.by_policy) as by_policy
            from standing_hold s where s.change_id = x.change_id offset 0) g),
    -- A hit that was opened earlier is held no longer than one opened later: their order is both orders asked for.
    placed_by_policy as (
        select p.* from incident i cross join lateral (
            select h.change_id, (h.opened_at at time zone i.time_zone)::date + i.hold_days as through_on,
                paid_meanwhile(h.change_id, i.hold_pay_to) as pay_to, h.opened_at as placed_at, true as by_policy
            from hit h
            where h.incident_no = i.incident_no and (h.is_open or h.state = 'Deceased'
                    and (h.opened_at at time zone i.time_zone)::date + i.hold_days >= today)
              and not exists (
                    select from hold x
                    where x.change_id = h.change_id and x.hold_id = policy_hold(h.hit_id) and x.is_ended)
              and not exists (
                    select from hold x where x.change_id = h.change_id and not x.is_ended and not x.by_policy)
            order by h.hit_id limit most offset 0) p
        where i.hold_days is not null),
    found as (
        select * from by_people union all select * from placed_by_policy)
    select f.change_id, c.source, c.request_id, c.number_key, h.state, f.through_on, f.pay_to, f.placed_at,
        f.by_policy
    from found f
    cross join lateral (select * from account_change a where a.change_id = f.change_id offset 0) c
    cross join lateral (
        select o.state, o.is_open from hit o where o.change_id = f.change_id
        order by o.is_open desc, o.hit_id desc limit 1) h
    where f.through_on >= today or h.is_open
    order by f.through_on < next_pay_day desc, f.placed_at, c.source, c.request_id
    limit most;
end $$;
