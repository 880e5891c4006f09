-- What an event has to meet, or does besides, before it is stored, by its type. One trigger for all, with a short
-- condition: PostgreSQL reads each trigger's condition anew for each event, and that took half the time of an append.
create or replace function accountguard.on_event() returns trigger language plpgsql security definer
set search_path = accountguard, pg_temp as $$
begin
    case
        when new.type = 'verdict_approved' then perform ensure_approved(new);
        when new.type in ('hold_approved', 'hold_released') then perform ensure_hold_approved(new);
        when new.type = 'replacement_approved' then perform ensure_replacement_approved(new);
        when new.type = 'recall_answered' then perform ensure_recall_open(new);
        when new.type in ('letter_ordered', 'letter_sent', 'entry_taken_back', 'letter_batch_begun',
            'letter_batch_printed', 'letter_batch_abandoned', 'letter_batch_refused', 'letter_batch_released',
            'letter_batch_posted', 'letter_batch_stop_asked', 'letter_batch_stop_answered', 'letter_stopped')
        then perform keep_letter(new);
        else null;
    end case;
    return new;
end $$;

create or replace trigger meet before insert on accountguard_events.mt_events
for each row when (new.type <> 'account_change_filed') execute function accountguard.on_event();

-- Those that an older program laid, each with a condition of its own. In the same transaction: nothing gets between.
drop function if exists accountguard.on_approval, accountguard.on_hold_approval, accountguard.on_replacement_approval,
    accountguard.on_recall_answer, accountguard.on_letter_event cascade;
