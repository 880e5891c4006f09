-- evolve-repeat-always
-- The application reads and adds; it does not alter, delete, truncate, or switch off a trigger (it owns nothing).
-- Drafts are no record: those it deletes.
-- Hits, holders, cutoffs in force and exposures change only through the functions and triggers of Screening.sql.
grant usage on schema accountguard to accountguard_app;
revoke all on all tables in schema accountguard from accountguard_app;
grant select on all tables in schema accountguard to accountguard_app;
grant insert on delivery, delivery_batch, delivery_completion, refused_delivery, quarantined_row, quarantine_settlement,
    personal_key, incident, cutoff_decision, affected_list, list_record, listing, replacement, account_change,
    account_change_detail, cancellation, renumbering, closing_decision, bank_holiday, deadline_decision, pay_day,
    case_step, reconciliation, access_record, revocation, exhibit, holder_record, payment_report, death_told, draft,
    joint_work, joint_work_start, joint_work_result, joint_work_end, letter_claim, letter_outcome, letter_print,
    pay_run, pay_run_part, login_person
    to accountguard_app;
grant delete on draft to accountguard_app;
grant usage on all sequences in schema accountguard to accountguard_app;
revoke execute on all functions in schema accountguard from public;
grant execute on function pass_gates, publish_cutoff, publish_list, publish_closings, repair, unsettled, hits_opened,
    hits_ended, due_of, possible_days, lies_within, numbers_of_holder, own_numbers_of_holder, clashes_of, reasons_of,
    closes_circle, first_key, pass_all_gates, event_position, doubts, cases_and_doubts_of, this_server, pass_case,
    pass_cases, keep_case, next_case, states_of_hits, state_of_hit, queue_slice, keep_ties, queue_counts,
    own_queue_counts, queue_pay_days, queue_offices, policy_hold, may_pay_previous, is_previous_in_doubt,
    paid_meanwhile, expiring_holds, next_letters, open_cases_of_holders, letters_rest_on, doubtful_numbers,
    places_without_change,
    bank_day, calendar_decisions, undecided, holds_by_age, keyed_by, is_keyed_by, plain_name, waiting_proposals,
    followed_under, paid_again, denied_accounts, reported_at_branch, keep_branch_report, protected_among,
    is_protected, protected_cases, waiting_protected
    to accountguard_app;
