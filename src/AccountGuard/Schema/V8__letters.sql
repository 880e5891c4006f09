-- Letters in the workflow (Rules 12, 13, 28). letter_order and letter_batch say what the events of cases and batches
-- say, kept by a trigger on these (LetterEvents.sql), which alone writes them.
create table letter_order (
    letter     uuid primary key,
    change_id  uuid not null,
    reference  text collate "C" not null,
    ordered_at timestamptz not null,
    sent_on    date,                          -- the day on which it first was recorded as sent
    over_by    uuid);                         -- the entry that sent it, or the order itself where it was taken back
create index letter_order_open on letter_order (ordered_at, letter) where over_by is null;
create index letter_order_case on letter_order (change_id);
create index letter_order_reference on letter_order (reference);

create table letter_batch (
    batch    uuid primary key,
    state    text not null
        check (state in ('Begun', 'Printed', 'Abandoned', 'Refused', 'Released', 'Posted')),
    begun_at timestamptz not null,
    batch_no bigint generated always as identity unique);
create index letter_batch_open on letter_batch (state) where state in ('Begun', 'Printed', 'Released');

-- Orders that a batch took for itself, so that no other prints them.
create table letter_claim (
    batch     uuid not null,
    letter    uuid not null,
    change_id uuid not null,
    primary key (batch, letter));
create index letter_claim_letter on letter_claim (letter);
create index letter_claim_case on letter_claim (change_id);

-- What came of them: a row of the manifest, or the reason why no letter was made (the work list).
create table letter_outcome (
    batch  uuid not null,
    letter uuid not null,
    row_no int,
    reason text,
    field  text,
    primary key (batch, letter),
    check ((row_no is null) <> (reason is null)));
create index letter_outcome_letter on letter_outcome (letter);

-- What was printed, sealed under a key of the batch's own: whoever destroys that key has erased it.
create table letter_print (
    batch    uuid primary key,
    sheets   int not null,
    pdf      bytea not null,
    manifest bytea not null);
alter table letter_print alter column pdf set storage external;      -- sealed bytes do not compress

-- Orders from before.
do $$
begin
    if to_regclass('accountguard_events.mt_events') is not null then
        insert into letter_order (letter, change_id, reference, ordered_at, sent_on, over_by)
        select (e.data ->> 'Letter')::uuid, e.stream_id, e.data ->> 'Reference', e.timestamp,
            (s.data ->> 'SentOn')::date, coalesce((s.data ->> 'Entry')::uuid, (t.data ->> 'Entry')::uuid)
        from accountguard_events.mt_events e
        left join lateral (
            select s.data from accountguard_events.mt_events s
            where s.stream_id = e.stream_id and s.type = 'letter_sent' and s.data ->> 'Letter' = e.data ->> 'Letter'
            order by s.version limit 1) s on true
        left join accountguard_events.mt_events t on t.stream_id = e.stream_id and t.type = 'entry_taken_back'
            and t.data ->> 'Entry' = e.data ->> 'Letter'
        where e.type = 'letter_ordered';
    end if;
end $$;
