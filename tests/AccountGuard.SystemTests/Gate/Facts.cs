namespace AccountGuard.SystemTests.Gate;

/// <summary>
/// Statements that bring one fact each, as the application writes them: the gates are in the triggers.
/// </summary>
public static class Facts
{
    // The first byte names the gate: the old number's lies above the new one's, against the order of the join.
    public const string Old = "b0000000000000000000000000000001";
    public const string New = "200000000000000000000000000000a2";
    public const string Newer = "700000000000000000000000000000a3";
    public const string Stranger = "200000000000000000000000000000f4";

    public static string File(
        string request, string number, string filedOn = "2015-05-20", string kind = "account") => $"""
        insert into account_change (change_id, number_key, kind, filed_on, delivered_at, source, request_id, unreadable,
            content_key, delivery_no, row_no)
        values ({Id(request)}, '\x{number}', '{kind}', '{filedOn}', '2015-07-01T00:00:00Z', 'test', '{request}',
            '{"{}"}', '\x00', 1, 1)
        on conflict (change_id) do nothing
        """;

    public static string FileAddress(string request, string number) => File(request, number, "2015-05-19", "address");

    public static string Cancel(string request) => $"""
        insert into cancellation (change_id, number_key, source, request_id, content_key, delivered_at, delivery_no,
            row_no)
        values ({Id(request)}, '\x00', 'test', '{request}', '\x00', '2015-07-01T00:00:00Z', 1, 1)
        on conflict (change_id) do nothing
        """;

    public static string List(string number, int version = 1, int fields = 0) => $"""
        insert into listing (number_key, incident_no, version, live_from, fields)
        values ('\x{number}', 1, {version}, '2015-05-10', {fields})
        """;

    public static string Withdraw(string number, int version = 2) => $"""
        insert into listing (number_key, incident_no, version, live_from, fields)
        values ('\x{number}', 1, {version}, null, 0)
        """;

    public static string Renumber(string old, string @new) => $"""
        insert into renumbering (old_key, new_key, relation, delivery_no, row_no)
        values ('\x{old}', '\x{@new}', 'renumbered', 1, 1)
        on conflict do nothing
        """;

    public static string Decide(int decision, string through) =>
        $"insert into cutoff_decision values (1, {decision}, '{through}', 'moved', '2015-06-02T00:00:00Z')";

    public static string PublishCutoff(string number) =>
        $"select publish_cutoff(1, {Bucket(number)}, {Bucket(number)})";

    /// <summary>A bucket where no cutoff was published yet, as after a declaration.</summary>
    public static string Undeclare(string number) =>
        $"set session_replication_role = replica; delete from cutoff_in_force where bucket = {Bucket(number)}; "
        + "set session_replication_role = origin";

    /// <summary>A whole list that was delivered and is not published.</summary>
    public static string Deliver(int version, bool replaces, params string[] numbers) =>
        string.Join(';', numbers.Select((number, row) => $"""
            insert into list_record (list_no, row_no, number_key, withdraws, fields, sealed)
            values ({version}, {row}, '\x{number}', false, 0, '\x00')
            """).Prepend($"""
            insert into affected_list (list_no, incident_no, version, delivery_no, live_from, records, replaces)
            overriding system value values ({version}, 1, {version}, 1, '2015-05-10', {numbers.Length}, {replaces})
            """));

    public static string PublishList(int version, string number) =>
        $"select publish_list({version}, {Bucket(number)}, {Bucket(number)})";

    public static string Close(string payDay, string closesOn) => $"""
        insert into closing_decision (pay_on, closes_on, decided_at)
        values ('{payDay}', '{closesOn}', '2015-06-02T00:00:00Z')
        """;

    /// <summary>Of one bucket, as a command does of all.</summary>
    public const string FinishClosings =
        "select publish_closings(bucket, bucket) from unpublished where what = 'closing' and bucket = 176";

    public static string PublishClosings(string number) =>
        $"select publish_closings({Bucket(number)}, {Bucket(number)})";

    private static string Id(string request) => $"md5('{request}')::uuid";

    private static int Bucket(string number) => Convert.ToInt32(number[..2], 16);
}
