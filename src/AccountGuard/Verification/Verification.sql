-- evolve-repeat-always
-- What people do with a case, kept beside its events, and what they may not do (Rule 14).

-- The state of a hit: that of its case where people touched it. Facts alone end a hit whose case nobody has worked; a
-- verdict stays; a ground that returns puts a case back to work that two people had ended for want of it (Rule 6).
create or replace function state_of_hit(ended_as text, worked_state text, stays_open boolean)
returns text language sql immutable as $$
    select case
        when worked_state is null then coalesce(ended_as, 'Queued')
        when worked_state in ('Confirmed', 'Denied', 'Deceased') then worked_state
        when ended_as is null and worked_state in ('ListedInError', 'Withdrawn')
            then case when stays_open then 'InContact' else 'Queued' end
        when ended_as is null or stays_open and worked_state not in ('ListedInError', 'Withdrawn') then worked_state
        else ended_as end $$;

-- What the state of each hit of these changes should be; one that was followed by another is over.
create or replace function states_of_hits(changes uuid[]) returns table (hit_id bigint, state text) language sql stable
set search_path = accountguard, pg_temp as $$
    select h.hit_id, case
        when exists (
            select from hit o
            where o.change_id = h.change_id and o.incident_no = h.incident_no and o.hit_id > h.hit_id) then h.ended_as
        else state_of_hit(h.ended_as, v.state, v.stays_open) end
    from unnest(changes) as u (change_id)
    left join verification v on v.change_id = u.change_id
    join hit h on h.change_id = u.change_id $$;

-- For settle: hits of changes whose case was touched get its state.
create or replace function rate_states(changes uuid[]) returns void language plpgsql
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare touched uuid[];
begin
    touched := array(select v.change_id from verification v where v.change_id = any (changes));
    if cardinality(touched) > 0 then
        update hit h set state = s.state
        from states_of_hits(touched) s where h.hit_id = s.hit_id and h.state <> s.state;
    end if;
end $$;

-- A clerk's name is typed: full-width letters, case, spaces and kinds of dashes do not make another person.
create or replace function plain_name(name text) returns text language sql immutable as $$
    select lower(regexp_replace(translate(normalize(name, nfkc), U&'\2010\2011\2013\2014\2212\30FC', '------'),
        '\s', '', 'g')) $$;

-- Whoever keyed or decided the change (Rule 14): as it names them, whoever filed it over HTTP, and the persons behind
-- those logins.
create or replace function keyed_by(change uuid) returns table (staff text) language plpgsql stable rows 4
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
begin
    return query
    with named as materialized (
        select s.staff
        from account_change c left join delivery d on d.delivery_no = c.delivery_no
        cross join lateral (values (c.entered_by), (c.decided_by), (d.delivered_by)) as s (staff)
        where c.change_id = change and s.staff is not null)
    select n.staff from named n
    union
    select p.person from named n join login_person p on p.plain_login = plain_name(n.staff);
end $$;

-- Planned once for a connection, as the next one is: planning takes ten times as long as looking.
create or replace function is_keyed_by(change uuid, login text, person text) returns boolean language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set jit = off as $$
begin
    return exists (
        select from keyed_by(change) k where plain_name(k.staff) in (plain_name(login), plain_name(person)));
end $$;

-- Rule 13: of these numbers those whose holder is protected, by the last word on any of the holder's own numbers; or
-- may be, for doubt protects: by the last word on a number that a clashing mapping joins, or while a row waits to be
-- read.
create or replace function protected_among(numbers bytea[]) returns setof bytea language plpgsql stable rows 1
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    select u.number_key from unnest(numbers) as u (number_key)
    where exists (
            select from numbers_of_holder(u.number_key) n
            join waiting_row q on q.number_key = n.number_key
            join delivery d on d.delivery_no = q.delivery_no and d.kind = 'holders')
       or exists (
            select from numbers_of_holder(u.number_key) n
            join holder_record r on r.number_key = n.number_key and r.protected)
          and ((
                select r.protected from own_numbers_of_holder(u.number_key) as n (number_key)
                join holder_record r on r.number_key = n.number_key and r.protected is not null
                order by r.received_at desc, r.delivery_no desc, r.row_no desc limit 1)
            or exists (
                select from numbers_of_holder(u.number_key) n
                where n.number_key not in (select own_numbers_of_holder(u.number_key)) and (
                    select r.protected from holder_record r
                    where r.number_key = n.number_key and r.protected is not null
                    order by r.received_at desc, r.delivery_no desc, r.row_no desc limit 1)));
end $$;

