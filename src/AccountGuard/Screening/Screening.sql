-- evolve-repeat-always
-- Screening: the rule, and the gates that make the hits equal the rule at every commit.
-- Laid again whenever this file changes; the tables stand in Schema/V1__facts.sql. PostgreSQL 15 or later.

-- ---------------------------------------------------------------- the rule (Rules 2-6, 8, 22), once
-- Every writer and the reconciliation read it from here and from nowhere else.

-- Rule 4: the possible days of a change, as at most two spans: from_on..to_on and, where known, received_on.
create or replace function possible_days(
    filed_on date, filed_at timestamptz, received_on date, received_at timestamptz,
    entered_on date, entered_at timestamptz, delivered_at timestamptz, time_zone text, post_days int)
returns table (from_on date, to_on date, received date, filed_known boolean) language sql immutable rows 1 as $$
    select coalesce(d.filed, d.latest - post_days + 1), coalesce(d.filed, d.latest), d.received, d.filed is not null
    from (
        select e.received,
            case when e.filed <= coalesce(e.entered, e.delivered) then e.filed end as filed,
            coalesce(e.received, e.entered) as latest
        from (
            select f.entered, f.delivered, f.filed,
                case when f.received <= coalesce(f.entered, f.delivered) then f.received end as received
            from (
                select g.delivered, g.filed, g.received,
                    case when g.entered <= g.delivered then g.entered end as entered
                from (
                    select (delivered_at at time zone time_zone)::date as delivered,
                        coalesce(filed_on, (filed_at at time zone time_zone)::date) as filed,
                        coalesce(received_on, (received_at at time zone time_zone)::date) as received,
                        coalesce(entered_on, (entered_at at time zone time_zone)::date) as entered) g) f) e) d $$;

-- Rule 2: the window has no first day where the incident has none, and no day at all where its cutoff lies before it.
create or replace function lies_within(day_from date, day_to date, window_from date, window_through date)
returns boolean language sql immutable as $$
    select day_from is not null and greatest(day_from, window_from) <= least(day_to, window_through) $$;

-- Rule 8: the number that names the holder, and all that are joined to it.
create or replace function numbers_of_holder(number bytea) returns table (number_key bytea)
language sql stable rows 2 as $$
    select coalesce((select h.holder_key from holder h where h.number_key = number), number)
    union all
    select other.number_key from holder other
    where other.holder_key = coalesce((select h.holder_key from holder h where h.number_key = number), number) $$;

-- Rules 5, 6: listings that no later version has ended.
create or replace view listing_in_force as
select l.* from listing l
where l.live_from is not null
  and not exists (                          -- no later version withdraws the number
        select from listing w
        where w.number_key = l.number_key and w.incident_no = l.incident_no
          and w.version > l.version and w.live_from is null)
  and not exists (                          -- no later whole list lacks it
        select from replacement r
        where r.incident_no = l.incident_no and r.version > l.version and r.bucket = get_byte(l.number_key, 0)
          and not exists (
                select from listing k
                where k.number_key = l.number_key and k.incident_no = r.incident_no and k.version = r.version
                  and k.live_from is not null));

-- What the rule says of one change: a row for each incident that it meets.
create or replace function due_of(change uuid)
returns table (incident_no int, bucket int, alert_gap boolean, date_doubt boolean, renumbered boolean, chain boolean,
    tier smallint, list_version int, filed_on date, exposed_on date, source text, request_id text)
