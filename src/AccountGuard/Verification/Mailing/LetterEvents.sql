-- Letters and batches are what the events say, whatever appends them; and nobody releases a batch of their own (Rule
-- 28): not under another login, and not from psql either.
create or replace function accountguard.keep_letter(event accountguard_events.mt_events)
returns void language plpgsql set search_path = accountguard, accountguard_events, pg_temp as $$
declare
    next text := case event.type when 'letter_batch_printed' then 'Printed'
        when 'letter_batch_abandoned' then 'Abandoned' when 'letter_batch_refused' then 'Refused'
        when 'letter_batch_released' then 'Released' when 'letter_batch_posted' then 'Posted'
        when 'letter_batch_stop_asked' then 'StopAsked' when 'letter_batch_stop_answered' then
            case when event.data ->> 'Outcome' = 'Confirmed' then 'Stopped'
                 when exists (
                    select from mt_events e where e.stream_id = event.stream_id and e.type = 'letter_batch_posted')
                 then 'Posted' else 'Released' end end;
    maker jsonb;
begin
    if event.type = 'letter_ordered' then
        insert into letter_order (letter, change_id, reference, ordered_at)
        values ((event.data ->> 'Letter')::uuid, event.stream_id, event.data ->> 'Reference', event.timestamp);
    elsif event.type = 'letter_sent' then
        update letter_order set sent_on = coalesce(sent_on, (event.data ->> 'SentOn')::date),
            over_by = (event.data ->> 'Entry')::uuid
        where letter = (event.data ->> 'Letter')::uuid and change_id = event.stream_id;
    elsif event.type = 'entry_taken_back' then
        update letter_order
        set over_by = case when letter = (event.data ->> 'Entry')::uuid then letter end
        where change_id = event.stream_id and (event.data ->> 'Entry')::uuid in (letter, over_by);
    elsif event.type = 'letter_stopped' then
        insert into letter_stop (batch, letter)
        select r.batch, r.letter
        from letter_outcome r join letter_batch b on b.batch = r.batch and b.state = 'Stopped'
        where r.batch = (event.data ->> 'Batch')::uuid and r.letter = (event.data ->> 'Letter')::uuid;
        if not found then
            raise exception 'the batch of this letter was not stopped' using errcode = 'AG003';
        end if;
        update letter_order set sent_on = null, over_by = null
        where letter = (event.data ->> 'Letter')::uuid and over_by = (event.data ->> 'Sent')::uuid;
    elsif event.type = 'letter_batch_begun' then
        insert into letter_batch (batch, state, begun_at) values (event.stream_id, 'Begun', event.timestamp);
    else
        if event.type = 'letter_batch_released' then
            select e.data -> 'By' into maker from mt_events e
            where e.stream_id = event.stream_id and e.type = 'letter_batch_begun';
            if maker ->> 'Person' is null then
                raise exception 'no person made this batch of letters' using errcode = 'AG003';
            end if;
            perform ensure_another(maker, event.data -> 'By', 'whoever made a batch of letters does not release it');
        end if;
        update letter_batch set state = next
        where batch = event.stream_id and state = any (case
            when event.type = 'letter_batch_stop_asked' then '{Released,Posted}'::text[]
            when event.type = 'letter_batch_stop_answered' then '{StopAsked}'
            when next in ('Printed', 'Abandoned') then '{Begun}'
            when next = 'Posted' then '{Released}' else '{Printed}' end);
        if not found then
            raise exception 'the batch is not in the state that this follows on' using errcode = 'AG003';
        end if;
    end if;
end $$;
