using AccountGuard.Schema;
using AccountGuard.Screening;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Schema;

/// <summary>Another program lays the schema again, over data that stands; what a newer one laid stays.</summary>
public sealed class Upgrades : IAsyncLifetime
{
    private readonly FreshDatabase _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    private async Task<object?> AsSuperuserAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    [Fact]
    public async Task the_functions_are_laid_anew_over_data_that_stands()
    {
        var story = await BeginAsync(_database);
        var number = Number();
        await story.ListAsync(1, [Listed(number)]);
        await story.ChangesAsync(story.Filed("R1", number, "2015-05-20"), story.Filed("R2", number, "2015-06-02"));
        var before = await story.QueueAsync();
        var laid = await AsSuperuserAsync("select count(*) from schema_version");
        (await _database.OpenAsync()).ShouldNotBeNull();
        (await AsSuperuserAsync("select count(*) from schema_version")).ShouldBe(laid);

        // An older program: its rule counted the day after the cutoff had no view of the queue, and the same grants.
        await AsSuperuserAsync("""
            create or replace function lies_within(day_from date, day_to date, window_from date, window_through date)
            returns boolean language sql immutable as $$ select coalesce(day_from <= window_through + 1, false) $$;
            drop view open_queue;
            update schema_version set digest = 'older';
            update migration set checksum = 'older' where name = 'R__1_screening.sql'
            """);
        await story.ChangesAsync(story.Filed("R3", number, "2015-06-02"));
        await using (var reopened = await _database.OpenAsync())
        {
            (await AsSuperuserAsync("select has_table_privilege('accountguard_app', 'open_queue', 'select')"))
                .ShouldBe(true);
            (await AsSuperuserAsync("select count(*) from schema_version")).ShouldBe((long)laid! + 1);
            var found = await Reconcile.RunAsync(reopened, null, CancellationToken.None);
            found.Unfounded.ShouldBe(0, "The older rule's hit is settled by the newer.");
        }

        (await story.QueueAsync()).ShouldBe(before);
        (await Reconcile.RunAsync(story.At, null, CancellationToken.None)).IsClean.ShouldBeTrue();
    }

    [Fact]
    public async Task holders_of_the_first_schema_lose_the_number_that_names_them()
    {
        var story = await BeginAsync(_database);
        var (listed, other) = (Number(), Number());
        await story.ListAsync(1, [Listed(listed)]);
        await story.RenumberAsync($"{listed},{other},,renumbered");
        await story.ChangesAsync(story.Filed("R1", other, "2015-05-20"));
        var before = await story.QueueAsync();

        await AsSuperuserAsync("""
            insert into holder select distinct holder_key, holder_key from holder;
            create index renumbering_new on renumbering (new_key);
            alter table renumbering drop column effective_at, drop column effective_sealed;
            create unique index renumbering_once on renumbering (old_key, new_key, relation, effective_on);
            alter table delivery drop column delivered_by;
            create unique index delivery_by_id on delivery (id) where id is not null;
            drop view waiting_row;
            alter table quarantined_row drop column other_key;
            drop index quarantined_row_number;
            drop index quarantined_row_remainder;
            drop index quarantined_row_anybody;
            drop table revocation, login_person;
            drop trigger open on delivery;
            drop trigger close on delivery_completion;
            drop table open_delivery;
            drop table cutoff_publication;
            drop index delivery_received;
            drop index delivery_of_holders;
            drop index refused_delivery_received;
            drop view last_reconciliation;
            alter table reconciliation drop column server;
            drop index reconciliation_ran;
            drop function this_server;
            drop table holder_record;
            drop table pay_run_part, pay_run;
            drop view followed_payment, payment_to_new_account, case_account, payment_stop, payment;
            drop table payment_report, recall, replacement_payment;
            drop view waiting_letter, standing_hold, placed_hold, standing_denial;
            drop table letter_order, letter_batch, letter_claim, letter_outcome, letter_print, letter_stop;
            drop table bank_holiday, deadline_decision;
            drop trigger pay on pay_day;
            alter table pay_day drop column paid_on, drop column is_correction;
            drop trigger due on hit;
            drop trigger end_due on hit;
            drop trigger written on case_step;
            drop table due_step;
            drop table verification, exhibit, death_told, draft, hold, branch_report;
            alter table personal_key drop column blind_index, drop column made_at;
            alter table incident drop column hold_days, drop column hold_pay_to;
            drop table tie, joint_work_end, joint_work_result, joint_work_start, joint_work;
            drop index account_change_new_account, account_change_proxy, account_change_address;
            drop index hit_ended, hit_ground_gone, hit_queue, hit_office,
                hit_tier, hit_chain, hit_alert_gap, hit_date_doubt, hit_renumbered, hit_linked, hit_worked;
            drop view open_queue;
            alter table hit drop column is_open, drop column state, drop column office, drop column is_linked;
            create index hit_queue on hit (incident_no, exposed_on, (not chain), (- tier), filed_on, source, request_id)
                where ended_at is null;
            insert into delivery (kind, content_key, received_at, arguments) values ('changes', '\\x00', now(), '{}');
            delete from migration where version <> '1';
            delete from schema_version;
            alter table schema_version drop column triggers;
            alter table list_publication drop column repeated;
            insert into schema_version values (1, 'older', now())
            """);
        await using var reopened = await _database.OpenAsync();
        (await AsSuperuserAsync("select count(*) from holder where number_key = holder_key")).ShouldBe(0L);
        (await AsSuperuserAsync("select count(*) from open_delivery")).ShouldBe(1L, "one was begun before");
        (await story.QueueAsync()).ShouldBe(before);
        (await AsSuperuserAsync("select string_agg(step, ' ') from due_step")).ShouldBe("required", "its case waits");
        (await story.ChangesAsync(story.Filed("R2", listed, "2015-05-21"))).Hits.Opened.ShouldBe(1);
    }

