-- What was said of a holder under one of its numbers: a row for each row of a file (Rules 8, 13, 17, 34). Nothing is
-- overwritten: what is current, and which addresses there were, is read off all of them. Names, birth date, addresses
-- and guardian are sealed under the number's key. Null: the row does not say.
create table holder_record (
    delivery_no bigint      not null,
    row_no      bigint      not null,
    number_key  bytea       not null,
    received_at timestamptz not null,
    protected   boolean,
    died_on     date,
    died_at     timestamptz,
    content_key bytea       not null,
    sealed      bytea       not null);
create unique index holder_record_said on holder_record (number_key, received_at, delivery_no, row_no);
