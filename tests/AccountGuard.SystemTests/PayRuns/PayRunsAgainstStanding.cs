using System.Text.RegularExpressions;
using AccountGuard.Deliveries;
using AccountGuard.Intake;
using AccountGuard.Numbers;
using AccountGuard.Payments;
using AccountGuard.Screening;
using AccountGuard.SystemTests.AnyOrder;
using AccountGuard.Tests.Payments;
using CsCheck;
using Npgsql;

namespace AccountGuard.SystemTests.PayRuns;

/// <summary>
/// A pay-run compares numbers and asks standing for few of them, and must still answer for each payment what standing
/// answers for its number: over random worlds with clashes, rows in quarantine, denials, holds, erased keys and general
/// doubt.
/// </summary>
public sealed class PayRunsAgainstStanding(FreshDatabase laid) : IClassFixture<FreshDatabase>
{
    private const int WorldsAtOnce = 6;
    private const int NumbersOfAWorld = 8;
    private static readonly DateOnly PayDay = new(2015, 6, 15);

    // That of every payment of the sample.
    private const string Paid = "zengin:0001-001-1-0000001";
    private readonly HashSet<string> _seen = [];

    [Fact]
    public async Task each_payment_stands_as_standing_answers_for_its_number()
    {
        await Task.Run(() => Gen.Select(Histories.Any.Array[WorldsAtOnce], Gen.Int[0, 1_000]).Sample(
            (histories, seed) => PlayAsync(histories, new Random(seed)).GetAwaiter().GetResult(),
            iter: LongRun.IsAsked ? 30 : 3, threads: 1));

        // Or the worlds would not have shown every way to stand.
        foreach (var way in (string[])["clear", "pending", "hold", "unknown", "MappingClash", "Quarantined", "Denied",
            "NotReconciled", "DeniedAccount", "Hold with holds by two people", "Hold with holds by policy"])
        {
            _seen.ShouldContain(way);
        }
    }

