using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Holders;
using AccountGuard.Numbers;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Holders;

/// <summary>Rule 7 for files of holders: each delivery once, each row accounted for.</summary>
[Collection(SharedDatabase.Name)]
public sealed class HolderFiles(FreshDatabase database)
{
    [Fact]
    public async Task the_same_delivery_again_is_answered_as_before_and_other_content_is_refused()
    {
        var (story, delivery) = (await OfListedNumbersAsync(database), $"holders {Id()}");
        string[] rows = [$"{Number()},A,,,,,,,,,", $"{Number()},B,,,,,,,,,"];
        var first = await story.HoldersAsync(rows, delivery: delivery);
        (first.Rows, first.Hits).ShouldBe((new RowCount(2, 2, 0, 0), new HitCount(0, 0)));
        (await story.HoldersAsync(rows, delivery: delivery)).ShouldBe(first);
        (await Should.ThrowAsync<BadInput>(story.HoldersAsync(rows[..1], delivery: delivery)))
            .Fault.ShouldBe(Fault.OtherContent);
        (await ListDeliveries.RunAsync(story.At, delivery, CancellationToken.None)).Select(d => d.State)
            .ShouldBe(["Refused", "Done"], ignoreOrder: true);
    }

    [Fact]
    public async Task a_row_that_repeats_what_was_said_last_is_a_duplicate_and_one_that_goes_back_is_not()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        string Row(string says) => $"{number},{says}";
        (await story.HoldersAsync([Row("true"), Row("true"), Row("false"), Row("True")], "number,protected"))
            .Rows.ShouldBe(new RowCount(4, 3, 1, 0));
        (await story.HoldersAsync([Row("true")], "number,protected", $"again {Id()}")).Rows
            .ShouldBe(new RowCount(1, 0, 1, 0));
        (await story.HoldersAsync([Row("false")], "number,protected", $"again {Id()}")).Rows
            .ShouldBe(new RowCount(1, 1, 0, 0));
        PensionNumber.TryParse(number, out var read).ShouldBeTrue();
        (await HolderRecords.FactsOfAsync(story.At, NumberKey.Of(read, story.At.Keys), CancellationToken.None))
            .IsProtected.ShouldBeFalse();
    }

    [Fact]
    public async Task rows_are_compared_as_they_are_read_and_not_as_they_are_written()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        const string Header = "number,name,died_on,protected";
        await story.HoldersAsync([$"{number},A,2015-05-10T09:00+09:00,true"], Header);
        (await story.HoldersAsync([$" {number[..4]}-{number[4..]} , A ,2015-05-10T00:00:00Z,TRUE"], Header))
            .Rows.ShouldBe(new RowCount(1, 0, 1, 0));
    }

    [Fact]
    public async Task rows_that_cannot_be_read_wait_with_their_code_and_field()
    {
        var (story, number) = (await OfListedNumbersAsync(database), Number());
        var answer = await story.HoldersAsync([
            ",A,,,,,,,,,", "12,A,,,,,,,,,", $"{number},A,,5 May,,,,,,,", $"{number},A,,,,X,May,,,,",
            $"{number},A,,,,,,,2015-13-01,,", $"{number},A,,,,,,ja,,,", $"{number},A,,,,,2015-05-01,,,,",
            $"{number},A", $"{number},A,,1950-01-02,100-0001,X,2001-04-01,false,2015-05-01,G,Y",
        ]);
        answer.Rows.ShouldBe(new RowCount(9, 1, 0, 8));
        (await ListDeliveries.WaitingAsync(story.At, $"{answer.Delivery}", CancellationToken.None))
            .Select(r => $"{r.Row} {r.Code} {r.Field}").ShouldBe([
                "1 MissingField number", "2 NotANumber number", "3 UnreadableField birth_date",
                "4 UnreadableField address_since", "5 UnreadableField died_on", "6 UnreadableField protected",
                "7 MissingField address", "8 BrokenRow ",
            ]);
    }

    [Fact]
    public async Task a_file_that_was_stopped_goes_on_behind_its_last_batch_and_is_there_once()
    {
        var story = await OfListedNumbersAsync(database);
        var numbers = FreshNumbers(6_500);
        var path = story.Write(Encoding.UTF8.GetBytes(
            "number,name\n" + string.Concat(numbers.Select(n => $"{n},A\n")) + $"{numbers[0]},B\nno number,C\n"));
        async Task<DeliveryAnswer> BringAsync(IProgress<(long, long)>? progress, CancellationToken cancel)
        {
            using var file = DeliveredFile.Open(path, null);
            return await ImportHolders.RunAsync(
                story.At, file, null, TimeProvider.System.GetUtcNow(), progress, cancel);
        }

        using var stop = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(BringAsync(new Stopping(stop), stop.Token));
        (await CountAsync()).ShouldBe(2_000, "the first batch is committed");
        (await BringAsync(null, CancellationToken.None)).Rows.ShouldBe(new RowCount(6_502, 6_501, 0, 1));
        (await CountAsync()).ShouldBe(6_501);

        async Task<long> CountAsync()
        {
            await using var count = new NpgsqlConnection(database.Superuser + ";Search Path=accountguard");
            await count.OpenAsync();
            await using var find = new NpgsqlCommand(
                "select count(*) from holder_record where number_key = any (@keys)", count);
            find.Parameters.AddWithValue("keys", numbers.Select(n =>
            {
                PensionNumber.TryParse(n, out var number).ShouldBeTrue();
                return NumberKey.Of(number, story.At.Keys).ToBytes();
            }).ToArray());
            return (long)(await find.ExecuteScalarAsync())!;
        }
    }

    /// <summary>Stops the import once a batch is done.</summary>
    private sealed class Stopping(CancellationTokenSource stop) : IProgress<(long, long)>
    {
        public void Report((long, long) value) => stop.Cancel();
    }
}
