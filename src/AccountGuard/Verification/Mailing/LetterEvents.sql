-- Letters and batches are what the events say, whatever appends them; and nobody releases a batch of their own (Rule
-- 28): not under another login, and not from psql either.
create or replace function accountguard.on_letter_event() returns trigger language plpgsql security definer
set search_path = accountguard, accountguard_events, pg_temp as $$
declare
    next text := case new.type when 'letter_batch_printed' then 'Printed' when 'letter_batch_abandoned' then 'Abandoned'
        when 'letter_batch_refused' then 'Refused' when 'letter_batch_released' then 'Released'
        when 'letter_batch_posted' then 'Posted' end;
    maker jsonb;
begin
    if new.type = 'letter_ordered' then
        insert into letter_order (letter, change_id, reference, ordered_at)
        values ((new.data ->> 'Letter')::uuid, new.stream_id, new.data ->> 'Reference', new.timestamp);
    elsif new.type = 'letter_sent' then
        update letter_order set sent_on = coalesce(sent_on, (new.data ->> 'SentOn')::date),
            over_by = (new.data ->> 'Entry')::uuid
        where letter = (new.data ->> 'Letter')::uuid and change_id = new.stream_id;
    elsif new.type = 'entry_taken_back' then
        update letter_order
        set over_by = case when letter = (new.data ->> 'Entry')::uuid then letter end
        where change_id = new.stream_id and (new.data ->> 'Entry')::uuid in (letter, over_by);
    elsif new.type = 'letter_batch_begun' then
        insert into letter_batch (batch, state, begun_at) values (new.stream_id, 'Begun', new.timestamp);
    else
        if next = 'Released' then
            select e.data -> 'By' into maker from mt_events e
            where e.stream_id = new.stream_id and e.type = 'letter_batch_begun';
            if maker ->> 'Person' is null then
                raise exception 'no person made this batch of letters' using errcode = 'AG003';
            end if;
            perform ensure_another(maker, new.data -> 'By', 'whoever made a batch of letters does not release it');
        end if;
        update letter_batch set state = next
        where batch = new.stream_id and state = case
            when next in ('Printed', 'Abandoned') then 'Begun' when next = 'Posted' then 'Released' else 'Printed' end;
        if not found then
            raise exception 'the batch is not in the state that this follows on' using errcode = 'AG003';
        end if;
    end if;
    return new;
end $$;

create or replace trigger letters before insert on accountguard_events.mt_events
for each row when (new.type in ('letter_ordered', 'letter_sent', 'entry_taken_back', 'letter_batch_begun',
    'letter_batch_printed', 'letter_batch_abandoned', 'letter_batch_refused', 'letter_batch_released',
    'letter_batch_posted'))
execute function accountguard.on_letter_event();
