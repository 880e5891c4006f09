-- Facts: append-only rows, written by the application and never altered (Rule 34). What is derived from them follows
-- below.
-- Tables of millions of rows have no foreign keys: a look-up for each row of a bulk load would cost more than the row.
-- A key column (…_key) holds the first 128 bits of an HMAC-SHA256: it names a number, content or account without
-- telling it.

-- Deliveries (Rule 7). Two ways to be the same again: the sender's id, or else the content.
create table delivery (
    delivery_no bigint generated always as identity primary key,
    kind        text        not null,
    id          text collate "C",
    content_key bytea       not null,
    received_at timestamptz not null,
    arguments   jsonb       not null);
create unique index delivery_by_id on delivery (id) where id is not null;
create unique index delivery_by_content on delivery (content_key) where id is null;

-- Rows of a delivery that are done, batch by batch: a killed import goes on behind the last one.
create table delivery_batch (
    delivery_no  bigint not null references delivery,
    rows_through bigint not null,
    accepted     bigint not null,
    duplicates   bigint not null,
    quarantined  bigint not null,
    hits_opened  bigint not null,
    hits_ended   bigint not null,
    primary key (delivery_no, rows_through));

create table delivery_completion (delivery_no bigint primary key references delivery, answer jsonb not null);

create table refused_delivery (
    refusal_no  bigint generated always as identity primary key,
    kind        text        not null,
    id          text collate "C",
    content_key bytea       not null,
    received_at timestamptz not null,
    reason      text        not null);

create table quarantined_row (
    delivery_no bigint not null references delivery,
    row_no      bigint not null,
    code        text   not null,
    field       text   not null,
    change_id   uuid,
    cancels     boolean not null default false,
    number_key  bytea,
    sealed      bytea,                        -- null: a mapping that clashes; the row itself is in renumbering
    primary key (delivery_no, row_no));
create index quarantined_row_change on quarantined_row (change_id);

create table quarantine_settlement (
    delivery_no bigint      not null,
    row_no      bigint      not null,
    reason      text        not null,
    settled_at  timestamptz not null,
    primary key (delivery_no, row_no),
    foreign key (delivery_no, row_no) references quarantined_row);

-- One data key for each number (or for each delivery, for rows that name no number), wrapped by the key file.
-- Whoever destroys the row has erased all that is sealed under it.
create table personal_key (
    subject_key   bytea primary key,
    wrapped       bytea not null,
    sealed_number bytea);

-- Proof that the key file in use is the one this database was laid with.
create table key_check (key_id text primary key, proof bytea not null);

-- Incidents and cutoff decisions (Rules 2, 6). The declaration is decision 0.
create table incident (
    incident_no        int generated always as identity primary key,
    id                 text collate "C" not null unique,
    time_zone          text  not null,
    window_from        date,
    post_days          int   not null check (post_days between 1 and 366),
    verifies_addresses boolean not null,
    declaration        jsonb not null,
    declared_at        timestamptz not null);

create table cutoff_decision (
    incident_no int  not null references incident,
    decision    int  not null check (decision >= 0),
    through_on  date not null,
    reason      text not null,
    decided_at  timestamptz not null,
    primary key (incident_no, decision));

-- Affected lists (Rules 1, 5, 6). A record is a row of the file; a listing is a number, with the union of its fields.
-- fields: 1 name or kana, 2 birth date, 4 address.
create table affected_list (
    list_no     int generated always as identity primary key,
    incident_no int  not null references incident,
    version     int  not null check (version > 0),
    delivery_no bigint not null references delivery,
    live_from   date not null,
    records     bigint not null,
    replaces    boolean not null,             -- false for a whole list with quarantined rows: see publish_list
    unique (incident_no, version));

create table list_record (
    list_no    int      not null,
    row_no     bigint   not null,
    number_key bytea,
    withdraws  boolean  not null,
    fields     smallint not null,
    code       text,
    field      text,
    sealed     bytea    not null);
create unique index list_record_number on list_record (number_key, list_no, row_no);

create table listing (
    number_key  bytea    not null,
    incident_no int      not null,
    version     int      not null,
    live_from   date,                        -- null: this version withdraws the number
    fields      smallint not null,
    primary key (number_key, incident_no, version));

-- The version is the whole list: what it lacks of this bucket is withdrawn by it, whenever the lower version arrives.
create table replacement (
    incident_no int not null references incident,
    version     int not null,
    bucket      int not null check (bucket between 0 and 255),
    primary key (incident_no, version, bucket));

-- Buckets of a list that stand in listing, with what they did. Not all 256: the list is still being published.
create table list_publication (
    list_no      int    not null references affected_list,
    first_bucket int    not null check (first_bucket between 0 and 255),
    last_bucket  int    not null check (last_bucket between first_bucket and 255),
    accepted     bigint not null,             -- records without their repetitions
    added        bigint not null,
    withdrawn    bigint not null,
    not_listed   bigint not null,             -- withdrawals of numbers that were not listed: without effect
    hits_opened  bigint not null,
    hits_ended   bigint not null,
    primary key (list_no, first_bucket));