language sql stable rows 1 as $$
    select g.incident_no, b.bucket, not g.in_own_window, g.date_doubt, g.renumbered,
        c.kind = 'account' and exists (     -- an address change of the same holder comes first
            select from numbers_of_holder(c.number_key) n
            cross join lateral (
                select * from account_change o
                where o.kind = 'address' and case when o.kind = 'address' then o.number_key end = n.number_key
                offset 0) a
            cross join lateral possible_days(a.filed_on, a.filed_at, a.received_on, a.received_at,
                a.entered_on, a.entered_at, a.delivered_at, g.time_zone, g.post_days) d
            where (d.from_on is null or lies_within(d.from_on, d.to_on, g.window_from, g.through_on)
                or lies_within(d.received, d.received, g.window_from, g.through_on))
              and coalesce(least(d.from_on, d.received) <= g.earliest, true)
              and not exists (select from cancellation x where x.change_id = a.change_id)),
        g.tier, g.list_version,
        -- A day that was typed may lie where no other program has days.
        case when g.earliest > '-infinity' then greatest(least(g.earliest, date '9999-12-30'), date '0001-01-02')
             else '-infinity' end,
        -- Days behind the calendar have no known pay-day, and come before all like days that are unknown.
        coalesce((select e.pay_on from exposure e where e.bucket = b.bucket and e.through_on >= g.earliest
                  order by e.through_on limit 1), '-infinity'),
        c.source, c.request_id
    from account_change c
    left join holder h on h.number_key = c.number_key
    cross join lateral (select get_byte(coalesce(h.holder_key, c.number_key), 0) as bucket) b
    cross join lateral (
        select i.incident_no, i.time_zone, i.post_days, i.window_from,
            greatest(k.through_on, l.live_from - 1) as through_on,
            least(d.from_on, d.received) as earliest,
            d.from_on is null or lies_within(d.from_on, d.to_on, i.window_from, k.through_on)
                or lies_within(d.received, d.received, i.window_from, k.through_on) as in_own_window,
            d.from_on is null or lies_within(d.from_on, d.to_on, i.window_from, greatest(k.through_on, l.live_from - 1))
                or lies_within(d.received, d.received, i.window_from, greatest(k.through_on, l.live_from - 1))
                as in_window,
            not d.filed_known or (d.received is not null
                and lies_within(d.from_on, d.to_on, i.window_from, greatest(k.through_on, l.live_from - 1))
                 <> lies_within(d.received, d.received, i.window_from, greatest(k.through_on, l.live_from - 1)))
                as date_doubt,
            not l.by_own_number as renumbered,
            (1 + (l.fields & 1) + (l.fields >> 1 & 1) + (l.fields >> 2 & 1))::smallint as tier,
            l.list_version
        from (                              -- the window of any of the holder's numbers is enough: the latest one
            select f.incident_no, max(f.live_from) as live_from, bit_or(f.fields) as fields,
                min(f.version) as list_version, bool_or(f.number_key = c.number_key) as by_own_number
            from (                          -- a number is live from the earliest of its listings in force
                select l.number_key, l.incident_no, min(l.live_from) as live_from, bit_or(l.fields) as fields,
                    min(l.version) as version
                from numbers_of_holder(c.number_key) n
                cross join lateral (        -- kept apart: a plan made before the first list would read the whole list
                    select * from listing_in_force f where f.number_key = n.number_key offset 0) l
                group by l.number_key, l.incident_no) f
            group by f.incident_no) l
        join incident i on i.incident_no = l.incident_no and (c.kind = 'account' or i.verifies_addresses)
        cross join lateral (                -- kept apart: a plan made early would read all 256 of the incident
            select f.through_on from cutoff_in_force f
            where f.incident_no = l.incident_no and f.bucket = b.bucket
            offset 0) k
        cross join lateral possible_days(c.filed_on, c.filed_at, c.received_on, c.received_at,
            c.entered_on, c.entered_at, c.delivered_at, i.time_zone, i.post_days) d) g
    where c.change_id = change and g.in_window
      and not exists (select from cancellation x where x.change_id = c.change_id) $$;

-- ---------------------------------------------------------------- hits become what the rule says

-- Counts what this transaction opened and ended, so that a delivery can answer with it.
create or replace function count_hits(opened bigint, ended bigint) returns void language plpgsql as $$
begin
    perform set_config('accountguard.hits_opened', (hits_opened() + opened)::text, true);
    perform set_config('accountguard.hits_ended', (hits_ended() + ended)::text, true);
end $$;

create or replace function hits_opened() returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('accountguard.hits_opened', true), ''), '0')::bigint $$;

create or replace function hits_ended() returns bigint language sql stable as $$
    select coalesce(nullif(current_setting('accountguard.hits_ended', true), ''), '0')::bigint $$;