create or replace function is_protected(change uuid) returns boolean language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
begin
    return exists (
        select from protected_among(array(select c.number_key from account_change c where c.change_id = change)));
end $$;

-- The changes of an incident whose holders are protected, found from what was said of holders: they are few.
create or replace function protected_cases(incident int) returns setof uuid language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return query
    with said as materialized (
        select r.number_key from holder_record r where r.protected
        union
        select q.number_key from delivery d join waiting_row q on q.delivery_no = d.delivery_no
        where d.kind = 'holders' and q.number_key is not null),
    hit_of as materialized (
        select distinct c.change_id, c.number_key
        from said s cross join lateral numbers_of_holder(s.number_key) n
        cross join lateral (select * from account_change a where a.number_key = n.number_key offset 0) c
        cross join lateral (select * from hit o where o.change_id = c.change_id offset 0) h
        where h.incident_no = incident)
    select h.change_id from hit_of h where exists (select from protected_among(array[h.number_key]));
end $$;

-- How many open ones of them nobody has now: who may take them is a matter of the identity provider.
create or replace function waiting_protected(incident int, at timestamptz) returns bigint language sql stable
set search_path = accountguard, pg_temp as $$
    select count(*) from protected_cases(incident) as p (change_id)
    where exists (select from hit h where h.change_id = p.change_id and h.incident_no = incident and h.is_open)
      and not exists (
            select from verification v where v.change_id = p.change_id and v.claimed_until > at) $$;

-- The work list of the case worker: what is due when a hit opens, and when it ends, until that is written. A row for
-- each, since a hit may end while its case is opened.
create or replace function on_hit_opened() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    insert into due_step select n.hit_id, 'required' from new_rows n;
    return null;
end $$;

create or replace function on_hit_ended() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    insert into due_step values (new.hit_id, 'ended') on conflict do nothing;
    return null;
end $$;

create or replace function on_step() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    delete from due_step d using new_rows n where d.hit_id = n.hit_id and d.step = n.step;
    return null;
end $$;

create or replace trigger due after insert on hit referencing new table as new_rows
for each statement execute function on_hit_opened();
create or replace trigger end_due after update of ended_at on hit
for each row when (old.ended_at is null and new.ended_at is not null) execute function on_hit_ended();
create or replace trigger written after insert on case_step referencing new table as new_rows
for each statement execute function on_step();

-- What an older program left; from here on nobody writes a hit past the triggers.
insert into due_step
select h.hit_id, s.step from hit h cross join (values ('required'), ('ended')) as s (step)
where (s.step = 'required' or h.ended_at is not null)
  and not exists (select from case_step w where w.hit_id = h.hit_id and w.step = s.step)
on conflict do nothing;

-- Whoever works on a case goes alone behind its holder's gate: nothing that bears on it changes until the commit.
create or replace function pass_case(change uuid) returns void language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    perform pass_holders('{}', array(select c.number_key from account_change c where c.change_id = change));
end $$;

-- For the case worker, who appends to the streams of many cases: nobody works on them meanwhile, and all may file, but
-- for the holders of cases that people work on, which are told: the states of their hits may change.
create or replace function pass_cases(changes uuid[]) returns uuid[] language plpgsql security definer
set search_path = accountguard, pg_temp as $$
declare worked uuid[] := array(select v.change_id from verification v where v.change_id = any (changes));
begin
    perform pass_holders(
        array(select distinct c.number_key from account_change c where c.change_id = any (changes)),
        array(select distinct c.number_key from account_change c where c.change_id = any (worked)));
    return worked;
end $$;

-- Whether the account before a change is the new one of another change of the holder that is on hold or denied: it may
-- be a thief's as well, and is not paid in place of the new one (Rule 19). Where the change names none, it may be any
-- of them. Some who ask have nested loops off.
create or replace function is_previous_in_doubt(change uuid) returns boolean language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_nestloop = on set jit = off as $$
begin
    return exists (
        select from account_change c
        cross join lateral numbers_of_holder(c.number_key) n
        cross join lateral (
            select a.change_id from account_change a
            where a.number_key = n.number_key and a.new_account_key = c.previous_account_key
            union all
            select a.change_id from account_change a
            where c.previous_account_key is null and a.number_key = n.number_key
              and a.new_account_key is not null offset 0) o
        where c.change_id = change and o.change_id <> change and (
            exists (select from verification v where v.change_id = o.change_id and v.was_denied)
            or exists (select from placed_hold x where x.change_id = o.change_id)));
end $$;

