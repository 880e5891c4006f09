using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Numbers;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Holders;

/// <summary>What was said of a holder is read under any of its numbers, against an access record.</summary>
[Collection(SharedDatabase.Name)]
public sealed class HoldersRead(FreshDatabase database)
{
    private static NumberKey KeyOf(Story story, string digits)
    {
        PensionNumber.TryParse(digits, out var number).ShouldBeTrue();
        return NumberKey.Of(number, story.At.Keys);
    }

    private static Task<HolderRecord?> ReadAsync(Story story, string number, string who = "auditor") =>
        HolderRecords.OfAsync(story.At, KeyOf(story, number), who, "letter", CancellationToken.None);

    /// <summary>As they are read; the database, which asks for protection by itself, says the same of it.</summary>
    private static async Task<HolderFacts> FactsAsync(Story story, string number)
    {
        var facts = await HolderRecords.FactsOfAsync(story.At, KeyOf(story, number), CancellationToken.None);
        await using var ask = story.At.Database.CreateCommand("select count(*) from protected_among(array[@number])");
        ask.Parameters.AddWithValue("number", KeyOf(story, number).ToBytes());
        (await ask.ExecuteScalarAsync()).ShouldBe(facts.IsProtected ? 1L : 0L);
        return facts;
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(database.Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    [Fact]
    public async Task rule_8_a_holder_is_read_under_any_of_its_numbers_in_the_order_in_which_rows_came()
    {
        var story = await BeginAsync(database);
        var (old, @new) = (Number(), Number());
        await story.HoldersAsync([$"{old},年金 花子,ネンキン ハナコ,1948-02-03,100-0001,旧住所,2001-04-01,,,,"]);
        story.ReceivedAt = "2015-10-01T09:00:00+09:00";
        await story.HoldersAsync([$"{@new},年金 花代,,,,新住所,2015-05-11,,,後見 太郎,後見人の住所"]);
        (await ReadAsync(story, old))!.Addresses.Count.ShouldBe(1, "they are not joined yet");
        await story.RenumberAsync($"{old},{@new}");
        foreach (var number in (string[])[old, @new])
        {
            var record = (await ReadAsync(story, number))!;
            (record.Name, record.Kana, record.GuardianName, record.GuardianAddress)
                .ShouldBe(("年金 花代", "ネンキン ハナコ", "後見 太郎", "後見人の住所"));
            record.BirthDate.Day.ShouldBe(new DateOnly(1948, 2, 3));
            record.Addresses.Select(a => $"{a.PostalCode} {a.Text} {a.Since}")
                .ShouldBe(["100-0001 旧住所 2001-04-01", " 新住所 2015-05-11"]);
        }
    }

    [Fact]
    public async Task a_row_that_was_received_later_counts_as_later_whichever_was_taken_in_first()
    {
        var (story, number) = (await BeginAsync(database), Number());
        story.ReceivedAt = "2015-08-01T09:00:00+09:00";
        await story.HoldersAsync([$"{number},B,,,,,,false,,,"]);
        story.ReceivedAt = "2015-07-01T09:00:00+09:00";
        await story.HoldersAsync([$"{number},A,,,,,,true,,,"]);
        var record = (await ReadAsync(story, number))!;
        (record.Name, record.IsProtected).ShouldBe(("B", false));
    }

    [Fact]
    public async Task rule_33_reading_leaves_a_record_and_the_facts_that_decide_are_read_without_one()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        (await ReadAsync(story, number)).ShouldBeNull();
        await story.HoldersAsync([$"{number},A,,,,X,,true,2015-05-10T20:00Z,,"]);
        var facts = await FactsAsync(story, number);
        (facts.IsProtected, $"{facts.Died}").ShouldBe((true, "2015-05-10T20:00:00.000000Z"));
        var records = $"""
            select count(*) from access_record
            where number_key = '\x{KeyOf(story, number)}' and who = 'someone' and purpose = 'letter'
            """;
        (await ScalarAsync<long>(records)).ShouldBe(0);
        (await ReadAsync(story, number, "someone"))!.Addresses.Single().Text.ShouldBe(HolderRecord.Hidden);
        (await ScalarAsync<long>(records)).ShouldBe(1);
    }

    [Fact]
    public async Task rule_33_where_no_access_record_can_be_written_nothing_is_shown()
    {
        await using var own = new OwnHolders();
        await own.InitializeAsync();
        await own.ExecuteAsync("revoke insert on access_record from accountguard_app");
        await Should.ThrowAsync<PostgresException>(ReadAsync(own.Story, own.Number));
    }

    [Fact]
    public async Task what_was_erased_is_gone_and_what_protects_stays()
    {
        await using var own = new OwnHolders();
        await own.InitializeAsync();
        await own.ExecuteAsync("delete from personal_key");
        var record = (await ReadAsync(own.Story, own.Number))!;
        (record.Name, record.Addresses.Count, record.IsProtected).ShouldBe(("", 0, true));

        // Named again, it has another key, under which nothing of before opens.
        await own.Story.HoldersAsync([$"{own.Number},B,,,,,,,,,"]);
        record = (await ReadAsync(own.Story, own.Number))!;
        (record.Name, record.Addresses.Count, record.IsProtected).ShouldBe(("B", 0, true));
    }

    [Fact]
    public async Task rule_8_where_mappings_clash_no_person_is_shown_the_others_data()
    {
        var story = await OfListedNumbersAsync(database);
        var (one, other, @new, alias) = (Number(), Number(), Number(), Number());
        await story.HoldersAsync([
            $"{one},A,,,,X,,,,,", $"{other},B,,,,Y,,,2015-05-10,,", $"{@new},C,,,,Z,,,,,", $"{alias},,エー,,,,,,,,",
        ]);
        await story.RenumberAsync($"{one},{@new}", $"{other},{@new}", $"{one},{alias},,same-holder");
        var record = (await ReadAsync(story, one))!;
        (record.Name, record.Kana, record.Addresses.Single().Text, $"{record.Died}").ShouldBe(("A", "エー", "X", ""));
        (await ReadAsync(story, alias))!.Name.ShouldBe("A");
        (await ReadAsync(story, @new))!.Name.ShouldBe("C");
        (await FactsAsync(story, one)).IsProtected.ShouldBeFalse();

        // Protection is another matter: who of them is protected is not known, and doubt protects.
        await story.HoldersAsync([$"{other},,,,,,,true,,,"]);
        (await ReadAsync(story, one))!.Addresses.Single().Text.ShouldBe(HolderRecord.Hidden);
        (await FactsAsync(story, one)).IsProtected.ShouldBeTrue();
        await story.HoldersAsync([$"{other},,,,,,,false,,,"]);
        (await FactsAsync(story, one)).IsProtected.ShouldBeFalse();
    }

    [Fact]
    public async Task rule_13_a_row_that_waits_protects_until_it_is_settled()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        await story.HoldersAsync([$"{number},A,,,,X,,,,,"]);
        (await ReadAsync(story, number))!.Addresses.Single().Text.ShouldBe("X");
        var waiting = await story.HoldersAsync([$"{number},,,,,,,ture,,,"]);
        (await ReadAsync(story, number))!.Addresses.Single().Text.ShouldBe(HolderRecord.Hidden);
        var facts = await FactsAsync(story, number);
        (facts.IsProtected, facts.HasWaitingRow).ShouldBe((true, true));
        await ListDeliveries.SettleAsync(story.At, waiting.Delivery, 1, "not protected", CancellationToken.None);
        (await FactsAsync(story, number)).IsProtected.ShouldBeFalse();
        (await ReadAsync(story, number))!.Addresses.Single().Text.ShouldBe("X");
    }

