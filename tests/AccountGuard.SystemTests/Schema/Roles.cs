using AccountGuard.Numbers;
using AccountGuard.Screening;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Schema;

/// <summary>Rule 34, and that nothing gets round the screening: what each login of the database may do.</summary>
[Collection(SharedDatabase.Name)]
public sealed class Roles(FreshDatabase database)
{
    public static TheoryData<string> Facts => new(
        "delivery", "delivery_batch", "delivery_completion", "refused_delivery", "quarantined_row",
        "quarantine_settlement", "incident", "cutoff_decision", "affected_list", "list_record", "listing",
        "replacement", "list_publication", "account_change",
        "cancellation", "renumbering", "closing_decision", "access_record", "revocation", "holder_record", "joint_work",
        "joint_work_start", "joint_work_result", "joint_work_end", "letter_claim", "letter_outcome", "letter_print",
        "payment_report", "bank_holiday", "deadline_decision");

    public static TheoryData<string> Guarded => new(
        [.. Facts, "accountguard_events.mt_events", "hit", "holder", "cutoff_in_force", "exposure", "personal_key",
            "account_change_detail", "case_step", "due_step", "key_check", "schema_version", "pay_day", "letter_order",
            "letter_batch", "recall", "replacement_payment"]);

    private static async Task<string?> StateAsync(string login, string sql)
    {
        await using var connection = new NpgsqlConnection(login + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        try
        {
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    private async Task<string> ColumnAsync(string table)
    {
        await using var connection = new NpgsqlConnection(database.Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var find = new NpgsqlCommand(
            "select attname from pg_attribute where attrelid = @table::regclass and attnum = 2", connection);
        find.Parameters.AddWithValue("table", table);
        return (string)(await find.ExecuteScalarAsync())!;
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task the_application_alters_deletes_and_truncates_nothing(string table)
    {
        var column = await ColumnAsync(table);
        string[] attempts = [$"update {table} set {column} = {column}", $"delete from {table}", $"truncate {table}"];
        foreach (var sql in attempts)
        {
            (await StateAsync(database.Application, sql)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public async Task not_even_the_owner_alters_a_fact(string table)
    {
        var column = await ColumnAsync(table);
        string[] attempts =
            [$"update {table} set {column} = {column}", $"delete from {table}", $"truncate {table} cascade"];
        foreach (var sql in attempts)
        {
            (await StateAsync(database.Owner, sql)).ShouldBe("AG002", sql);
        }
    }

    [Theory]
    [InlineData("alter table account_change disable trigger screen")]
    [InlineData("alter table account_change disable trigger all")]
    [InlineData("drop trigger screen on listing")]
    [InlineData("create or replace function accountguard.settle(uuid[]) returns void language sql as ''")]
    [InlineData("insert into hit default values")]
    [InlineData("insert into holder values ('\\x00', '\\x00')")]
    [InlineData("select settle('{}')")]
    [InlineData("select count_hits(1, 1)")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("set role accountguard_owner")]
    [InlineData("create table accountguard.mine ()")]
    public async Task the_application_does_not_get_round_the_screening(string sql) =>
        (await StateAsync(database.Application, sql)).ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

    [Theory]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task a_change_written_on_a_snapshot_older_than_its_gate_is_refused(string isolation) =>
        (await StateAsync(database.Application, $"""
            begin isolation level {isolation};
            {InsertOf(Guid.NewGuid(), new byte[16])};
            commit
            """)).ShouldBe("AG001");

    private static string InsertOf(Guid id, byte[] number) => $"""
        insert into account_change (change_id, number_key, kind, filed_on, delivered_at, source, request_id, unreadable,
            content_key, delivery_no, row_no)
        values ('{id}', '\x{Convert.ToHexStringLower(number)}', 'account', '2015-05-20', '2015-06-01', 'not our code',
            '{id}', '{"{}"}', '\x00', 0, 0)
        """;

    [Fact]
    public async Task changes_and_listings_that_are_copied_in_without_our_code_are_screened()
    {
        var story = await BeginAsync(database);
        var keys = FreshNumbers(3).Select(n => AccountGuardKey(story, n)).ToArray();
        await story.QueueAsync();
        var incident = await ScalarAsync(
            $"select incident_no from accountguard.incident where id = '{story.Incident}'");
        await CopyAsync("copy accountguard.listing (number_key, incident_no, version, live_from, fields) from stdin",
            $"\\\\x{keys[0]}\t{incident}\t1\t2015-06-02\t1\n\\\\x{keys[1]}\t{incident}\t1\t2015-06-02\t1\n");
        await CopyAsync("copy accountguard.account_change (change_id, number_key, kind, filed_on, delivered_at, "
            + "source, request_id, unreadable, content_key, delivery_no, row_no) from stdin",
            string.Concat(keys.Select((k, i) => $"{Guid.NewGuid()}\t\\\\x{k}\taccount\t2015-05-2{i}\t2015-06-01\t"
                + $"copied\t{story.Incident}-{i}\t{{}}\t\\\\x00\t0\t{i}\n")));
        (await story.IdsAsync()).ShouldBe([$"{story.Incident}-0", $"{story.Incident}-1"]);
        await CopyAsync("copy accountguard.listing (number_key, incident_no, version, live_from, fields) from stdin",
            $"\\\\x{keys[0]}\t{incident}\t2\t\\N\t0\n\\\\x{keys[2]}\t{incident}\t2\t2015-06-14\t0\n");
        (await story.IdsAsync()).ShouldBe([$"{story.Incident}-1", $"{story.Incident}-2"]);
    }

    [Fact]
    public async Task a_reconciliation_sees_what_a_superuser_broke_and_repair_puts_it_right()
    {
        var (story, id) = (await BeginAsync(database), "R1");
        var (number, alias, old, listedAlias) = (Number(), Number(), Number(), Number());
        await story.ListAsync(1, [Listed(number, 2), Listed(listedAlias)]);
        await story.RenumberAsync($"{number},{alias}", $"{old},{listedAlias}");
        await story.ChangesAsync(story.Filed(id, number, "2015-05-20"), story.Filed("R2", number, "2015-05-21"),
            story.Filed("R3", number, "2015-07-21"), story.Filed("R4", alias, "2015-05-22"),
            story.Filed("R5", old, "2015-05-22"));
        await story.QueueAsync();
        (await StateAsync(database.Superuser, $"""
            delete from hit where source = '{story.Incident}' and request_id in ('R1', 'R4', 'R5');
            update hit set tier = 4 where source = '{story.Incident}' and request_id = 'R2';
            insert into hit (change_id, incident_no, bucket, alert_gap, date_doubt, renumbered, chain, tier,
                list_version, filed_on, exposed_on, source, request_id)
            select c.change_id, h.incident_no, h.bucket, false, false, false, false, 2, 1, '2015-07-21', '2015-10-15',
                c.source, c.request_id
            from account_change c join hit h on h.source = c.source and h.request_id = 'R2'
            where c.source = '{story.Incident}' and c.request_id = 'R3'
            """)).ShouldBeNull();
        var found = await Reconcile.RunAsync(story.At, story.Incident, CancellationToken.None);
        (found.Missing, found.Unfounded, found.Misranked, found.IsClean).ShouldBe((3, 1, 1, false));
        (await StateAsync(database.Application,
            "select repair(array(select change_id from unsettled()))")).ShouldBeNull();
        (await story.ReasonsAsync()).ShouldBe(
            ["R1: Listed", "R2: Listed", "R4: Listed+Renumbered", "R5: Listed+Renumbered"]);
    }

    private static string AccountGuardKey(Story story, string digits)
    {
        PensionNumber.TryParse(digits, out var number).ShouldBeTrue();
        return NumberKey.Of(number, story.At.Keys).ToString();
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.Application);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private async Task CopyAsync(string copy, string rows)
    {
        await using var connection = new NpgsqlConnection(database.Application);
        await connection.OpenAsync();
        await using var writer = await connection.BeginTextImportAsync(copy);
        await writer.WriteAsync(rows);
    }
}