-- What is expected and what stands are read in one statement, so in one snapshot; some changes at a time.
-- One plan for all calls, of look-ups that do not depend on statistics: a plan made while a table was empty would read
-- all of it for each change when it has a million rows. So hits are looked up change by change (offset 0 keeps that
-- apart), and those that end or are rated anew one by one.
create or replace function settle(changes uuid[]) returns void language plpgsql
set search_path = accountguard, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_material = off set jit = off as $$
declare part uuid[]; opened_count bigint; ended_count bigint; altered hit[]; due hit;
begin
    for at in 1 .. cardinality(changes) by 200 loop
        part := changes[at : at + 199];
        with expected as materialized (
            select u.change_id, d.* from unnest(part) as u (change_id) cross join lateral due_of(u.change_id) d),
        standing as materialized (
            select u.change_id, s.*
            from unnest(part) as u (change_id) cross join lateral (
                select h.hit_id, h.incident_no, row(h.bucket, h.alert_gap, h.date_doubt, h.renumbered, h.chain, h.tier,
                    h.list_version, h.filed_on, h.exposed_on) as rating
                from hit h where h.change_id = u.change_id and h.ended_at is null offset 0) s),
        compared as materialized (
            select s.hit_id, s.rating, e.*
            from expected e full join standing s on s.change_id = e.change_id and s.incident_no = e.incident_no),
        opened as (
            insert into hit (change_id, incident_no, bucket, alert_gap, date_doubt, renumbered, chain, tier,
                list_version, filed_on, exposed_on, source, request_id, office)
            select c.change_id, c.incident_no, c.bucket, c.alert_gap, c.date_doubt, c.renumbered, c.chain, c.tier,
                c.list_version, c.filed_on, c.exposed_on, c.source, c.request_id,
                -- A longer one does not fit into the index; it is marked as unreadable when it comes.
                (select left(a.office, 200) from account_change a where a.change_id = c.change_id)
            from compared c where c.hit_id is null
            returning 1)
        select (select count(*) from opened), array(
            select row(c.hit_id, c.change_id, c.incident_no, c.bucket, c.alert_gap, c.date_doubt, c.renumbered,
                c.chain, c.tier, c.list_version, c.filed_on, c.exposed_on, c.source, c.request_id, null, null,
                null, null, null, null, null)::hit
            from compared c
            where c.hit_id is not null and c.rating is distinct from row(c.bucket, c.alert_gap, c.date_doubt,
                c.renumbered, c.chain, c.tier, c.list_version, c.filed_on, c.exposed_on))
        into opened_count, altered;
        ended_count := 0;
        foreach due in array altered loop
            if due.change_id is null then       -- it stands and is not expected
                update hit h set (ended_at, ended_as, state) = (
                    select clock_timestamp(), e.ended_as, e.ended_as
                    from (select case when exists (select from cancellation x where x.change_id = h.change_id)
                                 then 'Withdrawn' else 'ListedInError' end) as e (ended_as))
                where h.hit_id = due.hit_id and h.ended_at is null;
                if found then ended_count := ended_count + 1; end if;
            else
                update hit h set bucket = due.bucket, alert_gap = due.alert_gap, date_doubt = due.date_doubt,
                    renumbered = due.renumbered, chain = due.chain, tier = due.tier, list_version = due.list_version,
                    filed_on = due.filed_on, exposed_on = due.exposed_on
                where h.hit_id = due.hit_id and h.ended_at is null;
            end if;
        end loop;
        if opened_count + ended_count > 0 then
            perform count_hits(opened_count, ended_count);
            perform rate_states(part);
        end if;
    end loop;
end $$;

-- ---------------------------------------------------------------- gates
-- Transaction-level advisory locks (4711, bucket) for requests and (4712, bucket) for holders, requests first, each
-- ascending. A gate must be passed in a statement of its own, before the statement that reads under it.

create or replace function pass(family int, shared int[], exclusive int[]) returns void language plpgsql as $$
declare gate record;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'screening writes need the isolation level read committed' using errcode = 'AG001',
            hint = 'A snapshot taken before the gate would miss what was committed while waiting.';
    end if;
    for gate in
        select bucket, bool_or(alone) as alone
        from (select b, false from unnest(shared) as b union all select b, true from unnest(exclusive) as b)
            as wanted (bucket, alone)
        group by bucket order by bucket
    loop
        if gate.alone then perform pg_advisory_xact_lock(family, gate.bucket);
        else perform pg_advisory_xact_lock_shared(family, gate.bucket);
        end if;
    end loop;
end $$;

create or replace function pass_requests(shared uuid[], exclusive uuid[]) returns void language plpgsql as $$
begin
    perform pass(4711,
        array(select get_byte(uuid_send(id), 0) from unnest(shared) as id),
        array(select get_byte(uuid_send(id), 0) from unnest(exclusive) as id));
end $$;

create or replace function holder_buckets(numbers bytea[]) returns table (bucket int) language sql stable as $$
    select distinct get_byte(coalesce(h.holder_key, n.number), 0)
    from unnest(numbers) as n (number) left join holder h on h.number_key = n.number $$;

-- Whoever holds the gate of a holder's bucket keeps its numbers as they are. But the holder was read before the gate
-- was passed, and may have been joined to another meanwhile: read again until nothing new comes up.
create or replace function pass_holders(shared bytea[], exclusive bytea[], held_alone int[] default '{}')
returns void language plpgsql
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_material = off set jit = off as $$
declare
    held_shared int[] := '{}';
    shared_wanted int[]; alone_wanted int[];
begin
    -- With every gate held alone there is nothing left that could come up.
    while cardinality(held_alone) < 256 loop
        alone_wanted  := array(select bucket from holder_buckets(exclusive) except select unnest(held_alone));
        shared_wanted := array(
            select bucket from holder_buckets(shared) except select unnest(held_shared || held_alone || alone_wanted));
        exit when shared_wanted = '{}' and alone_wanted = '{}';
        perform pass(4712, shared_wanted, alone_wanted);
        held_shared := held_shared || shared_wanted;
        held_alone  := held_alone || alone_wanted;
    end loop;
end $$;

-- For a transaction that will write several kinds of fact: all its gates at once and in order, so that the triggers
-- below find them held. Address changes change the rank of their holder's account changes, and go alone.
create or replace function pass_gates(filed uuid[], cancelled uuid[], numbers bytea[], address_numbers bytea[])
returns void language plpgsql security definer set search_path = accountguard, pg_temp as $$
begin
    perform pass_requests(filed, cancelled);
    perform pass_holders(numbers, address_numbers || array(
        select c.number_key from account_change c where c.change_id = any (cancelled)));