-- Where to pay while the new account is not paid: the account before, where that is wanted and not in doubt itself.
create or replace function paid_meanwhile(change uuid, wanted text) returns text language sql stable
    return case when wanted = 'previous' and is_previous_in_doubt(change) then 'keep' else wanted end;

-- Whether a hold may have the account before the change paid: the change names it, no incident's policy keeps the
-- money, and it is not in doubt itself (Rule 19).
create or replace function may_pay_previous(change uuid) returns boolean language sql stable
set search_path = accountguard, pg_temp as $$
    select exists (
            select from account_change c where c.change_id = change and c.previous_account_key is not null)
        and not exists (
            select from hit h join incident i on i.incident_no = h.incident_no
            where h.change_id = change and i.hold_pay_to = 'keep')
        and not is_previous_in_doubt(change) $$;

-- The hold that the policy of an incident places with a hit; its event carries the same id.
create or replace function policy_hold(hit bigint) returns uuid language sql immutable as $$
    select md5('hold of hit ' || hit)::uuid $$;

-- The holds of a case as its stream says: one ends when its release is approved, with Confirmed, and when two people
-- end the case for want of a ground; one by policy also with the case that nobody had worked; and those of a case that
-- was denied with its account restored, for they would keep the holder's own (Rules 6, 17, 18). Its last day ends it by
-- itself.
create or replace function keep_holds(change uuid) returns void language plpgsql
set search_path = accountguard, accountguard_events, pg_temp as $$
begin
    insert into hold (hold_id, change_id, pay_to, through_on, by_policy, is_ended, placed_at)
    select (e.data ->> 'Hold')::uuid, change, lower(e.data ->> 'PayTo'), (e.data ->> 'Through')::date,
        e.type = 'hold_placed',
        exists (
            select from mt_events l
            where l.stream_id = change and l.version > e.version
              and (l.type = 'hold_released' and l.data ->> 'Hold' = e.data ->> 'Hold'
                or l.type = 'verdict_approved' and l.data ->> 'Verdict' in ('Confirmed', 'GroundGone')
                or l.type = 'case_ended' and e.type = 'hold_placed' and l.data ->> 'Incident' = e.data ->> 'Incident'
                or l.type = 'account_restored' and (
                    select v.data ->> 'Verdict' from mt_events v
                    where v.stream_id = change and v.version < l.version
                      and v.type in ('verdict_approved', 'case_reopened')
                    order by v.version desc limit 1) = 'Denied'
                  and (e.type = 'hold_placed' or exists (
                    select from mt_events a
                    where a.stream_id = change and a.type = 'hold_approved' and a.version < l.version
                      and a.data ->> 'Hold' = e.data ->> 'Hold')))),
        case e.type when 'hold_placed' then e.timestamp else (
            select max(a.timestamp) from mt_events a
            where a.stream_id = change and a.type = 'hold_approved' and a.data ->> 'Hold' = e.data ->> 'Hold') end
    from mt_events e
    where e.stream_id = change and (e.type = 'hold_placed' or e.type = 'hold_proposed' and exists (
        select from mt_events a
        where a.stream_id = change and a.type = 'hold_approved' and a.data ->> 'Hold' = e.data ->> 'Hold'))
    on conflict (change_id, hold_id) do update set is_ended = excluded.is_ended;
end $$;

-- Recalls and replacement payments of a case as its stream says (Rule 23).
create or replace function keep_recalls(change uuid) returns void language plpgsql
set search_path = accountguard, accountguard_events, pg_temp as $$
begin
    insert into recall (recall_id, change_id, payment_id, amount, due_on, state, recovered)
    select (e.data ->> 'Recall')::uuid, change, (e.data ->> 'Payment')::uuid, (e.data ->> 'Amount')::bigint,
        (e.data ->> 'DueOn')::date, coalesce(a.data ->> 'Outcome', 'Requested'),
        coalesce((a.data ->> 'Recovered')::bigint, 0)
    from mt_events e
    left join lateral (
        select l.data from mt_events l
        where l.stream_id = change and l.type = 'recall_answered' and l.data ->> 'Recall' = e.data ->> 'Recall'
        order by l.version desc limit 1) a on true
    where e.stream_id = change and e.type = 'recall_requested'
    on conflict (change_id, recall_id) do update set state = excluded.state, recovered = excluded.recovered;
    insert into replacement_payment (replacement_id, change_id, amount)
    select (p.data ->> 'Replacement')::uuid, change, (p.data ->> 'Amount')::bigint
    from mt_events e
    join mt_events p on p.stream_id = change and p.type = 'replacement_proposed'
      and p.data ->> 'Replacement' = e.data ->> 'Replacement'
    where e.stream_id = change and e.type = 'replacement_approved'
    on conflict do nothing;
