-- What the case worker has still to write to case streams. Its work list was every hit that there is, read anew every
-- two seconds.
create table due_step (
    hit_id bigint not null,
    step   text   not null,
    primary key (hit_id, step));
