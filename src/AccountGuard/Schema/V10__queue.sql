-- What auditors filter the queue by: each filter is one range of an index, in the order of the queue.
alter table hit add column office text collate "C", add column is_linked boolean not null default false;
update hit h set office = c.office from account_change c where c.change_id = h.change_id and c.office is not null;
create index hit_office on hit
    (incident_no, office, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open;
create index hit_tier on hit (incident_no, tier, exposed_on, (not chain), filed_on, source, request_id) where is_open;

-- Few hits are in these; what is filed pays for the others nothing.
create index hit_chain on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open and chain;
create index hit_alert_gap on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open and alert_gap;
create index hit_date_doubt on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open and date_doubt;
create index hit_renumbered on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open and renumbered;
create index hit_linked on hit
    (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id) where is_open and is_linked;
create index hit_worked on hit
    (incident_no, state, exposed_on, (not chain), (- tier), filed_on, source, request_id)
    where is_open and state <> 'Queued';

-- Derived: accounts, proxies and numbers that tie several cases to each other (Rule 16), whose hits are marked as
-- linked. Only keep_ties writes either.
create table tie (key bytea primary key);
insert into tie
select c.new_account_key from account_change c
where c.new_account_key is not null and exists (select from hit h where h.change_id = c.change_id)
group by c.new_account_key having count(distinct c.number_key) > 1
union
select c.proxy_key from account_change c
where c.proxy_key is not null and exists (select from hit h where h.change_id = c.change_id)
group by c.proxy_key having count(distinct c.number_key) > 1
union
select unnest(array_agg(distinct c.number_key)) from account_change c
left join holder o on o.number_key = c.number_key
where exists (select from hit h where h.change_id = c.change_id)
group by coalesce(o.holder_key, c.number_key) having count(*) > 1;
update hit h set is_linked = true from account_change c
where c.change_id = h.change_id and exists (
    select from tie t where t.key = any (array[c.number_key, c.new_account_key, c.proxy_key]));

-- Who took a case, as pages that show it ask for again and again.
create index verification_kept on verification (kept_at);

-- One thing asked of several cases: what was previewed, once it is started, is done to each case once.
create table joint_work (
    work_id    uuid primary key,              -- made with the preview: the key of what is run
    action     text        not null,
    arguments  jsonb       not null,
    changes    uuid[]      not null check (cardinality(changes) between 1 and 10000),
    login      text        not null,
    person     text,
    asked_at   timestamptz not null);
create table joint_work_start (work_id uuid primary key references joint_work, started_at timestamptz not null);
create table joint_work_result (
    work_id   uuid not null references joint_work,
    change_id uuid not null,
    result    text not null,                  -- Done, DoneBefore, NoCase, or why it was refused
    done_at   timestamptz not null,
    primary key (work_id, change_id));
create table joint_work_end (work_id uuid primary key references joint_work, ended_at timestamptz not null);
