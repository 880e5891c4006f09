-- What people made of a case, as the events of its stream say (Rules 6, 14): a row for each case that was ever touched.
-- keep_case alone writes it.
create table verification (
    change_id     uuid primary key,
    state         text    not null check (state in ('Queued', 'InContact', 'Proposed', 'Unreachable', 'Confirmed',
        'Denied', 'Deceased', 'ListedInError', 'Withdrawn')),
    stays_open    boolean not null,           -- facts alone do not end it
    denied        boolean not null,           -- the new account is not paid until somebody confirms it (Rule 17)
    auditor       text,                       -- the login that works on it, and until when
    claimed_until timestamptz,
    returns_on    date,                       -- snoozed: it is back on this day
    kept_at       timestamptz not null);
create index verification_auditor on verification (auditor) where auditor is not null;

-- The state of its case stands in each hit, so that a page of the queue is one range of an index: an open hit has an
-- open case or one with a verdict; one that ended is still open where people have worked on it (ground gone).
alter table hit add column state text not null default 'Queued' check (state in ('Queued', 'InContact', 'Proposed',
    'Unreachable', 'Confirmed', 'Denied', 'Deceased', 'ListedInError', 'Withdrawn'));
update hit set state = ended_as where ended_at is not null;
alter table hit add column is_open boolean not null
    generated always as (state in ('Queued', 'InContact', 'Proposed', 'Unreachable')) stored;
drop index hit_queue;
create index hit_queue on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open;
create index hit_ended on hit (incident_no, state, hit_id) where not is_open;
create index hit_ground_gone on hit (bucket) where is_open and ended_at is not null;

-- Notes, papers and files of cases, sealed under the number's key; events name them by id and hash.
create table exhibit (
    exhibit_id uuid primary key,
    change_id  uuid  not null,
    number_key bytea not null,
    media_type text  not null,
    sealed     bytea not null,
    added_by   text  not null,
    added_at   timestamptz not null);
create index exhibit_case on exhibit (change_id);

-- Links of cases (Rule 16).
create index account_change_new_account on account_change (new_account_key) where new_account_key is not null;
create index account_change_proxy on account_change (proxy_key) where proxy_key is not null;

-- Which cases were told of which report of a death (Rule 17).
create table death_told (
    change_id   uuid   not null,
    delivery_no bigint not null,
    row_no      bigint not null,
    primary key (change_id, delivery_no, row_no));
create index holder_record_died on holder_record (number_key) where died_on is not null or died_at is not null;