end $$;

-- ---------------------------------------------------------------- what a fact can touch

create or replace function changes_of_holders(numbers bytea[]) returns uuid[] language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set jit = off as $$
begin
    return array(
        select distinct c.change_id
        from unnest(numbers) as u (number) cross join lateral numbers_of_holder(u.number) n
        cross join lateral (select o.change_id from account_change o where o.number_key = n.number_key offset 0) c);
end $$;

-- The smallest key of a bucket; 256 gives one above all keys.
create or replace function first_key(bucket int) returns bytea language sql immutable as $$
    select case when bucket < 256 then set_byte('\x00', 0, bucket) else '\xffffffffffffffffffffffffffffffffffff' end $$;

-- Listed numbers whose holder's gate is one of these. Keys sort by their first byte, so buckets are ranges of them.
create or replace function listed_numbers_of_buckets(incident int, wanted int[]) returns bytea[] language sql stable
set search_path = accountguard, pg_temp as $$
    select array(
        select distinct l.number_key from listing l
        where l.incident_no = incident and get_byte(l.number_key, 0) = any (wanted)
          and l.number_key >= first_key((select min(b) from unnest(wanted) as b))
          and l.number_key < first_key((select max(b) + 1 from unnest(wanted) as b))
          and not exists (select from holder h where h.number_key = l.number_key)
        union
        select h.number_key from holder h join listing l on l.number_key = h.number_key and l.incident_no = incident
        where get_byte(h.holder_key, 0) = any (wanted)
          and h.holder_key >= first_key((select min(b) from unnest(wanted) as b))
          and h.holder_key < first_key((select max(b) + 1 from unnest(wanted) as b))) $$;

-- Listed numbers whose own first byte is one of these, whoever holds them.
create or replace function listed_numbers_in_buckets(incident int, wanted int[]) returns bytea[] language sql stable
set search_path = accountguard, pg_temp as $$
    select array(
        select distinct l.number_key from listing l
        where l.incident_no = incident and get_byte(l.number_key, 0) = any (wanted)
          and l.number_key >= first_key((select min(b) from unnest(wanted) as b))
          and l.number_key < first_key((select max(b) + 1 from unnest(wanted) as b))) $$;

-- ---------------------------------------------------------------- writers: triggers, so that nothing gets round them

create or replace function on_filing() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
declare
    changes uuid[]  := array(select change_id from new_rows);
    address_numbers bytea[] := array(select distinct number_key from new_rows where kind = 'address');
begin
    if changes = '{}' then return null; end if;
    perform pass_requests(changes, '{}');
    perform pass_holders(array(select distinct number_key from new_rows), address_numbers);
    perform settle(changes);
    if address_numbers <> '{}' then perform settle(changes_of_holders(address_numbers)); end if;
    return null;
end $$;

-- A change that is not seen here is not there yet, and whoever files it will see this cancellation. The holder's gate
-- is passed alone, for a cancelled address change gives back the rank of an account change.
create or replace function on_cancellation() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
declare
    changes uuid[] := array(select change_id from new_rows);
    numbers bytea[];
begin
    if changes = '{}' then return null; end if;
    perform pass_requests('{}', changes);
    numbers := array(select distinct number_key from account_change where change_id = any (changes));
    perform pass_holders('{}', numbers);
    perform settle(changes_of_holders(numbers));
    return null;
end $$;

create or replace function on_listing() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
declare
    numbers bytea[] := array(select distinct number_key from new_rows);
    buckets int[] := array(select distinct get_byte(n, 0) from unnest(numbers) as n);
begin
    if numbers = '{}' then return null; end if;
    -- The numbers' own buckets too: a whole list withdraws by them (see on_replacement).
    perform pass(4712, '{}', buckets);
    perform pass_holders('{}', numbers, held_alone => buckets);
    perform settle(changes_of_holders(numbers));
    return null;
end $$;

-- Numbers are read again once their gates are held: a lower version may have been published meanwhile.
create or replace function on_replacement() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
declare part record;
begin
    for part in select incident_no, array_agg(distinct bucket) as buckets from new_rows group by incident_no loop
        perform pass(4712, '{}', part.buckets);
        perform pass_holders('{}', listed_numbers_in_buckets(part.incident_no, part.buckets));
        perform pass_holders('{}', listed_numbers_in_buckets(part.incident_no, part.buckets));
        perform settle(changes_of_holders(listed_numbers_in_buckets(part.incident_no, part.buckets)));
    end loop;
    return null;
end $$;

create or replace function on_cutoff() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
declare part record;
begin
    for part in select incident_no, array_agg(distinct bucket) as buckets from new_rows group by incident_no loop
        perform pass(4712, '{}', part.buckets);
        perform settle(changes_of_holders(listed_numbers_of_buckets(part.incident_no, part.buckets)));
    end loop;
    return null;
