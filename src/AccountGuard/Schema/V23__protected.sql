-- Rule 13: cases of holders who are protected are found from what was said of holders.
create index holder_record_protected on holder_record (number_key) where protected;
create index delivery_of_holders on delivery (delivery_no) where kind = 'holders';

-- Whoever asked had the role for such cases.
alter table joint_work add column may_work_on_protected boolean not null default false;
