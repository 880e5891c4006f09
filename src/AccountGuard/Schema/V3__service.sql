-- Who delivered: null is the command line.
alter table delivery add column delivered_by text;


-- Senders cannot take each other's ids.
drop index delivery_by_id;
create unique index delivery_by_id on delivery (id, coalesce(delivered_by, '')) where id is not null;

create index quarantined_row_remainder on quarantined_row (delivery_no, row_no) where code = 'Remainder';
create index quarantined_row_number on quarantined_row (number_key) where number_key is not null;

-- From revoked_at on, nothing counts that a login or a person was let in with before.
create table revocation (
    revocation_no   bigint generated always as identity primary key,
    login_or_person text collate "C" not null,
    revoked_at      timestamptz not null,
    revoked_by      text not null,
    reason          text not null);
create index revocation_whom on revocation (login_or_person, revoked_at);