end $$;

-- Joins the two numbers of each mapping. Most mappings of a renumbering meet numbers that nobody joined before: those
-- go in as a set; the others one by one, since each may join what the one before has made. Mappings that clash wait in
-- quarantine, the earlier ones too, whichever delivery brought them, and their numbers stay joined (Rule 8).
create or replace function on_renumbering() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
declare
    -- In the order of the indexes: neighbours are found where the last one was.
    numbers bytea[] := array(select old_key from new_rows union select new_key from new_rows order by 1);
    pair record; keep bytea; joined bytea;
    taken bytea[];
begin
    if numbers = '{}' then return null; end if;
    if cardinality(numbers) > 2000 then     -- they lie in every bucket: looking for theirs costs more than passing all
        perform pass(4712, '{}', array(select generate_series(0, 255)));
    else
        perform pass_holders('{}', numbers);
    end if;
    taken := array(
        select k from (select old_key from new_rows union all select new_key from new_rows) as n (k)
        group by k having count(*) > 1
        union
        select n from unnest(numbers) as n
        where exists (select from holder h where h.number_key = n)
           or exists (select from holder h where h.holder_key = n));
    insert into holder (number_key, holder_key)
    select r.new_key, r.old_key from new_rows r
    where taken = '{}' or (r.old_key <> all (taken) and r.new_key <> all (taken))
    order by r.new_key;
    if taken <> '{}' then
        for pair in
            select distinct old_key, new_key from new_rows
            where old_key = any (taken) or new_key = any (taken) order by old_key, new_key
        loop
            keep   := coalesce((select holder_key from holder where number_key = pair.old_key), pair.old_key);
            joined := coalesce((select holder_key from holder where number_key = pair.new_key), pair.new_key);
            continue when keep = joined;
            update holder set holder_key = keep where holder_key = joined;
            insert into holder (number_key, holder_key) values (joined, keep);
        end loop;
        insert into quarantined_row (delivery_no, row_no, code, field, number_key)
        select distinct delivery_no, row_no, 'MappingClash', 'new_number', old_key
        from clashes_of(array(
            select n.number_key from unnest(taken) as t cross join lateral numbers_of_holder(t) n))
        on conflict do nothing;
        perform settle(changes_of_holders(taken));
    end if;
    -- A holder of two numbers that met just now has no others.
    perform settle(array(select c.change_id from account_change c where c.number_key = any (numbers)));
    return null;
end $$;

create or replace function refuse() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only (Rule 34)', tg_table_name using errcode = 'AG002';
end $$;

create or replace trigger screen after insert on account_change
    referencing new table as new_rows for each statement execute function on_filing();
create or replace trigger screen after insert on cancellation
    referencing new table as new_rows for each statement execute function on_cancellation();
create or replace trigger screen after insert on listing
    referencing new table as new_rows for each statement execute function on_listing();
create or replace trigger screen after insert on replacement
    referencing new table as new_rows for each statement execute function on_replacement();
create or replace trigger screen after insert on renumbering
    referencing new table as new_rows for each statement execute function on_renumbering();
create or replace trigger screen after insert on cutoff_in_force
    referencing new table as new_rows for each statement execute function on_cutoff();
create or replace trigger rescreen after update on cutoff_in_force
    referencing new table as new_rows for each statement execute function on_cutoff();

-- Facts are never altered, not even by their owner without first saying so in a migration.
do $$
declare fact text;
begin
    foreach fact in array array['delivery', 'delivery_batch', 'delivery_completion', 'refused_delivery',
        'quarantined_row', 'quarantine_settlement', 'incident', 'cutoff_decision', 'affected_list', 'list_record',
        'listing', 'replacement', 'list_publication', 'account_change', 'cancellation', 'renumbering',
        'closing_decision', 'access_record', 'revocation', 'holder_record', 'payment_report', 'joint_work',
        'joint_work_start', 'joint_work_result', 'joint_work_end', 'letter_claim', 'letter_outcome', 'letter_print',
        'bank_holiday', 'deadline_decision']
    loop
        execute format('create or replace trigger keep before update or delete or truncate on %I '
            'for each statement execute function refuse()', fact);
    end loop;
end $$;

-- ---------------------------------------------------------------- publication, some buckets in one short transaction

create or replace function pass_buckets(first_bucket int, last_bucket int) returns void language plpgsql as $$
begin
    perform pass(4712, '{}', array(select generate_series(first_bucket, last_bucket)));
end $$;

