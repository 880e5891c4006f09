-- A row may put a report of a death right (Rule 17): its holder lives.
alter table holder_record add column lives boolean not null default false;
drop index holder_record_died;
create index holder_record_died on holder_record (number_key)
    where died_on is not null or died_at is not null or lives;
