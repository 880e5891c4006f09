using System.Diagnostics;
using AccountGuard.Identity;
using AccountGuard.Intake;
using AccountGuard.Letters;
using AccountGuard.Numbers;
using AccountGuard.SystemTests.Crash;
using AccountGuard.Vault;
using AccountGuard.Verification;
using AccountGuard.Verification.Mailing;
using Npgsql;
using static AccountGuard.SystemTests.Story;
using Refusal = AccountGuard.Verification.Refusal;

namespace AccountGuard.SystemTests.Verification;

/// <summary>Letters from the order to the post, on a real database (Rules 8, 12, 13, 28).</summary>
public sealed class LetterBatches : IAsyncLifetime
{
    private static readonly Caller Saeki = new("saeki", "P1"), SaekiElsewhere = new("saeki-desk", "P1"),
        Utsumi = new("utsumi", "P2");

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    private readonly FreshDatabase _database = new();
    private readonly PrintRoom _room = new(new ConfigurationBuilder().Build(), isForDevelopment: true);
    private Story _story = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _story = await BeginAsync(_database);
    }

    public Task DisposeAsync() => _database.DisposeAsync();

    private Installation At => _story.At;

    private Guid CaseOf(string id) => FiledChange.IdOf(_story.Incident, id);

    private string Reference(string id) => $"{CaseReferences.Of(At.Keys, CaseOf(id))}";

    /// <summary>A case for each number, R1, R2…; its holder has a name and an address since long ago.</summary>
    private async Task<string[]> CasesAsync(int count, int? abroad = null)
    {
        var numbers = FreshNumbers(count);
        await _story.ChangesTextAsync("source,request_id,number,filed_on,new_account,channel\n"
            + string.Concat(numbers.Select((n, i) => $"{_story.Incident},R{i + 1},{n},2015-05-20,"
                + $"zengin:0001-001-1-1234{i % 1000:000},{(i + 1 == abroad ? "abroad" : "")}\n")));
        await _story.ListAsync(1, [.. numbers.Select(n => Listed(n, 2))]);
        await _story.HoldersAsync([.. numbers.Select((n, i) => Holder(n, $"架空 花子{i + 1}", "2001-04-01"))]);
        await OpenCases.RunAsync(At, None);
        return numbers;
    }

    private static string Holder(
        string number, string name = "", string since = "", string isProtected = "", string died = "") =>
        $"{number},{name},,,{(since == "" ? ",," : $"1000001,架空県夢見市{name},{since}")},{isProtected},{died},,";

    private async Task OrderAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            (await CaseWork.DoAsync(At, CaseOf(id), hand => OrderLetter.Decide(hand.Case,
                new OrderLetter(Guid.NewGuid(), Reference(id), null), Saeki, hand.Now), None)).ShouldBeNull();
        }
    }

    private async Task<Refusal?> TakeBackAsync(string id)
    {
        var order = (await EventsAsync(CaseOf(id))).OfType<LetterOrdered>().Last().Letter;
        return await CaseWork.DoAsync(At, CaseOf(id), hand => TakeBackEntry.Decide(
            hand.Case, new TakeBackEntry(order), Saeki, hand.Released, hand.Now), None);
    }

    private Task<Guid?> PrintAsync(int most = PrintLetters.MostOrders, Caller? by = null) =>
        PrintLetters.RunAsync(At, _room, by ?? Saeki, most, None);

    private async Task<Guid> PrintedAsync() => (await PrintAsync()).ShouldNotBeNull();

    private Task<Refusal?> ReleaseAsync(Guid batch, Caller? by = null) =>
        ReleaseBatch.RunAsync(At, _room, batch, by ?? Utsumi, None);

    private DateOnly Today => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(At.Clock.GetUtcNow(), Tokyo).DateTime);

    private Task<Refusal?> PostAsync(Guid batch) =>
        PostBatch.RunAsync(At, new PostBatch(batch, Today), Utsumi, Tokyo, None);

    private async Task<object[]> EventsAsync(Guid stream)
    {
        await using var session = At.Events.LightweightSession();
        return [.. (await session.Events.FetchStreamAsync(stream)).Select(e => e.Data)];
    }

    private async Task<int> SentAsync(string id) =>
        (await EventsAsync(CaseOf(id))).OfType<LetterSent>().Count();

    private async Task<string[][]> RowsAsync(Guid batch) =>
        [.. (await LetterPrints.OpenAsync(At, batch, None)).Manifest.Rows.Select(r => r.References.ToArray())];

    private async Task<(long Waiting, string[] Stopped)> WaitingAsync()
    {
        var view = (await LettersView.LoadAsync(At, None))!;
        return (view.Waiting - view.StoppedCount,
            [.. view.Stopped.Select(s => $"{s.RequestId} {s.Reason}").Order(StringComparer.Ordinal)]);
    }

    private async Task AsSuperuserAsync(string sql, params (string Name, object Value)[] values)
    {
        await using var connection = new NpgsqlConnection(_database.Superuser + ";Search Path=accountguard");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task S41_cases_of_one_holder_under_two_numbers_get_one_letter_and_each_hears_that_it_was_sent()
    {
        var (old, other) = (Number(), Number());
        await _story.ChangesAsync(_story.Filed("R1", old, "2015-05-20"), _story.Filed("R2", other, "2015-05-21"));
        await _story.ListAsync(1, [Listed(old, 2)]);
        await _story.RenumberAsync($"{old},{other}");
        await _story.HoldersAsync([Holder(old, "架空 花子", "2001-04-01")]);
        await OpenCases.RunAsync(At, None);
        await OrderAsync("R2");
        var batch = await PrintedAsync();
        (await RowsAsync(batch)).ShouldHaveSingleItem().ShouldBe([Reference("R1"), Reference("R2")]);
        (await EventsAsync(CaseOf("R1"))).OfType<LetterOrdered>().Single().Reference.ShouldBe(Reference("R1"));
        (await ReleaseAsync(batch)).ShouldBeNull();
        (await PostAsync(batch)).ShouldBeNull();
        (await SentAsync("R1"), await SentAsync("R2")).ShouldBe((1, 1));
        (await WaitingAsync()).Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task S32_the_protected_the_dead_and_whose_address_nobody_knows_stop_nobody_else()
    {
        var numbers = await CasesAsync(5);
        var late = Number();
        await _story.ChangesAsync(_story.Filed("R6", late, "2015-05-20"));
        await _story.ListAsync(2, [Listed(late, 2)]);
        await OpenCases.RunAsync(At, None);
        await _story.HoldersAsync([Holder(numbers[0], isProtected: "true"), Holder(numbers[1], died: "2015-05-10")]);
        var clashing = Number();
        await _story.RenumberAsync($"{numbers[2]},{clashing}", $"{Number()},{clashing}");
        await OrderAsync("R1", "R2", "R3", "R4", "R6");
        var batch = await PrintedAsync();
        (await RowsAsync(batch)).ShouldBe([[Reference("R4")]]);
        (await WaitingAsync()).Stopped.ShouldBe(
            ["R1 ProtectedAddress", "R2 Deceased", "R3 ClashingMapping", "R6 MissingName"]);

        // What was missing comes, and the next batch has it; what is printed already it has not.
        await _story.HoldersAsync([Holder(late, "架空 次郎", "2001-04-01")]);
        (await RowsAsync(await PrintedAsync())).ShouldBe([[Reference("R6")]]);
        (await WaitingAsync()).Stopped.ShouldBe(["R1 ProtectedAddress", "R2 Deceased", "R3 ClashingMapping"]);
    }

    /// <summary>The register may say the day from which the form claims to live there, which is before the leak.
    /// </summary>
    [Theory]
    [InlineData("2015-05-11")]
    [InlineData("2015-05-01")]
    public async Task S20_the_letter_goes_to_the_address_of_before_the_chain(string since)
    {
        var number = Number();
        await _story.ChangesTextAsync("source,request_id,kind,number,filed_on,address_of_record\n"
            + $"{_story.Incident},A1,address,{number},2015-05-11,架空県泥棒市\n"
            + $"{_story.Incident},R1,account,{number},2015-05-18,\n");
        await _story.ListAsync(1, [Listed(number, 4)]);
        await _story.HoldersAsync([$"{number},架空 花子,,,1000001,架空県夢見市,2001-04-01,,,,",
            $"{number},,,,1000002,架空県泥棒市,{since},,,,"]);
        await OpenCases.RunAsync(At, None);
        var cases = await HolderCases.OfAsync(At, CaseOf("R1"), null, None);
        var draft = await PrintLetters.DraftAsync(At, cases, c => c.IsOpen, Saeki, Today, None);
        (draft.Letter!.To.Address, draft.FirstChange).ShouldBe(("架空県夢見市", new DateOnly(2015, 5, 11)));
    }

    [Fact]
    public async Task S56_a_batch_with_rows_swapped_on_purpose_is_refused_as_a_whole_and_its_letters_wait_again()
    {
        await CasesAsync(3);
        await OrderAsync("R1", "R2", "R3");
        var batch = await PrintedAsync();
        var letters = new List<Letter>();
        foreach (var id in (string[])["R1", "R2", "R3"])
        {
            var cases = await HolderCases.OfAsync(At, CaseOf(id), null, None);
            letters.Add((await PrintLetters.DraftAsync(At, cases, c => c.IsOpen, Saeki, Today, None)).Letter!);
        }

        // Whoever swaps them also writes the manifest and seals both.
        (letters[1], letters[2]) = (letters[1] with { To = letters[2].To }, letters[2] with { To = letters[1].To });
        var swapped = await _room.WorkAsync(printer => printer.Print(letters), None);
        using (var keys = new PersonalKeys(At.Keys))
        {
            await using var connection = await At.Database.OpenConnectionAsync();
            var subject = LetterPrints.SubjectOf(At.Keys, batch);
            var key = (await keys.ForAsync(connection, new Dictionary<NumberKey, PensionNumber?> { [subject] = null },
                None))[subject];
            byte[] Seal(byte[] plain) => Sealed.Seal(key, plain, batch.ToByteArray(bigEndian: true));
            await AsSuperuserAsync("""
                set session_replication_role = replica;
                update letter_print set pdf = @pdf, manifest = @manifest where batch = @batch
                """, ("batch", batch), ("pdf", Seal(swapped.Pdf!)),
                ("manifest", Seal(System.Text.Encoding.UTF8.GetBytes(swapped.Manifest.ToJson()))));
        }

        (await ReleaseAsync(batch)).ShouldBe(Refusal.BatchDiffers);
        var refused = (await EventsAsync(batch)).OfType<LetterBatchRefused>().Single();
        refused.FaultyRows.ShouldBe(3);
        refused.Faults.ShouldContain(new BatchFault(0, "file_sha256"));
        refused.Faults.ShouldContain(new BatchFault(2, "window"));
        refused.Faults.ShouldContain(new BatchFault(3, "window"));
        (await WaitingAsync()).Waiting.ShouldBe(3);
        (await ReleaseAsync(batch)).ShouldBe(Refusal.BatchIsElsewhere);

        var again = await PrintedAsync();
        (await RowsAsync(again)).Length.ShouldBe(3);
        (await ReleaseAsync(again)).ShouldBeNull();
    }

    [Fact]
    public async Task what_changed_since_it_was_printed_refuses_the_batch_and_the_row_is_named()
    {
        var numbers = await CasesAsync(2);
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        await _story.HoldersAsync([Holder(numbers[1], isProtected: "true")]);
        (await ReleaseAsync(batch)).ShouldBe(Refusal.BatchDiffers);
        (await EventsAsync(batch)).OfType<LetterBatchRefused>().Single().Faults
            .ShouldBe([new BatchFault(2, "ProtectedAddress")]);
        var next = await PrintedAsync();
        (await RowsAsync(next)).ShouldBe([[Reference("R1")]]);

        // Another change of the same holder: the letter no longer asks about all of them.
        await _story.ChangesAsync(_story.Filed("R3", numbers[0], "2015-05-22"));
        (await ReleaseAsync(next)).ShouldBe(Refusal.BatchDiffers);
    }

    /// <summary>Somebody does something after the batch was checked, and before it is released.</summary>
    private Task<Refusal?> ReleaseAfterAsync(Guid batch, Func<Task> meanwhile) => _database.HaltAsync(
        $"select pg_advisory_xact_lock(4718, hashtext('{batch}'))", "classid = 4718", null,
        () => ReleaseAsync(batch), meanwhile);

    [Theory]
    [InlineData("protection")]
    [InlineData("death")]
    [InlineData("address")]
    [InlineData("row in quarantine")]
    [InlineData("cancellation")]
    [InlineData("end of a case")]
    [InlineData("new case")]
    [InlineData("mapping")]
    [InlineData("mapping that clashes")]
    [InlineData("order taken back")]
    public async Task what_changes_while_a_batch_is_checked_has_it_checked_again(string what)
    {
        var numbers = await CasesAsync(2);
        var (victim, other) = (numbers[0], Number());
        await _story.RenumberAsync($"{victim},{other}");
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        (await ReleaseAfterAsync(batch, () => what switch
        {
            "protection" => _story.HoldersAsync([Holder(victim, isProtected: "true")]),
            "death" => _story.HoldersAsync([Holder(other, died: "2015-05-10")]),
            "address" => _story.HoldersAsync([Holder(victim, "架空 花子", "2015-05-01")]),
            "row in quarantine" => _story.HoldersAsync([Holder(other, isProtected: "perhaps")]),
            "cancellation" => _story.ChangesAsync(_story.Cancelled("R1", victim)),
            "end of a case" => TwoPeople.DenyAsync(At, CaseOf("R1")),
            "new case" => _story.ChangesAsync(_story.Filed("R3", other, "2015-05-22")),
            "mapping" => _story.RenumberAsync($"{victim},{Number()},,same-holder"),
            "mapping that clashes" => _story.RenumberAsync($"{other},{victim}"),
            _ => TakeBackAsync("R1"),
        })).ShouldBe(Refusal.ChangedWhileChecked);
        (await EventsAsync(batch)).Last().ShouldBeOfType<LetterBatchPrinted>();
    }

    [Fact]
    public async Task what_changes_for_others_while_a_batch_is_checked_stops_nobody()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var other = Number();
        (await ReleaseAfterAsync(await PrintedAsync(), async () =>
        {
            await _story.HoldersAsync([Holder(other, isProtected: "true")]);
            await _story.ChangesAsync(_story.Filed("R2", other, "2015-05-22"));
        })).ShouldBeNull();
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("", "2015-05-10")]
    [InlineData("perhaps", "")]
    public async Task a_batch_with_a_letter_to_somebody_protected_since_or_dead_is_not_given_out(
        string isProtected, string died)
    {
        var (numbers, other) = (await CasesAsync(2), Number());
        await _story.RenumberAsync($"{numbers[1]},{other}");
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        var of = await Batches.NumbersAsync(At, batch, None);
        (await Batches.HasUnwritableAsync(At, batch, of, None)).ShouldBeFalse();
        await _story.HoldersAsync([Holder(other, isProtected: isProtected, died: died)]);
        (await Batches.HasUnwritableAsync(At, batch, of, None)).ShouldBeTrue();
    }

    [Fact]
    public async Task a_batch_with_a_letter_to_somebody_who_was_erased_since_is_not_given_out()
    {
        var numbers = await CasesAsync(2);
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        var of = await Batches.NumbersAsync(At, batch, None);
        (await Batches.HasUnwritableAsync(At, batch, of, None)).ShouldBeFalse();
        await AsSuperuserAsync("delete from personal_key where subject_key = @key", ("key", NumberKey.Of(
            PensionNumber.TryParse(numbers[1], out var number) ? number : throw new FormatException(), At.Keys)
            .ToBytes()));
        (await Batches.HasUnwritableAsync(At, batch, of, None)).ShouldBeTrue();

        // Named again, the number has another key: what was printed is erased all the same, and letters still go out.
        await _story.HoldersAsync([Holder(numbers[1], "B", "2001-04-01")]);
        (await Batches.HasUnwritableAsync(At, batch, of, None)).ShouldBeTrue();
        foreach (var id in (string[])["R1", "R2"])
        {
            var cases = await HolderCases.OfAsync(At, CaseOf(id), null, None);
            (await PrintLetters.DraftAsync(At, cases, c => c.IsOpen, Saeki, Today, None)).Letter.ShouldNotBeNull(id);
        }
    }

    [Fact]
    public async Task nobody_releases_the_batch_that_they_made()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var batch = await PrintedAsync();
        (await ReleaseAsync(batch, Saeki)).ShouldBe(Refusal.OwnBatch);
        (await ReleaseAsync(batch, SaekiElsewhere)).ShouldBe(Refusal.OwnBatch);
        (await EventsAsync(batch)).OfType<AttemptRefused>().Select(a => (a.Attempted, a.By.Login))
            .ShouldBe([("ReleaseBatch", "saeki"), ("ReleaseBatch", "saeki-desk")]);

        // As code that forgets to ask, or psql under the application's role, would write it.
        foreach (var (login, person) in new[]
            { ("saeki", "P1"), ("saeki-desk", "P1"), ("saeki", "P9"), ("operator", null) })
        {
            await TwoPeople.IsRefusedAsync(At, batch, new LetterBatchReleased(
                batch, "", new Caller(login!, person), At.Clock.GetUtcNow()), login);
        }

        (await ReleaseAsync(batch)).ShouldBeNull();
    }

    [Fact]
    public async Task the_database_posts_nothing_that_was_not_released()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var batch = await PrintedAsync();
        await TwoPeople.IsRefusedAsync(
            At, batch, new LetterBatchPosted(batch, Today, Utsumi, At.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task makers_at_once_print_no_order_twice_and_forget_none()
    {
        const int Cases = 24;
        var numbers = await CasesAsync(Cases);
        await _story.ChangesAsync([.. numbers.Take(6).Select((n, i) => _story.Filed($"S{i + 1}", n, "2015-05-21"))]);
        await OpenCases.RunAsync(At, None);
        await OrderAsync([.. Enumerable.Range(1, Cases).Select(i => $"R{i}")]);
        var batches = (await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var made = new List<Guid>();
            while (await PrintAsync(5, new Caller($"maker-{i}", $"M{i}")) is { } batch)
            {
                made.Add(batch);
            }

            return made;
        }))).SelectMany(made => made).ToList();
        var rows = new List<string[]>();
        foreach (var batch in batches)
        {
            rows.AddRange(await RowsAsync(batch));
        }

        rows.Count.ShouldBe(Cases);
        rows.SelectMany(r => r).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, Cases).Select(i => $"R{i}")
            .Concat(Enumerable.Range(1, 6).Select(i => $"S{i}")).Select(Reference).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task who_has_a_letter_under_way_is_written_to_after_it()
    {
        var numbers = await CasesAsync(1);
        await OrderAsync("R1");
        var first = await PrintedAsync();
        await _story.ChangesAsync(_story.Filed("R2", numbers[0], "2015-05-22"));
        await OpenCases.RunAsync(At, None);
        await OrderAsync("R2");
        (await PrintAsync()).ShouldBeNull();
        (await ReleaseAsync(first)).ShouldBe(Refusal.BatchDiffers, "the case that came since is not in it");
        (await RowsAsync(await PrintedAsync())).ShouldHaveSingleItem().Length.ShouldBe(2);
    }

    [Fact]
    public async Task a_death_is_told_while_letters_are_claimed()
    {
        var numbers = await CasesAsync(1);
        await OrderAsync("R1");
        await _story.HoldersAsync([Holder(numbers[0], died: "2015-05-10")]);
        await _database.HaltAsync("select pg_advisory_xact_lock(4720)", "objid = 4720", null, () => PrintAsync(),
            async () => (await TellDeaths.RunAsync(At, None)).ShouldBe(1));
    }

    [Fact]
    public async Task a_batch_whose_maker_was_killed_gives_its_letters_back()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var batch = Guid.CreateVersion7();
        await using var dying = await _database.OpenAsync();
        var attended = await ClaimLetters.AttendAsync(dying, batch, None);
        (await ClaimLetters.RunAsync(dying, batch, Saeki, 10, None)).ShouldBe(1);
        (await PrintAsync()).ShouldBeNull("somebody is at it");
        await AsSuperuserAsync("select pg_terminate_backend(@pid)", ("pid", attended.ProcessID));
        await using var connection = new NpgsqlConnection(_database.Superuser);
        await connection.OpenAsync();
        await using var alive = new NpgsqlCommand("select count(*) from pg_stat_activity where pid = @pid", connection);
        alive.Parameters.AddWithValue("pid", attended.ProcessID);
        while ((long)(await alive.ExecuteScalarAsync())! > 0)
        {
            // It ends as soon as the server hears of it.
        }

        (await RowsAsync(await PrintedAsync())).ShouldBe([[Reference("R1")]]);
        (await EventsAsync(batch)).Last().ShouldBeOfType<LetterBatchAbandoned>();
    }

    [Fact]
    public async Task killed_between_the_post_and_the_cases_nothing_is_lost_or_twice()
    {
        await CasesAsync(3, abroad: 3);
        await OrderAsync("R1", "R2", "R3");
        var batch = await PrintedAsync();
        await ReleaseAsync(batch);

        // It went as far as to record that the batch is in the post, and the first case.
        var request = new PostBatch(batch, Today);
        (await Batches.DoAsync(At, batch, (found, now) => PostBatch.Decide(found, request, Utsumi, Tokyo, now), None))
            .ShouldBeNull();
        var first = (await EventsAsync(CaseOf("R1"))).OfType<LetterOrdered>().Single().Letter;
        await CaseWork.DoAsync(At, CaseOf("R1"), hand => RecordLetterSent.Decide(hand.Case, new RecordLetterSent(
            ClaimLetters.IdOf(batch, first), first, Today, Today.AddDays(14)), Utsumi, hand.Now), None);

        await using var next = await _database.OpenAsync();
        (await Task.WhenAll(PostBatch.FinishAsync(next, None), PostBatch.FinishAsync(At, None))).Max().ShouldBe(2);
        (await PostBatch.FinishAsync(next, None)).ShouldBe(0);
        (await PostAsync(batch)).ShouldBeNull("twice is once");
        foreach (var id in (string[])["R1", "R2", "R3"])
        {
            var sent = (await EventsAsync(CaseOf(id))).OfType<LetterSent>().ShouldHaveSingleItem();
            (sent.SentOn, sent.AnswerDueOn, sent.Clerk).ShouldBe((Today, Today.AddDays(id == "R3" ? 42 : 14), Utsumi));
        }
    }

    private async Task<Refusal?> AskStopAsync(Guid batch) => await Batches.DoAsync(At, batch, (found, now) =>
        StopBatch.Decide(found, new StopBatch(batch, StopReason.WrongLetter), Saeki, now), None);

    private Task<Refusal?> AnswerStopAsync(Guid batch, StopState outcome) =>
        AnswerStop.RunAsync(At, new AnswerStop(batch, outcome, Today), Utsumi, Today, None);

    private async Task<int> CountedAsync(string id) => (await CaseWork.LookAsync(At, [CaseOf(id)], None))
        .Values.Single().Case.Entries.Count(e => e.Kind == EntryKind.LetterSent);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S56_a_batch_that_is_stopped_gives_its_letters_back_and_tells_each_case(bool isPosted)
    {
        await CasesAsync(2);
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        (await AskStopAsync(batch)).ShouldBe(Refusal.BatchIsElsewhere, "nobody has its letters");
        await ReleaseAsync(batch);
        if (isPosted)
        {
            await PostAsync(batch);
        }

        (await AskStopAsync(batch)).ShouldBeNull();
        (await PostAsync(batch)).ShouldBe(isPosted ? null : Refusal.BatchIsElsewhere);
        (await TakeBackAsync("R1")).ShouldBe(isPosted ? Refusal.RestedOn : Refusal.LetterIsReleased);
        (await PrintAsync()).ShouldBeNull("they are not known to be stopped");
        (await AnswerStopAsync(batch, StopState.Confirmed)).ShouldBeNull();
        (await WaitingAsync()).ShouldBe((2, []));
        foreach (var id in (string[])["R1", "R2"])
        {
            (await EventsAsync(CaseOf(id))).OfType<LetterStopped>().Single().Clerk.ShouldBe(Utsumi);
            (await CountedAsync(id)).ShouldBe(0);
        }

        (await AnswerStop.FinishAsync(At, None)).ShouldBe(0);
        (await PostBatch.FinishAsync(At, None)).ShouldBe(0);
        var next = await PrintedAsync();
        (await RowsAsync(next)).ShouldBe([[Reference("R1")], [Reference("R2")]]);
        await ReleaseAsync(next);
        (await PostAsync(next)).ShouldBeNull();
        (await CountedAsync("R1")).ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S56_a_stop_that_comes_too_late_changes_nothing(bool isPosted)
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var batch = await PrintedAsync();
        await ReleaseAsync(batch);
        if (isPosted)
        {
            await PostAsync(batch);
        }

        await AskStopAsync(batch);
        (await AnswerStopAsync(batch, StopState.TooLate)).ShouldBeNull();
        (await PrintAsync()).ShouldBeNull();
        (await EventsAsync(CaseOf("R1"))).OfType<LetterStopped>().ShouldBeEmpty();
        (await PostAsync(batch)).ShouldBeNull();
        (await CountedAsync("R1")).ShouldBe(1);
    }

    [Fact]
    public async Task killed_between_a_stop_and_the_cases_nothing_is_lost_or_twice()
    {
        await CasesAsync(3);
        await OrderAsync("R1", "R2", "R3");
        var batch = await PrintedAsync();
        await ReleaseAsync(batch);
        await PostAsync(batch);
        await AskStopAsync(batch);
        var letter = (await EventsAsync(CaseOf("R1"))).OfType<LetterOrdered>().Single().Letter;
        var stopped = new LetterStopped(Guid.NewGuid(), batch, letter, Guid.NewGuid(), Utsumi, At.Clock.GetUtcNow());
        await TwoPeople.IsRefusedAsync(At, CaseOf("R1"), stopped);

        var request = new AnswerStop(batch, StopState.Confirmed, Today);
        (await Batches.DoAsync(At, batch, (found, now) =>
            AnswerStop.Decide(found, request, Utsumi, Today, now), None)).ShouldBeNull();
        await using var next = await _database.OpenAsync();
        await Task.WhenAll(AnswerStop.FinishAsync(next, None), AnswerStop.FinishAsync(At, None));
        (await AnswerStop.FinishAsync(next, None)).ShouldBe(0);
        foreach (var id in (string[])["R1", "R2", "R3"])
        {
            (await EventsAsync(CaseOf(id))).OfType<LetterStopped>().ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task S57_the_call_centre_confirms_a_letter_by_its_reference_and_that_is_recorded()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        CaseReference.TryParse(Reference("R1"), out var reference).ShouldBeTrue();
        var asked = new Caller("call-centre", "P8");
        (await ConfirmReference.RunAsync(At, reference.Value, asked, None)).Single().SentOn.ShouldBeNull();
        var batch = await PrintedAsync();
        await ReleaseAsync(batch);
        await PostAsync(batch);
        (await ConfirmReference.RunAsync(At, reference.Value, asked, None)).Single()
            .ShouldBe(new ConfirmedLetter(CaseOf("R1"), Today));
        (await ConfirmReference.RunAsync(At, CaseReference.Of(new byte[16]), asked, None)).ShouldBeEmpty();
        await using var count = At.Database.CreateCommand(
            "select count(*) from access_record where fields = 'letter reference' and who = 'call-centre (P8)'");
        (await count.ExecuteScalarAsync()).ShouldBe(2L);
    }

    [Theory]
    [InlineData("Letters__Sender__Name", "")]
    [InlineData("/nowhere.ttf", "Letters:Fonts:Text=/nowhere.ttf")]
    public async Task without_a_sender_or_a_font_no_batch_is_made_and_the_letters_wait(string told, string setting)
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var room = new PrintRoom(new ConfigurationBuilder().AddInMemoryCollection(
            setting == "" ? [] : [new(setting.Split('=')[0], setting.Split('=')[1])]).Build(), setting != "");
        room.Trouble().ShouldNotBeNull().ShouldContain(told);
        (await Should.ThrowAsync<BadInput>(() => PrintLetters.RunAsync(At, room, Saeki, 10, None)))
            .Message.ShouldContain(told);
        (await WaitingAsync()).Waiting.ShouldBe(1);
    }

    [Fact]
    public async Task what_a_released_letter_rests_on_is_not_taken_back_and_one_before_refuses_its_batch()
    {
        await CasesAsync(2);
        await OrderAsync("R1", "R2");
        var batch = await PrintedAsync();
        (await TakeBackAsync("R2")).ShouldBeNull();
        (await ReleaseAsync(batch)).ShouldBe(Refusal.BatchDiffers);
        var next = await PrintedAsync();
        (await RowsAsync(next)).ShouldBe([[Reference("R1")]]);
        await ReleaseAsync(next);
        (await TakeBackAsync("R1")).ShouldBe(Refusal.LetterIsReleased);
        await PostAsync(next);
        (await TakeBackAsync("R1")).ShouldBe(Refusal.RestedOn);
        (await SentAsync("R1")).ShouldBe(1);
    }

    /// <summary>Who asks for it while the batch is being released hears that it is.</summary>
    [Fact]
    public async Task an_order_is_taken_back_before_its_batch_is_released_or_not_at_all()
    {
        await CasesAsync(1);
        await OrderAsync("R1");
        var batch = await PrintedAsync();
        await using var halt = await Halt.SetAsync(
            _database, new Moment("accountguard_events.mt_events", "new.type = 'letter_batch_released'"));
        var release = ReleaseAsync(batch);
        await halt.ReachedAsync(1);
        var takenBack = TakeBackAsync("R1");
        await halt.HeldUpAsync(1);
        await halt.OpenAsync();
        (await release).ShouldBeNull();
        (await takenBack).ShouldBe(Refusal.LetterIsReleased);
        await PostAsync(batch);
        (await SentAsync("R1")).ShouldBe(1);
    }

    [Fact]
    public async Task a_large_batch_is_made_checked_and_posted()
    {
        var count = LongRun.IsAsked ? 1_000 : 40;
        await CasesAsync(count);
        await OrderAsync([.. Enumerable.Range(1, count).Select(i => $"R{i}")]);
        var watch = Stopwatch.StartNew();
        var batch = await PrintedAsync();
        var printed = watch.Elapsed;
        (await ReleaseAsync(batch)).ShouldBeNull();
        var released = watch.Elapsed;
        (await PostAsync(batch)).ShouldBeNull();
        Console.WriteLine($"{count} letters: made in {printed.TotalSeconds:F1} s, checked and released in "
            + $"{(released - printed).TotalSeconds:F1} s, posted in {(watch.Elapsed - released).TotalSeconds:F1} s");
        (await RowsAsync(batch)).Length.ShouldBe(count);
        (await SentAsync($"R{count}")).ShouldBe(1);
    }
}
