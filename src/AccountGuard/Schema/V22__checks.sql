-- The last reconciliation is the one whose snapshot is the last, whichever ended last.
create index reconciliation_ran on reconciliation (ran_at, reconciliation_no);