    [Fact]
    public async Task a_function_that_someone_broke_is_laid_anew_when_the_digest_is_another()
    {
        await AsSuperuserAsync("""
            create or replace function first_key(bucket int) returns bytea language sql immutable
            as 'select ''\x07''::bytea';
            drop function closes_circle cascade;
            update schema_version set digest = 'older'
            """);
        await using var reopened = await _database.OpenAsync();
        (await AsSuperuserAsync("select first_key(0)")).ShouldBe(new byte[] { 0 });
        (await AsSuperuserAsync("""
            select string_agg(proname, ',') from pg_proc
            where pronamespace = 'accountguard'::regnamespace and has_function_privilege('public', oid, 'execute')
            """)).ShouldBe(DBNull.Value);
    }

    /// <summary>Killed before its end, an upgrade has altered functions that a program of before would go on with.
    /// </summary>
    [Fact]
    public async Task an_upgrade_that_is_stopped_half_way_is_seen_by_a_program_of_before_and_goes_on()
    {
        await AsSuperuserAsync("""
            update schema_version set digest = 'older', number = 9;
            create function stop() returns trigger language plpgsql as $$ begin raise exception 'stopped'; end $$;
            create trigger stop before insert on pay_day for each statement execute function stop()
            """);
        await Should.ThrowAsync<PostgresException>(_database.OpenAsync());
        ((string[])(await AsSuperuserAsync("select doubts(now(), 9)"))!).ShouldContain("SchemaNewer");
        await AsSuperuserAsync("drop function stop cascade");
        await using var reopened = await _database.OpenAsync();
        (await AsSuperuserAsync("select count(*) from schema_version where digest <> 'older'")).ShouldBe(1L);
    }

    [Fact]
    public async Task a_schema_ahead_of_the_program_is_refused_and_left_alone()
    {
        await AsSuperuserAsync("insert into schema_version values (1000000, 'newer', now())");
        (await Should.ThrowAsync<NotLayable>(_database.OpenAsync())).Message.ShouldContain("newer program");
        var run = await CommandRun.OfAsync(_database, "queue");
        (run.Exit, run.Output).ShouldBe((2, ""), run.Messages);
        run.Messages.ShouldContain("Run the newer program");
    }

    [Fact]
    public async Task a_program_of_before_hears_that_the_schema_is_newer()
    {
        ((string[])(await AsSuperuserAsync("select doubts(now(), 4)"))!).ShouldContain("SchemaNewer");
    }

    [Fact]
    public async Task what_was_reconciled_before_a_dump_was_brought_back_does_not_count()
    {
        await Reconcile.RunAsync(_database.At, null, CancellationToken.None);
        (await Reconcile.LastAsync(_database.At, CancellationToken.None)).ShouldNotBeNull();
        await AsSuperuserAsync("""
            do $$
            declare last text := pg_get_viewdef('last_reconciliation');
            begin
                create table brought_back as table reconciliation;
                drop table reconciliation cascade;
                alter table brought_back rename to reconciliation;
                execute 'create view last_reconciliation as ' || last;
                grant select on last_reconciliation to accountguard_app;
            end $$
            """);
        (await Reconcile.LastAsync(_database.At, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task two_first_openings_at_once_lay_one_schema_with_one_key()
    {
        await AsSuperuserAsync("drop schema accountguard cascade; drop schema accountguard_events cascade");
        File.Delete(Path.Combine(_database.Home, "key"));
        var opened = await Task.WhenAll(_database.OpenAsync(), _database.OpenAsync());
        opened.Select(o => o.Keys.Id).Distinct().ShouldHaveSingleItem();
        (await AsSuperuserAsync("select count(*) from key_check")).ShouldBe(1L);
        foreach (var installation in opened)
        {
            await installation.DisposeAsync();
        }
    }
}
