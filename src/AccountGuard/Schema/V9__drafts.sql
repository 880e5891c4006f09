-- The name of an uploaded file, sealed as its content is. What is sealed does not compress.
alter table exhibit add column sealed_name bytea;
alter table exhibit alter column sealed set storage external;

-- What was typed into a form that came after its session had ended: for the person who typed it alone, sealed under the
-- number's key, until it is sent, discarded or a week old. It is no record, and the only thing here that is deleted.
create table draft (
    change_id  uuid        not null,
    entry      uuid        not null,          -- the form: the same sent again is one draft
    login      text        not null,
    person     text,
    number_key bytea       not null,
    sealed     bytea       not null,
    kept_at    timestamptz not null,
    primary key (change_id, login, entry));
create index draft_kept on draft (kept_at);
