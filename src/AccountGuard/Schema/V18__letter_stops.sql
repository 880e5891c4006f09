-- A batch that was released can be stopped (Rule 28): its letters wait again, and each case is told once.
alter table letter_batch drop constraint letter_batch_state_check;
alter table letter_batch add constraint letter_batch_state_check check (state in
    ('Begun', 'Printed', 'Abandoned', 'Refused', 'Released', 'Posted', 'StopAsked', 'Stopped'));

-- Letters of which the case heard that they were stopped; kept by a trigger on its events (LetterEvents.sql).
create table letter_stop (
    batch  uuid not null,
    letter uuid not null,
    primary key (batch, letter));
