-- Derived from the streams of cases: changes that somebody reported (who denies one, a suspicious contact), by bank and
-- branch of their new account and the first day on which it was said (Rule 16). Only keep_branch_report writes it.
create table branch_report (
    change_id   uuid primary key,
    branch_key  bytea not null,
    reported_on date  not null);
create index branch_report_branch on branch_report (branch_key, reported_on);
