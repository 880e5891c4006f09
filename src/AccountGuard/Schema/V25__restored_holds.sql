-- Holds that people placed on cases that were denied and have their account restored since: they would keep the
-- holder's own from being paid (Rules 17, 18).
update hold x set is_ended = true
from verification v
where v.change_id = x.change_id and v.state = 'Denied' and not v.denied and not x.is_ended;
