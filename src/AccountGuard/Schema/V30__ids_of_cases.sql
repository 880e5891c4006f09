-- What names a hold, recall or replacement is chosen by whoever asks for it: it names one of its case, and of no other.
alter table hold drop constraint hold_pkey, add primary key (change_id, hold_id);
alter table recall drop constraint recall_pkey, add primary key (change_id, recall_id);
alter table replacement_payment drop constraint replacement_payment_pkey,
    add primary key (change_id, replacement_id);
drop index replacement_payment_case;
