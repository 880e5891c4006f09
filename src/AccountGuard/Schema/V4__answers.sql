-- What the buckets of a cutoff decision opened and ended, whoever published them: the answer to the decision.
create table cutoff_publication (
    incident_no  int    not null,
    decision     int    not null,
    first_bucket int    not null,
    hits_opened  bigint not null,
    hits_ended   bigint not null,
    primary key (incident_no, decision, first_bucket),
    foreign key (incident_no, decision) references cutoff_decision);

-- Derived: deliveries that were begun and are not finished, which standing asks for again and again.
create table open_delivery (delivery_no bigint primary key references delivery);
insert into open_delivery
select delivery_no from delivery d
where not exists (select from delivery_completion c where c.delivery_no = d.delivery_no);

create index delivery_received on delivery (received_at, delivery_no);
create index refused_delivery_received on refused_delivery (received_at, refusal_no);
