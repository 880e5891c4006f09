-- What a pay-run tells numbers apart by. Null: an older program wrote the key, or its subject is no number.
alter table personal_key add column blind_index bigint;
