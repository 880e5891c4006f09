-- The server, its timeline and the table's own number there: another one where the database was restored, failed over,
-- or brought back from a dump. What was reconciled there says nothing of what is here.
create function this_server() returns text language sql stable as $$
    select (select system_identifier from pg_control_system()) || '/'
        || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || 'accountguard.reconciliation'::regclass::oid $$;

alter table reconciliation add column server text not null default this_server();
