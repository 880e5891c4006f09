-- The last reconciliation is the one whose snapshot is the last, whichever ended last.
create index reconciliation_ran on reconciliation (ran_at, reconciliation_no);

-- The triggers that were laid, each as the name of its table and its own: one that is dropped is missed at the start.
alter table schema_version add column triggers text[];

-- Repetitions are counted where they are found, so that all rows of a list add up. Null: an older program did not.
alter table list_publication add column repeated bigint;
