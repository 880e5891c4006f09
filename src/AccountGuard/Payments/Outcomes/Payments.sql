-- evolve-repeat-always
-- What is known of payments and stops, from all that was said of them in whatever order (Rules 20, 23).

-- A payment, with its outcome: money that came back came back, whatever else was said. Reported by the name of its
-- pay-day, it is of the day on which that is paid.
create or replace view payment as
select r.payment_id, r.number_key, r.source, r.sent_id,
    coalesce((select d.paid_on from pay_day d where d.pay_on = r.pay_on), r.pay_on) as pay_on,
    r.amount, r.account_key, r.pays_for,
    case when bool_or(r.outcome = 'returned') then 'returned'
         when bool_or(r.outcome = 'credit-failed') then 'credit-failed'
         when bool_or(r.outcome = 'withheld') then 'withheld'
         when bool_or(r.outcome = 'credited') then 'credited'
         else 'sent' end as outcome,
    bool_or(r.outcome in ('credit-failed', 'returned')) as came_back,
    max(r.code) as code, max(r.happened_on) as happened_on, (array_agg(r.sealed order by r.outcome))[1] as sealed,
    (array_agg(r.content_key order by r.outcome))[1] as sealed_for
from payment_report r
where r.pay_on is not null
group by r.payment_id, r.number_key, r.source, r.sent_id, r.pay_on, r.amount, r.account_key, r.pays_for;

-- A stop, from its day up to the day before the payments are resumed. Nothing is stopped while only its end is known.
create or replace view payment_stop as
select r.payment_id as stop_id, r.number_key, r.source, r.sent_id, r.reason,
    min(r.happened_on) filter (where r.outcome <> 'resumed') as from_on,
    min(r.happened_on) filter (where r.outcome = 'resumed') as resumed_on,
    min(r.happened_on) filter (where r.outcome = 'terminated') as terminated_on,
    max(r.amount) filter (where r.outcome = 'stopped') as amount
from payment_report r
where r.reason is not null
group by r.payment_id, r.number_key, r.source, r.sent_id, r.reason;

-- What a change with a case says of accounts: filed_on is the first day on which it may have been filed; the case is
-- known since the change and the list that it meets had both been received.
create or replace view case_account as
select h.change_id, h.filed_on, a.number_key, a.new_account_key, i.time_zone,
    (greatest(a.delivered_at, d.received_at) at time zone i.time_zone)::date as is_known_on
from (select distinct on (o.change_id) o.* from hit o order by o.change_id, o.hit_id) h
join account_change a on a.change_id = h.change_id
join incident i on i.incident_no = h.incident_no
left join affected_list l on l.incident_no = h.incident_no and l.version = h.list_version
left join delivery d on d.delivery_no = l.delivery_no;

-- Payments to the new account of such a change, under whichever of the holder's numbers, from that first day on.
create or replace view payment_to_new_account as
select c.change_id, c.is_known_on, p.*
from case_account c
cross join lateral (
    select r.payment_id, r.number_key, r.source, r.sent_id,
        coalesce((select d.paid_on from pay_day d where d.pay_on = r.pay_on), r.pay_on) as pay_on, r.amount,
        bool_or(r.outcome in ('credit-failed', 'returned')) as came_back
    from payment_report r
    where r.account_key = c.new_account_key and r.pay_on >= c.filed_on
      and coalesce((select o.holder_key from holder o where o.number_key = r.number_key), r.number_key)
        = coalesce((select o.holder_key from holder o where o.number_key = c.number_key), c.number_key)
    group by r.payment_id, r.number_key, r.source, r.sent_id, r.pay_on, r.amount
    offset 0) p;

-- The change that follows a payment, of the holder's denied changes to its account: that under which it was recalled,
-- else the one denied first, so that no yen is counted, recalled or paid anew twice. Of a change that was Confirmed
-- after all only what had been recalled is followed. Null: to no denied account.
create or replace function followed_under(payment uuid, number bytea, account bytea, paid_on date) returns uuid
language plpgsql stable set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return (
        select v.change_id
        from account_change a
        join verification v on v.change_id = a.change_id and v.is_followed
        cross join lateral (select o.filed_on from case_account o where o.change_id = a.change_id offset 0) c
        left join recall r on r.change_id = a.change_id and r.payment_id = payment
        where a.new_account_key = account and c.filed_on <= paid_on
          and (v.was_denied or r.recall_id is not null)
          and coalesce((select o.holder_key from holder o where o.number_key = a.number_key), a.number_key)
            = coalesce((select o.holder_key from holder o where o.number_key = number), number)
        order by r.recall_id is null, v.first_denied_at, v.change_id limit 1);
end $$;

-- Yen that reached the holder in place of a payment, over however many that each make up for the one before.
create or replace function paid_again(original uuid) returns bigint
language plpgsql stable set search_path = accountguard, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
    return (
        with recursive later (payment_id) as (
            select r.payment_id from payment_report r where r.pays_for = original
            union
            select r.payment_id from later l join payment_report r on r.pays_for = l.payment_id)
        select coalesce(sum(p.amount), 0)
        from later l cross join lateral (select * from payment v where v.payment_id = l.payment_id offset 0) p
        where p.payment_id <> original and p.outcome in ('sent', 'credited')
          and followed_under(p.payment_id, p.number_key, p.account_key, p.pay_on) is null);
end $$;

-- Payments to denied accounts, each followed to its last yen under one change (Rules 17, 23): what is neither recovered
-- nor lost is open. What people recorded of a recall stands; before that, what the payment system says came back is
-- recovered. A refused recall is a loss and never anything else. What makes up for another of them, and was stolen too,
-- is due once.
create or replace view followed_payment as
select p.*, r.recall_id, r.due_on, r.state,
    case when r.state in ('ReturnedBeforeCredit', 'ConsentGiven') then r.recovered
         when r.state = 'Refused' then 0
         when p.came_back then p.amount else 0 end as recovered,
    case when r.state in ('ReturnedBeforeCredit', 'ConsentGiven') then p.amount - r.recovered
         when r.state = 'Refused' then p.amount
         else 0 end as lost,
    d.due, least(d.due, paid_again(p.payment_id)) as paid_again
from verification v
join account_change a on a.change_id = v.change_id
join payment_to_new_account p on p.change_id = v.change_id
cross join lateral (
    select case when exists (
        select from payment_report m
        cross join lateral (select * from payment b where b.payment_id = m.pays_for offset 0) o
        where m.payment_id = p.payment_id
          and followed_under(o.payment_id, o.number_key, o.account_key, o.pay_on) is not null)
        then 0 else p.amount end as due) d
left join recall r on r.change_id = p.change_id and r.payment_id = p.payment_id
where v.is_followed
  and v.change_id = followed_under(p.payment_id, p.number_key, a.new_account_key, p.pay_on);