end $$;

-- Keeps what the stream of a case says by now. That a verdict was made is not believed of the caller: the stream must
-- have its approval, after which nobody reopened the case; nor that facts alone may end it; and "denied" is read off
-- the stream.
create or replace function keep_case(change uuid, new_state text, stays boolean, by_auditor text,
    until timestamptz, back_on date) returns void language plpgsql security definer
set search_path = accountguard, accountguard_events, pg_temp as $$
declare verdict text; was boolean;
begin
    if not stays and exists (
        select from mt_events e
        where e.stream_id = change and e.type not in ('verification_required', 'case_ended', 'case_claimed',
            'case_left', 'case_reassigned', 'case_snoozed', 'death_reported', 'attempt_refused', 'hold_placed',
            'account_restored'))
    then
        raise exception 'people worked on this case' using errcode = 'AG002',
            hint = 'It stays open, also without a ground, until two people end it.';
    end if;
    verdict := case when new_state in ('Confirmed', 'Denied', 'Deceased') then new_state
                    when new_state in ('ListedInError', 'Withdrawn') and stays then 'GroundGone' end;
    if verdict is not null and verdict is distinct from (
        select case e.type when 'verdict_approved' then e.data ->> 'Verdict' end from mt_events e
        where e.stream_id = change and e.type in ('verdict_approved', 'case_reopened')
        order by e.version desc limit 1)
    then
        raise exception 'nobody approved the verdict of this case' using errcode = 'AG002',
            hint = 'A verdict is proposed by one person and approved by another.';
    end if;
    was := coalesce((
        select e.data ->> 'Verdict' = 'Denied' from mt_events e
        where e.stream_id = change and e.type = 'verdict_approved' and e.data ->> 'Verdict' in ('Confirmed', 'Denied')
        order by e.version desc limit 1), false);
    insert into verification (change_id, state, stays_open, was_denied, is_followed, denied, auditor, claimed_until,
        returns_on, kept_at, first_denied_at)
    values (change, new_state, stays, was,
        was or exists (select from mt_events e where e.stream_id = change and e.type = 'recall_requested'),
        coalesce((
            select e.data ->> 'Verdict' = 'Denied' from mt_events e
            where e.stream_id = change and (e.type = 'account_restored' or e.type = 'verdict_approved'
              and e.data ->> 'Verdict' in ('Confirmed', 'Denied'))
            order by e.version desc limit 1), false),
        by_auditor, until, back_on, clock_timestamp(), (
            select min(e.timestamp) from mt_events e
            where e.stream_id = change and e.type = 'verdict_approved' and e.data ->> 'Verdict' = 'Denied'))
    on conflict (change_id) do update set state = excluded.state, stays_open = excluded.stays_open,
        denied = excluded.denied, was_denied = excluded.was_denied, is_followed = excluded.is_followed,
        auditor = excluded.auditor, claimed_until = excluded.claimed_until,
        returns_on = excluded.returns_on, kept_at = excluded.kept_at, first_denied_at = excluded.first_denied_at;
    perform keep_holds(change);
    perform keep_recalls(change);
    perform rate_states(array[change]);
end $$;

-- The first case of an incident's queue that waits for somebody: two who ask at once get two. The lock is the caller's
-- until he has claimed it; what was claimed since the queue was read is seen after it.
drop function if exists next_case(int, text, text, timestamptz, date, uuid[]);
create or replace function next_case(incident int, login text, person text, at timestamptz, today date, passed uuid[],
    may_take_protected boolean default false) returns uuid language plpgsql
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set jit = off as $$
declare candidate uuid;
begin
    -- The queue by its index, from the first on: however many there are, as few are read as are taken.
    for candidate in
        select h.change_id from hit h
        where h.incident_no = incident and h.is_open and h.state <> 'Proposed'
          and h.change_id <> all (passed)
          and not exists (
                select from verification v
                where v.change_id = h.change_id and (v.claimed_until > at or v.returns_on > today))
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id
    loop
        -- Asked of these alone: in the query it would be asked of all that were taken before.
        continue when is_keyed_by(candidate, login, person) or not may_take_protected and is_protected(candidate);
        if pg_try_advisory_xact_lock(4715, hashtext(candidate::text)) and not exists (
            select from verification v
            where v.change_id = candidate and (v.claimed_until > at or v.returns_on > today or v.state = 'Proposed'))
        then
            return candidate;
        end if;
    end loop;
    return null;
end $$;