-- Rule 2: the decision with the highest number that was received is in force.
create or replace function publish_cutoff(incident int, first_bucket int, last_bucket int) returns void
language plpgsql security definer set search_path = accountguard, pg_temp as $$
declare opened_before bigint := hits_opened(); ended_before bigint := hits_ended();
begin
    perform pass_buckets(first_bucket, last_bucket);
    insert into cutoff_in_force as k (incident_no, bucket, decision, through_on)
    select c.incident_no, b, c.decision, c.through_on
    from (select * from cutoff_decision d where d.incident_no = incident order by d.decision desc limit 1) c
    cross join generate_series(first_bucket, last_bucket) as b
    on conflict (incident_no, bucket) do update set decision = excluded.decision, through_on = excluded.through_on
    where k.decision < excluded.decision;
    if (hits_opened(), hits_ended()) <> (opened_before, ended_before) then
        insert into cutoff_publication as p
        select incident, max(d.decision), publish_cutoff.first_bucket, hits_opened() - opened_before,
            hits_ended() - ended_before
        from cutoff_decision d where d.incident_no = incident
        on conflict on constraint cutoff_publication_pkey do update
        set hits_opened = p.hits_opened + excluded.hits_opened, hits_ended = p.hits_ended + excluded.hits_ended;
    end if;
end $$;

create or replace function numbers_in_force(incident int, first_bucket int, last_bucket int) returns setof bytea
language sql stable as $$
    select distinct number_key from listing_in_force
    where incident_no = incident
      and number_key >= first_key(first_bucket) and number_key < first_key(last_bucket + 1) $$;

-- Numbers in force that a version can change: those that it names, and all where it replaces the list.
create or replace function numbers_kept(list affected_list, first_bucket int, last_bucket int)
returns bytea[] language plpgsql stable set search_path = accountguard, pg_temp as $$
begin
    if list.replaces then
        return array(select numbers_in_force(list.incident_no, first_bucket, last_bucket));
    end if;
    return array(
        select distinct r.number_key from list_record r
        cross join lateral (
            select from listing_in_force f
            where f.number_key = r.number_key and f.incident_no = list.incident_no limit 1) f
        where r.list_no = list.list_no and r.code is null
          and r.number_key >= first_key(first_bucket) and r.number_key < first_key(last_bucket + 1));
end $$;

-- The listing rows of some buckets of a delivered list. Its triggers open and end the hits. A whole list with
-- quarantined rows withdraws nothing by what it lacks: the row that cannot be read may be the very number (replaces is
-- false then).
create or replace function publish_list(list int, first_bucket int, last_bucket int) returns void
language plpgsql security definer set search_path = accountguard, pg_temp as $$
declare
    target affected_list%rowtype;
    before bytea[] := '{}'; after bytea[];
    kept bigint; listed bigint; idle bigint; repeated bigint;
    opened_before bigint := hits_opened(); ended_before bigint := hits_ended();
begin
    select * into strict target from affected_list where list_no = list;
    perform pass_buckets(first_bucket, last_bucket);
    if exists (
        select from list_publication p
        where p.list_no = list and p.first_bucket <= publish_list.last_bucket
          and p.last_bucket >= publish_list.first_bucket)
    then                                    -- another process took other parts: what neither did is left
        perform publish_list(list, b, b) from generate_series(first_bucket, last_bucket) as b
        where not exists (
            select from list_publication p where p.list_no = list and b between p.first_bucket and p.last_bucket);
        return;
    end if;
    -- The first list of an incident adds whatever it lists: there is nothing to compare with.
    if exists (select from affected_list l where l.incident_no = target.incident_no and l.list_no <> list) then
        before := numbers_kept(target, first_bucket, last_bucket);
    end if;
    with record as materialized (
        select r.number_key, r.fields, r.withdraws, count(*) as times from list_record r
        where r.list_no = list and r.code is null
          and r.number_key >= first_key(first_bucket) and r.number_key < first_key(last_bucket + 1)
        group by r.number_key, r.fields, r.withdraws),
    published as (
        insert into listing (number_key, incident_no, version, live_from, fields)
        select r.number_key, target.incident_no, target.version,
            case when not bool_or(r.withdraws) then target.live_from end, bit_or(r.fields)
        from record r group by r.number_key order by r.number_key
        returning number_key, live_from)
    select (select count(*) from record), count(*) filter (where p.live_from is not null),
        count(*) filter (where p.live_from is null and p.number_key not in (select unnest(before))),
        (select coalesce(sum(times - 1), 0) from record)
    into kept, listed, idle, repeated from published p;
    if target.replaces then
        insert into replacement (incident_no, version, bucket)
        select target.incident_no, target.version, generate_series(first_bucket, last_bucket);
    end if;
    if exists (select from affected_list l where l.incident_no = target.incident_no and l.list_no <> list) then
        after := numbers_kept(target, first_bucket, last_bucket);
        insert into list_publication
        select list, first_bucket, last_bucket, kept,
            (select count(*) from (select unnest(after) except select unnest(before)) as a),
            (select count(*) from (select unnest(before) except select unnest(after)) as w),
            idle, hits_opened() - opened_before, hits_ended() - ended_before, repeated;
    else
        insert into list_publication
        values (list, first_bucket, last_bucket, kept, listed, 0, idle, hits_opened() - opened_before,
            hits_ended() - ended_before, repeated);
    end if;
end $$;

