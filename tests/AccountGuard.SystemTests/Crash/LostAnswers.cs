using System.Text;
using AccountGuard.Deliveries;
using AccountGuard.Intake;
using AccountGuard.SystemTests.Http;
using Npgsql;
using static AccountGuard.SystemTests.Story;

namespace AccountGuard.SystemTests.Crash;

/// <summary>
/// The database commits and the connection breaks before it says so: whoever asked does not know, and brings the same
/// again.
/// </summary>
[Collection(SharedDatabase.Name)]
public sealed class LostAnswers(FreshDatabase database)
{
    [Theory]
    [InlineData("delivery (", 0)]
    [InlineData("delivery_batch", 2)]
    [InlineData("delivery_completion", 2)]
    public async Task a_commit_whose_answer_is_lost_is_there_once_when_its_delivery_comes_again(
        string table, long committed)
    {
        var (story, number) = (await BeginAsync(database), Number());
        await story.ListAsync(1, [Listed(number)]);
        var path = story.Write(Encoding.UTF8.GetBytes("source,request_id,number,filed_on\n"
            + $"{story.Incident},R1,{number},2015-05-20\n{story.Incident},R2,{number},2015-05-21\n"));
        await using var network = new Network(database.Server);
        await using (var far = await database.OpenAsync(network.Through(database.Application)))
        {
            network.LoseAnswerOfCommitBehind($"insert into {table}");
            await Should.ThrowAsync<NpgsqlException>(ImportAsync(far));
        }

        (await CountAsync("account_change")).ShouldBe(committed, "the commit passed, and only its answer was lost");
        var answer = await ImportAsync(database.At);
        (answer.Rows, answer.Hits).ShouldBe((new RowCount(2, 2, 0, 0), new HitCount(2, 0)));
        (await ImportAsync(database.At)).ShouldBe(answer);
        (await CountAsync("account_change")).ShouldBe(2);
        (await CountAsync("hit")).ShouldBe(2);
        (await story.IdsAsync()).ShouldBe(["R1", "R2"]);

        async Task<DeliveryAnswer> ImportAsync(Installation at)
        {
            using var file = DeliveredFile.Open(path, null);
            return await ImportChanges.RunAsync(
                at, file, false, null, DateTimeOffset.UnixEpoch.AddYears(46), null, CancellationToken.None);
        }

        async Task<long> CountAsync(string table)
        {
            await using var count = database.At.Database.CreateCommand(
                $"select count(*) from {table} where source = @source");
            count.Parameters.AddWithValue("source", story.Incident);
            return (long)(await count.ExecuteScalarAsync())!;
        }
    }
}
