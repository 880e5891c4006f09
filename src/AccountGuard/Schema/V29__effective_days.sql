-- Rule 8: an effective day that came as an instant, or could not be read, is recorded too: the text sealed under the
-- key of the old number.
alter table renumbering add column effective_at timestamptz, add column effective_sealed bytea;
drop index renumbering_once;
create unique index renumbering_once on renumbering (old_key, new_key, relation, effective_on, effective_at)
    nulls not distinct;