-- The first pay-day that a change of this day meets: as in due_of, where a function would be called for each.
create or replace function exposed_by(bucket int, day date) returns date language sql stable as $$
    select coalesce((
        select e.pay_on from exposure e where e.bucket = exposed_by.bucket and e.through_on >= day
        order by e.through_on limit 1), '-infinity') $$;

-- Rule 22: the steps of exposure follow from the pay-days in force and the closing dates last set; a closing date that
-- lies before an earlier pay-day's exposes nothing.
create or replace function publish_closings(first_bucket int, last_bucket int) returns void
language plpgsql security definer set search_path = accountguard, pg_temp as $$
declare known bigint;
begin
    perform pass_buckets(first_bucket, last_bucket);
    -- Counted before they are read, and not by the highest number: one that commits later than its number says is
    -- missing from the count, and published then.
    known := calendar_decisions();
    delete from exposure where bucket between first_bucket and last_bucket;
    insert into exposure (bucket, through_on, pay_on)
    select b, s.closes_on, s.pay_on
    from (
        select p.pay_on, p.closes_on,
            max(p.closes_on) over (order by p.pay_on, p.closes_on
                rows between unbounded preceding and 1 preceding) as reached_on
        from (
            select d.paid_on as pay_on, coalesce((
                select c.closes_on from closing_decision c where c.pay_on = d.pay_on
                order by c.decision_no desc limit 1), d.closes_on) as closes_on
            from pay_day d) p) s
    cross join generate_series(first_bucket, last_bucket) as b
    where s.reached_on is null or s.closes_on > s.reached_on;
    insert into closing_in_force (bucket, decisions)
    select b, known from generate_series(first_bucket, last_bucket) as b
    on conflict (bucket) do update set decisions = excluded.decisions;
    -- Not joined with itself: a plan made while there were no hits would read all of them for each.
    update hit h set exposed_on = exposed_by(h.bucket, h.filed_on)
    where h.bucket between first_bucket and last_bucket and h.ended_at is null and h.filed_on > '-infinity'
      and h.exposed_on <> exposed_by(h.bucket, h.filed_on);
    -- The same for cases that stay open though their ground is gone.
    update hit h set exposed_on = exposed_by(h.bucket, h.filed_on)
    where h.bucket between first_bucket and last_bucket and h.ended_at is not null and h.is_open
      and h.filed_on > '-infinity' and h.exposed_on <> exposed_by(h.bucket, h.filed_on);
end $$;

-- What was decided or delivered and does not stand in every bucket yet: whoever comes next finishes it. The weight says
-- how many rows a transaction over all buckets would touch, at most.
create or replace view unpublished as
select 'cutoff' as what, c.incident_no as no, b.bucket,
    (select coalesce(sum(l.records), 0) from affected_list l where l.incident_no = c.incident_no) as weight
from (
    select incident_no, max(decision) as decision from cutoff_decision group by incident_no) c
cross join generate_series(0, 255) as b (bucket)
where 256 > (select count(*) from cutoff_in_force k where k.incident_no = c.incident_no and k.decision = c.decision)
  and not exists (
        select from cutoff_in_force k
        where k.incident_no = c.incident_no and k.bucket = b.bucket and k.decision = c.decision)
union all
select 'list', l.list_no, b.bucket,
    (select sum(o.records) from affected_list o where o.incident_no = l.incident_no)
from affected_list l cross join generate_series(0, 255) as b (bucket)
where 256 > (
        select coalesce(sum(p.last_bucket - p.first_bucket + 1), 0) from list_publication p where p.list_no = l.list_no)
  and not exists (
        select from list_publication p
        where p.list_no = l.list_no and b.bucket between p.first_bucket and p.last_bucket)
union all
select 'closing', 0, b.bucket, (select count(*) from hit h where h.ended_at is null)
from generate_series(0, 255) as b (bucket) left join closing_in_force k on k.bucket = b.bucket
where k.decisions is distinct from (select calendar_decisions());

-- ---------------------------------------------------------------- the second wall

-- Changes that the rule or an open hit can speak of: those of listed holders, and those with open hits.
create or replace view candidate as
select c.change_id from account_change c left join holder h on h.number_key = c.number_key
where coalesce(h.holder_key, c.number_key) in (
    select coalesce(o.holder_key, l.number_key) from listing l left join holder o on o.number_key = l.number_key)
union
select h.change_id from hit h where h.ended_at is null;

