-- Whether an address change of the holder came first is asked for each change. Whoever may file may file ten thousand
-- account changes for one number: each of them was held against all the others. An expression, so that no other index
-- answers it, whatever the planner knew of the table when it made its plan.
create index account_change_address on account_change ((case when kind = 'address' then number_key end))
where kind = 'address';