    /// <summary>A comma in a name shifts the number into another column.</summary>
    [Fact]
    public async Task rule_13_a_row_with_too_many_fields_protects_the_number_that_is_in_it()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        await story.HoldersAsync([$"Yamada, Taro,{number},X,true"], "name,number,address,protected");
        (await FactsAsync(story, number)).IsProtected.ShouldBeTrue();
        (await FactsAsync(story, Number())).IsProtected.ShouldBeFalse();
    }

    [Fact]
    public async Task the_same_name_and_birth_date_make_no_one_holder_of_two_numbers()
    {
        var (story, one, other) = (await OfListedNumbersAsync(database), Number(), Number());
        await story.HoldersAsync([$"{one},A,エー,1948-02-03,,X,,,,,", $"{other},A,エー,1948-02-03,,Y,,,,,"]);
        (await ReadAsync(story, one))!.Addresses.Single().Text.ShouldBe("X");
        (await ReadAsync(story, other))!.Addresses.Single().Text.ShouldBe("Y");
    }

    /// <summary>A database of its own, where one protected holder is known.</summary>
    private sealed class OwnHolders : IAsyncDisposable
    {
        private readonly FreshDatabase _database = new();

        public Story Story { get; private set; } = null!;

        public string Number { get; } = Story.Number();

        public async Task InitializeAsync()
        {
            await _database.InitializeAsync();
            Story = await BeginAsync(_database);
            await Story.HoldersAsync([$"{Number},A,,,,X,,true,,,"]);
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(_database.Superuser + ";Search Path=accountguard");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync() => await _database.DisposeAsync();
    }
}