-- The rule over all facts against the hits, in one snapshot. Empty, or the promise is broken.
create or replace function unsettled(only_incident int default null)
returns table (what text, change_id uuid, incident_no int) language sql stable
set search_path = accountguard, pg_temp set jit = off as $$
    with expected as materialized (
        select c.change_id, d.* from candidate c cross join lateral due_of(c.change_id) d
        where only_incident is null or d.incident_no = only_incident)
    select case when h.change_id is null then 'missing' when e.change_id is null then 'unfounded' else 'misranked' end,
        coalesce(e.change_id, h.change_id), coalesce(e.incident_no, h.incident_no)
    from expected e
    full join (select * from hit i where i.ended_at is null
               and (only_incident is null or i.incident_no = only_incident)) h
      on h.change_id = e.change_id and h.incident_no = e.incident_no
    where (h.bucket, h.alert_gap, h.date_doubt, h.renumbered, h.chain, h.tier, h.list_version, h.filed_on, h.exposed_on)
       is distinct from (e.bucket, e.alert_gap, e.date_doubt, e.renumbered, e.chain, e.tier, e.list_version,
           e.filed_on, e.exposed_on)
    union all
    select 'misranked', h.change_id, h.incident_no from hit h
    where (only_incident is null or h.incident_no = only_incident)
      and h.state is distinct from coalesce(h.ended_as, 'Queued')
      and not exists (select from verification v where v.change_id = h.change_id)
    union all
    select 'misranked', h.change_id, h.incident_no
    from states_of_hits(array(select v.change_id from verification v)) s join hit h on h.hit_id = s.hit_id
    where (only_incident is null or h.incident_no = only_incident) and h.state <> s.state $$;

-- Repair of what "unsettled" shows, as any writer would do it.
create or replace function repair(changes uuid[]) returns void language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    perform pass_holders('{}', array(select distinct number_key from account_change where change_id = any (changes)));
    perform settle(changes);
    update hit h set state = s.state from states_of_hits(changes) s where h.hit_id = s.hit_id and h.state <> s.state;
end $$;

-- ---------------------------------------------------------------- the queue, and clashing mappings

-- The reasons of a hit in their fixed order (contract of the queue).
create or replace function reasons_of(alert_gap boolean, date_doubt boolean, renumbered boolean, chain boolean)
returns text language sql immutable as $$
    select concat_ws('+', case when alert_gap then 'AlertGap' else 'Listed' end,
        case when date_doubt then 'DateDoubt' end, case when renumbered then 'Renumbered' end,
        case when chain then 'AddressChain' end) $$;

-- Rule 22: the open queue by incident, in its order; unknown days come first.
create or replace view open_queue as
select row_number() over (partition by h.incident_no
        order by h.exposed_on, not h.chain, - h.tier, h.filed_on, h.source, h.request_id) as rank,
    h.* from hit h where h.is_open;

-- Rows that nobody settled and whose change, or its cancellation, did not come in readable form since.
create or replace view waiting_row as
select q.* from quarantined_row q
where not exists (
        select from quarantine_settlement s where s.delivery_no = q.delivery_no and s.row_no = q.row_no)
  and (q.code = 'OtherContent'
    or not exists (
        select from account_change c where c.change_id = q.change_id and not q.cancels
          and (c.delivery_no, c.row_no) > (q.delivery_no, q.row_no))
    and not exists (
        select from cancellation c where c.change_id = q.change_id and q.cancels
          and (c.delivery_no, c.row_no) > (q.delivery_no, q.row_no)));

-- Rule 8: two old numbers with one new one, one old with two new ones, a circle, or old = new. All of them, whichever
-- came first.
create or replace function closes_circle(first_old bytea, first_new bytea) returns boolean language sql stable as $$
    with recursive way as (
        select first_new as at
        union
        select r.new_key from way join renumbering r on r.old_key = way.at and r.relation = 'renumbered')
    select exists (select from way where at = first_old) $$;

create or replace function clashes_of(holders_numbers bytea[]) returns setof renumbering language sql stable as $$
    select r.* from renumbering r
    where r.old_key = any (holders_numbers) and r.relation = 'renumbered'
      and (exists (select from renumbering o where o.old_key = r.old_key and o.new_key <> r.new_key
                   and o.relation = 'renumbered')
        or exists (select from numbers_of_holder(r.old_key) n join renumbering o on o.old_key = n.number_key
                   where o.new_key = r.new_key and o.old_key <> r.old_key and o.relation = 'renumbered')
        or closes_circle(r.old_key, r.new_key)) $$;

-- Rule 8: for answers and letters. Of the holder's numbers, those that are reached from this one by mappings that do
-- not clash.
create or replace function own_numbers_of_holder(number bytea) returns setof bytea language plpgsql stable
set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
set jit = off as $$
declare numbers bytea[] := array(select n.number_key from numbers_of_holder(number) n);
begin
    return query
    with recursive clash as materialized (select c.old_key, c.new_key from clashes_of(numbers) c),
    pair as materialized (
        select r.old_key, r.new_key from renumbering r
        where r.old_key = any (numbers)
          and (r.relation = 'same-holder' or (r.old_key, r.new_key) not in (select c.old_key, c.new_key from clash c))),
    reached (number_key) as (
        select number
        union
        select case when p.old_key = r.number_key then p.new_key else p.old_key end
        from reached r join pair p on r.number_key in (p.old_key, p.new_key))
    select r.number_key from reached r;
end $$;
