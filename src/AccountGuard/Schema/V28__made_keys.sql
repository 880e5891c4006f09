-- Who was erased and is named again has a new key: what was printed or sealed before is erased all the same.
alter table personal_key add column made_at timestamptz not null default '-infinity';
alter table personal_key alter column made_at set default clock_timestamp();
