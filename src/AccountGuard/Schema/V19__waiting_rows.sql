-- The other number of a mapping that waits: both are in doubt.
alter table quarantined_row add column other_key bytea;
create index quarantined_row_other on quarantined_row (other_key) where other_key is not null;
