-- What the payment system says of payments and of stops (Rules 20, 23, 34): a row for each outcome of each, in whatever
-- order they come. Rows of one payment or stop agree in thing_key. The account stands sealed under the number's key.
create table payment_report (
    payment_id  uuid        not null,          -- made from source and the sender's id; a stop has one of its own
    outcome     text        not null check (outcome in
        ('sent', 'credited', 'credit-failed', 'returned', 'stopped', 'terminated', 'resumed')),
    number_key  bytea       not null,
    source      text collate "C" not null,
    sent_id     text collate "C" not null,
    pay_on      date,                          -- null: a stop
    amount      bigint check (amount > 0),     -- yen; of a stop, what it withholds on each pay-day
    account_key bytea,
    code        text,                          -- why the bank did not credit it
    reason      text check (reason in ('life-status-report', 'work', 'child-over-18', 'death', 'other-legal')),
    happened_on date        not null,
    pays_for    uuid,                          -- the payment or stop that this payment makes up for
    thing_key   bytea       not null,
    content_key bytea       not null,
    sealed      bytea       not null,
    received_at timestamptz not null,
    delivery_no bigint      not null,
    row_no      bigint      not null,
    primary key (payment_id, outcome),
    check (outcome in ('stopped', 'terminated', 'resumed') and pay_on is null and reason is not null
        or outcome in ('sent', 'credited', 'credit-failed', 'returned') and reason is null
            and pay_on is not null and amount is not null and account_key is not null));
create index payment_report_number on payment_report (number_key);
create index payment_report_account on payment_report (account_key) where account_key is not null;
create index payment_report_pays_for on payment_report (pays_for) where pays_for is not null;
create index payment_report_pay_on on payment_report (pay_on) where pay_on is not null;

-- Whose money is followed to the last yen (Rule 17): of the verdicts that say what the holder meant the last is Denied,
-- or a recall was requested. It stays also when the account was restored.
alter table verification add column is_followed boolean not null default false;
update verification set is_followed = denied or state = 'Denied';
create index verification_followed on verification (change_id) where is_followed;

-- Recalls (Rule 23) and replacement payments, as the streams of cases say. keep_case alone writes them.
create table recall (
    recall_id  uuid primary key,
    change_id  uuid   not null,
    payment_id uuid   not null,
    amount     bigint not null,
    due_on     date   not null,
    state      text   not null check (state in
        ('Requested', 'ReturnedBeforeCredit', 'ConsentGiven', 'Refused', 'NoContact')),
    recovered  bigint not null check (recovered between 0 and amount),
    check (recovered = 0 or state in ('ReturnedBeforeCredit', 'ConsentGiven')),
    unique (change_id, payment_id));
create table replacement_payment (
    replacement_id uuid primary key,
    change_id      uuid   not null,
    amount         bigint not null check (amount > 0));
create index replacement_payment_case on replacement_payment (change_id);