    private async Task PlayAsync(IReadOnlyList<History> histories, Random random)
    {
        var database = new FreshDatabase();
        await database.InitializeAsync();
        try
        {
            await PlayAsync(database, histories, random);
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private async Task PlayAsync(FreshDatabase database, IReadOnlyList<History> histories, Random random)
    {
        List<string> numbers = ["0000000001", "9999999999"];
        foreach (var history in histories)
        {
            var world = new World(database);
            numbers.AddRange(Enumerable.Range(0, NumbersOfAWorld).Select(world.Text));
            await world.DeclareAsync(history.Facts.Incidents);
            foreach (var parcel in Arrival.Of(history).Concat(MissingLists(history.Facts)))
            {
                await world.DeliverAsync(parcel);
            }

            await QuarantineAsync(database, world, random);
        }

        await Publication.FinishAsync(database.At, null, default);
        await CompareAsync(database.At, numbers, "before it is reconciled");
        (await Reconcile.RunAsync(database.At, null, default)).IsClean.ShouldBeTrue();
        await CompareAsync(database.At, numbers, "all current");
        foreach (var (harm, when) in ((string, string)[])[
            ("""
             insert into verification (change_id, state, stays_open, denied, was_denied, is_followed, kept_at)
             select change_id, 'Denied', false, true, true, true, now() from account_change
             where abs(hashtext(change_id::text) + #) % 4 = 0
             """, "with denials"),
            ("""
             set session_replication_role = replica;
             update account_change set new_account_key = '\xACCOUNT' where abs(hashtext(change_id::text) + #) % 3 > 0;
             reset session_replication_role;
             update verification set denied = false where abs(hashtext(change_id::text) + #) % 5 > 1
             """, "with accounts that were denied and restored"),
            ("""
             update verification set state = 'InContact', denied = false, was_denied = false
             where abs(hashtext(change_id::text) + #) % 7 < 2
             """, "with changes that were denied once, confirmed and opened again"),
            ("""
             insert into hold (hold_id, change_id, pay_to, through_on, by_policy, is_ended)
             select gen_random_uuid(), change_id, case when # % 2 = 0 then 'keep' else 'previous' end,
                 date '2015-06-15' - abs(hashtext(change_id::text)) % 2, false, false
             from account_change where abs(hashtext(change_id::text) + #) % 5 < 2
             """, "with holds by two people"),
            ("""
             update hold set is_ended = true;
             set session_replication_role = replica;
             update incident set declaration = declaration
                 || '{"holdPolicy": {"untilDays": 99, "payTo": "previous"}}' where incident_no % 2 = # % 2;
             reset session_replication_role;
             update hit set state = 'Deceased' where abs(hashtext(change_id::text) + #) % 2 = 0
             """, "with holds by policy"),
            ("delete from personal_key where abs(hashtext(subject_key::text) + #) % 5 = 0", "with erased keys"),
            ("""
             update personal_key set sealed_number = wrapped where abs(hashtext(subject_key::text) + #) % 5 = 0
             """, "with numbers that do not open"),
            ("""
             update personal_key set blind_index = null where abs(hashtext(subject_key::text) + #) % 5 = 0
             """, "with numbers that an older program took in"),
            ("update reconciliation set ran_at = ran_at - interval '1 hour'", "in general doubt"),
        ])
        {
            await using var source = NpgsqlDataSource.Create(database.Superuser + ";Search Path=accountguard");
            await using var command = source.CreateCommand(harm
                .Replace("#", $"{random.Next(100)}").Replace("ACCOUNT", Convert.ToHexString(KeyOfPaid(database.At))));
            await command.ExecuteNonQueryAsync();
            await CompareAsync(database.At, numbers, when);
        }
    }

    /// <summary>Empty ones, or the general doubt would hide the particular ones.</summary>
    private static IEnumerable<Parcel> MissingLists(Facts facts) =>
        from incident in facts.Incidents
        let there = facts.Lists.Where(l => l.Incident == incident.No).Select(l => l.Version).ToList()
        from version in Enumerable.Range(1, there.Append(1).Max()).Except(there)
        select new Parcel(null, Parcel.Nothing with
        {
            Lists = [new ListVersion(incident.No, version, new DateOnly(2015, 6, 2), false, [])],
        });

    /// <summary>Other content under one id, or a row without one; and a mapping that nobody can take in.</summary>
    private static async Task QuarantineAsync(FreshDatabase database, World world, Random random)
    {
        var (id, number) = (Guid.NewGuid(), world.Text(random.Next(NumbersOfAWorld)));
        var path = Path.Combine(database.Home, $"{id}.csv");
        await File.WriteAllTextAsync(path, "source,request_id,number,filed_on\n"
            + $"q,{id},{number},2015-05-20\nq,{(random.Next(2) == 0 ? id : "")},{number},2015-05-21\n");
        using var file = DeliveredFile.Open(path, null);
        (await ImportChanges.RunAsync(database.At, file, false, null, DateTimeOffset.UnixEpoch, null, default))
            .Rows.Quarantined.ShouldBe(1);
        var renumbering = Path.ChangeExtension(path, "renumbering");
        await File.WriteAllTextAsync(renumbering, "old_number,new_number,relation\n"
            + $"{world.Text(random.Next(NumbersOfAWorld))},{world.Text(random.Next(NumbersOfAWorld))},{id}\n");
        using var mappings = DeliveredFile.Open(renumbering, null);
        (await ImportRenumbering.RunAsync(database.At, mappings, null, DateTimeOffset.UnixEpoch, null, default))
            .Rows.Quarantined.ShouldBe(1);
    }

    private async Task CompareAsync(Installation at, List<string> numbers, string when)
    {
        var file = TransferSample.File(TransferSample.Group([.. numbers.Select((n, i) => (n, (long)i))]));
        var input = PayRunInput.Read(new MemoryStream(file), "FILE", default);
        await using var standing = await Standing.OpenAsync(at, PayDay, "test", default);
        var doubtful = await DoubtfulNumbers.ReadAsync(at, standing, default);
        var frozen = await PayRunStandings.AskAsync(at, standing, doubtful, input, default);
        var answers = (await standing.AnswerAsync(numbers, default)).ToArray();
        var denied = await ToDeniedAsync(at, standing, numbers);
        for (var i = 0; i < answers.Length; i++)
        {
            // Standing knows no record: what pays a denied account is unknown whatever it says, but on hold.
            if (denied[i] && answers[i] is { Standing: not "hold" } answer)
            {
                answers[i] = answer with
                {
                    Standing = "unknown",
                    Reasons = [.. answer.Standing == "unknown" ? answer.Reasons : [], PayRunStandings.DeniedAccount],
                };
            }

            PayRunStandings.NameOf(frozen.Standings[i]).ShouldBe(
                answers[i].Standing, $"{when}: number {i} of {numbers.Count}");
            PayRunStandings.PayToOf(frozen.Standings[i]).ShouldBe(answers[i].PayTo);
        }

        frozen.Reasons.ShouldBe(answers.Where(a => a.Standing is "hold" or "unknown").SelectMany(a => a.Reasons)
            .GroupBy(reason => reason, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => KeyValuePair.Create(g.Key, g.Count())), when);
        _seen.UnionWith(answers.SelectMany(a => a.Reasons.Prepend(a.Standing))
            .SelectMany(way => (string[])[way, $"{way} {when}"]));
    }

    private static byte[] KeyOfPaid(Installation at) => new NumberKey(
        PayeeAccount.TryParse(Paid, out var account) ? account.NameIn(at.Keys) : default).ToBytes();

    /// <summary>One by one: whether a change of the holder to the account that is paid was denied last.</summary>
    private static async Task<bool[]> ToDeniedAsync(
        Installation at, Standing standing, List<string> numbers)
    {
        await using var find = new NpgsqlCommand(
            """
            select array(
                select exists (
                    select from account_change c join verification v on v.change_id = c.change_id
                    where c.new_account_key = @account and v.was_denied
                      and coalesce((select h.holder_key from holder h where h.number_key = c.number_key), c.number_key)
                        = coalesce((select h.holder_key from holder h where h.number_key = n.key), n.key))
                from unnest(@numbers) with ordinality as n (key, place) order by n.place)
            """, standing.Snapshot.Connection, standing.Snapshot);
        find.Parameters.AddWithValue("account", KeyOfPaid(at));
        find.Parameters.AddWithValue("numbers", NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Bytea, numbers
            .Select(n => NumberKey.Of(DoubtfulNumbers.NumberOf(long.Parse(n)), at.Keys).ToBytes()).ToArray());
        return (bool[])(await find.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task the_numbers_of_doubt_are_read_from_every_table_that_standing_reads()
    {
        async Task<List<string>> TablesOfAsync(string function)
        {
            await using var source = NpgsqlDataSource.Create(laid.Superuser);
            await using var read = source.CreateCommand($"select prosrc from pg_proc where proname = '{function}'");
            var text = (string)(await read.ExecuteScalarAsync())!;
            await using var named = source.CreateCommand("select relname::text from pg_class "
                + "where relkind in ('r', 'v') and relnamespace = 'accountguard'::regnamespace");
            await using var reader = await named.ExecuteReaderAsync();
            var tables = new List<string>();
            while (await reader.ReadAsync())
            {
                if (Regex.IsMatch(text, $@"\b(from|join) {reader.GetString(0)}\b"))
                {
                    tables.Add(reader.GetString(0));
                }
            }

            return tables;
        }

        var doubtful = await TablesOfAsync("doubtful_numbers");
        doubtful.ShouldContain("verification", "or the tables are not found");
        (await TablesOfAsync("cases_and_doubts_of")).Except(doubtful).ShouldBe(
            ["incident"], "it only names the incident of a case");
        (await TablesOfAsync("denied_accounts")).Except(doubtful).ShouldBeEmpty();
    }
}