-- Account changes and cancellations (Rules 4, 7). A day is a plain day (…_on) or an instant (…_at), whose day depends
-- on the incident's time zone; neither: missing or unreadable.
create table account_change (
    change_id     uuid primary key,           -- made from source and request id
    number_key    bytea    not null,
    kind          text     not null check (kind in ('account', 'address')),
    filed_on      date,
    filed_at      timestamptz,
    received_on   date,
    received_at   timestamptz,
    entered_on    date,
    entered_at    timestamptz,
    delivered_at  timestamptz not null,
    source        text collate "C" not null,
    request_id    text collate "C" not null,
    channel       text,
    office        text,
    entered_by    text,
    decided_by    text,
    proof         text,
    new_account_key      bytea,
    previous_account_key bytea,
    proxy_key     bytea,
    unreadable    text[]   not null,          -- names of the fields that stand in the details as they came
    content_key   bytea    not null,
    delivery_no   bigint   not null,
    row_no        bigint   not null);
create index account_change_number on account_change (number_key);

create table account_change_detail (
    change_id  uuid primary key,
    number_key bytea not null,
    sealed     bytea not null);

create table cancellation (
    change_id    uuid primary key,            -- may come before its change
    number_key   bytea  not null,
    source       text collate "C" not null,
    request_id   text collate "C" not null,
    content_key  bytea  not null,
    delivered_at timestamptz not null,
    delivery_no  bigint not null,
    row_no       bigint not null);

-- Renumbering (Rule 8). The effective day is recorded and decides nothing.
create table renumbering (
    old_key      bytea  not null,
    new_key      bytea  not null,
    relation     text   not null check (relation in ('renumbered', 'same-holder')),
    effective_on date,
    delivery_no  bigint not null,
    row_no       bigint not null);
create unique index renumbering_once on renumbering (old_key, new_key, relation, effective_on) nulls not distinct;
create index renumbering_new on renumbering (new_key);

-- Pay-days (Rules 21, 22), and closing dates set later.
create table pay_day (pay_on date primary key, closes_on date not null);

create table closing_decision (
    decision_no bigint generated always as identity primary key,
    pay_on      date not null references pay_day,
    closes_on   date not null,
    decided_at  timestamptz not null);

-- Derived: what the rule reads for each bucket, so that a move is published bucket by bucket and no transaction is
-- long.
create table cutoff_in_force (
    incident_no int  not null references incident,
    bucket      int  not null check (bucket between 0 and 255),
    decision    int  not null,
    through_on  date not null,
    primary key (incident_no, bucket));

create table exposure (
    bucket     int  not null check (bucket between 0 and 255),
    through_on date not null,                 -- days up to this one, and after the row before, are paid first on pay_on
    pay_on     date not null,
    primary key (bucket, through_on));

create table closing_in_force (bucket int primary key, decisions bigint not null);   -- how many it was made from

-- Derived from renumbering. Only joined numbers stand here; the holder is named by one of them.
create table holder (number_key bytea primary key, holder_key bytea not null);
create index holder_numbers on holder (holder_key);

-- Derived: the projection of changes against the affected set, with all that ranks a hit. -infinity: no possible day.
create table hit (
    hit_id       bigint generated always as identity primary key,
    change_id    uuid     not null,
    incident_no  int      not null,
    bucket       int      not null,
    alert_gap    boolean  not null,
    date_doubt   boolean  not null,
    renumbered   boolean  not null,
    chain        boolean  not null,
    tier         smallint not null,
    list_version int      not null,
    filed_on     date     not null,
    exposed_on   date     not null,
    source       text collate "C" not null,
    request_id   text collate "C" not null,
    opened_at    timestamptz not null default clock_timestamp(),
    ended_at     timestamptz,
    ended_as     text check (ended_as in ('ListedInError', 'Withdrawn')));
create unique index hit_open on hit (change_id, incident_no) where ended_at is null;
create index hit_queue on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where ended_at is null;
create index hit_bucket on hit (bucket) where ended_at is null;
create index hit_change on hit (change_id);

-- What the case worker has written to a case's stream for a hit.
create table case_step (
    hit_id bigint not null references hit,
    step   text   not null check (step in ('required', 'ended')),
    primary key (hit_id, step));

create table reconciliation (
    reconciliation_no bigint generated always as identity primary key,
    ran_at    timestamptz not null,
    missing   bigint not null,
    unfounded bigint not null,
    misranked bigint not null,
    pending   bigint not null);

-- Rule 33: who was shown whose data, what of it, and what for; written before it is shown.
create table access_record (
    access_no  bigint generated always as identity primary key,
    who        text        not null,
    number_key bytea       not null,
    fields     text        not null,
    purpose    text        not null,
    at         timestamptz not null);

create table schema_version (number int not null, digest text not null, laid_at timestamptz not null);
