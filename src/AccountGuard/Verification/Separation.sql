-- Separation of duties (Rule 14), where no forgetful or clever code gets round it: whatever appends an approval, it is
-- by another person than proposed, and where it is of a case neither of them keyed or decided the change.
create or replace function accountguard.ensure_another(proposer jsonb, approver jsonb, refusal text)
returns void language plpgsql as $$
begin
    if coalesce(approver ->> 'Person', '') = '' or approver ->> 'Login' = proposer ->> 'Login'
        or approver ->> 'Person' = proposer ->> 'Person'
    then
        raise exception '%', refusal using errcode = 'AG003',
            hint = 'Another person has to, under whichever login.';
    end if;
end $$;

create or replace function accountguard.ensure_separate(change uuid, proposer jsonb, approver jsonb)
returns void language plpgsql set search_path = accountguard, pg_temp as $$
begin
    perform ensure_another(proposer, approver, 'whoever proposed it does not approve it');
    if is_keyed_by(change, approver ->> 'Login', approver ->> 'Person')
        or is_keyed_by(change, proposer ->> 'Login', proposer ->> 'Person')
    then
        raise exception 'whoever keyed or decided a change does not verify, hold or release it'
            using errcode = 'AG003';
    end if;
end $$;

create or replace function accountguard.ensure_approved(event accountguard_events.mt_events)
returns void language plpgsql set search_path = accountguard, accountguard_events, pg_temp as $$
declare proposed jsonb;
begin
    -- A proposal is approved once, and gives way to a later one.
    select e.data into proposed from mt_events e
    where e.stream_id = event.stream_id and e.type = 'verdict_proposed'
    order by e.version desc limit 1;
    if proposed ->> 'Entry' is distinct from event.data ->> 'Proposal'
        or proposed ->> 'Verdict' is distinct from event.data ->> 'Verdict'
        or exists (
            select from mt_events later
            where later.stream_id = event.stream_id
              and later.type in ('verdict_approved', 'verdict_sent_back', 'entry_taken_back')
              and coalesce(later.data ->> 'Proposal', later.data ->> 'Entry') = event.data ->> 'Proposal')
    then
        raise exception 'no such proposal waits for approval' using errcode = 'AG003';
    end if;
    perform ensure_separate(event.stream_id, proposed -> 'Auditor', event.data -> 'Approver');
end $$;

-- The same of holds, and of their release before their day (Rules 14, 18).
create or replace function accountguard.ensure_hold_approved(event accountguard_events.mt_events)
returns void language plpgsql set search_path = accountguard, accountguard_events, pg_temp as $$
declare proposed jsonb; proposal text := coalesce(event.data ->> 'Release', event.data ->> 'Hold');
begin
    select e.data into proposed from mt_events e
    where e.stream_id = event.stream_id
      and (event.type = 'hold_approved' and e.type = 'hold_proposed' and e.data ->> 'Hold' = proposal
        or event.type = 'hold_released' and e.type = 'hold_release_proposed' and e.data ->> 'Release' = proposal
            and e.data ->> 'Hold' = event.data ->> 'Hold')
      and not exists (
            select from mt_events later
            where later.stream_id = e.stream_id and later.type in ('hold_sent_back', 'entry_taken_back')
              and coalesce(later.data ->> 'Proposal', later.data ->> 'Entry') = proposal);
    if proposed is null then
        raise exception 'no such proposal of a hold waits for approval' using errcode = 'AG003';
    end if;
    perform ensure_separate(event.stream_id, proposed -> 'Auditor', event.data -> 'Approver');
end $$;

-- A replacement payment too is decided by another person than proposed it, and a proposal gives way to a later one.
create or replace function accountguard.ensure_replacement_approved(event accountguard_events.mt_events)
returns void language plpgsql set search_path = accountguard, accountguard_events, pg_temp as $$
declare proposed jsonb;
begin
    select e.data into proposed from mt_events e
    where e.stream_id = event.stream_id and e.type = 'replacement_proposed'
    order by e.version desc limit 1;
    if proposed ->> 'Replacement' is distinct from event.data ->> 'Replacement' or exists (
        select from mt_events e
        where e.stream_id = event.stream_id and e.type = 'replacement_approved'
          and e.data ->> 'Replacement' = event.data ->> 'Replacement')
    then
        raise exception 'no such replacement payment waits for approval' using errcode = 'AG003';
    end if;
    perform ensure_separate(event.stream_id, proposed -> 'Auditor', event.data -> 'Approver');
end $$;

-- Rule 23: a recall ends once; a refused one stays a loss.
create or replace function accountguard.ensure_recall_open(event accountguard_events.mt_events)
returns void language plpgsql set search_path = accountguard, accountguard_events, pg_temp as $$
begin
    if exists (
        select from mt_events e
        where e.stream_id = event.stream_id and e.type = 'recall_answered'
          and e.data ->> 'Recall' = event.data ->> 'Recall' and e.data ->> 'Outcome' <> 'NoContact')
    then
        raise exception 'this recall has ended' using errcode = 'AG003',
            hint = 'A refused recall is a loss, and stays one.';
    end if;
end $$;
